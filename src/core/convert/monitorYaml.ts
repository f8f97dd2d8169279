import { ProbeError } from '../base/errors.js';
import { escapeVariables } from '../base/escapeVariables.js';
import type { Step } from '../base/step.js';
import { CommandProfile } from './commands/commandProfile.js';
import type { Converted } from './converted.js';
import { conversation } from './conversation.js';

type Entry = Readonly<Record<string, unknown>>;

/** The parser holds each key of a map against all others: more would take it minutes. */
const MAX_CHARACTERS = 100_000;
const MAX_ENTRIES = 10_000;
const MAX_DEPTH = 100;
const MAX_INDENTATION = 1_000;
const KNOWN = new Set([
  'name',
  'type',
  'url',
  'timeout',
  'headers',
  'subprotocol',
  'subprotocols',
  'steps',
  'assertions',
]);

/** A WebSocket monitor of a monitoring service's YAML, the first unless told. Null: there is none. Throws `convert-invalid`. */
export async function readMonitor(text: string, index = 0): Promise<Converted | null> {
  const found = await entriesOf(text);
  const entry = found.filter(isWebSocket)[index];
  if (!entry) return null;
  const left: string[] = [];
  for (const [at, other] of found.entries()) if (!isWebSocket(other)) left.push(`monitor ${nameOf(other, at)}`);
  for (const key of Object.keys(entry)) if (!KNOWN.has(key)) left.push(key);
  return { file: fileOf(entry, left), left };
}

/** Names of the WebSocket monitors, in their order. */
export async function monitorsIn(text: string): Promise<readonly string[]> {
  const found = await entriesOf(text);
  return found.flatMap((entry, at) => (isWebSocket(entry) ? [nameOf(entry, at)] : []));
}

async function entriesOf(text: string): Promise<readonly (Entry | null)[]> {
  const lines = text.split('\n');
  const entries = lines.length + text.split(',').length;
  if (text.length > MAX_CHARACTERS || entries > MAX_ENTRIES)
    throw new ProbeError('convert-invalid', 'The file is too long for a monitor.');
  if (isTooDeep(text, lines))
    throw new ProbeError('convert-invalid', `The YAML is nested deeper than ${MAX_DEPTH} levels.`);
  const { parse } = await import('./yamlText.js');
  let root: unknown;
  try {
    root = parse(text, { maxAliasCount: 100, logLevel: 'error' });
  } catch (error) {
    throw new ProbeError('convert-invalid', `The YAML cannot be read: ${(error as Error).message.split('\n')[0]}`);
  }
  const { monitor, monitors } = entryOf(root) ?? {};
  return [monitor ?? monitors ?? root].flat().map(entryOf);
}

function isWebSocket(entry: Entry | null): entry is Entry {
  return typeof entry?.['url'] === 'string' && /^wss?:/i.test(entry['url']);
}

function nameOf(entry: Entry | null, at: number): string {
  return textOf(entry?.['name']) ?? String(at + 1);
}

/**
 * Whether it may be nested deeper than any monitor is: by brackets, by `- - -` on a line, or by indentation. The parser descends
 * as deep as a text does, and near the end of the stack a process dies of it.
 */
function isTooDeep(text: string, lines: readonly string[]): boolean {
  let depth = 0;
  for (const character of text) {
    if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth = Math.max(0, depth - 1);
    if (depth > MAX_DEPTH) return true;
  }
  return lines.some((line) => {
    const before = /^[ \t?:-]*/.exec(line)?.[0] ?? '';
    return before.replaceAll(/[^?:-]/g, '').length > MAX_DEPTH || before.length > MAX_INDENTATION;
  });
}

function fileOf(entry: Entry, left: string[]): Converted['file'] {
  const profile = new CommandProfile();
  const written = (value: unknown) => escapeVariables(textOf(value) ?? '');
  profile.set('url', written(entry['url']));
  for (const [name, value] of Object.entries(entryOf(entry['headers']) ?? {}))
    if (!profile.set('header', `${name}: ${written(value)}`)) left.push(`header ${name}`);
  for (const name of [entry['subprotocols'] ?? entry['subprotocol'] ?? []].flat())
    profile.set('subprotocol', written(name));
  const steps = listOf(entry['steps']).flatMap((step) => stepOf(step, left));
  for (const assertion of listOf(entry['assertions'])) {
    const { operator, type, value } = assertion;
    const replies = steps.findLastIndex((step) => 'expect' in step);
    if (
      type === 'message_latency' &&
      textOf(operator)?.startsWith('less_than') === true &&
      isTime(value) &&
      replies >= 0
    )
      steps[replies] = { ...steps[replies]!, budgetMs: value };
    else left.push(`assertion ${textOf(type) ?? ''} ${textOf(operator) ?? ''} ${textOf(value) ?? ''}`.trim());
  }
  const { name, timeout } = entry;
  if (timeout !== undefined && !isTime(timeout)) left.push('timeout');
  return {
    ...(typeof name === 'string' ? { name: escapeVariables(name) } : {}),
    ...profile.toFile(),
    ...(isTime(timeout) ? { timeouts: { upgradeMs: timeout } } : {}),
    ...conversation(steps),
  };
}

/** What each action has beside `action`, and what it becomes. */
function stepOf(entry: Entry, left: string[]): Step[] {
  const { action, ...others } = entry;
  const rest: Record<string, unknown> = others;
  const take = (key: string) => {
    const value = rest[key];
    delete rest[key];
    return value;
  };
  const done = (steps: Step[]) => {
    for (const key of Object.keys(rest)) left.push(`${textOf(action) ?? 'step'}: ${key}`);
    return steps;
  };
  if (action === 'send') {
    const text = textOf(take('message'));
    return done(text === null ? [] : [{ send: { text: escapeVariables(text) } }]);
  }
  if (action === 'receive') {
    const wanted = escapeVariables(textOf(take('assert_message_contains')) ?? '');
    const withinMs = isTime(rest['timeout_ms']) ? take('timeout_ms') : null;
    return done([{ expect: { contains: wanted }, ...(isTime(withinMs) ? { withinMs } : {}) }]);
  }
  if (action === 'disconnect') {
    const code = take('expected_close_code');
    return done([{ close: typeof code === 'number' ? { code } : {} }]);
  }
  // wsprobe connects before the first step, and measures every reply.
  if (action !== 'connect' && action !== 'measure_latency') left.push(`step ${textOf(action) ?? ''}`.trim());
  return done([]);
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0;
}

function entryOf(value: unknown): Entry | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Entry) : null;
}

function listOf(value: unknown): readonly Entry[] {
  return [value ?? []]
    .flat()
    .map(entryOf)
    .filter((entry) => entry !== null);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}
