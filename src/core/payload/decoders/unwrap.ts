import { isAscii } from 'node:buffer';
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import { isGzip, isZlib } from '../../base/compressed.js';
import type { UNWRAPPERS } from '../../base/message.js';

export type Unwrapper = (typeof UNWRAPPERS)[number];

/** As much as is inflated of one message: what holds more is not unwrapped. */
export const MAX_UNWRAPPED_BYTES = 16 * 1024 * 1024;

/** What a wrapper holds; null where it does not apply, a text why it could not be opened although it should. */
export type Unwrapped = Uint8Array | string | null;

/** The content of bytes in this wrapping. Never throws. */
export function unwrap(how: Unwrapper, bytes: Uint8Array): Unwrapped {
  return bytes.length === 0 ? null : UNWRAP[how](bytes);
}

const UNWRAP: Readonly<Record<Unwrapper, (bytes: Uint8Array) => Unwrapped>> = {
  gzip: (bytes) => (isGzip(bytes) ? inflated('gzip', () => gunzipSync(bytes, LIMIT)) : null),
  // RFC 1950 has a head that can be told; bare RFC 1951 is one that ends where the message does.
  deflate: (bytes) =>
    isZlib(bytes)
      ? inflated('deflate', () => inflateSync(bytes, LIMIT))
      : whole(bytes, () => inflateRawSync(bytes, COUNTED)),
  brotli: (bytes) => whole(bytes, () => brotliDecompressSync(bytes, COUNTED)),
  base64: fromBase64,
};

const LIMIT = { maxOutputLength: MAX_UNWRAPPED_BYTES };
/** The types do not know that the answer is an object then. */
const COUNTED = { ...LIMIT, info: true };

function inflated(how: string, run: () => Uint8Array): Unwrapped {
  try {
    return run();
  } catch (error) {
    return `${how} that ${isTooLarge(error) ? TOO_LARGE : 'is cut off or broken'}`;
  }
}

/** What has no head must fit to the last byte to be believed. */
function whole(bytes: Uint8Array, run: () => unknown): Unwrapped {
  try {
    const { buffer, engine } = run() as {
      readonly buffer: Uint8Array;
      readonly engine: { readonly bytesWritten: number };
    };
    return engine.bytesWritten === bytes.length ? buffer : null;
  } catch (error) {
    return isTooLarge(error) ? `compressed data that ${TOO_LARGE}` : null;
  }
}

const TOO_LARGE = 'holds more than 16 MiB';

function isTooLarge(error: unknown): boolean {
  return (error as { readonly code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE';
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
