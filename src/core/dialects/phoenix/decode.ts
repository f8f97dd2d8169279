import { decoded, hash, unreadable } from '../decoded.js';
import type { Decoded, DialectDecoder, DialectMessage } from '../dialect.js';
import { decodeJson } from '../jsonMessages.js';
import { textOf } from '../messageText.js';
import type { Shape } from '../shape/shape.js';
import { bodyValue } from '../value/bodyValue.js';
import { parsePhoenixBinary, type PhoenixMessage } from './binary.js';
import { fromArray, fromObject } from './message.js';

export function createDecoder(): DialectDecoder {
  return {
    decode: (message) =>
      message.binary ? [decodeBinary(message)] : decodeJson(textOf(message), message, decodeShape, 'a Phoenix message'),
  };
}

function decodeBinary({ bytes, direction }: DialectMessage): Decoded {
  const message = parsePhoenixBinary(bytes, direction);
  if (message === null) return unreadable(`${bytes.length} bytes`, 'not a binary Phoenix message');
  const { payload, ...parts } = message;
  return describe(message, () => ({ ...parts, payload: bodyValue(payload) }));
}

function decodeShape(shape: Shape): Decoded | null {
  const message = shape.kind === 'array' ? fromArray(shape) : fromObject(shape);
  if (message === null) return null;
  // The parts of an object have their names already.
  const value =
    shape.kind === 'array' ? () => ({ ...message, status: undefined, payload: shape.at(4)?.value() }) : null;
  return describe(message, value);
}

function describe({ ref, topic, event, status }: PhoenixMessage, value: (() => unknown) | null): Decoded {
  const isReply = event === 'phx_reply';
  const label = [event, topic, isReply && status, hash(ref)];
  const beats = topic === 'phoenix' && (event === 'heartbeat' || isReply);
  if (beats) return decoded({ label, role: 'heartbeat', correlation: ref, operation: isReply ? null : event, value });
  if (isReply) return decoded({ label, role: status === 'error' ? 'error' : 'reply', correlation: ref, value });
  if (event === 'phx_error') return decoded({ label, role: 'error', value });
  // The server closes a channel with the ref of its join: no question.
  if (event === 'phx_close') return decoded({ label, role: 'control', value });
  const operation = event.startsWith('phx_') ? `${event} ${topic}` : event;
  return decoded({ label, role: ref === null ? 'event' : 'request', correlation: ref, operation, value });
}
