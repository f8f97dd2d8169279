import {
  brotliDecompressSync,
  constants,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  type BrotliOptions,
  type ZlibOptions,
} from 'node:zlib';
import type { HeaderPair } from '../base/model.js';
import { headerValues, listElements } from './headers.js';

export interface Decoded {
  readonly bytes: Uint8Array;
  /** Whether something of what was encoded is missing: over the bound, or after a place that cannot be read. */
  readonly cut: boolean;
}

type Decoder = (bytes: Uint8Array, maxOutputLength: number) => Uint8Array;

/** More codings than anybody applies. */
const MAX_CODINGS = 3;
/** Fewer bytes hold no content in any of the codings. */
const LEAST_BYTES = 4;

// What was cut off still gives what came before it.
const flushed = (maxOutputLength: number): ZlibOptions => ({ maxOutputLength, finishFlush: constants.Z_SYNC_FLUSH });
const flushedBrotli = (maxOutputLength: number): BrotliOptions => ({
  maxOutputLength,
  finishFlush: constants.BROTLI_OPERATION_FLUSH,
});

const gzip: Decoder = (bytes, max) => gunzipSync(bytes, flushed(max));
const decoders: ReadonlyMap<string, readonly Decoder[]> = new Map([
  ['gzip', [gzip]],
  ['x-gzip', [gzip]],
  // RFC 9110 8.4.1.2: some send it without the zlib wrapper.
  ['deflate', [(bytes, max) => inflateSync(bytes, flushed(max)), (bytes, max) => inflateRawSync(bytes, flushed(max))]],
  ['br', [(bytes, max) => brotliDecompressSync(bytes, flushedBrotli(max))]],
]);

/**
 * Takes the codings of `Content-Encoding` off a body (RFC 9110 8.4), at most `maxBytes` of it. A body that is not what
 * the header says, or in an unknown coding, is given back as it is. Never throws.
 */
export function decodeContent(headers: readonly HeaderPair[], bytes: Uint8Array, maxBytes: number): Decoded {
  const codings = headerValues(headers, 'content-encoding')
    .flatMap(listElements)
    .map((coding) => coding.toLowerCase())
    .filter((coding) => coding !== 'identity');
  let decoded: Decoded = { bytes, cut: false };
  if (bytes.length === 0 || codings.length > MAX_CODINGS) return decoded;
  for (const coding of codings.toReversed()) {
    const next = firstOf(decoders.get(coding) ?? [], decoded.bytes, maxBytes);
    if (next === null) return decoded;
    decoded = { bytes: next.bytes, cut: decoded.cut || next.cut };
  }
  return decoded;
}

function firstOf(ways: readonly Decoder[], bytes: Uint8Array, maxBytes: number): Decoded | null {
  for (const decode of ways) {
    const decoded = decodeBeginning(decode, bytes, maxBytes);
    if (decoded !== null) return decoded;
  }
  return null;
}

/** zlib gives all or nothing: where all is too much or broken, the first half may be neither. */
function decodeBeginning(decode: Decoder, bytes: Uint8Array, maxBytes: number): Decoded | null {
  let tooMuch = false;
  for (let length = bytes.length; length >= LEAST_BYTES; length = Math.floor(length / 2)) {
    try {
      // Room for more than is kept: a page that is a little too long is then not halved.
      const whole = decode(bytes.subarray(0, length), maxBytes * 4);
      if (whole.length === 0 && length < bytes.length) break;
      return { bytes: whole.subarray(0, maxBytes), cut: length < bytes.length || whole.length > maxBytes };
    } catch (error) {
      tooMuch ||= isTooLarge(error);
    }
  }
  return tooMuch ? { bytes: new Uint8Array(0), cut: true } : null;
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
}
