import { decoded, tooMany, unreadable, valueless } from '../decoded.js';
import type { Decoded, DialectDecoder, DialectMessage } from '../dialect.js';
import { decodeJson } from '../jsonMessages.js';
import { textOf } from '../messageText.js';
import { readStart } from '../shape/binaryShape.js';
import type { BinaryFormat } from '../shape/binaryScan.js';
import { loadCbor, loadMsgpack } from '../shape/formats.js';
import { describeWamp } from './describe.js';
import { formatOf } from './format.js';

const MAX_MESSAGES = 10_000;

class WampDecoder implements DialectDecoder {
  constructor(
    private readonly msgpack: BinaryFormat,
    private readonly cbor: BinaryFormat,
  ) {}

  decode(message: DialectMessage): readonly Decoded[] {
    return message.binary ? this.#binary(message.bytes) : decodeText(message);
  }

  /** Batched transports put a length of four bytes before each message: no WAMP message begins with a zero. */
  #binary(bytes: Uint8Array): readonly Decoded[] {
    if (bytes[0] !== 0) return [this.#one(bytes)];
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const all: Decoded[] = [];
    for (let at = 0; at < bytes.length; ) {
      if (all.length >= MAX_MESSAGES) return [...all, tooMany(`${bytes.length - at} bytes`, 'messages')];
      const end = at + 4 <= bytes.length ? at + 4 + view.getUint32(at) : Number.POSITIVE_INFINITY;
      if (end > bytes.length) return [...all, unreadable(`${bytes.length - at} bytes`, 'shorter than its length says')];
      all.push(this.#one(bytes.subarray(at + 4, end)));
      at = end;
    }
    return all;
  }

  #one(bytes: Uint8Array): Decoded {
    const format = formatOf(bytes[0] ?? 0, this.msgpack, this.cbor);
    const { shape, problem, partial } = readStart(format, bytes);
    const label = `${bytes.length} bytes`;
    if (shape === null) return unreadable(label, problem ?? '');
    const one = describeWamp(shape);
    if (one === null)
      return decoded({ label, role: 'event', problem: 'not a WAMP message', value: () => shape.value() });
    return partial ? valueless(one) : one;
  }
}

/** `wamp.2.json.batched` ends each message with a separator: 0x1e, with Autobahn 0x18. */
function decodeText(message: DialectMessage): readonly Decoded[] {
  const records = textOf(message).split(/[\x18\x1e]/, MAX_MESSAGES + 1);
  const read = records.slice(0, records.length > 1 && records.at(-1) === '' ? -1 : MAX_MESSAGES);
  const all = read.flatMap((record) => decodeJson(record, message, describeWamp, 'a WAMP message'));
  return records.length > MAX_MESSAGES ? [...all, tooMany('messages', 'messages')] : all;
}

export async function createDecoder(): Promise<DialectDecoder> {
  return new WampDecoder(...(await Promise.all([loadMsgpack(), loadCbor()])));
}
