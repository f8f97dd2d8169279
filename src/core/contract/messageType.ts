import type { Content } from './said.js';

/** Members that say what a message is, the surest first. */
const TYPE_KEYS = [
  'type',
  'event',
  'op',
  'action',
  'method',
  'command',
  'cmd',
  'kind',
  'messageType',
  'message_type',
  '@type',
  '$type',
  'msg',
  't',
] as const;

/** What says which type a message is: a member of the top, an element of the array that it is, or what stands before its JSON. */
export interface MessageType {
  /** `subscribe`, `42 chat message`, `text`. */
  readonly name: string;
  /** JSON path of what says so; null: nothing does, and the name tells its form. */
  readonly path: string | null;
}

const MAX_NAME = 64;
/** A larger number counts something, and names no type. */
const MAX_TYPE_NUMBER = 1_000;
const MAX_FORM_KEYS = 12;

/** The type of a message by the members that usually say it. Never throws. */
export function typeOfContent({ prefix, value }: Content): MessageType {
  const before = prefix === '' ? '' : `${prefix} `;
  const told = (name: string, path: string | null): MessageType => ({ name: `${before}${name}`.trim(), path });
  if (value instanceof Uint8Array) return told('binary', null);
  if (typeof value !== 'object' || value === null) return told(prefix === '' ? 'text' : '', null);
  if (Array.isArray(value)) return arrayType(value as readonly unknown[], told);
  for (const key of TYPE_KEYS) {
    const name = nameOf(Object.hasOwn(value, key) ? (value as Readonly<Record<string, unknown>>)[key] : undefined);
    if (name !== null) return told(name, key.startsWith('@') || key.startsWith('$') ? `$['${key}']` : `$.${key}`);
  }
  const keys = Object.keys(value).toSorted();
  return told(`{${keys.slice(0, MAX_FORM_KEYS).join(',')}${keys.length > MAX_FORM_KEYS ? ',…' : ''}}`, null);
}

/** Phoenix has its event in the fourth place; others begin with what the message is. */
function arrayType(list: readonly unknown[], told: (name: string, path: string | null) => MessageType): MessageType {
  const isReference = (value: unknown) => value === null || (typeof value === 'string' && /^\d+$/.test(value));
  if (list.length === 5 && isReference(list[0]) && isReference(list[1]) && typeof list[3] === 'string')
    return told(nameOf(list[3]) ?? '[…]', '$[3]');
  const name = nameOf(list[0]);
  return name === null ? told('[…]', null) : told(name, '$[0]');
}

function nameOf(value: unknown): string | null {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < MAX_TYPE_NUMBER)
    return String(value);
  if (typeof value !== 'string' || value === '' || value.length > MAX_NAME) return null;
  return value;
}
