import { JudgeTime } from '../base/expressionGuard.js';
import { JsonSchema } from '../base/jsonSchema.js';
import type { JsonSchemaSource, Match } from '../base/message.js';
import { type JudgeContext, type Judgement, kindOfMatch } from './matchKinds.js';
import { cut, describeBytes } from './shown.js';
import { messageSubject, type ReceivedMessage, type Subject, UnfitMessage, valueSubject } from './subject.js';

export type { ReceivedMessage };

export interface MatchResult {
  readonly matched: boolean;
  /** For people, at most 200 characters each, control characters escaped. */
  readonly expected: string;
  readonly actual: string;
  /** Whose fault it is that the match could not be judged; null: it was. */
  readonly notJudged: 'message' | 'expression' | null;
}

/** What matches are judged with, beside the message. */
export interface MatchContext {
  /** JSON Schemas of files, by the path in the profile. */
  readonly schemas?: ReadonlyMap<string, JsonSchema>;
  /** What the dialect or a decoder makes of the message; null: nothing reads it. */
  readonly decoded?: readonly unknown[] | null;
  /** Time that several judgements share; by default each has its own. */
  readonly time?: JudgeTime;
}

/** Judges a received message. Matches about text need a text message, `binary` a binary one. Never throws. */
export function matchMessage(match: Match, message: ReceivedMessage, context: MatchContext = {}): MatchResult {
  const subject = messageSubject(message);
  const expected = describeMatch(match);
  try {
    const work = () => judge(match, subject, contextFor(subject, context));
    const judged = isBounded(match) ? work() : (context.time ?? new JudgeTime()).spend(work);
    return { matched: judged.matched, expected, actual: cut(judged.actual), notJudged: null };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (error instanceof UnfitMessage) return { matched: false, expected, actual: cut(why), notJudged: 'message' };
    const shown = message.binary
      ? describeBytes(message.bytes)
      : JSON.stringify(new TextDecoder().decode(message.bytes.subarray(0, 320)).slice(0, 80));
    // A message nested deeper than the stack is the peer's doing.
    const notJudged = error instanceof RangeError ? 'message' : 'expression';
    return { matched: false, expected, actual: cut(`${shown}, not judged: ${why}`), notJudged };
  }
}

/** Whether the size of the message bounds the time: then the guard, which costs more than the judgement, is not needed. */
function isBounded(match: Match): boolean {
  if ('all' in match) return match.all.every(isBounded);
  if ('any' in match) return match.any.every(isBounded);
  if ('not' in match) return isBounded(match.not);
  if ('matches' in match || 'schema' in match) return false;
  return !('jsonPath' in match) || !/\?|\.\.[^]*\.\./.test(match.jsonPath);
}

/** What a match waits for, for people, at most 200 characters. */
export function describeMatch(match: Match): string {
  const words = described.get(match) ?? cut(wordsOf(match));
  described.set(match, words);
  return words;
}

/** The same match is held against every message that comes. */
const described = new WeakMap<Match, string>();

export function contextFor(subject: Subject, { decoded, schemas }: MatchContext): JudgeContext {
  return {
    judge,
    schema: (source) => schemaOf(source, schemas),
    decoded: decoded?.map((value) => valueSubject(value, subject.binary)) ?? null,
  };
}

/** Judges without a guard: for what runs under one. */
export function judge(match: Match, subject: Subject, context: JudgeContext): Judgement {
  if (match.kind !== undefined && (match.kind === 'binary') !== subject.binary) {
    return { matched: false, actual: `a ${subject.binary ? 'binary' : 'text'} message` };
  }
  const kind = kindOfMatch(match);
  if (match.in !== 'decoded' || subject.bytes === null) return kind.judge(match as never, subject, context);
  const { decoded } = context;
  if (decoded === null) return { matched: false, actual: 'a message that nothing decodes' };
  const judged = decoded.map((value) => kind.judge(match as never, value, context));
  return judged.find(({ matched }) => matched) ?? judged[0] ?? { matched: false, actual: 'nothing decoded' };
}

function wordsOf(match: Match): string {
  const words = kindOfMatch(match).describe(match as never, wordsOf);
  const kind = match.kind === undefined ? '' : `${match.kind}, `;
  return `${kind}${match.in === 'decoded' ? 'decoded, ' : ''}${words}`;
}

const compiled = new WeakMap<object, JsonSchema>();

function schemaOf(source: JsonSchemaSource, files: MatchContext['schemas']): JsonSchema {
  if (typeof source === 'boolean') return new JsonSchema(source);
  if (typeof source === 'string') {
    const schema = files?.get(source);
    if (!schema) throw new Error(`the schema ${source} was not loaded`);
    return schema;
  }
  const known = compiled.get(source) ?? new JsonSchema(source);
  compiled.set(source, known);
  return known;
}
