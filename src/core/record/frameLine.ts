import { isUtf8 } from 'node:buffer';
import type { Frame } from '../base/frame.js';
import type { LineBuffer } from './lineBuffer.js';
import { payloadJson } from './payloadJson.js';

/** What a line says of a frame besides its number, time and payload. */
export type FrameFacts = Pick<
  Frame,
  'direction' | 'opcode' | 'fin' | 'rsv1' | 'rsv2' | 'rsv3' | 'masked' | 'payloadBytes'
>;

export interface FrameLineFields {
  readonly connection: number;
  readonly index: number;
  readonly atMs: number;
  readonly wireBytes: number;
  /** The payload, redacted and cut: from `start` to `end` of these. */
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly isText: boolean;
  readonly truncated: boolean;
  /** JSON of the inflated message; null when the frame ends no compressed one. */
  readonly inflated: string | null;
}

interface Pieces {
  readonly start: Buffer;
  readonly bits: Buffer;
}

/** A line up to its payload. The next one of a chunk has another number and, of its kind and size, nothing else that differs. */
interface Head {
  readonly pieces: Pieces;
  readonly wireBytes: number;
  readonly payloadBytes: number;
  readonly isText: boolean;
  readonly atMs: number;
  index: number;
  readonly bytes: Buffer;
  /** Where the digits of its number end. */
  readonly indexEnd: number;
}

/** Short payloads are copied byte by byte, which is several times faster than by way of strings. */
export const SHORT_BYTES = 2048;
const SHORT_BASE64_BYTES = 384;
const ROOM_BYTES = 512;
const MAX_PIECES = 1000;

const AT = Buffer.from(',"atMs":');
const END = Buffer.from('","truncated":false}\n');
const BASE64 = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
/** Two characters for each twelve bits, so that three bytes are two look-ups and one store. */
const BASE64_PAIRS = Uint16Array.from({ length: 4096 }, (_, bits) => BASE64[bits >> 6]! | (BASE64[bits & 63]! << 8));
const [QUOTE, BACKSLASH, SPACE, DOT, ZERO, NINE, EQUALS] = [0x22, 0x5c, 0x20, 0x2e, 0x30, 0x39, 0x3d];

/** Appends frames to a buffer as lines of a recording. What repeats from frame to frame is encoded once. */
export class FrameLines {
  readonly #buffer: LineBuffer;
  readonly #pieces = new Map<number, Pieces>();
  #key = -1;
  #latest: Pieces | null = null;
  #head: Head | null = null;
  /** Where the latest head is written, again and again. */
  readonly #scratch = Buffer.alloc(ROOM_BYTES);

  constructor(buffer: LineBuffer) {
    this.#buffer = buffer;
  }

  append(frame: FrameFacts, fields: FrameLineFields): void {
    const { atMs, bytes, connection, end, index, inflated, isText, start, truncated, wireBytes } = fields;
    const isShort = end - start <= SHORT_BYTES && inflated === null && !truncated;
    const isDone = isShort && this.appendShort(frame, connection, index, atMs, wireBytes, bytes, start, end, isText);
    if (!isDone) this.#appendLong(frame, fields);
  }

  #appendLong(frame: FrameFacts, fields: FrameLineFields): void {
    const { atMs, bytes, connection, end, index, inflated, isText, start, truncated, wireBytes } = fields;
    const pieces = this.#piecesOf(connection, frame);
    const head = `${pieces.start.toString()}${index},"atMs":${rounded(atMs)}${pieces.bits.toString()}`;
    const sizes = `${wireBytes},"payloadBytes":${frame.payloadBytes}`;
    const whole = inflated === null ? '' : `,"inflated":${inflated}`;
    const text = payloadJson(bytes.subarray(start, end), isText, truncated);
    this.#buffer.append(`${head}${sizes},${text},"truncated":${truncated}${whole}}\n`);
  }

  /** A frame of `SHORT_BYTES` at most that is whole, without an object of its own. False where the payload has to be escaped. */
  appendShort(
    frame: FrameFacts,
    connection: number,
    index: number,
    atMs: number,
    wireBytes: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    isText: boolean,
  ): boolean {
    const pieces = this.#piecesOf(connection, frame);
    const asText = isText && isShortText(bytes, start, end);
    const head = this.#headOf(pieces, index, atMs, wireBytes, frame.payloadBytes, asText);
    const page = this.#buffer.reserve((end - start) * 2 + ROOM_BYTES);
    let at = put(page, this.#buffer.position, head);
    at = asText ? putText(page, at, bytes, start, end) : putBase64(page, this.#buffer.view, at, bytes, start, end);
    if (at < 0) return false;
    this.#buffer.commit(put(page, at, END));
    return true;
  }

  #headOf(
    pieces: Pieces,
    index: number,
    atMs: number,
    wireBytes: number,
    payloadBytes: number,
    isText: boolean,
  ): Buffer {
    const latest = this.#head;
    const isNext =
      latest !== null &&
      latest.index === index - 1 &&
      latest.atMs === atMs &&
      latest.pieces === pieces &&
      latest.payloadBytes === payloadBytes &&
      latest.wireBytes === wireBytes &&
      latest.isText === isText;
    if (!isNext || !countUp(latest.bytes, latest.indexEnd)) {
      return this.#newHead(pieces, index, atMs, wireBytes, payloadBytes, isText);
    }
    latest.index = index;
    return latest.bytes;
  }

  #newHead(
    pieces: Pieces,
    index: number,
    atMs: number,
    wireBytes: number,
    payloadBytes: number,
    isText: boolean,
  ): Buffer {
    const scratch = this.#scratch;
    const indexEnd = putCount(scratch, put(scratch, 0, pieces.start), index);
    const timeEnd = put(scratch, putTime(scratch, put(scratch, indexEnd, AT), atMs), pieces.bits);
    const sizes = `${wireBytes},"payloadBytes":${payloadBytes},"${isText ? 'text' : 'base64'}":"`;
    const bytes = scratch.subarray(0, timeEnd + scratch.write(sizes, timeEnd, 'latin1'));
    this.#head = { pieces, wireBytes, payloadBytes, isText, atMs, index, bytes, indexEnd };
    return bytes;
  }

  #piecesOf(connection: number, frame: FrameFacts): Pieces {
    const bits =
      (frame.fin ? 1 : 0) |
      (frame.rsv1 ? 2 : 0) |
      (frame.rsv2 ? 4 : 0) |
      (frame.rsv3 ? 8 : 0) |
      (frame.masked ? 16 : 0);
    const key = ((connection * 16 + frame.opcode) * 2 + (frame.direction === 'sent' ? 1 : 0)) * 32 + bits;
    if (key === this.#key && this.#latest !== null) return this.#latest;
    const pieces = this.#pieces.get(key) ?? this.#newPieces(key, connection, frame);
    this.#key = key;
    this.#latest = pieces;
    return pieces;
  }

  #newPieces(key: number, connection: number, frame: FrameFacts): Pieces {
    if (this.#pieces.size === MAX_PIECES) this.#pieces.clear();
    const pieces = {
      start: Buffer.from(`{"type":"frame","connection":${connection},"index":`),
      bits: Buffer.from(
        `,"direction":"${frame.direction}","opcode":${frame.opcode},"fin":${frame.fin},"rsv1":${frame.rsv1}` +
          `,"rsv2":${frame.rsv2},"rsv3":${frame.rsv3},"masked":${frame.masked},"wireBytes":`,
      ),
    };
    this.#pieces.set(key, pieces);
    return pieces;
  }
}

/** Three decimals, as every time has. */
export function rounded(atMs: number): number {
  return Math.round(atMs * 1000) / 1000;
}

function put(page: Buffer, at: number, bytes: Uint8Array): number {
  page.set(bytes, at);
  return at + bytes.length;
}

/** Adds one to the decimal number that ends there; false, with the number spoilt, where it takes one digit more. */
function countUp(bytes: Buffer, end: number): boolean {
  let at = end - 1;
  while (bytes[at] === NINE) bytes[at--] = ZERO;
  const digit = bytes[at]!;
  if (digit < ZERO || digit > NINE) return false;
  bytes[at] = digit + 1;
  return true;
}

function putCount(page: Buffer, at: number, count: number): number {
  let end = at + 1;
  for (let rest = count; rest >= 10; rest = Math.floor(rest / 10)) end += 1;
  let rest = count;
  for (let digit = end - 1; digit >= at; digit--) {
    const next = Math.floor(rest / 10);
    page[digit] = ZERO + rest - next * 10;
    rest = next;
  }
  return end;
}

function putTime(page: Buffer, at: number, atMs: number): number {
  const micros = Math.round(atMs * 1000);
  if (!(micros >= 0 && micros < 2 ** 50)) return at + page.write(String(rounded(atMs)), at, 'latin1');
  const whole = Math.floor(micros / 1000);
  const end = putCount(page, at, whole);
  const rest = micros - whole * 1000;
  if (rest === 0) return end;
  page[end] = DOT;
  page[end + 1] = ZERO + Math.floor(rest / 100);
  page[end + 2] = ZERO + (Math.floor(rest / 10) % 10);
  page[end + 3] = ZERO + (rest % 10);
  return end + 4;
}

/** Whether the bytes are UTF-8. A view of them costs more than a look at each. */
function isShortText(bytes: Uint8Array, start: number, end: number): boolean {
  for (let index = start; index < end; index++) if (bytes[index]! > 0x7f) return isUtf8(bytes.subarray(start, end));
  return true;
}

/** Valid UTF-8 as the inside of a JSON string; -1 when it holds control characters, which are rare and longer. */
function putText(page: Buffer, from: number, bytes: Uint8Array, start: number, end: number): number {
  let at = from;
  for (let index = start; index < end; index++) {
    const byte = bytes[index]!;
    if (byte < SPACE) return -1;
    if (byte === QUOTE || byte === BACKSLASH) page[at++] = BACKSLASH;
    page[at++] = byte;
  }
  return at;
}

function putBase64(page: Buffer, view: DataView, from: number, bytes: Uint8Array, start: number, end: number): number {
  if (end - start > SHORT_BASE64_BYTES) {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('base64');
    return from + page.write(text, from, 'latin1');
  }
  let at = from;
  let index = start;
  for (; index + 2 < end; index += 3) {
    const three = (bytes[index]! << 16) | (bytes[index + 1]! << 8) | bytes[index + 2]!;
    view.setUint32(at, BASE64_PAIRS[three >> 12]! | (BASE64_PAIRS[three & 4095]! << 16), true);
    at += 4;
  }
  if (index === end) return at;
  const isTwo = index + 1 < end;
  const rest = (bytes[index]! << 16) | (isTwo ? bytes[index + 1]! << 8 : 0);
  page[at] = BASE64[rest >> 18]!;
  page[at + 1] = BASE64[(rest >> 12) & 63]!;
  page[at + 2] = isTwo ? BASE64[(rest >> 6) & 63]! : EQUALS;
  page[at + 3] = EQUALS;
  return at + 4;
}
