import { base64Bytes, decodeBase64InPlace, type JsonBytes, JsonTextScan, unescapeInPlace } from './jsonText.js';

const [NEWLINE, QUOTE, DOT, ZERO] = [0x0a, 0x22, 0x2e, 0x30];
/** Digits that make a number which a double holds exactly, and powers of ten by which it is divided exactly. */
const MAX_DIGITS = 15;
const POWERS = Array.from({ length: MAX_DIGITS + 1 }, (_, power) => 10 ** power);

const key = (text: string) => Uint8Array.from(Buffer.from(text));
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
const TEXT = key('"text":"');
const BASE64 = key('"base64":"');
const TRUNCATED = key(',"truncated":');
const INFLATED = key(',"inflated":{');
const BYTES = key(',"bytes":');
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

  /** Writes the payload itself to where its JSON begins. */
  decode(bytes: Buffer): void {
    if (this.bytes === this.jsonEnd - this.start) return;
    if (this.isText) unescapeInPlace(bytes, this.start, this.jsonEnd);
    else decodeBase64InPlace(bytes, this.start, this.jsonEnd);
  }
}

/**
 * Reads frame lines as our own writer writes them, without making a text or an object of any part. What it does not take for
 * such a line is for `parseLine`; what it takes, `parseLine` reads the same.
 */
export class FrameLineScan {
  connection = 0;
  index = 0;
  atMs = 0;
  sent = false;
  opcode = 0;
  fin = false;
  rsv1 = false;
  rsv2 = false;
  rsv3 = false;
  masked = false;
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

  readonly #text = new JsonTextScan();
  #at = 0;
  #limit = 0;
  #bytes: Uint8Array = Buffer.alloc(0);
  /** What the last number or truth was. */
  #number = 0;
  #truth = false;

  /** Whether a frame line as we write it begins at `start` and ends, with its break, before `limit`. UTF-8 is not looked at. */
  scan(memory: JsonBytes, start: number, limit: number): boolean {
    this.#bytes = memory.bytes;
    this.start = start;
    this.#at = start;
    this.#limit = limit;
    return (
      this.#numbers() && this.#bits() && this.#sizes() && this.#payload(memory, this.payload) && this.#tail(memory)
    );
  }

  /** Writes the payloads themselves over their JSON: the line cannot be scanned again. */
  decode(bytes: Buffer): void {
    this.payload.decode(bytes);
    if (this.hasInflated) this.inflated.decode(bytes);
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

  #bits(): boolean {
    this.sent = this.#skip(SENT);
    if (!(this.sent || this.#skip(RECEIVED)) || !this.#count() || this.#number > 15) return false;
    this.opcode = this.#number;
    if (!this.#bit(FIN)) return false;
    this.fin = this.#truth;
    if (!this.#bit(RSV1)) return false;
    this.rsv1 = this.#truth;
    if (!this.#bit(RSV2)) return false;
    this.rsv2 = this.#truth;
    if (!this.#bit(RSV3)) return false;
    this.rsv3 = this.#truth;
    if (!this.#bit(MASKED)) return false;
    this.masked = this.#truth;
    return true;
  }

  #sizes(): boolean {
    if (!this.#skip(WIRE_BYTES) || !this.#count()) return false;
    this.wireBytes = this.#number;
    if (!this.#skip(PAYLOAD_BYTES) || !this.#count() || !this.#byte(0x2c)) return false;
    this.payloadBytes = this.#number;
    return true;
  }

  #payload(memory: JsonBytes, payload: ScannedPayload): boolean {
    payload.isText = this.#skip(TEXT);
    if (!payload.isText && !this.#skip(BASE64)) return false;
    payload.start = this.#at;
    if (payload.isText) {
      payload.jsonEnd = this.#text.end(memory, this.#at, this.#limit);
      payload.bytes = payload.jsonEnd - payload.start - this.#text.saved;
    } else {
      payload.jsonEnd = memory.bytes.indexOf(QUOTE, this.#at);
      if (payload.jsonEnd >= this.#limit) return false;
      payload.bytes = payload.jsonEnd < 0 ? -1 : base64Bytes(memory.bytes, payload.start, payload.jsonEnd);
    }
    this.#at = payload.jsonEnd + 1;
    return payload.jsonEnd >= 0 && payload.bytes >= 0;
  }

  #tail(memory: JsonBytes): boolean {
    if (!this.#bit(TRUNCATED)) return false;
    this.payload.truncated = this.#truth;
    this.hasInflated = this.#skip(INFLATED);
    if (this.hasInflated) {
      if (!this.#payload(memory, this.inflated) || !this.#skip(BYTES) || !this.#count()) return false;
      this.inflatedBytes = this.#number;
      if (!this.#bit(TRUNCATED) || !this.#byte(0x7d)) return false;
      this.inflated.truncated = this.#truth;
    }
    if (!this.#byte(0x7d) || !this.#byte(NEWLINE)) return false;
    this.end = this.#at;
    return true;
  }

  #skip(wanted: Uint8Array): boolean {
    const bytes = this.#bytes;
    const at = this.#at;
    const { length } = wanted;
    if (at + length > this.#limit) return false;
    for (let index = 0; index < length; index++) if (bytes[at + index] !== wanted[index]) return false;
    this.#at = at + length;
    return true;
  }

  #byte(wanted: number): boolean {
    if (this.#at >= this.#limit || this.#bytes[this.#at] !== wanted) return false;
    this.#at += 1;
    return true;
  }

  #bit(name: Uint8Array): boolean {
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
