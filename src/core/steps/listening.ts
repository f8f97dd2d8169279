import { selectJson } from '../base/jsonPath.js';
import { JudgeTime } from '../base/expressionGuard.js';
import type { Failure } from '../base/evidence.js';
import type { Match } from '../base/message.js';
import type { StepResult } from '../base/model.js';
import { looksDecoded } from '../base/matches.js';
import { describeMatch, matchMessage, type MatchContext, type MatchResult } from '../payload/match.js';
import { type Candidate, nearestMessage } from '../payload/nearest.js';
import { type Heard, messageAt, type WaitContext } from './arrival.js';
import type { InboxMessage } from './inbox.js';
import type { Talker } from './talker.js';

/** Messages that did not match, of which the nearest is looked for. */
const MAX_CANDIDATES = 100;
const MAX_CANDIDATE_BYTES = 4 * 1024 * 1024;

/** What a failed row says beside its error. */
export type StepDetail = Pick<StepResult, 'expected' | 'actual' | 'differences' | 'passedOver'>;

/** Null: the step passed. */
export type StepFailure = {
  readonly error: string;
  readonly cause: Failure | null;
  readonly detail: StepDetail;
} | null;

export function stepFailed(error: string, detail: StepDetail = {}, cause: Failure | null = null): StepFailure & object {
  return { error, cause, detail };
}

export interface ListenContext extends WaitContext {
  readonly schemas: NonNullable<MatchContext['schemas']>;
}

/** One step's way through an inbox: reads on from the cursor, judges, and remembers what did not match. */
export class Listening {
  /** The number of the next message to be looked at. */
  number: number;
  passedOver = 0;
  readonly #talker: Talker;
  readonly #deadlineMs: number;
  readonly #context: ListenContext;
  #candidates: Candidate[] = [];
  #candidateBytes = 0;

  constructor(talker: Talker, deadlineMs: number, context: ListenContext) {
    this.#talker = talker;
    this.#deadlineMs = deadlineMs;
    this.#context = context;
    this.number = talker.inbox.cursor;
  }

  /** The next message, looked at once. */
  async next(): Promise<Heard> {
    const arrival = await messageAt(this.#talker.inbox, this.number, this.#deadlineMs, this.#context);
    if (arrival.message) this.number += 1;
    return arrival;
  }

  async contextOf(message: InboxMessage, matches: readonly Match[]): Promise<MatchContext> {
    const { schemas } = this.#context;
    return looksDecoded(matches) ? { schemas, decoded: await this.#talker.decode(message) } : { schemas };
  }

  /** Notes a message that did not match, for the nearest one. */
  pass(message: InboxMessage, context: MatchContext): void {
    this.passedOver += 1;
    const { length } = message.bytes;
    if (length > MAX_CANDIDATE_BYTES) return;
    this.#candidates.push({ message, context });
    this.#candidateBytes += length;
    while (this.#candidates.length > MAX_CANDIDATES || this.#candidateBytes > MAX_CANDIDATE_BYTES) {
      this.#candidateBytes -= this.#candidates.shift()?.message.bytes.length ?? 0;
    }
  }

  /** Everything before the next message is read. */
  commit(): void {
    this.#talker.inbox.readTo(this.number);
  }

  /** What was expected, beside the nearest of what was passed over. */
  missed(match: Match, why: string, cause: Failure | null): StepFailure & object {
    const expected = describeMatch(match);
    const nearest = nearestMessage(match, this.#candidates);
    const candidate = nearest && this.#candidates[nearest.index];
    const detail: StepDetail = {
      expected,
      passedOver: this.passedOver,
      ...(candidate ? { actual: shownIn(match, candidate) } : {}),
      ...(nearest && nearest.differences.length > 0 ? { differences: nearest.differences } : {}),
    };
    return stepFailed(why, detail, cause);
  }
}

/** Why nothing more came: what ended the connection, or the time. */
export function absence(failure: Failure | null, withinMs: number): string {
  return failure ? failure.message : `Nothing that matches came within ${withinMs} ms.`;
}

/** A match that could not be judged tells nothing of the message. */
export function notJudged({ actual }: MatchResult, match: Match): StepFailure & object {
  return stepFailed(`A message could not be judged: ${actual}`, { expected: describeMatch(match), actual });
}

/** What a match, judged by itself, found in a message. */
function shownIn(match: Match, { message, context }: Candidate): string {
  return matchMessage(match, message, context).actual;
}

/** The first value that each path selects, from what the match looks at. A name that gets none: why. */
export function capture(
  paths: Readonly<Record<string, string>>,
  match: Match,
  message: InboxMessage,
  { decoded }: MatchContext,
): { readonly values: Readonly<Record<string, unknown>> } | { readonly missing: string } {
  // Of a composed match the parts say where they look.
  const isDecoded = match.in === 'decoded';
  const sources = [...(isDecoded ? [] : jsonOf(message)), ...(looksDecoded([match]) ? (decoded ?? []) : [])];
  const values: [name: string, value: unknown][] = [];
  const time = new JudgeTime();
  for (const [name, path] of Object.entries(paths)) {
    try {
      const found = time.spend(() => sources.flatMap((source) => selectJson(path, source)));
      if (found.length === 0) return { missing: `Nothing to capture as ${name}: ${path} selects nothing.` };
      values.push([name, found[0]]);
    } catch (error) {
      return { missing: `Nothing to capture as ${name}: ${(error as Error).message}` };
    }
  }
  return { values: Object.fromEntries(values) };
}

function jsonOf({ binary, bytes }: InboxMessage): readonly unknown[] {
  if (binary) return [];
  try {
    return [JSON.parse(new TextDecoder().decode(bytes))];
  } catch {
    return [];
  }
}
