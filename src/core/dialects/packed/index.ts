import type { DialectMessage } from '../dialect.js';
import { defineDialect } from '../defineDialect.js';
import type { BinaryFormat } from '../shape/binaryScan.js';
import { readItem } from '../shape/binaryShape.js';
import { cborSyntax, loadCbor, loadMsgpack, msgpackSyntax } from '../shape/formats.js';
import type { Shape } from '../shape/shape.js';

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

async function createDecoder(format: Promise<BinaryFormat>) {
  const { packedDecoder } = await import('./decode.js');
  return packedDecoder(await format);
}

/** https://github.com/msgpack/msgpack/blob/master/spec.md */
export const msgpack = defineDialect({
  name: 'msgpack',
  title: 'MessagePack',
  recogniseMessages: (messages) => score(msgpackSyntax, messages),
  createDecoder: () => createDecoder(loadMsgpack()),
});

/** RFC 8949. Its magic (tag 55799) says it at once. */
export const cbor = defineDialect({
  name: 'cbor',
  title: 'CBOR',
  recogniseMessages: (messages) =>
    messages.some(({ binary, bytes }) => binary && bytes[0] === 0xd9 && bytes[1] === 0xd9 && bytes[2] === 0xf7)
      ? 0.9
      : score(cborSyntax, messages),
  createDecoder: () => createDecoder(loadCbor()),
});
