import { isDeepStrictEqual } from 'node:util';
import type { JsonSchema } from '../base/jsonSchema.js';
import { selectJson } from '../base/jsonPath.js';
import type { JsonSchemaSource, Match, MatchScope } from '../base/message.js';
import { describeBytes, quoted, show } from './shown.js';
import { VALUE_TESTS } from './pathTests.js';
import type { Subject } from './subject.js';

/** What a judgement gives: whether the match holds, and what was found in its place. */
export interface Judgement {
  readonly matched: boolean;
  readonly actual: string;
}

export interface JudgeContext {
  /** The schema that a match names or holds. Throws where there is none. */
  schema(source: JsonSchemaSource): JsonSchema;
  /** What the dialect or a decoder makes of the message; null: nothing reads it. */
  readonly decoded: readonly Subject[] | null;
  judge(match: Match, subject: Subject, context: JudgeContext): Judgement;
}

interface MatchKind<M> {
  readonly describe: (match: M, describe: (match: Match) => string) => string;
  readonly judge: (match: M, subject: Subject, context: JudgeContext) => Judgement;
}

type Kinds<M> = M extends unknown ? Exclude<keyof M, keyof MatchScope> : never;
type MatchName = Exclude<Kinds<Match>, Exclude<Kinds<PathMatch>, 'jsonPath' | 'equals' | 'matches' | 'schema'>>;
type PathMatch = Extract<Match, { readonly jsonPath: string }>;
type MatchOf<K extends MatchName> = Extract<Match, { readonly [key in K]: unknown }> & { readonly [key in K]: unknown };

/** The kinds of match by their key; `jsonPath` stands first, for its tests have names of kinds. */
const MATCH_KINDS: { readonly [K in MatchName]: MatchKind<MatchOf<K>> } = {
  jsonPath: { describe: describePath, judge: judgePath },
  equals: {
    describe: ({ equals }) => `equals ${show(equals)}`,
    judge: ({ equals }, subject) => {
      const isDecoded = subject.bytes === null;
      if (isDecoded) return { matched: isDeepStrictEqual(subject.json(), equals), actual: shown(subject) };
      return ofText(subject, (text) => text === equals, true);
    },
  },
  contains: {
    describe: ({ contains }) => `contains ${show(contains)}`,
    judge: ({ contains }, subject) => ofText(subject, (text) => text.includes(contains)),
  },
  matches: {
    describe: ({ matches }) => `matches /${matches}/`,
    judge: ({ matches }, subject) => ofText(subject, (text) => new RegExp(matches).test(text)),
  },
  binary: {
    describe: ({ binary }) => `binary, starts with ${binary}`,
    judge: ({ binary }, { binary: isBinary, bytes }) => {
      if (!bytes) return { matched: false, actual: 'a decoded value' };
      const prefix = Buffer.from(binary.replace(/\s+/g, ''), 'hex');
      const matched = isBinary && prefix.equals(bytes.subarray(0, prefix.length));
      const start = () => `text ${new TextDecoder().decode(bytes.subarray(0, 1024))}`;
      return { matched, actual: isBinary ? describeBytes(bytes) : start() };
    },
  },
  schema: {
    describe: ({ schema }) => `is valid by ${schemaName(schema)}`,
    judge: ({ schema }, subject, context) => {
      const value = subject.json();
      if (value === undefined) return noJson(subject);
      return bySchema(value, schema, context);
    },
  },
  all: {
    describe: ({ all }, describe) => all.map(describe).join(' and '),
    judge: ({ all }, subject, context) => {
      for (const match of all) {
        const judged = context.judge(match, subject, context);
        if (!judged.matched) return judged;
      }
      return { matched: true, actual: shown(subject) };
    },
  },
  any: {
    describe: ({ any }, describe) => `any of: ${any.map(describe).join('; ')}`,
    judge: ({ any }, subject, context) => ({
      matched: any.some((match) => context.judge(match, subject, context).matched),
      actual: shown(subject),
    }),
  },
  not: {
    describe: ({ not }, describe) => `not: ${describe(not)}`,
    judge: ({ not }, subject, context) => ({
      matched: !context.judge(not, subject, context).matched,
      actual: shown(subject),
    }),
  },
};

/** The kind that a match is of. */
export function kindOfMatch(match: Match): MatchKind<never> {
  const name = (Object.keys(MATCH_KINDS) as MatchName[]).find((key) => key in match);
  if (name === undefined) throw new Error('a match of no kind');
  return MATCH_KINDS[name];
}

function ofText(subject: Subject, holds: (text: string) => boolean, isCompared = false): Judgement {
  const text = subject.text(isCompared);
  if (text === null) return { matched: false, actual: describeBytes(subject.bytes ?? new Uint8Array(0)) };
  return { matched: holds(text), actual: quoted(text) };
}

function judgePath(match: PathMatch, subject: Subject, context: JudgeContext): Judgement {
  const json = subject.json();
  if (json === undefined) return noJson(subject);
  const values = selectJson(match.jsonPath, json);
  // What is decoded stands in no frame: where nothing is there, all of it is what a person needs.
  const nothing = subject.bytes === null ? `nothing there, in ${show(json)}` : 'nothing there';
  const actual = values.length === 0 ? nothing : values.slice(0, 5).map(show).join(', ');
  if (match.schema !== undefined) {
    const judged = values.map((value) => bySchema(value, match.schema as JsonSchemaSource, context));
    return judged.find(({ matched }) => matched) ?? judged[0] ?? { matched: false, actual };
  }
  const asked = testOf(match);
  if (!asked) return { matched: values.length > 0 === (match.exists ?? true), actual };
  const [name, operand] = asked;
  return { matched: values.some((value) => VALUE_TESTS[name].holds(value, operand as never)), actual };
}

function describePath(match: PathMatch): string {
  const { jsonPath, schema, exists } = match;
  const asked = testOf(match);
  if (asked) return `${jsonPath} ${VALUE_TESTS[asked[0]].words(asked[1] as never)}`;
  if (schema !== undefined) return `${jsonPath} is valid by ${schemaName(schema)}`;
  return `${jsonPath} ${exists === false ? 'is absent' : 'exists'}`;
}

function testOf(match: PathMatch): readonly [keyof typeof VALUE_TESTS, unknown] | null {
  const name = (Object.keys(VALUE_TESTS) as (keyof typeof VALUE_TESTS)[]).find((key) => match[key] !== undefined);
  return name === undefined ? null : [name, match[name]];
}

function bySchema(value: unknown, source: JsonSchemaSource, context: JudgeContext): Judgement {
  const [first] = context.schema(source).errors(value);
  return { matched: !first, actual: first ? `${first.at}: ${first.message}` : show(value) };
}

function schemaName(source: JsonSchemaSource): string {
  return typeof source === 'string' ? `the schema ${source}` : `the schema ${show(source)}`;
}

function noJson(subject: Subject): Judgement {
  const text = subject.text();
  const actual = text === null ? describeBytes(subject.bytes ?? new Uint8Array(0)) : `no JSON: ${quoted(text)}`;
  return { matched: false, actual };
}

function shown(subject: Subject): string {
  const text = subject.text(true);
  return text === null ? describeBytes(subject.bytes ?? new Uint8Array(0)) : quoted(text);
}
