/** The monotonic seconds of another program on our clock: distances are its own, and nothing lies in the future. */
export class EventClock {
  readonly #now: () => number;
  #offsetMs: number | null = null;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Milliseconds of ours for a time of theirs; now for one that is none. */
  at(seconds: number | null): number {
    const nowMs = this.#now();
    if (seconds === null) return nowMs;
    this.#offsetMs ??= nowMs - seconds * 1_000;
    return Math.max(0, Math.min(nowMs, seconds * 1_000 + this.#offsetMs));
  }
}
