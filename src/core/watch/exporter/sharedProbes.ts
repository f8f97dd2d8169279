import { setMaxListeners } from 'node:events';
import type { Report } from '../../base/model.js';

/** What becomes of asking: the report; or too much is under way, the probe is not through in time, or whoever asked went away. */
export type Answer = { readonly report: Report; readonly cut: boolean } | 'busy' | 'late' | 'gone' | 'ending';

interface Running {
  readonly controller: AbortController;
  readonly done: Promise<Report>;
  waiting: number;
  endsAtMs: number;
  timer: NodeJS.Timeout;
  /** The time of the last who waits is over. */
  cut: boolean;
}

export interface Asking {
  /** Who asks for the same while it runs shares the probe. */
  readonly key: string;
  /** Milliseconds that whoever asks will wait. */
  readonly withinMs: number;
  /** Aborts when whoever asks went away. */
  readonly signal: AbortSignal;
  /** Begins the probe; called once for all who share it. */
  readonly begin: (signal: AbortSignal) => Promise<Report>;
}

/** Why a probe is told to end that somebody waits for: what it found by then counts. */
export const TIME_OVER = 'the time of the scrape is over';

/** A probe that was told to end answers in that time. */
const GRACE_MS = 250;

/** Probes that several may wait for, so many at once. One that nobody waits for any more is ended. */
export class SharedProbes {
  readonly #most: number;
  readonly #running = new Map<string, Running>();
  #ending = false;

  constructor(most: number) {
    this.#most = most;
  }

  get running(): number {
    return this.#running.size;
  }

  async ask({ begin, key, signal, withinMs }: Asking): Promise<Answer> {
    if (this.#ending) return 'ending';
    if (signal.aborted) return 'gone';
    const running = this.#running.get(key) ?? this.#start(key, begin);
    if (!running) return 'busy';
    this.#extend(running, withinMs);
    running.waiting += 1;
    try {
      return await this.#wait(running, withinMs, signal);
    } finally {
      running.waiting -= 1;
      if (running.waiting === 0) running.controller.abort();
    }
  }

  /** Ends all that runs, and begins nothing more. Settles when every socket of it is closed. */
  async end(): Promise<void> {
    this.#ending = true;
    const all = [...this.#running.values()];
    for (const { controller } of all) controller.abort();
    await Promise.allSettled(all.map(({ done }) => done));
  }

  #start(key: string, begin: Asking['begin']): Running | null {
    if (this.#running.size >= this.#most) return null;
    const controller = new AbortController();
    setMaxListeners(0, controller.signal);
    const done = begin(controller.signal).finally(() => {
      clearTimeout(running.timer);
      this.#running.delete(key);
    });
    const running: Running = {
      controller,
      done,
      waiting: 0,
      endsAtMs: 0,
      timer: setTimeout(() => {}, 0),
      cut: false,
    };
    this.#running.set(key, running);
    return running;
  }

  #extend(running: Running, withinMs: number): void {
    const endsAtMs = performance.now() + withinMs;
    if (endsAtMs <= running.endsAtMs) return;
    running.endsAtMs = endsAtMs;
    clearTimeout(running.timer);
    running.timer = setTimeout(() => {
      running.cut = true;
      running.controller.abort(TIME_OVER);
    }, withinMs);
  }

  #wait(running: Running, withinMs: number, signal: AbortSignal): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => end('late'), withinMs + GRACE_MS);
      const gone = () => end('gone');
      const end = (answer: Answer) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', gone);
        resolve(answer);
      };
      signal.addEventListener('abort', gone);
      running.done.then((report) => end(this.#ending ? 'ending' : { report, cut: running.cut }), reject);
    });
  }
}
