import { base64Bytes, decodeBase64InPlace, type JsonBytes, jsonBytes, JsonTextScan } from './jsonText.js';

const [QUOTE, DOT, ZERO, NINE] = [0x22, 0x2e, 0x30, 0x39];
const NO_MEMORY = jsonBytes(Buffer.alloc(0));
/** Digits that make a number which a double holds exactly, and powers of ten by which it is divided exactly. */
const MAX_DIGITS = 15;
const POWERS = Array.from({ length: MAX_DIGITS + 1 }, (_, power) => 10 ** power);

/** Bytes that stand in a line as they are: words, and what is left. */
interface Key {
  readonly size: number;
  readonly words: Int32Array;
  readonly rest: Uint8Array;
}

function key(text: string): Key {
  const bytes = Buffer.from(text);
  const words = Array.from({ length: bytes.length >>> 2 }, (_, index) => bytes.readInt32LE(index * 4));
  return {
    size: bytes.length,
    words: Int32Array.from(words),
    rest: Uint8Array.from(bytes.subarray(words.length * 4)),
  };
}

const CONNECTION = key('{"type":"frame","connection":');
const INDEX = key(',"index":');
const AT_MS = key(',"atMs":');
const SENT = key(',"direction":"sent","opcode":');
const RECEIVED = key(',"direction":"received","opcode":');
const WIRE_BYTES = key(',"wireBytes":');
const PAYLOAD_BYTES = key(',"payloadBytes":');
const TEXT = key(',"text":"');
const BASE64 = key(',"base64":"');
const INFLATED_TEXT = key(',"inflated":{"text":"');
const INFLATED_BASE64 = key(',"inflated":{"base64":"');
const BYTES = key(',"bytes":');
const WHOLE = key(',"truncated":false');
const CUT = key(',"truncated":true');
const LINE_END = key('}\n');
const INFLATED_END = key('}}\n');
const WHOLE_END = key(',"truncated":false}\n');
const TRUE = key('true');
const FALSE = key('false');
const BITS = [
  ['fin', key(',"fin":')],
  ['rsv1', key(',"rsv1":')],
  ['rsv2', key(',"rsv2":')],
  ['rsv3', key(',"rsv3":')],
  ['masked', key(',"masked":')],
] as const;

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
  /** The beginning of an earlier line, up to its number. */
  #openingAt = 0;
  #openingBytes = 0;
  #memory: JsonBytes = NO_MEMORY;

  /** Whether a frame line as we write it begins at `start` and ends, with its break, before `limit`. UTF-8 is not looked at. */
  scan(memory: JsonBytes, start: number, limit: number): boolean {
    if (memory !== this.#memory) this.#enter(memory);
    const { bytes } = memory;
    const indexAt = this.#opening(start, limit);
    const indexEnd = countEnd(bytes, indexAt, limit);
    const timeAt = skip(memory, AT_MS, indexEnd, limit);
    const timeEnd = this.#time(timeAt, limit);
    const wireAt = this.#kindEnd(timeEnd, limit);
    const wireEnd = countEnd(bytes, wireAt, limit);
    const sizeAt = skip(memory, PAYLOAD_BYTES, wireEnd, limit);
    const sizeEnd = countEnd(bytes, sizeAt, limit);
    const payloadEnd = this.#payload(this.payload, TEXT, BASE64, sizeEnd, limit);
    const end = this.#tail(payloadEnd, limit);
    if (end < 0) return false;
    this.start = start;
    this.end = end;
    this.index = numberAt(bytes, indexAt, indexEnd);
    this.wireBytes = numberAt(bytes, wireAt, wireEnd);
    this.payloadBytes = numberAt(bytes, sizeAt, sizeEnd);
    return true;
  }

  /** Writes the payloads themselves over their JSON: the line cannot be scanned again. */
  decode(): void {
    this.payload.decode(this.#memory);
    if (this.hasInflated) this.inflated.decode(this.#memory);
  }

  #enter(memory: JsonBytes): void {
    this.#memory = memory;
    this.#openingBytes = 0;
    this.kind = noKind();
    this.#other = noKind();
  }

  #opening(start: number, limit: number): number {
    const memory = this.#memory;
    const repeated = repeatEnd(memory.view, this.#openingAt, this.#openingBytes, start, limit);
    if (repeated >= 0) return repeated;
    const connectionAt = skip(memory, CONNECTION, start, limit);
    const connectionEnd = countEnd(memory.bytes, connectionAt, limit);
    const at = skip(memory, INDEX, connectionEnd, limit);
    if (at < 0) return -1;
    this.connection = numberAt(memory.bytes, connectionAt, connectionEnd);
    this.#openingAt = start;
    this.#openingBytes = at - start;
    return at;
  }

  #time(at: number, limit: number): number {
    const { bytes } = this.#memory;
    const wholeEnd = countEnd(bytes, at, limit);
    if (wholeEnd < 0) return -1;
    this.atMs = numberAt(bytes, at, wholeEnd);
    if (wholeEnd >= limit || bytes[wholeEnd] !== DOT) return wholeEnd;
    const end = digitsEnd(bytes, wholeEnd + 1, limit);
    const decimals = end - wholeEnd - 1;
    if (decimals === 0 || end - at - 1 > MAX_DIGITS) return -1;
    this.atMs = (this.atMs * POWERS[decimals]! + numberAt(bytes, wholeEnd + 1, end)) / POWERS[decimals]!;
    return end;
  }

  #kindEnd(at: number, limit: number): number {
    if (at < 0) return -1;
    const { view } = this.#memory;
    const { kind } = this;
    const end = repeatEnd(view, kind.at, kind.bytes, at, limit);
    if (end >= 0) return end;
    this.kind = this.#other;
    this.#other = kind;
    const otherEnd = repeatEnd(view, this.kind.at, this.kind.bytes, at, limit);
    return otherEnd >= 0 ? otherEnd : this.#newKind(this.kind, at, limit);
  }

  #newKind(kind: Kind, start: number, limit: number): number {
    const memory = this.#memory;
    kind.bytes = 0;
    const sentEnd = skip(memory, SENT, start, limit);
    kind.sent = sentEnd >= 0;
    const opcodeAt = kind.sent ? sentEnd : skip(memory, RECEIVED, start, limit);
    let at = countEnd(memory.bytes, opcodeAt, limit);
    kind.opcode = numberAt(memory.bytes, opcodeAt, at);
    if (kind.opcode > 15) return -1;
    for (const [bit, name] of BITS) {
      at = skip(memory, name, at, limit);
      const trueEnd = skip(memory, TRUE, at, limit);
      kind[bit] = trueEnd >= 0;
      at = kind[bit] ? trueEnd : skip(memory, FALSE, at, limit);
    }
    const end = skip(memory, WIRE_BYTES, at, limit);
    if (end < 0) return -1;
    kind.at = start;
    kind.bytes = end - start;
    return end;
  }

  #payload(payload: ScannedPayload, text: Key, base64: Key, at: number, limit: number): number {
    const textAt = skip(this.#memory, text, at, limit);
    const isText = textAt >= 0;
    const start = isText ? textAt : skip(this.#memory, base64, at, limit);
    return start >= 0 && payload.scan(this.#memory, start, limit, isText) ? payload.jsonEnd + 1 : -1;
  }

  #tail(at: number, limit: number): number {
    const memory = this.#memory;
    this.hasInflated = false;
    const plainEnd = skip(memory, WHOLE_END, at, limit);
    this.payload.truncated = plainEnd < 0;
    if (plainEnd >= 0) return plainEnd;
    const truncatedAt = this.#truncated(this.payload, at, limit);
    const end = skip(memory, LINE_END, truncatedAt, limit);
    if (end >= 0) return end;
    const inflatedEnd = this.#payload(this.inflated, INFLATED_TEXT, INFLATED_BASE64, truncatedAt, limit);
    const sizeAt = skip(memory, BYTES, inflatedEnd, limit);
    const sizeEnd = countEnd(memory.bytes, sizeAt, limit);
    const lastEnd = this.#truncated(this.inflated, sizeEnd, limit);
    this.hasInflated = true;
    this.inflatedBytes = numberAt(memory.bytes, sizeAt, sizeEnd);
    return skip(memory, INFLATED_END, lastEnd, limit);
  }

  #truncated(payload: ScannedPayload, at: number, limit: number): number {
    const wholeEnd = skip(this.#memory, WHOLE, at, limit);
    payload.truncated = wholeEnd < 0;
    return payload.truncated ? skip(this.#memory, CUT, at, limit) : wholeEnd;
  }
}

// Where something ends that stands at a place; -1 where it does not stand there, or nothing can.

function skip({ bytes, view }: JsonBytes, { size, words, rest }: Key, at: number, limit: number): number {
  if (at < 0 || at + size > limit) return -1;
  const { length } = words;
  for (let index = 0; index < length; index++) if (view.getInt32(at + index * 4, true) !== words[index]) return -1;
  const left = at + length * 4;
  for (let index = 0; index < rest.length; index++) if (bytes[left + index] !== rest[index]) return -1;
  return at + size;
}

/** The same bytes as at an earlier place. */
function repeatEnd(view: DataView, before: number, size: number, at: number, limit: number): number {
  if (size < 4 || at + size > limit) return -1;
  const last = size - 4;
  for (let index = 0; index < last; index += 4)
    if (view.getInt32(before + index, true) !== view.getInt32(at + index, true)) return -1;
  return view.getInt32(before + last, true) === view.getInt32(at + last, true) ? at + size : -1;
}

/** A whole number without a leading zero. */
function countEnd(bytes: Uint8Array, at: number, limit: number): number {
  if (at < 0) return -1;
  const end = digitsEnd(bytes, at, limit);
  const size = end - at;
  return size === 0 || size > MAX_DIGITS || (size > 1 && bytes[at] === ZERO) ? -1 : end;
}

function digitsEnd(bytes: Uint8Array, from: number, limit: number): number {
  let at = from;
  while (at < limit && bytes[at]! >= ZERO && bytes[at]! <= NINE) at += 1;
  return at;
}

function numberAt(bytes: Uint8Array, from: number, end: number): number {
  let value = 0;
  for (let at = from; at < end; at++) value = value * 10 + bytes[at]! - ZERO;
  return value;
}
