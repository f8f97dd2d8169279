import { isUtf8 } from 'node:buffer';
import { inflateHeadless, inflateWhole, isGzip, isZlib } from '../base/compressed.js';

/** Of compressed bytes as much is searched for secrets. */
const MAX_INFLATED_BYTES = 16 * 1024 * 1024;

let isBrotliSpoken = false;

/** Brotli has no head: bytes are tried for it once somebody sends or reads it, for a try costs more than a search. */
export function expectBrotli(): void {
  isBrotliSpoken = true;
}

/** What compressed bytes hold; `unknown` where they are that and cannot be opened, null where they are not compressed. */
export function hiddenContent(bytes: Uint8Array): Uint8Array | 'unknown' | null {
  const isText = isUtf8(bytes);
  if (isGzip(bytes) || isZlib(bytes)) {
    const content = inflateWhole(bytes, MAX_INFLATED_BYTES);
    return content === 'broken' || (content === 'unknown' && isText) ? null : content;
  }
  const content = isBrotliSpoken && !isText ? inflateHeadless('brotli', bytes, MAX_INFLATED_BYTES) : 'broken';
  return content === 'broken' ? null : content;
}
