import { decoded, hash, unreadable } from '../decoded.js';
import { defineDialect } from '../defineDialect.js';
import type { Decoded, Dialect, DialectDecoder, DialectMessage } from '../dialect.js';
import { decodeJson, jsonShapes } from '../jsonMessages.js';
import { textOf } from '../messageText.js';
import { parsePhoenixBinary, type PhoenixMessage } from './binary.js';
import { type Shape, stringOf } from '../shape/shape.js';
import { bodyValue } from '../value/bodyValue.js';

const decoder: DialectDecoder = {
  decode: (message) =>
    message.binary ? [decodeBinary(message)] : decodeJson(textOf(message), message, decodeShape, 'a Phoenix message'),
};

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

/** Version 2: `[join_ref, ref, topic, event, payload]`. */
function fromArray(shape: Shape): PhoenixMessage | null {
  const topic = shape.at(2);
  const event = shape.at(3);
  if (topic?.kind !== 'string' || event?.kind !== 'string') return null;
  return {
    joinRef: shape.at(0)?.text || null,
    ref: shape.at(1)?.text || null,
    topic: topic.text,
    event: event.text,
    status: stringOf(shape.at(4), 'status'),
  };
}

/** Version 1: an object with the same names. */
function fromObject(shape: Shape): PhoenixMessage | null {
  const topic = stringOf(shape, 'topic');
  const event = stringOf(shape, 'event');
  if (topic === null || event === null) return null;
  const status = stringOf(shape.get('payload'), 'status');
  return { joinRef: shape.get('join_ref')?.text || null, ref: shape.get('ref')?.text || null, topic, event, status };
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

/** Channel events that only Phoenix has; both of its heads must look right. */
function isPhoenix(shape: Shape): boolean {
  const message = shape.kind === 'array' ? fromArray(shape) : fromObject(shape);
  if (message === null || (shape.kind === 'array' ? shape.size !== 5 : shape.get('payload') === null)) return false;
  return message.event.startsWith('phx_') || (message.topic === 'phoenix' && message.event === 'heartbeat');
}

/** Channels of the Phoenix framework, serializers V1 and V2; Supabase Realtime speaks it too. */
export const phoenix: Dialect = defineDialect({
  name: 'phoenix',
  title: 'Phoenix Channels',
  recogniseMessages: (messages) => (jsonShapes(messages).some(isPhoenix) ? 0.9 : 0),
  createDecoder: () => decoder,
});
