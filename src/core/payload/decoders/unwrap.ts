import { isAscii } from 'node:buffer';
import { inflateHeadless, inflateWhole, isGzip, isZlib } from '../../base/compressed.js';
import type { UNWRAPPERS } from '../../base/message.js';

export type Unwrapper = (typeof UNWRAPPERS)[number];

/** As much as is inflated of one message: what holds more is not unwrapped. */
const MAX_UNWRAPPED_BYTES = 16 * 1024 * 1024;

/** What a wrapper holds; null where it does not apply, a text why it could not be opened although it should. */
export type Unwrapped = Uint8Array | string | null;

/** The content of bytes in this wrapping. Never throws. */
export function unwrap(how: Unwrapper, bytes: Uint8Array): Unwrapped {
  return bytes.length === 0 ? null : UNWRAP[how](bytes);
}

const UNWRAP: Readonly<Record<Unwrapper, (bytes: Uint8Array) => Unwrapped>> = {
  gzip: (bytes) => (isGzip(bytes) ? headed('gzip', bytes) : null),
  // RFC 1950 has a head that can be told; bare RFC 1951 is one that ends where the message does.
  deflate: (bytes) => (isZlib(bytes) ? headed('deflate', bytes) : headless('deflate', bytes)),
  brotli: (bytes) => headless('brotli', bytes),
  base64: fromBase64,
};

function headed(how: string, bytes: Uint8Array): Unwrapped {
  const inside = inflateWhole(bytes, MAX_UNWRAPPED_BYTES);
  return typeof inside === 'string' ? `${how} that is cut off, broken, or holds more than 16 MiB` : inside;
}

/** What has no head must fit to the last byte to be believed. */
function headless(how: 'deflate' | 'brotli', bytes: Uint8Array): Unwrapped {
  const inside = inflateHeadless(how, bytes, MAX_UNWRAPPED_BYTES);
  if (typeof inside !== 'string') return inside;
  return inside === 'unknown' ? `${how} that holds more than 16 MiB` : null;
}

/** RFC 4648 4 and 5, padded or not, lines broken or not. */
function fromBase64(bytes: Uint8Array): Unwrapped {
  if (!isAscii(bytes)) return null;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1').replace(/\s+/g, '');
  const digits = text.replace(/={1,2}$/, '');
  const isPadded = digits.length < text.length;
  if (digits === '' || digits.length % 4 === 1 || (isPadded && text.length % 4 !== 0)) return null;
  return /^(?:[A-Za-z0-9+/]+|[A-Za-z0-9_-]+)$/.test(digits) ? new Uint8Array(Buffer.from(digits, 'base64')) : null;
}
