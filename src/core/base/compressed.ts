import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';

/** RFC 1952 2.3.1. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8;
}

/** RFC 1950 2.2: deflate, a window of 32 KiB at most, no dictionary, and the check of the head. */
export function isZlib(bytes: Uint8Array): boolean {
  const [cmf = 0, flags = 0] = bytes;
  return (cmf & 0x0f) === 8 && cmf >> 4 <= 7 && ((cmf << 8) | flags) % 31 === 0 && (flags & 0x20) === 0;
}

/** What bytes with a head of gzip or zlib hold: `broken` where that is not what they are, `unknown` beyond `maxBytes` or where they are cut off. */
export function inflateWhole(bytes: Uint8Array, maxOutputLength: number): Uint8Array | 'broken' | 'unknown' {
  try {
    return (isGzip(bytes) ? gunzipSync : inflateSync)(bytes, { maxOutputLength });
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    return code === 'ERR_BUFFER_TOO_LARGE' || code === 'Z_BUF_ERROR' ? 'unknown' : 'broken';
  }
}

type WholeInflate = (bytes: Uint8Array, options: { readonly maxOutputLength: number; readonly info: true }) => unknown;

/**
 * What bytes without a head hold, when they fit to the last one: bare deflate and brotli have nothing else to be told by.
 * `broken` where they do not, `unknown` beyond `maxBytes`.
 */
export function inflateHeadless(
  how: 'deflate' | 'brotli',
  bytes: Uint8Array,
  maxOutputLength: number,
): Uint8Array | 'broken' | 'unknown' {
  const run: WholeInflate = how === 'brotli' ? brotliDecompressSync : inflateRawSync;
  try {
    // The types do not know that the answer is an object then.
    const { buffer, engine } = run(bytes, { maxOutputLength, info: true }) as {
      readonly buffer: Uint8Array;
      readonly engine: { readonly bytesWritten: number };
    };
    return engine.bytesWritten === bytes.length ? buffer : 'broken';
  } catch (error) {
    return (error as { readonly code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE' ? 'unknown' : 'broken';
  }
}
