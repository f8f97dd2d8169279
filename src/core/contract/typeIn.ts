import { type MessageType, typeOfContent } from './messageType.js';
import type { Content } from './said.js';

/** The type of a message in a contract: as it calls itself, by the member that was found to tell types apart, or its form. */
export function typeIn(content: Content, found: string | null): MessageType {
  const type = typeOfContent(content);
  const { value } = content;
  if (type.path !== null || typeof value !== 'object' || value === null || value instanceof Uint8Array) return type;
  if (Array.isArray(value)) return { ...type, name: 'array' };
  const told: unknown =
    found !== null && Object.hasOwn(value, found) ? (value as Record<string, unknown>)[found] : null;
  if (typeof told === 'string' && isWord(told)) return { name: told, path: `$[${JSON.stringify(found)}]` };
  if (Object.hasOwn(value, 'jsonrpc')) return { name: Object.hasOwn(value, 'error') ? 'error' : 'result', path: null };
  return { name: 'object', path: null };
}

const WORD = /^[A-Za-z][A-Za-z0-9_.:/ -]{0,31}$/;
const MADE = /(?=[^]*\d)(?=[^]*[A-Za-z])[A-Za-z0-9_-]{6,}/;

/** Whether a text looks chosen and not made: a short word, and no identifier or key. */
export function isWord(text: string): boolean {
  return WORD.test(text) && !MADE.test(text);
}
