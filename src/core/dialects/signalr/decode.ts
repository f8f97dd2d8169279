import { counted, decoded, hash, tooMany, unreadable, valueless } from '../decoded.js';
import type { Decoded, DialectDecoder, DialectMessage } from '../dialect.js';
import { decodeJson } from '../jsonMessages.js';
import { isTooLong, textOf } from '../messageText.js';
import { readStart } from '../shape/binaryShape.js';
import type { BinaryFormat } from '../shape/binaryScan.js';
import { loadMsgpack } from '../shape/formats.js';
import { idOf, type Shape, stringOf } from '../shape/shape.js';

const SEPARATOR = '\x1e';
const MAX_MESSAGES = 10_000;

/** What both encodings say, under one name each. */
interface SignalrFields {
  readonly type: number;
  readonly id: string | null;
  readonly target: string | null;
  readonly args: number;
  readonly error: string | null;
  readonly sequence: string | null;
}

const names = [
  '',
  'Invocation',
  'StreamItem',
  'Completion',
  'StreamInvocation',
  'CancelInvocation',
  'Ping',
  'Close',
  'Ack',
  'Sequence',
];

class SignalrDecoder implements DialectDecoder {
  constructor(private readonly msgpack: BinaryFormat) {}

  decode(message: DialectMessage): readonly Decoded[] {
    if (message.binary && !isJson(message.bytes)) return this.#binary(message.bytes);
    const text = textOf(message);
    const records = text.split(SEPARATOR, MAX_MESSAGES + 1);
    const rest = records.pop() ?? '';
    const all = records.flatMap((record) => decodeJson(record, message, decodeRecord, 'a SignalR message'));
    if (rest === '') return all;
    if (records.length === MAX_MESSAGES) return [...all, tooMany('messages', 'messages')];
    if (isTooLong(message)) return [...all, ...decodeJson(rest, message, decodeRecord, 'a SignalR message')];
    return [...all, unreadable(rest, 'no record separator (0x1e) at its end')];
  }

  /** Each message has its length before it: 7 bits a byte, least significant first, five bytes at most. */
  #binary(bytes: Uint8Array): readonly Decoded[] {
    const all: Decoded[] = [];
    let at = 0;
    while (at < bytes.length) {
      if (all.length >= MAX_MESSAGES) return [...all, tooMany(`${bytes.length - at} bytes`, 'messages')];
      const { value, next } = varint(bytes, at);
      if (value === null || next + value > bytes.length) {
        const label = `${bytes.length - at} bytes`;
        return [
          ...all,
          unreadable(label, value === null ? 'no length before the message' : 'shorter than its length says'),
        ];
      }
      all.push(this.#one(bytes.subarray(next, next + value)));
      at = next + value;
    }
    return all;
  }

  #one(bytes: Uint8Array): Decoded {
    const { shape, problem, partial } = readStart(this.msgpack, bytes);
    if (shape?.kind !== 'array') return unreadable(`${bytes.length} bytes`, problem ?? 'not an array');
    const one = describe(fromArray(shape), shape);
    return partial ? valueless(one) : one;
  }
}

/** Some peers send the JSON in binary frames. A length of 123 would be followed by the head of an array. */
function isJson(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7b && (bytes[1] === 0x22 || bytes[1] === 0x7d);
}

function varint(bytes: Uint8Array, at: number): { readonly value: number | null; readonly next: number } {
  let value = 0;
  for (let i = 0; i < 5; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) break;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, next: at + i + 1 };
  }
  return { value: null, next: at };
}

function decodeRecord(shape: Shape): Decoded | null {
  if (shape.kind !== 'object') return null;
  const type = shape.get('type');
  if (type === null) return handshake(shape);
  return describe(
    {
      type: Number(type.text),
      id: idOf(shape.get('invocationId')),
      target: stringOf(shape, 'target'),
      args: shape.get('arguments')?.size ?? 0,
      error: stringOf(shape, 'error'),
      sequence: shape.get('sequenceId')?.text ?? null,
    },
    shape,
  );
}

/** https://github.com/dotnet/aspnetcore/blob/main/src/SignalR/docs/specs/HubProtocol.md#messagepack-msgpack-encoding */
function fromArray(shape: Shape): SignalrFields {
  const type = Number(shape.at(0)?.text ?? Number.NaN);
  const invokes = type === 1 || type === 4;
  const failed = type === 3 && shape.at(3)?.text === '1';
  return {
    type,
    id: type <= 5 ? idOf(shape.at(2)) : null,
    target: invokes ? (shape.at(3)?.text ?? null) : null,
    args: invokes ? (shape.at(4)?.size ?? 0) : 0,
    error: (type === 7 ? shape.at(1)?.text : failed ? shape.at(4)?.text : '') || null,
    sequence: shape.at(1)?.text ?? null,
  };
}

function handshake(shape: Shape): Decoded {
  const protocol = stringOf(shape, 'protocol');
  const error = stringOf(shape, 'error');
  return decoded({
    label: protocol === null ? ['handshake', error ?? 'accepted'] : ['handshake', protocol, shape.get('version')?.text],
    role: protocol !== null ? 'request' : error === null ? 'reply' : 'error',
    correlation: 'handshake',
    operation: protocol === null ? null : 'handshake',
    value: () => shape.value(),
  });
}

function describe({ type, id, target, args, error, sequence }: SignalrFields, shape: Shape): Decoded {
  const name = names[type] || null;
  const value = (): unknown => shape.value();
  const base = { correlation: id, operation: target, value };
  if (name === null)
    return decoded({ label: `type ${type}`, role: 'event', problem: 'unknown SignalR message type', value });
  switch (type) {
    case 1:
    case 4:
      return decoded({
        ...base,
        label: [name, target, hash(id), counted(args, 'arg')],
        role: id === null ? 'event' : 'request',
      });
    case 2:
    case 3:
      return decoded({ ...base, label: [name, hash(id), error], role: error === null ? 'reply' : 'error' });
    case 5:
      return decoded({ ...base, label: [name, hash(id)], role: 'control' });
    case 6:
      return decoded({ label: name, role: 'heartbeat', value });
    case 7:
      return decoded({ label: [name, error], role: error === null ? 'control' : 'error', value });
    default:
      return decoded({ label: [name, sequence], role: 'control', value });
  }
}

export async function createDecoder(): Promise<DialectDecoder> {
  return new SignalrDecoder(await loadMsgpack());
}
