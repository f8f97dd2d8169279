import { binaryValue } from '../value/binary.js';
import { type BytesValue, plainCbor, plainMsgpack } from '../value/plainValue.js';
import type { BinaryFormat } from './binaryScan.js';
import { cborHead, cborNumber } from './cborHead.js';
import { msgpackHead, msgpackNumber } from './msgpackHead.js';
import { MAX_SHAPE_DEPTH } from './shape.js';

/** MessagePack without its library: enough to recognise and label. */
export const msgpackSyntax: BinaryFormat = {
  name: 'MessagePack',
  trueByte: 0xc3,
  head: msgpackHead,
  number: msgpackNumber,
  isBreak: () => false,
  decode: () => undefined,
};

/** CBOR (RFC 8949) without its library: enough to recognise and label. */
export const cborSyntax: BinaryFormat = {
  name: 'CBOR',
  trueByte: 0xf5,
  head: cborHead,
  number: cborNumber,
  isBreak: (byte) => byte === 0xff,
  decode: () => undefined,
};

/** MessagePack with whole values, 64-bit integers kept; `bytes` says what becomes of binary. */
export async function loadMsgpack(bytes: BytesValue = binaryValue): Promise<BinaryFormat> {
  const { Decoder, ExtData } = await import('@msgpack/msgpack');
  const decoder = new Decoder({
    useBigInt64: true,
    mapKeyConverter: (key) => (typeof key === 'number' ? key : String(key)),
  });
  return { ...msgpackSyntax, decode: (item) => plainMsgpack(decoder.decode(item), ExtData, bytes) };
}

/** CBOR with whole values: order of keys, big integers and tags kept; `bytes` says what becomes of binary. */
export async function loadCbor(bytes: BytesValue = binaryValue): Promise<BinaryFormat> {
  const { decode } = await import('cbor2/decoder');
  // A depth of the library's is two of ours where a map or array is in another.
  const options = { ignoreGlobalTags: true, preferMap: true, maxDepth: MAX_SHAPE_DEPTH * 2 };
  return { ...cborSyntax, decode: (item) => plainCbor(decode(item, options), bytes) };
}
