import { type Context, createContext, Script } from 'node:vm';

const script = new Script('run()');

/**
 * Runs synchronous work that can be stopped: V8 ends a regular expression that backtracks without end only this way.
 * One context serves all calls; each call has a price of some 0.1 ms.
 */
export class Guard {
  readonly #sandbox: { run: () => void } = { run: () => {} };
  #context: Context | null = null;
  /** The work was stopped after it had got less than half of its time on a processor: a busy machine, not its fault. */
  wasStarved = false;

  /** False when the work took longer than `timeoutMs` and was stopped, at any point, or when it failed. */
  run(work: () => void, timeoutMs: number): boolean {
    this.#sandbox.run = work;
    this.#context ??= createContext(this.#sandbox);
    this.wasStarved = false;
    const before = process.cpuUsage();
    try {
      script.runInContext(this.#context, { timeout: timeoutMs });
      return true;
    } catch (error) {
      // Too slow, or too large or too deep for V8's regular expressions: all the same to the row.
      const { user, system } = process.cpuUsage(before);
      const timedOut = (error as { code?: unknown }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
      this.wasStarved = timedOut && (user + system) / 1000 < timeoutMs / 2;
      return false;
    }
  }
}

/** What all expressions of one judgement may take together. */
const MAX_JUDGE_MS = 500;

const stopped = new Guard();

/** Time for several pieces of work by a person's expressions, which none of them can exceed. */
export class JudgeTime {
  #leftMs: number;

  constructor(limitMs = MAX_JUDGE_MS) {
    this.#leftMs = limitMs;
  }

  /** Gives what `work` gives. Throws when no time is left, and what `work` throws, both with words for a person. */
  spend<T>(work: () => T): T {
    let result: { readonly value: T } | { readonly error: unknown } | null = null;
    const startedMs = performance.now();
    if (this.#leftMs >= 1) {
      stopped.run(() => {
        try {
          result = { value: work() };
        } catch (error) {
          result = { error };
        }
      }, Math.floor(this.#leftMs));
      this.#leftMs -= performance.now() - startedMs;
    }
    const told = result as { readonly value: T } | { readonly error: unknown } | null;
    if (told === null) throw new Error(`the expression took longer than ${MAX_JUDGE_MS} ms`);
    if ('error' in told) throw told.error;
    return told.value;
  }
}
