import type { ProfileChange } from '../base/model.js';
import { type JsonNode, memberOf, nodeAt, type ObjectNode, readJsonc, toValue } from '../profile/jsonc.js';
import { quote } from '../profile/problems.js';
import type { SharedEnvironments } from '../profile/profile.js';
import { SHARED_ENVIRONMENTS_FILE } from '../profile/sharedEnvironments.js';
import { REDACTED } from '../redaction/redactor.js';
import { insertLast } from './insert.js';
import type { Edit } from './rename.js';

/** How the profile ran for which the change was made. */
export interface RanAs {
  /** The environment that was chosen; its keys stand before the profile's own. */
  readonly environment: string | null;
  readonly shared: SharedEnvironments;
  /** The address that it led to, secrets out. */
  readonly url: string | null;
}

export type Changed = { readonly text: string } | { readonly why: string };

/** The text of a profile with values put where they take effect; comments and form stay as they are. Never throws. */
export function changeProfile(text: string, changes: readonly ProfileChange[], ran: RanAs): Changed {
  let changed = text;
  for (const change of changes) {
    const next = changeOne(changed, change, ran);
    if ('why' in next) return next;
    changed = next.text;
  }
  return { text: changed };
}

function changeOne(text: string, { path, value }: ProfileChange, ran: RanAs): Changed {
  const { root } = readJsonc(text);
  if (root?.type !== 'object') return { why: 'The profile is not valid JSON: mend that first.' };
  if (JSON.stringify(value).includes(REDACTED) && path[0] !== 'url') return { why: HIDDEN };
  const above = placeOf(root, path[0] ?? '', ran);
  if ('why' in above) return above;
  const whole = [...above.path, ...path];
  const { holder, rest } = deepest(root, whole);
  const [name = '', ...below] = rest;
  const member = memberNamed(holder, name, whole);
  if (path.length === 1 && path[0] === 'url') return changeUrl(text, member?.value, holder, String(value), ran);
  const written = below.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
  if (!member) return { text: insert(text, holder, name, written) };
  if (JSON.stringify(toValue(member.value)) === JSON.stringify(written)) return { text };
  return { text: replaced(text, member.value, written) };
}

const HIDDEN = 'A value of this change is secret, and was left out of the report: write it into the profile by hand.';

/** Where the key that counts stands: in the environment that was chosen, or at the top. */
function placeOf(
  root: ObjectNode,
  key: string,
  { environment, shared }: RanAs,
): { readonly path: readonly string[] } | { readonly why: string } {
  const clients = nodeAt(root, 'clients');
  const own = clients?.type === 'object' && clients.members.find(({ value }) => memberOf(value, key));
  if (own) return { why: `The client ${quote(own.key.name)} has ${quote(key)} of its own: change it there.` };
  if (environment === null) return { path: [] };
  if (nodeAt(root, 'environments', environment, key)) return { path: ['environments', environment] };
  const elsewhere = shared.some(({ environments }) => Object.hasOwn(environments[environment] ?? {}, key));
  if (!elsewhere) return { path: [] };
  return {
    why: `${quote(key)} of the environment ${quote(environment)} stands in ${SHARED_ENVIRONMENTS_FILE}, which other profiles use too.`,
  };
}

/** The innermost object on the way that is there, and the keys that lead on from it. */
function deepest(root: ObjectNode, path: readonly string[]) {
  let holder = root;
  let depth = 0;
  for (; depth < path.length - 1; depth++) {
    const next = memberOf(holder, path[depth] ?? '')?.value;
    if (next?.type !== 'object') break;
    holder = next;
  }
  return { holder, rest: path.slice(depth) };
}

/** Names of headers are the same in any case. */
function memberNamed(holder: ObjectNode, name: string, path: readonly string[]) {
  if (path.at(-2) !== 'headers') return memberOf(holder, name);
  return holder.members.find(({ key }) => key.name.toLowerCase() === name.toLowerCase());
}

function changeUrl(text: string, node: JsonNode | undefined, holder: ObjectNode, to: string, { url }: RanAs): Changed {
  if (node?.type !== 'string')
    return to.includes(REDACTED) ? { why: HIDDEN } : { text: insert(text, holder, 'url', to) };
  const kept = url === null ? null : keepWritten(node.value, url, to);
  if (kept === null && to.includes(REDACTED)) return { why: HIDDEN };
  const next = kept ?? to;
  return { text: next === node.value ? text : replaced(text, node, next) };
}

/** The address as it is written, variables in place, with what differs between the two others; null where that lies in a variable. */
function keepWritten(written: string, from: string, to: string): string | null {
  const start = sharedLength(from, to);
  const end = sharedLength(reversed(from.slice(start)), reversed(to.slice(start)));
  const literalHead = sharedLength(withoutVariables(written, 'after'), from);
  const literalTail = sharedLength(reversed(withoutVariables(written, 'before')), reversed(from));
  const differsTo = from.length - end;
  if (differsTo <= literalHead) return to.slice(0, to.length - end) + written.slice(differsTo);
  const differsFrom = written.length - (from.length - start);
  return from.length - start <= literalTail ? written.slice(0, differsFrom) + to.slice(start) : null;
}

/** Up to the first variable, or from behind the last. */
function withoutVariables(text: string, without: 'before' | 'after'): string {
  if (!text.includes('${')) return text;
  return without === 'after' ? text.slice(0, text.indexOf('${')) : text.slice(text.lastIndexOf('}') + 1);
}

function sharedLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}

function reversed(text: string): string {
  return text.split('').toReversed().join('');
}

function insert(text: string, holder: ObjectNode, name: string, value: unknown): string {
  const last = holder.members.at(-1);
  const isInline = last ? !startsLine(text, last.key.offset) : !text.includes('\n') || isWithinLine(text, holder);
  const indent = last ? indentAt(text, last.key.offset) : '';
  const member = `${JSON.stringify(name)}: ${written(text, value, indent, isInline)}`;
  return apply(text, insertLast(text, holder, member));
}

function replaced(text: string, node: JsonNode, value: unknown): string {
  const isInline = node.type === 'object' || node.type === 'array' ? isWithinLine(text, node) : !text.includes('\n');
  return apply(text, { ...node, text: written(text, value, indentAt(text, node.offset), isInline) });
}

/** As the rest of the file is written. */
function written(text: string, value: unknown, indent: string, isInline: boolean): string {
  if (isInline) return inline(value);
  const [, eol = '\n', unit = '  '] = /(\r?\n)([ \t]+)\S/.exec(text) ?? [];
  const lines = JSON.stringify(value, null, unit).split('\n');
  return isList(value) && value.every((item) => typeof item !== 'object') ? inline(value) : lines.join(eol + indent);
}

function inline(value: unknown): string {
  if (isList(value)) return `[${value.map(inline).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${inline(item)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function startsLine(text: string, offset: number): boolean {
  return /(?:^|\n)[ \t]*$/.test(text.slice(0, offset));
}

function isWithinLine(text: string, { offset, length }: JsonNode): boolean {
  return !text.slice(offset, offset + length).includes('\n');
}

/** Of the line in which something stands. */
function indentAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start))?.[0] ?? '';
}

function apply(text: string, edit: Edit): string {
  return text.slice(0, edit.offset) + edit.text + text.slice(edit.offset + edit.length);
}
