const [QUOTE, BACKSLASH, SPACE, EQUALS] = [0x22, 0x5c, 0x20, 0x3d];
const LOWER_U = 0x75;
/** From here on one copy costs less than a loop. */
const LONG_RUN = 32;

/** The byte that stands for itself or for another behind a backslash; 0 for what may not stand there, `u` included. */
const ESCAPED = new Uint8Array(256);
for (const [name, byte] of [
  ['"', 0x22],
  ['\\', 0x5c],
  ['/', 0x2f],
  ['b', 8],
  ['f', 12],
  ['n', 10],
  ['r', 13],
  ['t', 9],
] as const)
  ESCAPED[name.charCodeAt(0)] = byte;

/** The value of a Base64 digit; 64 for all that is none. */
const DIGIT = new Uint8Array(256).fill(64);
for (const [value, digit] of Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/').entries())
  DIGIT[digit] = value;

/** Bytes that texts are found in, and the same as words: four bytes are looked at together. */
export interface JsonBytes {
  readonly bytes: Buffer;
  readonly words: Int32Array;
}

/** Memory that begins where its buffer does. */
export function jsonBytes(bytes: Buffer): JsonBytes {
  return { bytes, words: new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2) };
}

/**
 * Finds where a JSON text ends, from its first character on, and how long it is. Whether the bytes are UTF-8 is for others to
 * say; surrogates that are escaped are left to `JSON.parse`.
 */
export class JsonTextScan {
  /** How many bytes shorter the text is than its JSON. */
  saved = 0;

  /** The closing quote; -1 when there is none before `limit`, or the text is not for this. */
  end({ bytes, words }: JsonBytes, start: number, limit: number): number {
    this.saved = 0;
    for (let at = start; ; ) {
      if ((at & 3) === 0) at = plainEnd(words, at, limit);
      if (at >= limit) return -1;
      const byte = bytes[at]!;
      if (byte === QUOTE) return at;
      if (byte < SPACE) return -1;
      if (byte !== BACKSLASH) at += 1;
      else {
        const size = escapeBytes(bytes, at, limit);
        if (size === 0) return -1;
        this.saved += size === 2 ? 1 : 6 - utf8Bytes(hexAt(bytes, at + 2));
        at += size;
      }
    }
  }
}

/** The first word from `at` on that may hold a quote, a backslash or a control character. */
function plainEnd(words: Int32Array, from: number, limit: number): number {
  let at = from;
  for (const last = limit - 4; at <= last; at += 4) {
    const word = words[at >> 2]!;
    const quote = word ^ 0x22222222;
    const backslash = word ^ 0x5c5c5c5c;
    const special =
      ((word - 0x20202020) & ~word) | ((quote - 0x01010101) & ~quote) | ((backslash - 0x01010101) & ~backslash);
    if ((special & 0x80808080) !== 0) return at;
  }
  return at;
}

/** 2, or 6 for a `\u`; 0 where it is no escape, or half of a pair. */
function escapeBytes(bytes: Uint8Array, at: number, limit: number): number {
  if (at + 1 >= limit) return 0;
  const name = bytes[at + 1]!;
  if (ESCAPED[name] !== 0) return 2;
  if (name !== LOWER_U || at + 6 > limit) return 0;
  const code = hexAt(bytes, at + 2);
  return code < 0 || (code >= 0xd800 && code <= 0xdfff) ? 0 : 6;
}

function hexAt(bytes: Uint8Array, at: number): number {
  let code = 0;
  for (let index = at; index < at + 4; index++) {
    const byte = bytes[index]!;
    const lower = byte | 0x20;
    if (byte >= 0x30 && byte <= 0x39) code = code * 16 + byte - 0x30;
    else if (lower >= 0x61 && lower <= 0x66) code = code * 16 + lower - 0x57;
    else return -1;
  }
  return code;
}

function utf8Bytes(code: number): number {
  return code < 0x80 ? 1 : code < 0x800 ? 2 : 3;
}

/** Writes the text whose JSON, found sound, lies between `start` and `end` to where it begins. */
export function unescapeInPlace(bytes: Buffer, start: number, end: number): void {
  let from = start;
  let to = start;
  while (from < end) {
    const stop = Math.min(end, from + LONG_RUN);
    while (from < stop && bytes[from] !== BACKSLASH) bytes[to++] = bytes[from++]!;
    if (from === end) return;
    if (bytes[from] !== BACKSLASH) {
      const found = bytes.indexOf(BACKSLASH, from);
      const next = found === -1 || found > end ? end : found;
      bytes.copyWithin(to, from, next);
      to += next - from;
      from = next;
    } else if (bytes[from + 1] === LOWER_U) {
      to = putCode(bytes, to, hexAt(bytes, from + 2));
      from += 6;
    } else {
      bytes[to++] = ESCAPED[bytes[from + 1]!]!;
      from += 2;
    }
  }
}

function putCode(bytes: Uint8Array, at: number, code: number): number {
  if (code < 0x80) {
    bytes[at] = code;
    return at + 1;
  }
  if (code < 0x800) {
    bytes[at] = 0xc0 | (code >> 6);
    bytes[at + 1] = 0x80 | (code & 63);
    return at + 2;
  }
  bytes[at] = 0xe0 | (code >> 12);
  bytes[at + 1] = 0x80 | ((code >> 6) & 63);
  bytes[at + 2] = 0x80 | (code & 63);
  return at + 3;
}

/** How many bytes Base64 of whole groups stands for; -1 for any other, which is left to the general reader. */
export function base64Bytes(bytes: Uint8Array, start: number, end: number): number {
  if (((end - start) & 3) !== 0) return -1;
  let last = end;
  if (last > start && bytes[last - 1] === EQUALS) last -= 1;
  if (last > start && last < end && bytes[last - 1] === EQUALS) last -= 1;
  let seen = 0;
  for (let at = start; at < last; at++) seen |= DIGIT[bytes[at]!]!;
  return (seen & 64) === 0 ? ((end - start) >>> 2) * 3 - (end - last) : -1;
}

/** Writes what Base64, found sound, stands for to where it begins. */
export function decodeBase64InPlace(bytes: Buffer, start: number, end: number): void {
  let to = start;
  for (let from = start; from < end; from += 4) {
    const four =
      (DIGIT[bytes[from]!]! << 18) |
      (DIGIT[bytes[from + 1]!]! << 12) |
      ((DIGIT[bytes[from + 2]!]! & 63) << 6) |
      (DIGIT[bytes[from + 3]!]! & 63);
    bytes[to] = four >> 16;
    bytes[to + 1] = (four >> 8) & 0xff;
    bytes[to + 2] = four & 0xff;
    to += 3;
  }
}
