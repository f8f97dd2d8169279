import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../base/clock.js';
import type { Failure } from '../base/evidence.js';
import { type Outcome, success, wait } from '../transport/outcome.js';
import type { Inbox, InboxMessage } from './inbox.js';

/** Node's timers count whole milliseconds and may fire up to one early. */
const EARLY_TIMER_MS = 1;
/** Judgements that a slow expression may still take past the deadline, for what came before it. */
const LATE_MS = 1_000;
/** A timer that is later than this was held up by our own process. */
const STALL_MS = 20;
/** Messages that are judged in one turn of the event loop. */
const PER_TURN = 200;

/** How waiting for a message ended. Without one, and without a failure, the time was up. */
export type Heard =
  | { readonly message: InboxMessage; readonly failure: null }
  | { readonly message: null; readonly failure: Failure | null };

export interface WaitContext {
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
}

/** Waits until a time of the clock. Null; the failure is that it was cancelled. */
export async function waitUntil(deadlineMs: number, { clock, signal }: WaitContext): Promise<Failure | null> {
  const waited = await wait<null>(
    { phase: 'message', timeoutMs: timeoutFor(deadlineMs, clock), timeoutMessage: '', signal },
    () => () => {},
  );
  return waited.ok || waited.failure.kind === 'timeout' ? null : waited.failure;
}

export function timeoutFor(deadlineMs: number, clock: Clock): number {
  return Math.max(0, Math.ceil(deadlineMs - clock())) + EARLY_TIMER_MS;
}

/** The message at a number, when it came before the deadline. */
export async function messageAt(
  inbox: Inbox,
  number: number,
  deadlineMs: number,
  context: WaitContext,
): Promise<Heard> {
  const { clock, signal } = context;
  if (number % PER_TURN === PER_TURN - 1) await nextTurn();
  if (clock() > deadlineMs + LATE_MS) return { message: null, failure: null };
  if (signal?.aborted !== true && inbox.at(number) === null) {
    const options = { phase: 'message', timeoutMs: timeoutFor(deadlineMs, clock), timeoutMessage: '', signal } as const;
    await wait<null>(options, (settle: (outcome: Outcome<null>) => void) =>
      inbox.onNews(() => {
        if (inbox.at(number) !== null) settle(success(null));
      }),
    );
  }
  if (signal?.aborted === true) return { message: null, failure: CANCELLED };
  const missedMs = inbox.at(number) === null ? await catchUp(deadlineMs, clock) : 0;
  const arrival = inbox.at(number);
  if (arrival === null) return { message: null, failure: null };
  if ('ended' in arrival) return { message: null, failure: arrival.ended };
  return arrival.message.atMs > deadlineMs + missedMs
    ? { message: null, failure: null }
    : { ...arrival, failure: null };
}

/** Where the process stood still over the deadline, what came meanwhile is still unread, and stamped late: how much it missed. */
async function catchUp(deadlineMs: number, clock: Clock): Promise<number> {
  if (clock() - deadlineMs < STALL_MS) return 0;
  await nextTurn();
  await nextTurn();
  return Math.max(0, clock() - deadlineMs);
}

export const CANCELLED: Failure = { phase: 'message', kind: 'cancelled', code: null, message: 'Cancelled.' };
