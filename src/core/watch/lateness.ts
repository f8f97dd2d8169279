const TICK_MS = 500;
/** So late a machine that is merely busy is not. */
export const PAUSE_AFTER_MS = 2_000;

export interface Times {
  /** Monotonic milliseconds. */
  now(): number;
  /** Milliseconds of the wall clock. */
  wall(): number;
}

export const systemTimes: Times = { now: () => performance.now(), wall: () => Date.now() };

/**
 * How long nothing of ours ran between two beats `everyMs` apart; 0: it did. A stopped process shows on the monotonic clock; sleep on
 * the wall clock alone, where a clock that was set ahead looks the same. One that was set back means nothing.
 */
export function pauseBetween(
  before: { readonly nowMs: number; readonly wallMs: number },
  after: { readonly nowMs: number; readonly wallMs: number },
  everyMs: number,
  toleratedMs: number,
): number {
  const late = Math.max(after.nowMs - before.nowMs, after.wallMs - before.wallMs) - everyMs;
  return late > toleratedMs ? Math.round(late) : 0;
}

/** Beats for as long as it is not stopped, and tells when a beat came late by more than what a busy machine explains. */
export class Lateness {
  readonly #times: Times;
  readonly #toleratedMs: number;
  readonly #onPause: (pausedMs: number) => void;
  readonly #timer: NodeJS.Timeout;
  #before: { readonly nowMs: number; readonly wallMs: number };

  constructor(times: Times, toleratedMs: number, onPause: (pausedMs: number) => void) {
    this.#times = times;
    this.#toleratedMs = toleratedMs;
    this.#onPause = onPause;
    this.#before = this.#read();
    this.#timer = setInterval(() => this.check(), TICK_MS).unref();
  }

  /** Asked before something is judged: the beat itself may come only after it. */
  check(): void {
    const after = this.#read();
    const pausedMs = pauseBetween(this.#before, after, TICK_MS, this.#toleratedMs);
    this.#before = after;
    if (pausedMs > 0) this.#onPause(pausedMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #read(): { readonly nowMs: number; readonly wallMs: number } {
    return { nowMs: this.#times.now(), wallMs: this.#times.wall() };
  }
}
