import type { Match } from '../base/message.js';
import type { Step } from '../base/step.js';
import { escapeVariables } from '../base/escapeVariables.js';
import { plainText } from '../base/plainText.js';
import { typeOfContent } from '../contract/messageType.js';
import { isIdPlace, pathText, type ValuePlace } from '../contract/places.js';
import { parseJson, readContent, textOf } from '../contract/said.js';
import { scanScalars } from '../contract/scanScalars.js';
import { NAME, SEND_TIME_NAMES } from '../profile/variables.js';
import type { Chosen, ChosenMessage } from './chosenMessages.js';
import { CommandProfile } from './commands/commandProfile.js';
import type { Converted } from './converted.js';
import { conversation as asConversation } from './conversation.js';

const MAX_NAME = 80;
const HIDDEN = /^\*{3,}$/;
/** What lies deeper is captured from nowhere. */
const MAX_PATH = 64;
/** A shorter word is the same in many places by chance. */
const UNIQUE_LENGTH = 8;
/** What was hidden as it was recorded. */
const STARS = /\*{3,}/;
/** The same in a header or an address. */
const MARK = /\*{3,}|\[redacted\]/g;

/** Messages of one connection of a recording as a profile: what was sent is sent, what came is expected, ids go round. */
export function profileOfRecording({ facts, left, messages }: Chosen): Converted {
  const profile = new CommandProfile();
  profile.set('url', unstarred(facts.url, 'url'));
  for (const [name, value] of facts.request?.headers ?? []) profile.set('header', `${name}: ${unstarred(value, name)}`);
  return { file: { ...profile.toFile(), ...asConversation(stepsOf(messages)) }, left };
}

/** What was hidden as it was recorded is a secret to be set. */
function unstarred(value: string, name: string): string {
  return escapeVariables(value).replace(MARK, () => secretReference(name));
}

function secretReference(name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, MAX_NAME);
  return `\${secret:${slug || 'secret'}}`;
}

interface Given {
  readonly step: number;
  readonly path: string;
  readonly key: string | null;
}

type Capturing = { step: Step; readonly captures: Record<string, string> };

/** What was sent is sent again, what came is expected; an id of the server that came back is captured and said anew. */
export function stepsOf(messages: readonly ChosenMessage[]): readonly Step[] {
  const given = new Map<string, Given>();
  const ours = new Set<string>();
  const names = new Map<string, string>();
  const steps: Capturing[] = [];
  for (const message of messages) {
    const text = message.binary ? '' : textOf(message.bytes);
    const name = plainText(message.label ?? '', MAX_NAME).trim();
    // A dialect that has nothing to say repeats what was said.
    const named = name === '' || name === plainText(text, MAX_NAME).trim() ? {} : { name: escapeVariables(name) };
    if (message.direction === 'sent') {
      const variable = (value: string | number) => nameOf(keyOf(value), given, names, steps);
      steps.push({ step: { ...named, send: payloadOf(message, text, variable) }, captures: {} });
      eachId(text, (value) => void ours.add(keyOf(value)));
    } else {
      const paths = pathsOf(parseJson(text));
      eachId(text, (value, { key }) => {
        const id = keyOf(value);
        const path = paths.get(id);
        if (path !== undefined && !ours.has(id) && !given.has(id)) given.set(id, { step: steps.length, path, key });
      });
      steps.push({ step: { ...named, expect: matchOf(message, text) }, captures: {} });
    }
  }
  return steps.map(({ captures, step }) =>
    'expect' in step && Object.keys(captures).length > 0 ? { ...step, capture: captures } : step,
  );
}

function payloadOf(
  { binary, bytes }: ChosenMessage,
  text: string,
  nameFor: (value: string | number) => string | null,
): { readonly text: string } | { readonly base64: string } {
  if (binary) return { base64: Buffer.from(bytes).toString('base64') };
  const pieces: string[] = [];
  let at = 0;
  const put = (start: number, end: number, reference: string) => {
    pieces.push(escapeVariables(text.slice(at, start)), reference);
    at = end;
  };
  eachId(text, (value, { key }, start, end) => {
    if (typeof value === 'string' && HIDDEN.test(value))
      return put(start, end, `"${secretReference(key ?? 'secret')}"`);
    const name = nameFor(value);
    const quote = typeof value === 'string' ? '"' : '';
    if (name !== null) put(start, end, `${quote}\${${name}}${quote}`);
  });
  return { text: pieces.join('') + escapeVariables(text.slice(at)) };
}

/** The variable that a value from the server is captured as; null for a value that is not its own. */
function nameOf(
  id: string,
  given: ReadonlyMap<string, Given>,
  names: Map<string, string>,
  steps: readonly Capturing[],
) {
  const from = given.get(id);
  if (from === undefined) return null;
  let name = names.get(id);
  if (name === undefined) {
    const base = from.key !== null && NAME.test(from.key) && !SEND_TIME_NAMES.includes(from.key) ? from.key : 'id';
    const taken = new Set(names.values());
    name = base;
    for (let count = 2; taken.has(name); count++) name = `${base}${count}`;
    names.set(id, name);
    steps[from.step]!.captures[name] = from.path;
  }
  return name;
}

function matchOf(message: ChosenMessage, text: string): Match {
  if (message.binary) return { binary: Buffer.from(message.bytes).toString('hex') };
  const value = parseJson(text);
  if (typeof value === 'object' && value !== null) {
    const { path } = typeOfContent(readContent(message));
    const said = path === null ? undefined : pathsIn(value).find(([place]) => place === path)?.[1];
    if (path !== null && said !== undefined && !STARS.test(String(said)))
      return { jsonPath: path, equals: written(said) };
    const [key] = Array.isArray(value) ? [] : Object.keys(value);
    return { jsonPath: key === undefined ? '$' : pathText([key]), exists: true };
  }
  // What stood where the stars are is not known any more.
  if (STARS.test(text)) return { contains: escapeVariables(longest(text.split(/\*{3,}/))) };
  return { equals: escapeVariables(text) };
}

function longest(texts: readonly string[]): string {
  return texts.reduce((best, text) => (text.length > best.length ? text : best), '');
}

function written(value: string | number): string | number {
  return typeof value === 'string' ? escapeVariables(value) : value;
}

type Visit = (value: string | number, place: ValuePlace, start: number, end: number) => void;

/** Strings and numbers of a JSON message that may be ids. */
function eachId(text: string, visit: Visit): void {
  if (!/^\s*[[{]/.test(text)) return;
  scanScalars(text, 0, (scalar) => {
    const { end, start, value } = scalar;
    if (value === null) return;
    const isLong = typeof value === 'string' && (value.length >= UNIQUE_LENGTH || HIDDEN.test(value));
    if (isLong || isIdPlace(scalar)) visit(value, scalar, start, end);
  });
}

function keyOf(value: string | number): string {
  return `${typeof value} ${value}`;
}

/** The first place of each value. */
function pathsOf(value: unknown): ReadonlyMap<string, string> {
  const paths = new Map<string, string>();
  for (const [path, scalar] of pathsIn(value)) if (!paths.has(keyOf(scalar))) paths.set(keyOf(scalar), path);
  return paths;
}

function pathsIn(value: unknown): readonly (readonly [path: string, value: string | number])[] {
  const found: [string, string | number][] = [];
  const visit = (item: unknown, path: readonly (string | number)[]) => {
    if (typeof item === 'string' || typeof item === 'number') found.push([pathText(path), item]);
    else if (path.length >= MAX_PATH) return;
    else if (Array.isArray(item)) item.forEach((each, index) => visit(each, [...path, index]));
    else if (typeof item === 'object' && item !== null)
      for (const [key, each] of Object.entries(item)) visit(each, [...path, key]);
  };
  visit(value, []);
  return found;
}
