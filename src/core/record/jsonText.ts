const [QUOTE, BACKSLASH, SPACE, EQUALS] = [0x22, 0x5c, 0x20, 0x3d];
const LOWER_U = 0x75;
/** From here on one copy costs less than a loop. */
const LONG_RUN = 256;

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

/** Bytes that texts are found in, and a view of them: several bytes are looked at together. */
export interface JsonBytes {
  readonly bytes: Buffer;
  readonly view: DataView;
}

export function jsonBytes(bytes: Buffer): JsonBytes {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) };
}

/**
 * Finds where a JSON text ends, from its first character on, how long it is, and decodes it. Whether the bytes are UTF-8 is for
 * others to say; surrogates that are escaped are left to `JSON.parse`.
 */
export class JsonTextScan {
  /** How many bytes shorter the text is than its JSON. */
  saved = 0;
  /** Where its escapes are. */
  #escapes = new Int32Array(64);
  #count = 0;

  /** The closing quote; -1 when there is none before `limit`, or the text is not for this. */
  end({ bytes, view }: JsonBytes, start: number, limit: number): number {
    this.saved = 0;
    this.#count = 0;
    for (let at = plainEnd(view, start, limit); at < limit; ) {
      const byte = bytes[at]!;
      if (byte === QUOTE) return at;
      if (byte < SPACE) return -1;
      if (byte !== BACKSLASH) {
        at += 1;
        continue;
      }
      const size = escapeBytes(bytes, at, limit);
      if (size === 0) return -1;
      this.#note(at);
      this.saved += size === 2 ? 1 : 6 - utf8Bytes(hexAt(bytes, at + 2));
      at = plainEnd(view, at + size, limit);
    }
    return -1;
  }

  /** Writes the text that was found between `start` and `end` to where it begins. */
  decode({ bytes, view }: JsonBytes, start: number, end: number): void {
    let from = start;
    let to = start;
    for (let index = 0; index < this.#count; index++) {
      const at = this.#escapes[index]!;
      to = moved(bytes, view, from, at, to);
      if (bytes[at + 1] === LOWER_U) {
        to = putCode(bytes, to, hexAt(bytes, at + 2));
        from = at + 6;
      } else {
        bytes[to++] = ESCAPED[bytes[at + 1]!]!;
        from = at + 2;
      }
    }
    moved(bytes, view, from, end, to);
  }

  #note(at: number): void {
    if (this.#count === this.#escapes.length) {
      const longer = new Int32Array(this.#count * 2);
      longer.set(this.#escapes);
      this.#escapes = longer;
    }
    this.#escapes[this.#count++] = at;
  }
}

/** Moves bytes to the front, where `to` is; gives what comes behind them. */
function moved(bytes: Buffer, view: DataView, from: number, end: number, to: number): number {
  let at = from;
  let target = to;
  if (from === to) return end;
  if (end - from > LONG_RUN) {
    bytes.copyWithin(to, from, end);
    return to + end - from;
  }
  for (const last = end - 4; at <= last; at += 4, target += 4) view.setInt32(target, view.getInt32(at, true), true);
  for (; at < end; at++, target++) bytes[target] = bytes[at]!;
  return target;
}

/** Where the first quote, backslash or control character is; not far from `limit` when there is none before it. */
function plainEnd(view: DataView, from: number, limit: number): number {
  let at = from;
  for (const last = limit - 16; at <= last; at += 16) {
    const first = special(view.getInt32(at, true)) | special(view.getInt32(at + 4, true));
    const second = special(view.getInt32(at + 8, true)) | special(view.getInt32(at + 12, true));
    if (((first | second) & HIGH_BITS) !== 0) break;
  }
  for (const last = limit - 4; at <= last; at += 4) {
    const found = special(view.getInt32(at, true)) & HIGH_BITS;
    if (found !== 0) return at + ((31 - Math.clz32(found & -found)) >> 3);
  }
  return at;
}

const HIGH_BITS = 0x80808080 | 0;

/** The lowest high bit is that of the first byte that is a quote, a backslash or a control character. */
function special(word: number): number {
  const quote = word ^ 0x22222222;
  const backslash = word ^ 0x5c5c5c5c;
  return ((word - 0x20202020) | 0 | ((quote - 0x01010101) | 0) | ((backslash - 0x01010101) | 0)) & ~word;
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
