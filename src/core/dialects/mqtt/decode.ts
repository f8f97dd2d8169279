import type { Packet, Parser } from 'mqtt-packet';
import { ByteQueue } from '../byteQueue.js';
import { decoded, tooMany, unreadable } from '../decoded.js';
import type { Decoded, DialectDecoder, DialectMessage } from '../dialect.js';
import { describeMqtt } from './describe.js';
import { frameMqtt } from './framing.js';

/** A packet may end in a later WebSocket message (MQTT 5 6.0). A longer one is named by its head and passed over. */
export const MAX_MQTT_PACKET = 1_048_576;
const MAX_PACKETS = 10_000;
const MAX_FORKED_BYTES = 65_536;

const names = [
  'reserved',
  'CONNECT',
  'CONNACK',
  'PUBLISH',
  'PUBACK',
  'PUBREC',
  'PUBREL',
  'PUBCOMP',
  'SUBSCRIBE',
  'SUBACK',
  'UNSUBSCRIBE',
  'UNSUBACK',
  'PINGREQ',
  'PINGRESP',
  'DISCONNECT',
  'AUTH',
];

/** What is used of mqtt-packet. */
interface Library {
  parser(options: { readonly protocolVersion: number }): Parser;
}

/** One direction: bytes of a packet that is not whole yet, or how many more are to be passed over. */
interface Stream {
  readonly queue: ByteQueue;
  readonly topics: TopicAliases;
  skip: number;
}

class MqttDecoder implements DialectDecoder {
  #version = 4;
  #parser: Parser | null = null;
  #packet: Packet | null = null;
  #problem: string | null = null;
  #streams: Readonly<Record<DialectMessage['direction'], Stream>> = {
    sent: { queue: new ByteQueue(), topics: new TopicAliases(), skip: 0 },
    received: { queue: new ByteQueue(), topics: new TopicAliases(), skip: 0 },
  };

  constructor(private readonly library: Library) {}

  decode(message: DialectMessage): readonly Decoded[] {
    if (!message.binary) return [unreadable('text frame', 'MQTT packets come in binary frames')];
    const stream = this.#streams[message.direction];
    const skipped = Math.min(stream.skip, message.bytes.length);
    stream.skip -= skipped;
    const all: Decoded[] = skipped > 0 ? [part(`${skipped} more bytes`)] : [];
    let bytes = message.bytes.subarray(skipped);
    if (stream.queue.length > 0) {
      stream.queue.push(bytes);
      const begun = frameMqtt(stream.queue.peek(), 0);
      if (begun.kind === 'partial') return [...all, waitFor(stream, begun.length)];
      bytes = stream.queue.take();
    }
    let at = 0;
    while (at < bytes.length) {
      if (all.length >= MAX_PACKETS) return [...all, tooMany(`${bytes.length - at} bytes`, 'packets')];
      const found = frameMqtt(bytes, at);
      if (found.kind === 'broken') return [...all, unreadable(`${bytes.length - at} bytes`, found.problem)];
      if (found.kind === 'partial') {
        stream.queue.push(bytes.subarray(at));
        return [...all, waitFor(stream, found.length)];
      }
      all.push(this.#decode(bytes.subarray(at, found.end), stream.topics));
      at = found.end;
    }
    return all;
  }

  fork(): MqttDecoder | null {
    const { sent, received } = this.#streams;
    if (sent.queue.length + received.queue.length > MAX_FORKED_BYTES) return null;
    const fork = new MqttDecoder(this.library);
    const copy = ({ queue, topics, skip }: Stream): Stream => ({ queue: queue.copy(), topics: topics.copy(), skip });
    fork.#version = this.#version;
    fork.#streams = { sent: copy(sent), received: copy(received) };
    return fork;
  }

  /** The library is given whole packets only, and a new parser after one that it could not read. */
  #decode(bytes: Uint8Array, topics: TopicAliases): Decoded {
    const name = nameOf(bytes);
    if (bytes.length > MAX_MQTT_PACKET) {
      return unreadable(`${name} (${bytes.length} bytes)`, 'longer than 1 MiB: not decoded');
    }
    const packet = this.#parse(bytes);
    if (packet === null) {
      this.#parser = null;
      return unreadable(name, this.#problem ?? 'not whole');
    }
    if (packet.cmd === 'connect' && packet.protocolVersion !== this.#version) {
      this.#version = packet.protocolVersion ?? 4;
      this.#parser = null;
    }
    return describeMqtt(packet, topics.resolve(packet));
  }

  #parse(bytes: Uint8Array): Packet | null {
    this.#packet = null;
    this.#problem = null;
    this.#parser ??= this.library
      .parser({ protocolVersion: this.#version })
      .on('packet', (packet) => (this.#packet = packet))
      .on('error', (error: unknown) => (this.#problem = messageOf(error)));
    try {
      const left = this.#parser.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
      return left === 0 && this.#problem === null ? this.#packet : null;
    } catch (error) {
      this.#problem = messageOf(error);
      return null;
    }
  }
}

const MAX_ALIASES = 1_000;

/** MQTT 5 3.3.2.3.4: a PUBLISH may give its topic a number, and later ones give that number only. */
class TopicAliases {
  readonly #topics = new Map<number, string>();

  copy(): TopicAliases {
    const copy = new TopicAliases();
    for (const [alias, topic] of this.#topics) copy.#topics.set(alias, topic);
    return copy;
  }

  resolve(packet: Packet): string {
    if (packet.cmd !== 'publish') return '';
    const alias = packet.properties?.topicAlias;
    if (packet.topic === '') return this.#topics.get(alias ?? 0) ?? `alias ${alias ?? '?'}`;
    if (alias !== undefined && this.#topics.size < MAX_ALIASES) this.#topics.set(alias, packet.topic);
    return packet.topic;
  }
}

/** What is to be said of a packet that goes on in the next message. */
function waitFor(stream: Stream, length: number | null): Decoded {
  const { queue } = stream;
  const name = nameOf(queue.peek());
  if (length === null || length <= MAX_MQTT_PACKET)
    return part(`part of ${name} (${queue.length} of ${length ?? '?'} bytes)`);
  stream.skip = length - queue.take().length;
  return unreadable(`${name} (${length} bytes)`, 'longer than 1 MiB: not decoded');
}

function nameOf(packet: Uint8Array): string {
  return names[(packet[0] ?? 0) >> 4] ?? '';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function part(label: string): Decoded {
  return decoded({ label, role: 'control' });
}

export async function createDecoder(): Promise<DialectDecoder> {
  const { default: library } = await import('mqtt-packet');
  return new MqttDecoder(library);
}
