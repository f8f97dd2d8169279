import { isDeepStrictEqual } from 'node:util';
import { JudgeTime } from '../base/expressionGuard.js';
import { selectJson } from '../base/jsonPath.js';
import type { Match } from '../base/plan.js';

export interface MatchResult {
  readonly matched: boolean;
  /** For people, at most 200 characters each, control characters escaped. */
  readonly expected: string;
  readonly actual: string;
}

export interface ReceivedMessage {
  readonly binary: boolean;
  readonly bytes: Uint8Array;
}

const MAX_INPUT_BYTES = 1024 * 1024;
const MAX_SHOWN = 200;

/** Judges a received message. Matches about text need a text message, `binary` a binary one. Never throws. */
export function matchMessage(match: Match, message: ReceivedMessage): MatchResult {
  const expected = cut(describeMatch(match));
  if ('binary' in match) return { ...matchBinary(match.binary, message), expected };
  if (message.binary) return { matched: false, expected, actual: cut(describeBytes(message.bytes)) };
  if (message.bytes.length > MAX_INPUT_BYTES && !('equals' in match && !('jsonPath' in match))) {
    return {
      matched: false,
      expected,
      actual: `a message of ${message.bytes.length} bytes, too long to search (1 MiB)`,
    };
  }
  const text = new TextDecoder().decode(message.bytes);
  try {
    return { ...new JudgeTime().spend(() => matchText(match, text)), expected };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { matched: false, expected, actual: cut(`${JSON.stringify(text.slice(0, 80))}, not judged: ${why}`) };
  }
}

type Outcome = Omit<MatchResult, 'expected'>;

function matchBinary(hex: string, message: ReceivedMessage): Outcome {
  const prefix = Buffer.from(hex.replace(/\s+/g, ''), 'hex');
  const matched = message.binary && prefix.equals(message.bytes.subarray(0, prefix.length));
  const shown = message.binary
    ? describeBytes(message.bytes)
    : `text ${new TextDecoder().decode(message.bytes.subarray(0, 1024))}`;
  return { matched, actual: cut(shown) };
}

function matchText(match: Exclude<Match, { readonly binary: string }>, text: string): Outcome {
  if ('jsonPath' in match) return matchJson(match, text);
  const actual = cut(JSON.stringify(text.slice(0, MAX_SHOWN)));
  if ('equals' in match) return { matched: text === match.equals, actual };
  if ('contains' in match) return { matched: text.includes(match.contains), actual };
  return { matched: new RegExp(match.matches).test(text), actual };
}

function matchJson(match: Extract<Match, { readonly jsonPath: string }>, text: string): Outcome {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { matched: false, actual: cut(`no JSON: ${JSON.stringify(text.slice(0, MAX_SHOWN))}`) };
  }
  const values = selectJson(match.jsonPath, json);
  const actual = cut(values.length === 0 ? 'nothing there' : values.slice(0, 5).map(show).join(', '));
  if (match.equals !== undefined)
    return { matched: values.some((value) => isDeepStrictEqual(value, match.equals)), actual };
  if (match.matches !== undefined) {
    const pattern = new RegExp(match.matches);
    return { matched: values.some((value) => pattern.test(typeof value === 'string' ? value : show(value))), actual };
  }
  return { matched: values.length > 0 === (match.exists ?? true), actual };
}

function describeMatch(match: Match): string {
  if ('jsonPath' in match) {
    if (match.equals !== undefined) return `${match.jsonPath} equals ${show(match.equals)}`;
    if (match.matches !== undefined) return `${match.jsonPath} matches /${match.matches}/`;
    return `${match.jsonPath} ${match.exists === false ? 'is absent' : 'exists'}`;
  }
  if ('equals' in match) return `equals ${show(match.equals)}`;
  if ('contains' in match) return `contains ${show(match.contains)}`;
  if ('matches' in match) return `matches /${match.matches}/`;
  return `binary, starts with ${match.binary}`;
}

function describeBytes(bytes: Uint8Array): string {
  const pairs = [...bytes.subarray(0, 32)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return `binary, ${bytes.length} bytes: ${pairs}${bytes.length > 32 ? ' …' : ''}`;
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}

function cut(text: string): string {
  const visible = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, '\ufffd');
  return visible.length > MAX_SHOWN ? `${visible.slice(0, MAX_SHOWN - 1)}…` : visible;
}
