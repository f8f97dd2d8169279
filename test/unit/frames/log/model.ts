import type { Direction } from '../../../../src/core/base/model.js';
import type { Step } from './support.js';

/** A message as a plain list of what made it: the slow and obvious twin of the log. */
export interface ModelMessage {
  readonly ids: number[];
  readonly direction: Direction;
  readonly connection: number;
  readonly opcode: number;
  readonly isEvent: boolean;
  readonly compressed: boolean;
  open: boolean;
  payload: Buffer;
  inflated: Buffer | null;
}

export interface Model {
  readonly payloads: Buffer[];
  readonly messages: ModelMessage[];
}

export function modelOf(steps: readonly Step[]): Model {
  const payloads: Buffer[] = [];
  const messages: ModelMessage[] = [];
  const open = new Map<string, ModelMessage>();
  const awaiting = new Map<string, ModelMessage[]>();
  const begin = (facts: Omit<ModelMessage, 'ids' | 'payload' | 'inflated'>): ModelMessage => {
    const message = { ...facts, ids: [], payload: Buffer.alloc(0), inflated: null };
    messages.push(message);
    return message;
  };
  const extend = (message: ModelMessage, payload: Uint8Array): void => {
    message.ids.push(payloads.length);
    message.payload = Buffer.concat([message.payload, payload]);
    payloads.push(Buffer.from(payload));
  };
  for (const step of steps) {
    if (step.type === 'event') {
      const facts = { direction: 'received' as const, connection: step.connection, opcode: 0, compressed: false };
      extend(begin({ ...facts, isEvent: true, open: false }), Buffer.from(step.text));
      continue;
    }
    if (step.type === 'inflate') {
      const message = awaiting.get(`${step.connection} ${step.direction}`)?.shift();
      if (message !== undefined) message.inflated = Buffer.from(step.text);
      continue;
    }
    const { frame, connection } = step;
    const { direction, opcode, fin } = frame;
    const facts = { direction, connection, opcode, isEvent: false };
    if (opcode > 2) {
      extend(begin({ ...facts, compressed: false, open: false }), frame.payload);
      continue;
    }
    const key = `${connection} ${direction}`;
    let message = opcode === 0 ? open.get(key) : undefined;
    if (message === undefined) {
      const before = open.get(key);
      if (before !== undefined) before.open = false;
      message = begin({ ...facts, compressed: opcode !== 0 && frame.rsv1, open: true });
    }
    extend(message, frame.payload);
    if (!fin) open.set(key, message);
    else {
      open.delete(key);
      message.open = false;
      if (message.compressed) awaiting.set(key, [...(awaiting.get(key) ?? []), message]);
    }
  }
  return { payloads, messages };
}
