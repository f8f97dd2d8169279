import type { Failure } from '../base/evidence.js';
import type { PhaseName } from '../base/model.js';

/** A failed connection is a result, not an exception. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

export function success<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

export function failed(
  phase: PhaseName,
  kind: Failure['kind'],
  message: string,
  code: string | null = null,
): { readonly ok: false; readonly failure: Failure } {
  return { ok: false, failure: { phase, kind, code, message } };
}

/** The failure of a system error: its code, and a message even where Node leaves it empty (AggregateError). */
export function failedWith(phase: PhaseName, error: Error, kind: Failure['kind'] = 'error') {
  const code = errorCode(error);
  return failed(phase, kind, error.message.replace(OPENSSL, '$1: $2') || code || 'Unknown error', code);
}

/** `[thread:]error:0A00010B:SSL routines:function:what is wrong[:file:line:details]`, of which two parts say something. */
const OPENSSL = /^(?:[0-9A-F]+:)?error:[0-9A-F]+:([^:\n]*):[^:\n]*:([^:\n]+)(?::[^\n]*)?\s*$/i;

export function errorCode(error: unknown): string | null {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : null;
}

export interface WaitOptions {
  readonly phase: PhaseName;
  /** Absolute deadline of the whole wait: activity does not extend it. */
  readonly timeoutMs: number;
  readonly timeoutMessage: string;
  readonly signal: AbortSignal | undefined;
}

/** So much later than it is due no deadline comes on a machine that is merely busy: nothing of ours ran, and nothing was heard. */
const STALLED_MS = 500;

/**
 * Runs `start` until it calls `settle`, the deadline passes or the signal aborts, whichever is first. A deadline that passed while
 * nothing of ours ran is given once more: what the peer said meanwhile was not heard yet.
 * `start` returns what undoes it; that runs exactly once, with the outcome, however the wait ends.
 */
export function wait<T>(
  options: WaitOptions,
  start: (settle: (outcome: Outcome<T>) => void) => (outcome: Outcome<T>) => void,
): Promise<Outcome<T>> {
  const { phase, signal, timeoutMs } = options;
  return new Promise((resolve) => {
    let settled: Outcome<T> | null = null;
    let undo: ((outcome: Outcome<T>) => void) | null = null;
    const settle = (outcome: Outcome<T>) => {
      if (settled) return;
      settled = outcome;
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      undo?.(outcome);
      resolve(outcome);
    };
    const onAbort = () => settle(failed(phase, 'cancelled', 'Cancelled.'));
    const onTimeout = () => settle(failed(phase, 'timeout', options.timeoutMessage));
    const dueMs = performance.now() + timeoutMs;
    let timer = setTimeout(() => {
      if (performance.now() - dueMs < STALLED_MS) onTimeout();
      else timer = setTimeout(onTimeout, timeoutMs);
    }, timeoutMs);
    signal?.addEventListener('abort', onAbort);
    if (signal?.aborted) return onAbort();
    undo = start(settle);
    // `start` may settle before it has returned its undo.
    if (settled) undo(settled);
  });
}
