import type { Clock } from '../base/clock.js';
import type { Stall } from '../base/evidence.js';

const BEAT_MS = 50;
/** So late a beat may be without anything to tell. */
const TOLERATED_MS = 100;
const MAX_STALLS = 50;
/** Nobody needs to know it of what takes longer. */
const MAX_FOLLOWED_MS = 60_000;

/** One beat for all that run at once. */
const following = new Set<StallFollower>();
let timer: NodeJS.Timeout | null = null;
let beatenMs = 0;

/** Sees, from when it is made until it is stopped, when nothing of ours ran: this machine was too busy, or the process was stopped. */
export class StallFollower {
  /** On the monotonic clock of the process. */
  readonly #beganMs = performance.now();
  readonly #zeroMs: number;
  readonly #stalls: Stall[] = [];

  constructor(clock: Clock) {
    this.#zeroMs = this.#beganMs - clock();
    beat();
    following.add(this);
    timer ??= setInterval(beat, BEAT_MS).unref();
  }

  /** On the clock that it was given, the oldest first. */
  get stalls(): readonly Stall[] {
    beat();
    return this.#stalls;
  }

  stop(): void {
    following.delete(this);
    if (following.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  }

  /** Of the process: nothing ran between. */
  stalled(fromMs: number, toMs: number): void {
    const startMs = Math.max(fromMs, this.#beganMs) - this.#zeroMs;
    if (this.#stalls.length < MAX_STALLS) this.#stalls.push({ startMs, endMs: toMs - this.#zeroMs });
  }

  isOver(nowMs: number): boolean {
    return nowMs - this.#beganMs > MAX_FOLLOWED_MS;
  }
}

function beat(): void {
  const nowMs = performance.now();
  const dueMs = beatenMs + BEAT_MS;
  beatenMs = nowMs;
  if (nowMs - dueMs > TOLERATED_MS) for (const each of following) each.stalled(dueMs, nowMs);
  // Thousands may follow, the one that began first at the head of them.
  for (const each of following) {
    if (!each.isOver(nowMs)) break;
    each.stop();
  }
}
