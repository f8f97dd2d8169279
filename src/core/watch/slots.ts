/** Part of an interval by which a look is moved by chance, so that watchers started together do not knock together. */
const JITTER = 0.1;
/** Targets are begun one after another, never further apart than that: a person waits for the first results. */
const MAX_APART_MS = 1_000;
/**
 * Looks gather on beats that all watches of a process share, an interval of up to 30 s having 30 of them: a processor that is woken
 * for each look by itself works longer for it (bench `watch.cpu`).
 */
const BEAT_MS = 1_000;
const BEATS = 30;

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
    const dueMs = Math.max(nowMs, this.#firstMs + slot * this.#everyMs + off);
    const beatMs = beatOf(this.#everyMs);
    return Math.max(dueMs, Math.ceil(dueMs / beatMs) * beatMs);
  }
}

/** A whole part of the longest beat: the beats of short intervals meet those of long ones. */
function beatOf(everyMs: number): number {
  return BEAT_MS / Math.ceil((BEAT_MS * BEATS) / everyMs);
}

/**
 * Looks of one beat go one after another: what another one does in between would be counted as time of the network. None waits
 * longer than half a beat of its own.
 */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  async take<T>(everyMs: number, work: () => Promise<T>): Promise<T> {
    const mine = withinOr(this.#last, beatOf(everyMs) / 2).then(work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }
}

async function withinOr(before: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise((done) => (timer = setTimeout(done, ms)));
  await Promise.race([before, patience]);
  clearTimeout(timer);
}

/** Where the first look at target `index` of `count` falls: spread over the interval, on beats. */
export function offsetOf(index: number, count: number, everyMs: number): number {
  const beatMs = beatOf(everyMs);
  return Math.floor((index * Math.min(MAX_APART_MS, everyMs / count)) / beatMs) * beatMs;
}
