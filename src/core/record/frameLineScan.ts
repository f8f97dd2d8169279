import { base64Bytes, decodeBase64InPlace, type JsonBytes, jsonBytes, JsonTextScan } from './jsonText.js';

const [NEWLINE, QUOTE, COMMA, DOT, ZERO, BRACE] = [0x0a, 0x22, 0x2c, 0x2e, 0x30, 0x7d];
const NO_MEMORY = jsonBytes(Buffer.alloc(0));
/** Digits that make a number which a double holds exactly, and powers of ten by which it is divided exactly. */
const MAX_DIGITS = 15;
const POWERS = Array.from({ length: MAX_DIGITS + 1 }, (_, power) => 10 ** power);

/** Bytes that stand in a line as they are: words, and what is left. */
interface Key {
  readonly bytes: number;
  readonly words: Int32Array;
  readonly rest: Uint8Array;
}

function key(text: string): Key {
  const bytes = Buffer.from(text);
  const words = Array.from({ length: bytes.length >>> 2 }, (_, index) => bytes.readInt32LE(index * 4));
  return {
    bytes: bytes.length,
    words: Int32Array.from(words),
    rest: Uint8Array.from(bytes.subarray(words.length * 4)),
  };
}

const CONNECTION = key('{"type":"frame","connection":');
const INDEX = key(',"index":');
const AT_MS = key(',"atMs":');
const SENT = key(',"direction":"sent","opcode":');
const RECEIVED = key(',"direction":"received","opcode":');
const FIN = key(',"fin":');
const RSV1 = key(',"rsv1":');
const RSV2 = key(',"rsv2":');
const RSV3 = key(',"rsv3":');
const MASKED = key(',"masked":');
const WIRE_BYTES = key(',"wireBytes":');
const PAYLOAD_BYTES = key(',"payloadBytes":');
const TEXT = key(',"text":"');
const BASE64 = key(',"base64":"');
const INFLATED = key('"inflated":{');
const INFLATED_TEXT = key('"text":"');
const INFLATED_BASE64 = key('"base64":"');
const BYTES = key(',"bytes":');
const TRUNCATED = key(',"truncated":');
const TRUE = key('true');
const FALSE = key('false');

/** Where a payload lies in the line, as JSON and, once decoded, from `start` on. */
export class ScannedPayload {
  isText = false;
  start = 0;
  jsonEnd = 0;
  /** The payload's own size. */
  bytes = 0;
  truncated = false;

  readonly #text = new JsonTextScan();

  /** Whether its JSON begins here and ends before `limit`. */
  scan(memory: JsonBytes, start: number, limit: number, isText: boolean): boolean {
    this.isText = isText;
    this.start = start;
    this.jsonEnd = isText ? this.#text.end(memory, start, limit) : memory.bytes.indexOf(QUOTE, start);
    if (this.jsonEnd < 0 || this.jsonEnd >= limit) return false;
    const size = this.jsonEnd - start;
    this.bytes = isText ? size - this.#text.saved : base64Bytes(memory.bytes, start, this.jsonEnd);
    return this.bytes >= 0;
  }

  /** Writes the payload itself to where its JSON begins. */
  decode(memory: JsonBytes): void {
    if (this.bytes === this.jsonEnd - this.start) return;
    if (this.isText) this.#text.decode(memory, this.start, this.jsonEnd);
    else decodeBase64InPlace(memory.bytes, this.start, this.jsonEnd);
  }
}

/** The stretch of an earlier line that says of what kind its frame is: most frames are of the kind of one just before. */
interface Kind {
  at: number;
  bytes: number;
  sent: boolean;
  opcode: number;
  fin: boolean;
  rsv1: boolean;
  rsv2: boolean;
  rsv3: boolean;
  masked: boolean;
}

function noKind(): Kind {
  return { at: 0, bytes: 0, sent: false, opcode: 0, fin: false, rsv1: false, rsv2: false, rsv3: false, masked: false };
}

/**
 * Reads frame lines as our own writer writes them, without making a text or an object of any part. What it does not take for
 * such a line is for `parseLine`; what it takes, `parseLine` reads the same.
 */
export class FrameLineScan {
  connection = 0;
  index = 0;
  atMs = 0;
  /** Direction, opcode and bits. */
  kind: Kind = noKind();
  wireBytes = 0;
  payloadBytes = 0;
  readonly payload = new ScannedPayload();
  hasInflated = false;
  readonly inflated = new ScannedPayload();
  /** The inflated message's full size. */
  inflatedBytes = 0;
  start = 0;
  /** Behind the line and its break. */
  end = 0;

  /** The kind that was seen before that one. */
  #other: Kind = noKind();
  #memory: JsonBytes = NO_MEMORY;
  #bytes: Uint8Array = NO_MEMORY.bytes;
  #view: DataView = NO_MEMORY.view;
  #at = 0;
  #limit = 0;
  /** What the last number or truth was. */
  #number = 0;
  #truth = false;

  /** Whether a frame line as we write it begins at `start` and ends, with its break, before `limit`. UTF-8 is not looked at. */
  scan(memory: JsonBytes, start: number, limit: number): boolean {
    if (memory !== this.#memory) this.#enter(memory);
    this.start = start;
    this.#at = start;
    this.#limit = limit;
    return (
      this.#numbers() && this.#kind() && this.#sizes() && this.#payload(this.payload, TEXT, BASE64) && this.#tail()
    );
  }

  /** Writes the payloads themselves over their JSON: the line cannot be scanned again. */
  decode(): void {
    this.payload.decode(this.#memory);
    if (this.hasInflated) this.inflated.decode(this.#memory);
  }

  #enter(memory: JsonBytes): void {
    this.#memory = memory;
    this.#bytes = memory.bytes;
    this.#view = memory.view;
    this.kind = noKind();
    this.#other = noKind();
  }

  #numbers(): boolean {
    if (!this.#skip(CONNECTION) || !this.#count()) return false;
    this.connection = this.#number;
    if (!this.#skip(INDEX) || !this.#count()) return false;
    this.index = this.#number;
    if (!this.#skip(AT_MS) || !this.#time()) return false;
    this.atMs = this.#number;
    return true;
  }

  #kind(): boolean {
    if (this.#repeats(this.kind)) return true;
    const { kind } = this;
    this.kind = this.#other;
    this.#other = kind;
    return this.#repeats(this.kind) || this.#newKind(this.kind);
  }

  /** Whether the bytes of the kind stand here once more. */
  #repeats({ at, bytes }: Kind): boolean {
    const here = this.#at;
    if (bytes < 4 || here + bytes > this.#limit) return false;
    const view = this.#view;
    const last = bytes - 4;
    for (let index = 0; index < last; index += 4)
      if (view.getInt32(at + index, true) !== view.getInt32(here + index, true)) return false;
    if (view.getInt32(at + last, true) !== view.getInt32(here + last, true)) return false;
    this.#at = here + bytes;
    return true;
  }

  #newKind(kind: Kind): boolean {
    const start = this.#at;
    kind.bytes = 0;
    kind.sent = this.#skip(SENT);
    if (!(kind.sent || this.#skip(RECEIVED)) || !this.#count() || this.#number > 15) return false;
    kind.opcode = this.#number;
    if (!this.#bit(FIN)) return false;
    kind.fin = this.#truth;
    if (!this.#bit(RSV1)) return false;
    kind.rsv1 = this.#truth;
    if (!this.#bit(RSV2)) return false;
    kind.rsv2 = this.#truth;
    if (!this.#bit(RSV3)) return false;
    kind.rsv3 = this.#truth;
    if (!this.#bit(MASKED) || !this.#skip(WIRE_BYTES)) return false;
    kind.masked = this.#truth;
    kind.at = start;
    kind.bytes = this.#at - start;
    return true;
  }

  #sizes(): boolean {
    if (!this.#count()) return false;
    this.wireBytes = this.#number;
    if (!this.#skip(PAYLOAD_BYTES) || !this.#count()) return false;
    this.payloadBytes = this.#number;
    return true;
  }

  #payload(payload: ScannedPayload, text: Key, base64: Key): boolean {
    const isText = this.#skip(text);
    if (!isText && !this.#skip(base64)) return false;
    if (!payload.scan(this.#memory, this.#at, this.#limit, isText)) return false;
    this.#at = payload.jsonEnd + 1;
    return true;
  }

  #tail(): boolean {
    if (!this.#bit(TRUNCATED)) return false;
    this.payload.truncated = this.#truth;
    this.hasInflated = this.#byte(COMMA) && this.#inflated();
    if (!this.#byte(BRACE) || !this.#byte(NEWLINE)) return false;
    this.end = this.#at;
    return true;
  }

  #inflated(): boolean {
    if (!this.#skip(INFLATED) || !this.#payload(this.inflated, INFLATED_TEXT, INFLATED_BASE64)) return false;
    if (!this.#skip(BYTES) || !this.#count()) return false;
    this.inflatedBytes = this.#number;
    if (!this.#bit(TRUNCATED) || !this.#byte(BRACE)) return false;
    this.inflated.truncated = this.#truth;
    return true;
  }

  #skip({ bytes, words, rest }: Key): boolean {
    const at = this.#at;
    if (at + bytes > this.#limit) return false;
    const view = this.#view;
    const { length } = words;
    for (let index = 0; index < length; index++) if (view.getInt32(at + index * 4, true) !== words[index]) return false;
    const left = at + length * 4;
    for (let index = 0; index < rest.length; index++) if (this.#bytes[left + index] !== rest[index]) return false;
    this.#at = at + bytes;
    return true;
  }

  #byte(wanted: number): boolean {
    if (this.#at >= this.#limit || this.#bytes[this.#at] !== wanted) return false;
    this.#at += 1;
    return true;
  }

  #bit(name: Key): boolean {
    if (!this.#skip(name)) return false;
    this.#truth = this.#skip(TRUE);
    return this.#truth || this.#skip(FALSE);
  }

  /** A whole number without a leading zero. */
  #count(): boolean {
    const start = this.#at;
    const value = this.#digits(0);
    const size = this.#at - start;
    this.#number = value;
    return size > 0 && size <= MAX_DIGITS && (size === 1 || this.#bytes[start] !== ZERO);
  }

  #time(): boolean {
    const start = this.#at;
    if (!this.#count()) return false;
    const whole = this.#at - start;
    if (this.#at >= this.#limit || this.#bytes[this.#at] !== DOT) return true;
    this.#at += 1;
    const point = this.#at;
    const value = this.#digits(this.#number);
    const decimals = this.#at - point;
    if (decimals === 0 || whole + decimals > MAX_DIGITS) return false;
    this.#number = value / POWERS[decimals]!;
    return true;
  }

  #digits(before: number): number {
    const bytes = this.#bytes;
    let at = this.#at;
    let value = before;
    for (; at < this.#limit; at++) {
      const digit = bytes[at]! - ZERO;
      if (!(digit >= 0 && digit <= 9)) break;
      value = value * 10 + digit;
    }
    this.#at = at;
    return value;
  }
}
