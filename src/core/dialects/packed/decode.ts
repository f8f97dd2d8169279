import { counted, decoded, tooMany, unreadable } from '../decoded.js';
import { defineDialect } from '../defineDialect.js';
import type { Decoded, Dialect, DialectDecoder, DialectMessage } from '../dialect.js';
import { MAX_READ_BYTES, textOf } from '../messageText.js';
import { readItem } from '../shape/binaryShape.js';
import type { BinaryFormat } from '../shape/binaryScan.js';
import { cborSyntax, loadCbor, loadMsgpack, msgpackSyntax } from '../shape/formats.js';
import type { Shape } from '../shape/shape.js';

const MAX_VALUES = 256;

/** Values of a serialisation with nothing agreed above it: their outline, and the whole on demand. */
function packedDecoder(format: BinaryFormat): DialectDecoder {
  return { decode: (message) => decodeAll(format, message) };
}

/** Several values may follow each other in one message (a CBOR sequence, RFC 8742). */
function decodeAll(format: BinaryFormat, message: DialectMessage): readonly Decoded[] {
  if (!message.binary) return [decoded({ label: textOf(message), role: 'event', problem: `text, not ${format.name}` })];
  const { bytes } = message;
  if (bytes.length > MAX_READ_BYTES) return [unreadable(`${bytes.length} bytes`, 'longer than 1 MiB: not decoded')];
  const all: Decoded[] = [];
  let at = 0;
  do {
    const { shape, problem, end } = readItem(format, bytes, at);
    if (shape === null) return [...all, unreadable(`${bytes.length - at} bytes`, problem ?? '')];
    all.push(decoded({ label: outline(shape), role: 'event', value: () => shape.value() }));
    at = end;
  } while (at < bytes.length && all.length < MAX_VALUES);
  return at < bytes.length ? [...all, tooMany(`${bytes.length - at} bytes`, 'values')] : all;
}

/** `{type: subscribe, id: 1, payload}`: scalars with their value, the rest by name. */
function outline(shape: Shape): string {
  if (shape.kind === 'array') {
    const first = shape.at(0);
    return `${counted(shape.size, 'element')} ${first?.text ?? ''}`.trim();
  }
  if (shape.kind !== 'object') return brief(shape) || shape.kind;
  const names = shape.keys().slice(0, 8);
  const parts = names.map((name) => {
    const member = shape.get(name);
    const text = member ? brief(member) : '';
    return text === '' ? name : `${name}: ${text}`;
  });
  return `{${parts.join(', ')}${shape.size > names.length ? ', …' : ''}}`;
}

function brief(shape: Shape): string {
  if (shape.kind === 'binary') return `${shape.size} bytes`;
  return shape.text.length > 30 ? `${shape.text.slice(0, 29)}…` : shape.text;
}

/** Bytes that are one container from the first to the last, with names as keys, are hardly anything else by chance. */
function score(format: BinaryFormat, messages: readonly DialectMessage[]): number {
  const binary = messages.filter((message) => message.binary && message.bytes.length >= 4);
  if (binary.length === 0) return 0;
  const whole = binary.every(({ bytes }) => {
    const { shape, end } = readItem(format, bytes, 0);
    return shape !== null && end === bytes.length && isTelling(shape);
  });
  return whole ? Math.min(0.7, 0.55 + binary.length * 0.05) : 0;
}

function isTelling(shape: Shape): boolean {
  if (shape.size === 0) return false;
  if (shape.kind === 'object') return shape.keys().every((key) => /^[\w$@.:/-]{1,64}$/.test(key));
  return shape.kind === 'array' && shape.size > 1;
}

/** https://github.com/msgpack/msgpack/blob/master/spec.md */
export const msgpack: Dialect = defineDialect({
  name: 'msgpack',
  title: 'MessagePack',
  recogniseMessages: (messages) => score(msgpackSyntax, messages),
  createDecoder: async () => packedDecoder(await loadMsgpack()),
});

/** RFC 8949. Its magic (tag 55799) says it at once. */
export const cbor: Dialect = defineDialect({
  name: 'cbor',
  title: 'CBOR',
  recogniseMessages: (messages) =>
    messages.some(({ binary, bytes }) => binary && bytes[0] === 0xd9 && bytes[1] === 0xd9 && bytes[2] === 0xf7)
      ? 0.9
      : score(cborSyntax, messages),
  createDecoder: async () => packedDecoder(await loadCbor()),
});
