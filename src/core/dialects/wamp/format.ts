import type { BinaryFormat } from '../shape/binaryScan.js';

/** An array of 3 to 7 elements: 0x93 to 0x97 in MessagePack, 0x83 to 0x87 (or 0x9f) in CBOR. */
export function formatOf(first: number, msgpack: BinaryFormat, cbor: BinaryFormat): BinaryFormat {
  return (first >= 0x80 && first < 0x90) || first === 0x9f || first === 0x98 ? cbor : msgpack;
}
