import type { Head } from './binaryScan.js';
import type { ShapeKind } from './shape.js';

/** How many bytes of length or value follow a head from 0xc4 to 0xdf, and what it begins. */
const fixed: Readonly<Record<number, readonly [kind: ShapeKind, lengthBytes: number, content: number]>> = {
  0xc0: ['null', 0, 0],
  0xc2: ['boolean', 0, 0],
  0xc3: ['boolean', 0, 0],
  0xc4: ['binary', 1, 0],
  0xc5: ['binary', 2, 0],
  0xc6: ['binary', 4, 0],
  0xc7: ['other', 1, 1],
  0xc8: ['other', 2, 1],
  0xc9: ['other', 4, 1],
  0xca: ['number', 0, 4],
  0xcb: ['number', 0, 8],
  0xcc: ['number', 0, 1],
  0xcd: ['number', 0, 2],
  0xce: ['number', 0, 4],
  0xcf: ['number', 0, 8],
  0xd0: ['number', 0, 1],
  0xd1: ['number', 0, 2],
  0xd2: ['number', 0, 4],
  0xd3: ['number', 0, 8],
  0xd4: ['other', 0, 2],
  0xd5: ['other', 0, 3],
  0xd6: ['other', 0, 5],
  0xd7: ['other', 0, 9],
  0xd8: ['other', 0, 17],
  0xd9: ['string', 1, 0],
  0xda: ['string', 2, 0],
  0xdb: ['string', 4, 0],
  0xdc: ['array', 2, 0],
  0xdd: ['array', 4, 0],
  0xde: ['object', 2, 0],
  0xdf: ['object', 4, 0],
};

/** Head of a MessagePack item (specification of the format at msgpack.org). */
export function msgpackHead(bytes: Uint8Array, at: number, head: Head): boolean {
  const first = bytes[at];
  if (first === undefined) return false;
  if (first < 0x80 || first >= 0xe0) return fill(head, 'number', at + 1, 0);
  if (first < 0x90) return fill(head, 'object', at + 1, first & 0x0f);
  if (first < 0xa0) return fill(head, 'array', at + 1, first & 0x0f);
  if (first < 0xc0) return fill(head, 'string', at + 1, first & 0x1f);
  const entry = fixed[first];
  if (!entry) return false;
  const [kind, lengthBytes, content] = entry;
  let size = 0;
  for (let i = 1; i <= lengthBytes; i++) size = size * 256 + (bytes[at + i] ?? 0);
  const start = at + 1 + lengthBytes;
  if (start > bytes.length) return false;
  fill(head, kind, start, size);
  if (kind === 'number' || kind === 'other') head.next = start + content + size;
  return true;
}

function fill(head: Head, kind: ShapeKind, content: number, size: number): boolean {
  head.kind = kind;
  head.content = content;
  head.size = size;
  head.children = kind === 'object' ? size * 2 : kind === 'array' ? size : 0;
  head.next = kind === 'string' || kind === 'binary' ? content + size : content;
  return true;
}

/** Digits of the MessagePack number at `at`. */
export function msgpackNumber(bytes: Uint8Array, at: number): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, Math.min(9, bytes.byteLength - at));
  const first = view.getUint8(0);
  switch (first) {
    case 0xca:
      return String(view.getFloat32(1));
    case 0xcb:
      return String(view.getFloat64(1));
    case 0xcc:
      return String(view.getUint8(1));
    case 0xcd:
      return String(view.getUint16(1));
    case 0xce:
      return String(view.getUint32(1));
    case 0xcf:
      return String(view.getBigUint64(1));
    case 0xd0:
      return String(view.getInt8(1));
    case 0xd1:
      return String(view.getInt16(1));
    case 0xd2:
      return String(view.getInt32(1));
    case 0xd3:
      return String(view.getBigInt64(1));
    default:
      return String(view.getInt8(0));
  }
}
