const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
/** Below this the view of words costs more than it saves. */
const WORDS_PAY_FROM = 256;

/** XORs `bytes` in place with a big-endian masking key (RFC 6455 5.3); masking and unmasking are the same. */
export function unmask(bytes: Uint8Array, key: number): void {
  const length = bytes.length;
  let at = 0;
  if (length >= WORDS_PAY_FROM && bytes.byteOffset % 4 === 0) {
    const words = new Uint32Array(bytes.buffer, bytes.byteOffset, length >>> 2);
    const word = LITTLE_ENDIAN ? swap(key) : key;
    for (let i = 0; i < words.length; i++) words[i] = words[i]! ^ word;
    at = words.length * 4;
  }
  const keys = [key >>> 24, (key >>> 16) & 0xff, (key >>> 8) & 0xff, key & 0xff] as const;
  for (; at + 4 <= length; at += 4) {
    bytes[at] = bytes[at]! ^ keys[0];
    bytes[at + 1] = bytes[at + 1]! ^ keys[1];
    bytes[at + 2] = bytes[at + 2]! ^ keys[2];
    bytes[at + 3] = bytes[at + 3]! ^ keys[3];
  }
  for (; at < length; at++) bytes[at] = bytes[at]! ^ keys[at & 3]!;
}

function swap(key: number): number {
  return ((key & 0xff) << 24) | ((key & 0xff00) << 8) | ((key >>> 8) & 0xff00) | (key >>> 24);
}
