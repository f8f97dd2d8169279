import { isUtf8 } from 'node:buffer';

const NONE = new Uint8Array(0);

/** Checks UTF-8 that comes in pieces, such as the fragments of a text message (RFC 6455 8.1). */
export class Utf8Checker {
  #carry: Uint8Array = NONE;
  #checked = 0;

  /** Returns null while the text can still be valid, else the offset of the byte that spoils it, from the text's start. */
  push(bytes: Uint8Array): number | null {
    const text = this.#carry.length === 0 ? bytes : concat(this.#carry, bytes);
    const whole = text.length - incompleteTail(text);
    const tail = text.slice(whole);
    if (!isUtf8(text.subarray(0, whole))) return this.#checked + firstInvalid(text);
    this.#checked += whole;
    this.#carry = tail;
    return null;
  }

  /** The text ends here: null if it is whole, else the offset of the character that was cut. */
  end(): number | null {
    return this.#carry.length === 0 ? null : this.#checked;
  }
}

/** How many bytes at the end (0 to 3) begin a character that is not complete. */
export function incompleteTail(bytes: Uint8Array): number {
  const length = bytes.length;
  for (let back = 1; back <= 3 && back <= length; back++) {
    const byte = bytes[length - back]!;
    if (byte >= 0xc0) return sequenceLength(byte) > back && isUtf8Prefix(bytes.slice(length - back)) ? back : 0;
    if (byte < 0x80) return 0;
  }
  return 0;
}

function sequenceLength(lead: number): number {
  return lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
}

/** Whether an incomplete tail can become a character: some completion of it is valid. */
function isUtf8Prefix(tail: Uint8Array): boolean {
  if (tail.length === 0) return true;
  const completed = new Uint8Array(sequenceLength(tail[0]!)).fill(0x80);
  completed.set(tail);
  if (isUtf8(completed)) return true;
  // E0 and F0 demand a second byte above 80; every lead accepts 80 or BF.
  if (tail.length > 1) return false;
  completed[1] = 0xbf;
  return isUtf8(completed);
}

/** Validity of prefixes is monotone, so the first bad byte is found by halving. */
function firstInvalid(bytes: Uint8Array): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1;
    const prefix = bytes.subarray(0, middle);
    const whole = middle - incompleteTail(prefix);
    if (isUtf8(prefix.subarray(0, whole))) good = middle;
    else bad = middle;
  }
  return bad - 1;
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}
