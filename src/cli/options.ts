import { parseArgs } from 'node:util';
import { ProbeError } from '../core/base/errors.js';
import { suggest } from '../core/profile/problems.js';
import { COMMON_OPTIONS, type OptionGroups, type OptionTable } from './optionTable.js';
import { usageError } from './usage.js';

type Table<G extends OptionGroups> = Together<G[keyof G]> & typeof COMMON_OPTIONS;
type Together<U> = (U extends unknown ? (each: U) => void : never) extends (all: infer All) => void ? All : never;

/** Everything that a command takes, out of the groups of its help. */
export function optionsOf<const G extends OptionGroups>(groups: G): Table<G> {
  return Object.assign({}, COMMON_OPTIONS, ...Object.values(groups)) as Table<G>;
}

type Parsed<T extends OptionTable> = ReturnType<
  typeof parseArgs<{ args: string[]; options: T; strict: true; allowPositionals: true }>
>;

export function parseOptions<T extends OptionTable>(argv: readonly string[], options: T): Parsed<T> {
  try {
    const args = { args: [...argv], options, strict: true, allowPositionals: true } as const;
    const { tokens } = parseArgs({ ...args, tokens: true });
    refuseDoubled(tokens, options);
    refuseNameless(tokens, options);
    return parseArgs(args);
  } catch (error) {
    throw explainParseError(error, Object.keys(options));
  }
}

type Token = { readonly kind: string; readonly name?: string; readonly value?: string | undefined };

/** Of two values for one thing the first would be dropped without a word. */
function refuseDoubled(tokens: readonly Token[], options: OptionTable): void {
  const given = new Map<string, string>();
  for (const { kind, name = '', value } of tokens) {
    if (kind !== 'option' || value === undefined || options[name]?.multiple === true) continue;
    if ((given.get(name) ?? value) !== value) throw usageError(`--${name} is given twice, with different values`);
    given.set(name, value);
  }
}

/** A path of no characters would be the working directory: a variable that is not set, more likely. */
function refuseNameless(tokens: readonly Token[], options: OptionTable): void {
  for (const { name = '', value } of tokens) {
    const [, wanted] = /^<(file|folder|recording)>$/.exec(options[name]?.value ?? '') ?? [];
    if (value === '' && wanted !== undefined) throw usageError(`--${name} wants a ${wanted}, and its value is empty`);
  }
}

function explainParseError(error: unknown, known: readonly string[]): Error {
  if (error instanceof ProbeError) return error;
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

/** `1500`, `1500ms`, `1.5s`, `2m`, `8h` as milliseconds. */
export function parseDuration(option: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text.trim());
  const ms =
    match === null
      ? NaN
      : Number(match[1]) * { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[(match[2] ?? 'ms') as 'ms' | 's' | 'm' | 'h'];
  if (!Number.isFinite(ms) || ms > 2_147_483_647) throw usageError(`${option} wants a time such as 500, 500ms or 5s`);
  return Math.round(ms);
}

export function parseInteger(option: string, text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(value >= least && value <= most)) throw usageError(`${option} wants a whole number from ${least} to ${most}`);
  return value;
}
