import { ProbeError } from '../../core/base/errors.js';
import type { Payload, SavedMessage } from '../../core/base/plan.js';
import type { SavedComposition } from '../../protocol/inspector.js';
import type { OutgoingMessage } from '../../protocol/session.js';

const HINT = 'Give a string, or an object with exactly one of text, json, hex, base64, file.';

/** A payload as a profile writes it, given by code; throws when it is none. */
export function parsePayload(value: unknown): Payload {
  if (typeof value === 'string') return value;
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const [key, content] = entries[0] ?? [];
  const isKnown = key === 'json' ? isJson(content) : /^(text|hex|base64|file)$/.test(key ?? '');
  if (entries.length !== 1 || !isKnown || (key !== 'json' && typeof content !== 'string')) {
    throw new ProbeError('payload.invalid', 'This is no payload.', { hint: HINT });
  }
  return { [key as string]: content } as Payload;
}

/** The composer's form of a payload. */
export function compose(payload: Payload, indent = 0): OutgoingMessage {
  if (typeof payload === 'string') return { format: 'text', content: payload, binary: false };
  if ('text' in payload) return { format: 'text', content: payload.text, binary: false };
  if ('json' in payload) return { format: 'json', content: JSON.stringify(payload.json, null, indent), binary: false };
  if ('hex' in payload) return { format: 'hex', content: payload.hex, binary: true };
  if ('base64' in payload) return { format: 'base64', content: payload.base64, binary: true };
  return { format: 'file', content: payload.file, binary: false };
}

/** The messages of a profile for the composer. */
export function composeSaved(messages: readonly SavedMessage[]): SavedComposition[] {
  return messages.map(({ name, send }) => ({ name, message: compose(send, 2) }));
}

function isJson(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined;
  } catch {
    return false;
  }
}
