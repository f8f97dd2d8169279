import { ProbeError } from '../../core/base/errors.js';
import { COMPRESSIONS, isTypedAsJson, PAYLOAD_KINDS, WRAPPINGS } from '../../core/base/message.js';
import type { Payload, SavedMessage } from '../../core/base/plan.js';
import { outgoingOf } from '../../core/payload/outgoing.js';
import type { SavedComposition } from '../../protocol/inspector.js';

/** A payload as a profile writes it, given by code; throws when it is none. What its kind holds is judged as it is sent. */
export function parsePayload(value: unknown): Payload {
  if (typeof value === 'string') return value;
  const given = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const [only, ...more] = given.filter(([key]) => !['binary', 'compress', 'wrap'].includes(key));
  const { binary, compress, wrap } = Object.fromEntries(given) as Record<string, unknown>;
  const isPlain = binary === undefined || binary === true;
  const isKnown =
    (compress === undefined || COMPRESSIONS.some((name) => name === compress)) &&
    (wrap === undefined || WRAPPINGS.some((name) => name === wrap));
  if (!only || more.length > 0 || !isPlain || !isKnown || !isContent(...only)) {
    throw new ProbeError('payload.invalid', 'This is no payload.', {
      hint: `Give a string, or an object with exactly one of ${PAYLOAD_KINDS.join(', ')}; beside it binary: true, compress and wrap.`,
    });
  }
  return Object.fromEntries(given) as unknown as Payload;
}

function isContent(key: string, content: unknown): boolean {
  const kind = PAYLOAD_KINDS.find((name) => name === key);
  if (kind === undefined) return false;
  return isTypedAsJson(kind) ? isJson(content) : typeof content === 'string';
}

/** The messages of a profile for the composer. */
export function composeSaved(messages: readonly SavedMessage[]): SavedComposition[] {
  return messages.map(({ name, send }) => ({ name, message: outgoingOf(send, 2) }));
}

function isJson(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined;
  } catch {
    return false;
  }
}
