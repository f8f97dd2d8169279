/** A histogram as it is kept and sent: buckets that hold something, by their index, ascending. */
export interface HistogramRecord {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly buckets: readonly (readonly [index: number, count: number])[];
}

/** A percentile is off by this share of itself at most. */
export const HISTOGRAM_ERROR = 0.01;

const GAMMA = (1 + HISTOGRAM_ERROR) / (1 - HISTOGRAM_ERROR);
const LOG_GAMMA = Math.log(GAMMA);
/** A thousandth of a millisecond, what our clock tells apart, and a little more than a day. */
const LEAST = indexOf(0.001);
const MOST = indexOf(100_000_000);

/**
 * Values of any range in bounded room: buckets whose borders grow by a fixed factor, at most some 1,300 of them. Merging adds them
 * up, so percentiles of a month are those of all its minutes, and none of the values is lost from the count.
 */
export class Histogram {
  readonly #buckets = new Map<number, number>();
  #count = 0;
  #sum = 0;
  #min = Infinity;
  #max = -Infinity;

  static of(values: Iterable<number>): Histogram {
    const histogram = new Histogram();
    for (const value of values) histogram.add(value);
    return histogram;
  }

  /** Milliseconds; what is below zero counts as zero, what is no number not at all. */
  add(value: number): void {
    if (!Number.isFinite(value)) return;
    const real = Math.max(0, value);
    const index = Math.min(MOST, Math.max(LEAST, real === 0 ? LEAST : indexOf(real)));
    this.#put(index, 1);
    this.#note(1, real, real, real);
  }

  merge(other: HistogramRecord): void {
    if (other.count === 0) return;
    for (const [index, count] of other.buckets) this.#put(index, count);
    this.#note(other.count, other.sum, other.min, other.max);
  }

  get count(): number {
    return this.#count;
  }

  /** Nearest rank, 0 to 100, within `HISTOGRAM_ERROR`; null of nothing. */
  percentile(percent: number): number | null {
    if (this.#count === 0) return null;
    if (percent <= 0) return this.#min;
    if (percent >= 100) return this.#max;
    let left = Math.max(1, Math.ceil((percent / 100) * this.#count));
    for (const [index, count] of this.#sorted()) {
      left -= count;
      if (left <= 0) return Math.min(this.#max, Math.max(this.#min, valueOf(index)));
    }
    return this.#max;
  }

  record(): HistogramRecord {
    const isEmpty = this.#count === 0;
    return {
      count: this.#count,
      sum: Math.round(this.#sum * 1000) / 1000,
      min: isEmpty ? 0 : this.#min,
      max: isEmpty ? 0 : this.#max,
      buckets: this.#sorted(),
    };
  }

  #put(index: number, count: number): void {
    this.#buckets.set(index, (this.#buckets.get(index) ?? 0) + count);
  }

  #note(count: number, sum: number, min: number, max: number): void {
    this.#count += count;
    this.#sum += sum;
    this.#min = Math.min(this.#min, min);
    this.#max = Math.max(this.#max, max);
  }

  #sorted(): (readonly [index: number, count: number])[] {
    return [...this.#buckets].sort(([a], [b]) => a - b);
  }
}

/** The bucket of the values up to `GAMMA ** index`. */
function indexOf(value: number): number {
  return Math.ceil(Math.log(value) / LOG_GAMMA);
}

/** As far from the lower border as from the upper one, by their ratio. */
function valueOf(index: number): number {
  return (2 * GAMMA ** index) / (GAMMA + 1);
}
