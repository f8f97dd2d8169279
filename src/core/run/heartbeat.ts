import type { Clock } from '../base/clock.js';

export interface HeartbeatOptions {
  readonly everyMs: number;
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Sends one beat: a ping or a message. */
  readonly beat: () => void;
  /** Bytes the peer has not taken yet: the deadline does not run while there are any. */
  readonly bufferedBytes: () => number;
  readonly onMissed: () => void;
}

/** Beats at an interval, each with a deadline. An answer is a pong, or for a message any data of the peer after it. */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #timer: NodeJS.Timeout | undefined;
  #waitingSinceMs: number | null = null;
  #missed = 0;
  #count = 0;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#timer = setTimeout(this.#beat, options.everyMs);
  }

  get missed(): number {
    return this.#missed;
  }

  /** How many beats were answered. */
  get count(): number {
    return this.#count;
  }

  answered(): void {
    if (this.#waitingSinceMs === null) return;
    this.#count += 1;
    this.#waitingSinceMs = null;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#beat, this.#options.everyMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waitingSinceMs = null;
  }

  readonly #beat = () => {
    this.#waitingSinceMs = this.#options.clock();
    this.#timer = setTimeout(this.#check, this.#options.timeoutMs);
    this.#options.beat();
  };

  readonly #check = () => {
    const { bufferedBytes, clock, onMissed, timeoutMs } = this.#options;
    // The beat itself may still wait behind what the peer does not read: time does not count until it is out.
    if (bufferedBytes() > 0) {
      this.#waitingSinceMs = clock();
      this.#timer = setTimeout(this.#check, timeoutMs);
      return;
    }
    this.#missed += 1;
    this.#timer = undefined;
    onMissed();
  };
}
