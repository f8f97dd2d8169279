import type { WebSocket } from '../transport/webSocket.js';
import type { Failure } from '../base/evidence.js';
import { looksDecoded } from '../base/matches.js';
import { type MatchContext, matchMessage } from '../payload/match.js';
import { say } from './say.js';
import type { Decoding } from '../steps/decoding.js';
import { type EncodedPayload, encodePayload } from '../payload/encodePayload.js';
import type { MessageCheck, ProbePlan } from '../base/plan.js';
import { type Clock, toThousandths } from '../base/clock.js';
import { failed, type Outcome, success, wait } from '../transport/outcome.js';
import type { DialectJudge } from '../dialects/dialectJudge.js';
import type { TalkResult } from '../run/assembleReport.js';
import type { FrameWatch } from '../run/frameWatch.js';
import type { Inbox } from '../run/inbox.js';

export interface TalkOptions {
  readonly plan: ProbePlan;
  readonly socket: WebSocket;
  readonly watch: FrameWatch;
  readonly inbox: Inbox;
  readonly dialectJudge: DialectJudge;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  readonly openMs: number;
  readonly decoding: Decoding;
  readonly schemas: MatchContext['schemas'];
}

/** The profile's message check: one round trip a sample, one after the other. */
export async function checkMessages(check: MessageCheck, options: TalkOptions): Promise<TalkResult> {
  const mode = typeof check.expect === 'string' ? check.expect : 'match';
  const samplesMs: number[] = [];
  for (let sample = 1; sample <= check.samples; sample++) {
    const reply = await roundTrip(check, sample, options);
    if (!reply.ok) return { mode, samplesMs, failure: reply.failure };
    samplesMs.push(reply.value);
  }
  return { mode, samplesMs, failure: null };
}

async function roundTrip(check: MessageCheck, sample: number, options: TalkOptions): Promise<Outcome<number>> {
  const { inbox, plan, signal, watch } = options;
  const { messageMs } = plan.timeouts;
  const encoded = await payloadOf(check, sample, options);
  if (!encoded.ok) return encoded;
  const sent = encoded.value;
  const { schemas = new Map() } = options;
  const isDecoded = typeof check.expect === 'object' && looksDecoded([check.expect]);
  let refused: Mismatch | null = null;
  const reply = await wait<number>(
    { phase: 'message', timeoutMs: messageMs, timeoutMessage: `No reply within ${messageMs} ms.`, signal },
    (settle) => {
      // Without a payload the first message is what is measured, from the moment the connection was open.
      let startMs = options.openMs;
      let sending = sent === null;
      const stop = inbox.read({
        onMessage: (message) => {
          if (!sending) return;
          const heard = (judged: Mismatch | null) => {
            if (judged === null) settle(success(toThousandths(message.atMs - (watch.lastSentMs ?? startMs))));
            else refused = judged;
          };
          if (isDecoded)
            void options.decoding
              .valuesOf(message)
              .then((decoded) => heard(judge(check, sent, message, { schemas, decoded })));
          else heard(judge(check, sent, message, { schemas }));
        },
        onEnd: (failure) => settle({ ok: false, failure }),
      });
      if (sent) {
        sending = true;
        startMs = say(options, sent);
      }
      return stop;
    },
  );
  if (reply.ok || reply.failure.kind !== 'timeout') return reply;
  if (!refused) return failed('message', 'no-reply', reply.failure.message);
  const { expected, actual } = refused as Mismatch;
  return failed('message', 'mismatch', `Expected ${expected}, received ${actual}.`);
}

/** Null when nothing is sent. A file that cannot be read is the profile's fault, and takes no longer than a reply may. */
async function payloadOf(
  { send }: MessageCheck,
  seq: number,
  { plan, signal }: TalkOptions,
): Promise<Outcome<EncodedPayload | null>> {
  if (send === undefined) return success(null);
  const deadline = AbortSignal.timeout(plan.timeouts.messageMs);
  try {
    const limit = signal ? AbortSignal.any([signal, deadline]) : deadline;
    return success(await encodePayload(send, { baseDir: plan.baseDir, seq, signal: limit }));
  } catch (error) {
    if (signal?.aborted === true) return failed('message', 'cancelled', 'Cancelled.');
    const message = deadline.aborted ? 'The payload file could not be read in time.' : (error as Error).message;
    return failed('message', 'input', message, 'profile.unreadable-file');
  }
}

interface Mismatch {
  readonly expected: string;
  readonly actual: string;
}

/** Null when the message is the one waited for. */
function judge(
  check: MessageCheck,
  sent: { readonly binary: boolean; readonly bytes: Uint8Array } | null,
  message: { readonly binary: boolean; readonly bytes: Uint8Array },
  context: MatchContext,
): Mismatch | null {
  if (check.expect === 'any') return null;
  if (check.expect === 'echo') {
    if (sent && sent.binary === message.binary && Buffer.compare(sent.bytes, message.bytes) === 0) return null;
    const binary = message.binary ? 'binary' : 'text';
    return {
      expected: 'an echo of what was sent',
      actual: `another message (${binary}, ${message.bytes.length} bytes)`,
    };
  }
  const { matched, expected, actual } = matchMessage(check.expect, message, context);
  return matched ? null : { expected, actual };
}

/** So many round trips are kept: a hold of days beats as well. */
const MAX_ROUND_TRIPS = 1_000;

/**
 * Protocol pings (RFC 6455 5.5.2), one at a time; a round trip is there once the pong has come. Nobody waits for it: frames are
 * answered in order, so a pong that comes at all comes before the answer to our Close.
 */
export class PingProbe {
  readonly roundTripsMs: number[] = [];
  /** When the ping left that is still unanswered; null: there is none. */
  waitingSinceMs: number | null = null;
  #sent = 0;

  get hasSent(): boolean {
    return this.#sent > 0;
  }

  send(socket: WebSocket, clock: Clock): void {
    this.#sent += 1;
    this.waitingSinceMs = clock();
    socket.ping(this.#payload);
  }

  /** Whether the pong answers the ping that was sent last. */
  received(payload: Uint8Array, atMs: number): boolean {
    if (this.waitingSinceMs === null || Buffer.compare(payload, this.#payload) !== 0) return false;
    if (this.roundTripsMs.length < MAX_ROUND_TRIPS) this.roundTripsMs.push(toThousandths(atMs - this.waitingSinceMs));
    this.waitingSinceMs = null;
    return true;
  }

  get #payload(): Buffer {
    return Buffer.from(`wsprobe.${this.#sent}`);
  }
}

/** Node's timers count whole milliseconds and may fire up to one early. */
const EARLY_TIMER_MS = 1;

/** A beat that keeps a held connection open, and hears of what came; by `stop` it is over. */
export interface HoldBeat {
  start(onMissed: (failure: Failure) => void): void;
  onMessage(): void;
  stop(): void;
}

/** Stays until the hold is over; the failure is what ended the connection before that, a heartbeat without an answer included. */
export async function hold(options: TalkOptions, beat: HoldBeat | null): Promise<Failure | null> {
  const { clock, inbox, openMs, plan, signal } = options;
  const leftMs = openMs + plan.expect.holdMs - clock();
  if (leftMs <= 0) return inbox.ended;
  const held = await wait<null>(
    { phase: 'message', timeoutMs: Math.ceil(leftMs) + EARLY_TIMER_MS, timeoutMessage: '', signal },
    (settle) => {
      const fail = (failure: Failure) => settle({ ok: false, failure });
      beat?.start(fail);
      const stop = inbox.read({ onMessage: () => beat?.onMessage(), onEnd: fail });
      return () => {
        beat?.stop();
        stop();
      };
    },
  );
  return held.ok || (held.failure.kind === 'timeout' && held.failure.code === null) ? null : held.failure;
}
