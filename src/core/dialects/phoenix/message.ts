import { type Shape, stringOf } from '../shape/shape.js';
import type { PhoenixMessage } from './binary.js';

/** Version 2: `[join_ref, ref, topic, event, payload]`. */
export function fromArray(shape: Shape): PhoenixMessage | null {
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
export function fromObject(shape: Shape): PhoenixMessage | null {
  const topic = stringOf(shape, 'topic');
  const event = stringOf(shape, 'event');
  if (topic === null || event === null) return null;
  const status = stringOf(shape.get('payload'), 'status');
  return { joinRef: shape.get('join_ref')?.text || null, ref: shape.get('ref')?.text || null, topic, event, status };
}
