import type { Head } from './binaryScan.js';
import type { ShapeKind } from './shape.js';

const kinds: readonly ShapeKind[] = ['number', 'number', 'binary', 'string', 'array', 'object', 'other', 'other'];
const INDEFINITE = 31;

/** Head of a CBOR item (RFC 8949 3). A tag is `other` with its content as only child. */
export function cborHead(bytes: Uint8Array, at: number, head: Head): boolean {
  const first = bytes[at];
  if (first === undefined) return false;
  const major = first >> 5;
  const info = first & 0x1f;
  if (info > 27 && !(info === INDEFINITE && major >= 2 && major <= 5)) return false;
  const argumentBytes = info < 24 || info === INDEFINITE ? 0 : 1 << (info - 24);
  const content = at + 1 + argumentBytes;
  if (content > bytes.length) return false;
  const argument = info < 24 ? info : info === INDEFINITE ? Number.POSITIVE_INFINITY : unsigned(bytes, at + 1, content);
  head.kind = major === 7 ? simpleKind(info) : (kinds[major] ?? 'other');
  if (major === 7 && info === 24 && argument < 32) return false;
  head.content = content;
  head.size = major >= 2 && major <= 5 ? argument : 0;
  head.next = content;
  head.children = 0;
  if (major === 6) head.children = 1;
  else if (major === 4) head.children = argument;
  else if (major === 5) head.children = argument * 2;
  else if (major === 2 || major === 3) {
    if (info === INDEFINITE) head.children = argument;
    else head.next = content + argument;
  }
  return true;
}

/** Digits of the CBOR integer or float at `at`. */
export function cborNumber(bytes: Uint8Array, at: number): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, Math.min(9, bytes.byteLength - at));
  const first = view.getUint8(0);
  const major = first >> 5;
  const info = first & 0x1f;
  if (major === 7) {
    if (info === 25) return String(half(view.getUint16(1)));
    return String(info === 26 ? view.getFloat32(1) : view.getFloat64(1));
  }
  const argument =
    info === 27
      ? view.getBigUint64(1)
      : BigInt(info < 24 ? info : unsigned(bytes, at + 1, at + 1 + (1 << (info - 24))));
  return String(major === 1 ? -1n - argument : argument);
}

function unsigned(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) value = value * 256 + (bytes[i] ?? 0);
  return value;
}

function simpleKind(info: number): ShapeKind {
  if (info === 20 || info === 21) return 'boolean';
  if (info === 22) return 'null';
  return info >= 25 && info <= 27 ? 'number' : 'other';
}

/** RFC 8949 appendix D. */
function half(bits: number): number {
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
