import { ProbeError } from '../base/errors.js';
import type { Failure } from '../base/evidence.js';
import type { Match } from '../base/message.js';
import type { ExpectedClose, Step } from '../base/step.js';
import { encodePayload } from '../payload/encodePayload.js';
import { fill, type FillContext, fillMatch } from '../payload/fill.js';
import { describeMatch, matchMessage } from '../payload/match.js';
import { closeReason } from '../profile/checks.js';
import { DEFAULT_NONE_MS } from '../profile/plan.js';
import { CANCELLED, timeoutFor, waitUntil } from './arrival.js';
import type { ConversationOptions, Shared } from './conversationOptions.js';
import { type Ear, expectAll, expectCount, expectNone, expectOne } from './expecting.js';
import { absence, type StepFailure, stepFailed } from './listening.js';
import type { Talker } from './talker.js';

export interface StepContext extends ConversationOptions {
  readonly client: string | null;
  readonly shared: Shared;
  readonly deadlineMs: number;
  /** The same as a duration, for people. */
  readonly withinMs: number;
}

/** Does one step over a connection; null when it passed. */
export async function doStep(step: Step, talker: Talker, context: StepContext): Promise<StepFailure> {
  if (context.signal?.aborted === true) return stepFailed(CANCELLED.message, {}, CANCELLED);
  try {
    return await act(step, talker, context);
  } catch (error) {
    // A variable without a value, a file that is not there: the step says so.
    if (!(error instanceof ProbeError)) throw error;
    const isFile = error.code === 'payload-file';
    const cause = { phase: 'message', kind: 'input', code: 'profile.unreadable-file', message: error.message } as const;
    return stepFailed(error.message, {}, isFile ? cause : null);
  }
}

async function act(step: Step, talker: Talker, context: StepContext): Promise<StepFailure> {
  const { clock, deadlineMs, signal, shared, withinMs } = context;
  const filling: FillContext = { variables: shared.captured, seq: shared.sent.get(context.client) ?? 1 };
  const filled = (match: Match) => fillMatch(match, filling);
  const ear: Ear = { talker, deadlineMs, withinMs, context: { clock, signal, schemas: context.schemas } };
  if ('send' in step) return send(step.send, talker, context);
  if ('expect' in step) {
    const onCapture = (values: Readonly<Record<string, unknown>>) => {
      shared.captured = { ...shared.captured, ...values };
    };
    return expectOne(
      filled(step.expect),
      { strict: step.strict ?? false, capture: step.capture ?? {}, onCapture },
      ear,
    );
  }
  if ('expectAll' in step) return expectAll(step.expectAll.map(filled), ear);
  if ('expectNone' in step) {
    const untilMs = Math.min(deadlineMs, clock() + (step.forMs ?? DEFAULT_NONE_MS));
    return expectNone(filled(step.expectNone), { ...ear, deadlineMs: untilMs });
  }
  if ('expectCount' in step) return expectCount({ ...step.expectCount, match: filled(step.expectCount.match) }, ear);
  if ('wait' in step) return pause(step.wait, context);
  if ('ping' in step) return told(await talker.ping(deadlineMs));
  if ('close' in step) {
    const reason = fill(step.close.reason ?? '', filling);
    const wrong = closeReason(reason);
    if (wrong !== null) return stepFailed(`The reason ${wrong}`);
    return told(await talker.close(step.close.code ?? 1000, reason, deadlineMs));
  }
  if ('expectClose' in step) return expectClose(step.expectClose, filled, ear);
  throw new Error('A repeat is no step of its own.');
}

async function send(
  payload: (Step & { send: unknown })['send'],
  talker: Talker,
  context: StepContext,
): Promise<StepFailure> {
  const { baseDir, client, clock, deadlineMs, shared, signal, withinMs } = context;
  const seq = (shared.sent.get(client) ?? 0) + 1;
  const deadline = AbortSignal.timeout(Math.min(timeoutFor(deadlineMs, clock), 2 ** 31 - 1));
  const limit = signal ? AbortSignal.any([signal, deadline]) : deadline;
  try {
    const variables = shared.captured;
    const encoded = await encodePayload(payload as never, { baseDir, variables, seq, signal: limit });
    const sent = await talker.send(encoded, deadlineMs);
    if (sent.ok) shared.sent.set(client, seq);
    return told(sent);
  } catch (error) {
    if (signal?.aborted === true) return stepFailed(CANCELLED.message, {}, CANCELLED);
    if (deadline.aborted) return stepFailed(`The payload file could not be read within ${withinMs} ms.`);
    throw error;
  }
}

async function pause(forMs: number, context: StepContext): Promise<StepFailure> {
  const { clock, deadlineMs, withinMs } = context;
  const endMs = clock() + forMs;
  const failure = await waitUntil(Math.min(endMs, deadlineMs), context as Parameters<typeof waitUntil>[1]);
  if (failure) return stepFailed(failure.message, {}, failure);
  return endMs > deadlineMs ? stepFailed(`The wait was cut short: ${withinMs} ms are all there is.`) : null;
}

/** Everything that is unread is passed over: the end is what is waited for. */
async function expectClose(wanted: ExpectedClose, filled: (match: Match) => Match, ear: Ear): Promise<StepFailure> {
  const { context, deadlineMs, talker, withinMs } = ear;
  const expected = closeWords(wanted);
  const ended = await talker.untilEnd(deadlineMs);
  if (ended?.kind === 'cancelled') return stepFailed(ended.message, {}, ended);
  if (!ended) return stepFailed(`The connection is still open after ${withinMs} ms.`, { expected, actual: 'open' });
  const codes = wanted.code === undefined ? null : [wanted.code].flat();
  const close = talker.closeReceived ?? (codes?.includes(1006) && isCutOff(ended) ? CUT_OFF : null);
  if (!close) return stepFailed(absence(talker.ended, withinMs), { expected, actual: 'no Close frame' }, talker.ended);
  const actual = `close ${close.code}${close.reason === '' ? '' : ` ${JSON.stringify(close.reason)}`}`;
  if (codes && !codes.includes(close.code)) return stepFailed('Closed with another code.', { expected, actual });
  if (!wanted.reason) return null;
  const message = { binary: false, bytes: Buffer.from(close.reason) };
  const judged = matchMessage(filled(wanted.reason), message, { schemas: context.schemas });
  return judged.matched ? null : stepFailed('Closed with another reason.', { expected, actual });
}

/** What a connection has in place of a Close frame that never came (RFC 6455 7.1.5). */
const CUT_OFF = { code: 1006, reason: '' };

function isCutOff({ kind }: Failure): boolean {
  return kind === 'end' || kind === 'reset';
}

function closeWords({ code, reason }: ExpectedClose): string {
  const codes = code === undefined ? 'a close' : `close ${[code].flat().join(' or ')}`;
  return reason ? `${codes}, reason ${describeMatch(reason)}` : codes;
}

function told(outcome: Awaited<ReturnType<Talker['ping']>>): StepFailure {
  return outcome.ok ? null : stepFailed(outcome.failure.message, {}, outcome.failure);
}
