import { parseArgs, type ParseArgsConfig } from 'node:util';
import { suggest } from '../core/profile/problems.js';
import { usageError } from './usage.js';

export type OptionTable = NonNullable<ParseArgsConfig['options']>;

/** Understood by every command that shows something. */
export const OUTPUT_OPTIONS = {
  json: { type: 'boolean' },
  verbose: { type: 'boolean', short: 'v' },
  'no-color': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies OptionTable;

/** What may be said about where and how to connect, without a profile or instead of what the profile says. */
export const TARGET_OPTIONS = {
  header: { type: 'string', short: 'H', multiple: true },
  subprotocol: { type: 'string', multiple: true },
  origin: { type: 'string' },
  bearer: { type: 'string' },
  basic: { type: 'string' },
  cookie: { type: 'string', multiple: true },
  ca: { type: 'string', multiple: true },
  cert: { type: 'string' },
  key: { type: 'string' },
  pfx: { type: 'string' },
  passphrase: { type: 'string' },
  'server-name': { type: 'string' },
  'min-tls': { type: 'string' },
  insecure: { type: 'boolean', short: 'k' },
  proxy: { type: 'string' },
  http: { type: 'string' },
  'follow-redirects': { type: 'boolean' },
  timeout: { type: 'string' },
  'no-compression': { type: 'boolean' },
  env: { type: 'string' },
  var: { type: 'string', multiple: true },
  secret: { type: 'string', multiple: true },
  'allow-link-local': { type: 'boolean' },
} as const satisfies OptionTable;

/** The same, and what a probe checks. */
export const CONNECTION_OPTIONS = {
  ...TARGET_OPTIONS,
  send: { type: 'string' },
  expect: { type: 'string' },
  samples: { type: 'string' },
  hold: { type: 'string' },
  strict: { type: 'boolean' },
} as const satisfies OptionTable;

type Parsed<T extends OptionTable> = ReturnType<
  typeof parseArgs<{ args: string[]; options: T; strict: true; allowPositionals: true }>
>;

export function parseOptions<T extends OptionTable>(argv: readonly string[], options: T): Parsed<T> {
  try {
    return parseArgs({ args: [...argv], options, strict: true, allowPositionals: true });
  } catch (error) {
    throw explainParseError(error, Object.keys(options));
  }
}

function explainParseError(error: unknown, known: readonly string[]): Error {
  if (!(error instanceof Error) || !('code' in error) || !String(error.code).startsWith('ERR_PARSE_ARGS_'))
    return error instanceof Error ? error : new Error(String(error));
  if (error.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    const option = /'(-[^']*)'/.exec(error.message)?.[1] ?? '';
    const guess = suggest(option.replace(/^-+/, ''), known);
    return usageError(`unknown option ${option}`, guess === null ? undefined : `Did you mean --${guess}?`);
  }
  const dashed = /^Option '(?:-\w, )?(--[\w-]+)[^']*' argument is ambiguous/.exec(error.message)?.[1];
  if (dashed !== undefined) return usageError(`${dashed} has no value, or one that begins with a dash`, `${dashed}=-…`);
  const sentence = error.message.split('. ')[0] ?? error.message;
  return usageError(sentence.split('\n')[0] ?? sentence);
}

/** `name=value`; the value may hold further equal signs. */
export function parsePair(option: string, text: string): [name: string, value: string] {
  const at = text.indexOf('=');
  if (at <= 0) throw usageError(`${option} wants name=value`);
  return [text.slice(0, at).trim(), text.slice(at + 1)];
}

/** `1500`, `1500ms`, `1.5s`, `2m` as milliseconds. */
export function parseDuration(option: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text.trim());
  const ms =
    match === null ? NaN : Number(match[1]) * { ms: 1, s: 1000, m: 60_000 }[(match[2] ?? 'ms') as 'ms' | 's' | 'm'];
  if (!Number.isFinite(ms) || ms > 2_147_483_647) throw usageError(`${option} wants a time such as 500, 500ms or 5s`);
  return Math.round(ms);
}

export function parseInteger(option: string, text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(value >= least && value <= most)) throw usageError(`${option} wants a whole number from ${least} to ${most}`);
  return value;
}
