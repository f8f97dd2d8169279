import { isDeepStrictEqual } from 'node:util';
import { selectJson } from '../base/jsonPath.js';
import type { Match } from '../base/message.js';
import type { Difference } from '../base/model.js';
import { JudgeTime } from '../base/expressionGuard.js';
import { contextFor, judge, type MatchContext } from './match.js';
import type { JudgeContext } from './matchKinds.js';
import { cut, show } from './shown.js';
import { messageSubject, type ReceivedMessage, type Subject } from './subject.js';

const MAX_DIFFERENCES = 20;
const MAX_DEPTH = 60;

/** A message that did not match, with what it was judged by. */
export interface Candidate {
  readonly message: ReceivedMessage;
  readonly context: MatchContext;
}

export interface Nearest {
  /** Its place in the list. */
  readonly index: number;
  readonly differences: readonly Difference[];
}

/** Of messages that do not match the one that comes nearest, the latest of several; null: there are none. Never throws. */
export function nearestMessage(match: Match, candidates: readonly Candidate[]): Nearest | null {
  const time = new JudgeTime();
  let best: (Gap & { readonly index: number }) | null = null;
  for (let index = candidates.length - 1; index >= 0; index--) {
    const { message, context } = candidates[index]!;
    try {
      const subject = messageSubject(message);
      const gap = time.spend(() => gapOf(match, subject, contextFor(subject, context)));
      if (!best || gap.closeness > best.closeness) best = { ...gap, index };
    } catch {
      best ??= { index, closeness: -1, differences: [] };
    }
  }
  return best && { index: best.index, differences: best.differences.slice(0, MAX_DIFFERENCES) };
}

/** How near a message came, from 0 to 1, and in what it differs. */
interface Gap {
  readonly closeness: number;
  readonly differences: readonly Difference[];
}

const NOTHING: Gap = { closeness: 0, differences: [] };

function gapOf(match: Match, subject: Subject, context: JudgeContext): Gap {
  if (match.kind !== undefined && (match.kind === 'binary') !== subject.binary) return NOTHING;
  if (match.in === 'decoded' && subject.bytes !== null) {
    return nearestOf((context.decoded ?? []).map((value) => gapOf({ ...match }, value, context)));
  }
  if ('all' in match) {
    const parts = match.all.map((part) => gapOf(part, subject, context));
    const closeness = parts.reduce((sum, part) => sum + part.closeness, 0) / parts.length;
    return { closeness, differences: parts.flatMap(({ differences }) => differences) };
  }
  if ('any' in match) return nearestOf(match.any.map((part) => gapOf(part, subject, context)));
  if ('jsonPath' in match) return pathGap(match, subject, context);
  if (judge(match, subject, context).matched) return { closeness: 1, differences: [] };
  if ('equals' in match) return wholeGap(match.equals, subject);
  if (!('schema' in match)) return NOTHING;
  const value = subject.json();
  return value === undefined ? NOTHING : schemaGap(context.schema(match.schema).errors(value), '$');
}

function pathGap(match: Extract<Match, { jsonPath: string }>, subject: Subject, context: JudgeContext): Gap {
  const json = subject.json();
  if (json === undefined) return NOTHING;
  if (judge(match, subject, context).matched) return { closeness: 1, differences: [] };
  const values = selectJson(match.jsonPath, json);
  if (match.equals !== undefined) {
    if (values.length === 0)
      return { closeness: 0.05, differences: [{ path: match.jsonPath, expected: shown(match.equals) }] };
    return nearestOf(values.map((value) => jsonGap(match.equals, value, match.jsonPath)));
  }
  const { schema } = match;
  if (schema === undefined || values.length === 0)
    return { closeness: values.length > 0 ? 0.5 : 0.05, differences: [] };
  return nearestOf(values.map((value) => schemaGap(context.schema(schema).errors(value), match.jsonPath)));
}

/** Texts that are JSON are compared as such. */
function wholeGap(expected: unknown, subject: Subject): Gap {
  const actual = subject.json();
  const wanted = typeof expected === 'string' && subject.bytes !== null ? parsed(expected) : expected;
  const isComparable = typeof wanted === 'object' && wanted !== null && typeof actual === 'object' && actual !== null;
  return isComparable ? jsonGap(wanted, actual, '$') : NOTHING;
}

function schemaGap(errors: readonly { readonly at: string; readonly message: string }[], path: string): Gap {
  const differences = errors.map(({ at, message }) => ({
    path: cut(path + at.slice(1).split('/').slice(1).map(step).join('')),
    expected: cut(message),
  }));
  return { closeness: 1 / (1 + errors.length), differences };
}

function jsonGap(expected: unknown, actual: unknown, path: string): Gap {
  const differences: Difference[] = [];
  const same = compare(expected, actual, path, differences, 0);
  return { closeness: (0.1 + same) / (0.1 + same + differences.length), differences };
}

/** Adds what differs; gives how many leaves are the same. */
function compare(expected: unknown, actual: unknown, path: string, found: Difference[], depth: number): number {
  if (depth > MAX_DEPTH) return isDeepStrictEqual(expected, actual) ? 1 : 0;
  if (!isContainer(expected) || !isContainer(actual) || Array.isArray(expected) !== Array.isArray(actual)) {
    if (isDeepStrictEqual(expected, actual)) return 1;
    found.push({ path: cut(path), expected: shown(expected), actual: shown(actual) });
    return 0;
  }
  let same = 0;
  for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    if (found.length >= MAX_DIFFERENCES) break;
    const at = path + (Array.isArray(expected) ? `[${key}]` : step(key));
    if (!Object.hasOwn(actual, key)) found.push({ path: cut(at), expected: shown(expected[key]) });
    else if (!Object.hasOwn(expected, key)) found.push({ path: cut(at), actual: shown(actual[key]) });
    else same += compare(expected[key], actual[key], at, found, depth + 1);
  }
  return same;
}

function isContainer(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function step(key: string): string {
  if (/^\d+$/.test(key)) return `[${key}]`;
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function nearestOf(gaps: readonly Gap[]): Gap {
  return gaps.reduce((best, gap) => (gap.closeness > best.closeness ? gap : best), gaps[0] ?? NOTHING);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function shown(value: unknown): string {
  return cut(show(value));
}
