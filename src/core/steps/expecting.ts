import type { Failure } from '../base/evidence.js';
import type { Match } from '../base/message.js';
import type { CountedMatch } from '../base/step.js';
import { describeMatch, matchMessage, type MatchContext } from '../payload/match.js';
import { Assignment } from './assignment.js';
import type { InboxMessage } from './inbox.js';
import {
  absence,
  capture,
  Listening,
  type ListenContext,
  notJudged,
  stepFailed,
  type StepFailure,
} from './listening.js';
import type { Talker } from './talker.js';

/** Where and until when a step listens. */
export interface Ear {
  readonly talker: Talker;
  readonly deadlineMs: number;
  readonly withinMs: number;
  readonly context: ListenContext;
}

export interface ExpectOptions {
  readonly strict: boolean;
  readonly capture: Readonly<Record<string, string>>;
  readonly onCapture: (values: Readonly<Record<string, unknown>>) => void;
}

/** Passes over what does not match, and stops behind the match. */
export async function expectOne(match: Match, options: ExpectOptions, ear: Ear): Promise<StepFailure> {
  const listening = listen(ear);
  for (;;) {
    const { message, failure: ended } = await listening.next();
    if (!message) return missed(listening, match, ended, ear);
    listening.commit();
    const context = await listening.contextOf(message, [match]);
    const judged = matchMessage(match, message, context);
    if (judged.notJudged === 'expression') return notJudged(judged, match);
    if (judged.matched) return captured(match, options, message, context);
    listening.pass(message, context);
    if (options.strict) return listening.missed(match, 'The next message does not match.', null);
  }
}

function captured(match: Match, options: ExpectOptions, message: InboxMessage, context: MatchContext): StepFailure {
  const taken = capture(options.capture, match, message, context);
  if ('missing' in taken) return stepFailed(taken.missing, { actual: matchMessage(match, message, context).actual });
  options.onCapture(taken.values);
  return null;
}

/** A message of its own for each match, in any order; stops behind the last of them. */
export async function expectAll(matches: readonly Match[], ear: Ear): Promise<StepFailure> {
  const listening = listen(ear);
  const assignment = new Assignment(matches.length);
  for (;;) {
    const { message, failure: ended } = await listening.next();
    if (!message) {
      const left = matches.filter((_, index) => !assignment.has(index));
      const failure = missed(listening, left[0] ?? matches[0]!, ended, ear);
      const error = `${failure.error.replace(/\.$/, '')}: ${left.length} of ${matches.length} are missing.`;
      return { ...failure, error, detail: { ...failure.detail, expected: left.map(describeMatch).join('; ') } };
    }
    listening.commit();
    const context = await listening.contextOf(message, matches);
    const fits: number[] = [];
    for (const [index, match] of matches.entries()) {
      const judged = matchMessage(match, message, context);
      if (judged.notJudged === 'expression') return notJudged(judged, match);
      if (judged.matched) fits.push(index);
    }
    if (!assignment.offer(fits)) listening.pass(message, context);
    if (assignment.isWhole) return null;
  }
}

/** Nothing unread matches, and nothing that comes before the deadline. Moves nothing. */
export async function expectNone(match: Match, ear: Ear): Promise<StepFailure> {
  const listening = listen(ear);
  for (;;) {
    const { message, failure } = await listening.next();
    if (!message) return failure?.kind === 'cancelled' ? stepFailed(failure.message, {}, failure) : null;
    const context = await listening.contextOf(message, [match]);
    const judged = matchMessage(match, message, context);
    if (judged.notJudged !== null) return notJudged(judged, match);
    if (!judged.matched) continue;
    return stepFailed('A message came that must not.', {
      expected: `none that ${describeMatch(match)}`,
      actual: judged.actual,
    });
  }
}

/** Counts the messages that match, and stops behind the last that counted. */
export async function expectCount({ match, min = 0, max }: CountedMatch, ear: Ear): Promise<StepFailure> {
  const listening = listen(ear);
  const { inbox } = ear.talker;
  let count = 0;
  let behind = inbox.cursor;
  const wanted = max === undefined ? `${min} or more` : `${min} to ${max}`;
  const detail = () => ({ expected: `${wanted} that ${describeMatch(match)}`, actual: String(count) });
  for (;;) {
    if (max === undefined && count >= min) break;
    const { message, failure } = await listening.next();
    if (!message) {
      if (failure?.kind === 'cancelled') return stepFailed(failure.message, {}, failure);
      if (count >= min) break;
      const missing = listening.missed(match, `${count} came, ${wanted} were expected.`, failure);
      return { ...missing, detail: { ...missing.detail, ...detail() } };
    }
    const context = await listening.contextOf(message, [match]);
    const judged = matchMessage(match, message, context);
    if (judged.notJudged === 'expression') return notJudged(judged, match);
    if (!judged.matched) {
      listening.pass(message, context);
      continue;
    }
    count += 1;
    behind = listening.number;
    if (max !== undefined && count > max) return stepFailed(`${count} came, ${wanted} were expected.`, detail());
  }
  inbox.readTo(behind);
  return null;
}

function listen({ talker, deadlineMs, context }: Ear): Listening {
  return new Listening(talker, deadlineMs, context);
}

function missed(listening: Listening, match: Match, ended: Failure | null, ear: Ear): StepFailure & object {
  return listening.missed(match, absence(ended, ear.withinMs), ended);
}
