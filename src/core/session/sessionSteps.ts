import { ProbeError } from '../base/errors.js';
import type { Failure } from '../base/evidence.js';
import { looksDecoded, matchesOfPlan } from '../base/matches.js';
import type { FrameRecord, StepResult } from '../base/model.js';
import type { ProbePlan } from '../base/plan.js';
import type { Clock } from '../base/clock.js';
import type { DialectJudge } from '../dialects/dialectJudge.js';
import type { EncodedPayload } from '../payload/encodePayload.js';
import { loadSchemas } from '../payload/schemaFiles.js';
import { timeoutFor } from '../steps/arrival.js';
import { converse } from '../steps/conversation.js';
import { Decoding } from '../steps/decoding.js';
import { Inbox, type InboxMessage } from '../steps/inbox.js';
import type { Talker } from '../steps/talker.js';
import { failed, type Outcome, success, wait } from '../transport/outcome.js';
import { readerOf } from '../payload/decoders/decodingReader.js';
import { loadPayloadSchemas } from '../payload/payloadSchemas.js';

/** What steps need of a session. */
export interface StepSession {
  readonly clock: Clock;
  readonly dialectJudge: DialectJudge;
  readonly closeReceived: Talker['closeReceived'];
  sendBytes(message: EncodedPayload): Promise<void>;
  ping(payload: string): void;
  close(code: number, reason: string): void;
}

/** Which of a profile's steps are run, counted from 1, both ends included. */
export interface StepRange {
  readonly from?: number;
  readonly to?: number;
}

/** Steps of a profile run over a connection that a person has open. Its inbox begins now. */
export class SessionSteps implements Talker {
  readonly inbox = new Inbox();
  readonly #session: StepSession;
  readonly #abort = new AbortController();
  readonly #decoding: Decoding;
  #pings = 0;
  #awaited: { readonly payload: string; readonly settle: (outcome: Outcome<null>) => void } | null = null;
  #onEnd: (() => void) | null = null;

  constructor(session: StepSession, plan: ProbePlan) {
    this.#session = session;
    this.#decoding = new Decoding(() => readerOf(plan, session.dialectJudge.reader), looksDecoded(matchesOfPlan(plan)));
  }

  /** Throws a ProbeError where the profile has no such steps, or steps that one connection cannot run. */
  async run(plan: ProbePlan, { from = 1, to = Number.POSITIVE_INFINITY }: StepRange): Promise<readonly StepResult[]> {
    const steps = (plan.steps ?? []).slice(from - 1, to);
    if (steps.length === 0) throw new ProbeError('session.no-steps', 'The profile has no such steps.');
    if (plan.clients) {
      throw new ProbeError('session.several-clients', 'These steps are those of several clients, and this is one.', {
        hint: 'Run the probe: it connects each of them.',
      });
    }
    const { baseDir, variables } = plan;
    const { signal } = this.#abort;
    await loadPayloadSchemas({ message: null, steps, baseDir }, signal);
    const schemas = await loadSchemas(matchesOfPlan({ message: null, steps }), baseDir, signal);
    const connect = () => Promise.resolve(success(this));
    const { rows } = await converse(steps, {
      clock: this.#session.clock,
      signal,
      connect,
      baseDir,
      variables,
      schemas,
    });
    return rows;
  }

  stop(): void {
    this.#abort.abort();
  }

  get ended(): Failure | null {
    return this.inbox.ended;
  }

  get closeReceived(): Talker['closeReceived'] {
    return this.#session.closeReceived;
  }

  /** The bytes are borrowed. */
  received(message: InboxMessage): void {
    const own = { ...message, bytes: Uint8Array.from(message.bytes) };
    this.#decoding.heard('received', own);
    this.inbox.push(own);
  }

  onPong(payload: Uint8Array): void {
    if (this.#awaited?.payload === Buffer.from(payload).toString()) this.#awaited.settle(success(null));
  }

  onEnd(failure: Failure): void {
    this.inbox.end(failure);
    this.#awaited?.settle({ ok: false, failure });
    this.#onEnd?.();
  }

  async send(payload: EncodedPayload): Promise<Outcome<null>> {
    if (this.ended) return { ok: false, failure: this.ended };
    this.#decoding.heard('sent', { ...payload, atMs: this.#session.clock() });
    return attempt(() => this.#session.sendBytes(payload));
  }

  ping(deadlineMs: number): Promise<Outcome<null>> {
    const payload = `wsprobe.step.${++this.#pings}`;
    return this.#wait(deadlineMs, 'No pong came in time.', (settle) => {
      this.#awaited = { payload, settle };
      attempt(async () => this.#session.ping(payload)).then((sent) => {
        if (!sent.ok) settle(sent);
      }, settleFault(settle));
      return () => {
        this.#awaited = null;
      };
    });
  }

  async close(code: number, reason: string, deadlineMs: number): Promise<Outcome<null>> {
    const begun = await attempt(async () => this.#session.close(code, reason));
    if (!begun.ok) return begun;
    const ended = await this.untilEnd(deadlineMs);
    if (ended?.kind === 'cancelled') return { ok: false, failure: ended };
    return this.closeReceived ? success(null) : failed('close', 'timeout', 'The peer did not answer our Close frame.');
  }

  async untilEnd(deadlineMs: number): Promise<Failure | null> {
    const waited = await this.#wait(deadlineMs, '', (settle) => {
      this.#onEnd = () => settle(success(null));
      if (this.ended) settle(success(null));
      return () => {
        this.#onEnd = null;
      };
    });
    return !waited.ok && waited.failure.kind === 'cancelled' ? waited.failure : this.ended;
  }

  decode(message: InboxMessage): Promise<readonly unknown[] | null> {
    return this.#decoding.valuesOf(message);
  }

  /** The log stands beside: it has all of them. */
  latestFrames(): readonly FrameRecord[] {
    return [];
  }

  #wait(deadlineMs: number, timeoutMessage: string, start: Parameters<typeof wait<null>>[1]): Promise<Outcome<null>> {
    const timeoutMs = timeoutFor(deadlineMs, this.#session.clock);
    return wait<null>({ phase: 'message', timeoutMs, timeoutMessage, signal: this.#abort.signal }, start);
  }
}

async function attempt(work: () => Promise<void>): Promise<Outcome<null>> {
  try {
    await work();
    return success(null);
  } catch (error) {
    if (!(error instanceof ProbeError)) throw error;
    return failed('message', 'error', error.message);
  }
}

function settleFault(settle: (outcome: Outcome<null>) => void): (error: Error) => void {
  return (error) => settle(failed('message', 'error', error.message));
}
