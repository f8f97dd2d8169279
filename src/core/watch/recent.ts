import { percentile } from '../base/percentiles.js';
import type { PhaseName } from '../base/model.js';
import type { Sample } from '../base/sample.js';

/** What alerts look at: the last quarter of an hour, or more where that holds but a few samples. */
const WINDOW_MS = 15 * 60_000;
const LEAST_SAMPLES = 40;
const MOST_SAMPLES = 1_000;

export interface Timed {
  /** Monotonic: the wall clock may be set. */
  readonly atMs: number;
  readonly sample: Sample;
}

/** The latest samples of a target, in bounded room. */
export class Recent {
  readonly #timed: Timed[] = [];

  add(sample: Sample, atMs: number): void {
    this.#timed.push({ atMs, sample });
    const isOld = (index: number) => (this.#timed[index]?.atMs ?? atMs) < atMs - WINDOW_MS;
    let first = 0;
    while (this.#timed.length - first > MOST_SAMPLES || (this.#timed.length - first > LEAST_SAMPLES && isOld(first)))
      first++;
    this.#timed.splice(0, first);
  }

  get samples(): readonly Sample[] {
    return this.#timed.map(({ sample }) => sample);
  }

  /** Looks, not pauses. */
  get looks(): readonly Sample[] {
    return this.samples.filter(({ kind }) => kind !== 'pause');
  }

  /** Milliseconds that the latest `withinMs` really cover, and what was sampled in them. */
  within(withinMs: number, nowMs: number): { readonly coveredMs: number; readonly samples: readonly Sample[] } {
    const from = nowMs - withinMs;
    const before = this.#timed.findLastIndex(({ atMs }) => atMs < from);
    const inside = this.#timed.slice(before + 1);
    const firstMs = before >= 0 ? from : (inside[0]?.atMs ?? nowMs);
    return { coveredMs: nowMs - firstMs, samples: inside.map(({ sample }) => sample) };
  }
}

/** Of the samples that have one; null of fewer than `least`. */
export function percentileOf(
  samples: readonly Sample[],
  read: (sample: Sample) => number | null | undefined,
  percent: number,
  least: number,
): number | null {
  const values = samples.map(read).filter((value) => typeof value === 'number');
  if (values.length < least) return null;
  return percentile(
    values.sort((a, b) => a - b),
    percent,
  );
}

/** From the first packet to the answer; null where it was not all there. */
export function handshakeMs({ phases }: Sample): number | null {
  const ways: readonly PhaseName[] = ['tcp', 'proxy', 'tls', 'upgrade'];
  if (phases.upgrade === undefined) return null;
  return ways.reduce((sum, name) => sum + (phases[name] ?? 0), 0);
}
