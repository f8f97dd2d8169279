import { counted, decoded, hash, unreadable } from '../decoded.js';
import type { Decoded, DialectDecoder, DialectMessage } from '../dialect.js';
import { textOf } from '../messageText.js';
import { readJson } from '../shape/jsonShape.js';
import { stringOf } from '../shape/shape.js';
import { SocketIoAttachments } from './attachments.js';
import { PACKET_NAMES, parseSocketIoPacket, type SocketIoPacket } from './packet.js';
import { RawJson } from '../value/rawJson.js';

/** Engine.IO 3 and 4 with Socket.IO packets in their messages. One packet a WebSocket message. */
class SocketIoDecoder implements DialectDecoder {
  /** Engine.IO 3 (Socket.IO 2) puts the type before binary too, pings from the client, greets `/` unasked. */
  #version: 3 | 4 = 4;
  #attachments = { sent: new SocketIoAttachments(), received: new SocketIoAttachments() };

  decode(message: DialectMessage): readonly Decoded[] {
    const attachments = this.#attachments[message.direction];
    if (message.binary) {
      const typed = this.#version === 3 && message.bytes[0] === 4;
      return [attachments.take(typed ? message.bytes.subarray(1) : message.bytes)];
    }
    const text = textOf(message);
    const base64 = base64Of(text);
    if (base64 !== null) return [attachments.take(Buffer.from(base64, 'base64'))];
    return text.startsWith('4') ? this.#packet(text.slice(1), message) : [this.#engine(text, message)];
  }

  fork(): SocketIoDecoder | null {
    const { sent, received } = this.#attachments;
    // What has come of a packet may be large.
    if (sent.holdsValues || received.holdsValues) return null;
    const fork = new SocketIoDecoder();
    fork.#version = this.#version;
    fork.#attachments = { sent: sent.copy(), received: received.copy() };
    return fork;
  }

  #engine(text: string, { direction }: DialectMessage): Decoded {
    const rest = text.slice(1, 80);
    switch (text.charAt(0)) {
      case '0':
        return open(text.slice(1));
      case '1':
        return decoded({ label: 'engine close', role: 'control' });
      case '2':
        if (direction === 'sent' && rest === '') this.#version = 3;
        return decoded({ label: ['ping', rest], role: 'heartbeat', correlation: `ping${rest}`, operation: 'ping' });
      case '3':
        return decoded({ label: ['pong', rest], role: 'heartbeat', correlation: `ping${rest}` });
      case '5':
        return decoded({ label: 'upgrade', role: 'control' });
      case '6':
        return decoded({ label: 'noop', role: 'control' });
      default:
        return unreadable(text, 'no Engine.IO packet type');
    }
  }

  #packet(text: string, message: DialectMessage): readonly Decoded[] {
    const packet = parseSocketIoPacket(text);
    if (packet.type < 0) return [unreadable(text, packet.problem ?? '')];
    if (packet.type === 0 && message.direction === 'received' && packet.json === '') this.#version = 3;
    const missing = this.#attachments[message.direction].begin(packet);
    const one = describe(packet, message);
    return missing === null ? [one] : [unreadable(`attachments of ${missing.of}`, missing.problem), one];
  }
}

function describe(packet: SocketIoPacket, { direction }: DialectMessage): Decoded {
  const { type, namespace, id, data, attachments } = packet;
  const where = namespace === '/' ? null : namespace;
  const base = { problem: packet.problem, value: packet.json === '' || packet.problem ? null : () => valueOf(packet) };
  if (type === 0 || type === 4) {
    const asks = type === 0 && direction === 'sent';
    return decoded({
      ...base,
      label: [PACKET_NAMES[type], where, type === 4 && (stringOf(data, 'message') ?? data?.text)],
      role: type === 4 ? 'error' : asks ? 'request' : 'reply',
      correlation: `connect ${namespace.split('?')[0]}`,
      operation: asks ? `CONNECT ${namespace.split('?')[0]}` : null,
    });
  }
  if (type === 1) return decoded({ ...base, label: ['DISCONNECT', where], role: 'control' });
  const isEvent = type === 2 || type === 5;
  const event = isEvent ? data?.at(0)?.text || null : null;
  const values = counted(Math.max(0, (data?.size ?? 0) - (isEvent ? 1 : 0)), isEvent ? 'arg' : 'value');
  return decoded({
    ...base,
    label: [
      isEvent ? 'event' : 'ack',
      event,
      isEvent ? hash(id) : id,
      values,
      attachments > 0 && `+${attachments} binary`,
      where,
    ],
    role: !isEvent ? 'reply' : id === null ? 'event' : 'request',
    correlation: id === null ? null : `${namespace} ${id}`,
    operation: event,
    problem: packet.problem ?? (data?.kind === 'array' ? null : `${PACKET_NAMES[type]} without an array`),
  });
}

function valueOf({ type, namespace, id, attachments, json }: SocketIoPacket): unknown {
  const name = PACKET_NAMES[type];
  return { type: name, namespace, id: id ?? undefined, attachments: attachments || undefined, data: new RawJson(json) };
}

function open(json: string): Decoded {
  const { shape, problem } = readJson(json);
  const every = shape?.get('pingInterval')?.text;
  return decoded({
    label: ['engine open', every && `ping every ${every} ms`],
    role: 'control',
    problem,
    value: problem === null ? () => new RawJson(json) : null,
  });
}

/** `b` and base64 in Engine.IO 4, `b4` and base64 in 3: padding tells them apart. */
function base64Of(text: string): string | null {
  if (!text.startsWith('b')) return null;
  return text.startsWith('b4') && (text.length - 2) % 4 === 0 ? text.slice(2) : text.slice(1);
}

export function createDecoder(): DialectDecoder {
  return new SocketIoDecoder();
}
