import type { Clock } from '../base/clock.js';
import type { Stall } from '../base/evidence.js';

const BEAT_MS = 50;
/** So late a beat may be without anything to tell. */
const TOLERATED_MS = 100;
/** Nobody needs to know it of what takes longer. It bounds how many are kept, too. */
const MAX_FOLLOWED_MS = 60_000;

/** One beat for all that run at once, the one that began first at the head of them. */
const following = new Set<StallFollower>();
let timer: NodeJS.Timeout | null = null;
let beatenMs = 0;

/** Sees, from when it is made until it is stopped, when nothing of ours ran: this machine was too busy, or the process was stopped. */
export class StallFollower {
  /** On the clock that it was given, the oldest first. */
  readonly stalls: Stall[] = [];
  /** On the monotonic clock of the process. */
  readonly beganMs = performance.now();
  readonly #zeroMs: number;

  constructor(clock: Clock) {
    this.#zeroMs = this.beganMs - clock();
    beat();
    following.add(this);
    timer ??= setInterval(beat, BEAT_MS).unref();
  }

  /** One that lasts until now is seen too. */
  stop(): void {
    beat();
    following.delete(this);
  }

  /** Of the process: nothing ran between. */
  stalled(fromMs: number, toMs: number): void {
    const startMs = Math.max(fromMs, this.beganMs) - this.#zeroMs;
    this.stalls.push({ startMs, endMs: toMs - this.#zeroMs });
  }
}

function beat(): void {
  const nowMs = performance.now();
  const dueMs = beatenMs + BEAT_MS;
  beatenMs = nowMs;
  if (nowMs - dueMs > TOLERATED_MS) for (const each of following) each.stalled(dueMs, nowMs);
  for (const each of following) {
    if (nowMs - each.beganMs < MAX_FOLLOWED_MS) break;
    following.delete(each);
  }
  if (following.size > 0 || timer === null) return;
  clearInterval(timer);
  timer = null;
}
