/** Part of an interval by which a look is moved by chance, so that watchers started together do not knock together. */
const JITTER = 0.1;
/** Targets are begun one after another, never further apart than that: a person waits for the first results. */
const MAX_APART_MS = 1_000;

/**
 * When a target is looked at: once in each slot of its interval, counted from its own beginning. A look that takes longer than a
 * slot delays its own next one: slots that went by meanwhile are left out, nothing is made up for. Monotonic milliseconds.
 */
export class Slots {
  readonly #firstMs: number;
  readonly #everyMs: number;
  readonly #random: () => number;

  constructor(firstMs: number, everyMs: number, random: () => number) {
    this.#firstMs = firstMs;
    this.#everyMs = everyMs;
    this.#random = random;
  }

  get firstMs(): number {
    return this.#firstMs;
  }

  /** The next look after one that is over at `nowMs`: never before that, and in a slot that has not begun. */
  after(nowMs: number): number {
    const slot = Math.max(0, Math.floor((nowMs - this.#firstMs) / this.#everyMs)) + 1;
    const off = (this.#random() - 0.5) * 2 * JITTER * this.#everyMs;
    return Math.max(nowMs, this.#firstMs + slot * this.#everyMs + off);
  }
}

/** Where the first look at target `index` of `count` falls: spread over the interval. */
export function offsetOf(index: number, count: number, everyMs: number): number {
  return index * Math.min(MAX_APART_MS, everyMs / count);
}
