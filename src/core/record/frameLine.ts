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
  /** Redacted and cut. */
  readonly payload: Uint8Array;
  readonly isText: boolean;
  readonly truncated: boolean;
  /** JSON of the inflated message; null when the frame ends no compressed one. */
  readonly inflated: string | null;
}

interface Pieces {
  readonly start: Buffer;
  readonly bits: Buffer;
}

/** Short payloads are copied byte by byte, which is several times faster than by way of strings. */
const SHORT_BYTES = 2048;
const ROOM_BYTES = 512;
const MAX_PIECES = 1000;

const AT = Buffer.from(',"atMs":');
const PAYLOAD_BYTES = Buffer.from(',"payloadBytes":');
const TEXT = Buffer.from(',"text":"');
const BASE64 = Buffer.from(',"base64":"');
const ENDS = [Buffer.from('","truncated":false}\n'), Buffer.from('","truncated":true}\n')] as const;
const [QUOTE, BACKSLASH, SPACE, DOT, ZERO] = [0x22, 0x5c, 0x20, 0x2e, 0x30];

/** Appends frames to a buffer as lines of a recording. What repeats from frame to frame is encoded once. */
export class FrameLines {
  readonly #buffer: LineBuffer;
  readonly #pieces = new Map<number, Pieces>();

  constructor(buffer: LineBuffer) {
    this.#buffer = buffer;
  }

  append(frame: FrameFacts, fields: FrameLineFields): void {
    const pieces = this.#piecesOf(fields.connection, frame);
    const { payload, isText } = fields;
    const isShort = payload.length <= SHORT_BYTES && fields.inflated === null && !(isText && fields.truncated);
    if (isShort && this.#appendShort(pieces, frame, fields)) return;
    const head = `${pieces.start.toString()}${fields.index},"atMs":${rounded(fields.atMs)}${pieces.bits.toString()}`;
    const sizes = `${fields.wireBytes},"payloadBytes":${frame.payloadBytes}`;
    const inflated = fields.inflated === null ? '' : `,"inflated":${fields.inflated}`;
    const text = payloadJson(payload, isText, fields.truncated);
    this.#buffer.append(`${head}${sizes},${text},"truncated":${fields.truncated}${inflated}}\n`);
  }

  #appendShort(pieces: Pieces, frame: FrameFacts, fields: FrameLineFields): boolean {
    const { payload } = fields;
    const asText = fields.isText && isUtf8(payload);
    const page = this.#buffer.reserve(payload.length * 2 + ROOM_BYTES);
    let at = put(page, this.#buffer.position, pieces.start);
    at = putCount(page, at, fields.index);
    at = putTime(page, put(page, at, AT), fields.atMs);
    at = putCount(page, put(page, at, pieces.bits), fields.wireBytes);
    at = putCount(page, put(page, at, PAYLOAD_BYTES), frame.payloadBytes);
    if (asText) at = putText(page, put(page, at, TEXT), payload);
    else at = putBase64(page, put(page, at, BASE64), payload);
    if (at < 0) return false;
    this.#buffer.commit(put(page, at, ENDS[fields.truncated ? 1 : 0]));
    return true;
  }

  #piecesOf(connection: number, frame: FrameFacts): Pieces {
    const bits =
      (frame.fin ? 1 : 0) |
      (frame.rsv1 ? 2 : 0) |
      (frame.rsv2 ? 4 : 0) |
      (frame.rsv3 ? 8 : 0) |
      (frame.masked ? 16 : 0);
    const key = ((connection * 16 + frame.opcode) * 2 + (frame.direction === 'sent' ? 1 : 0)) * 32 + bits;
    const known = this.#pieces.get(key);
    if (known) return known;
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

/** Valid UTF-8 as the inside of a JSON string; -1 when it holds control characters, which are rare and longer. */
function putText(page: Buffer, start: number, text: Uint8Array): number {
  let at = start;
  for (let index = 0; index < text.length; index++) {
    const byte = text[index]!;
    if (byte < SPACE) return -1;
    if (byte === QUOTE || byte === BACKSLASH) page[at++] = BACKSLASH;
    page[at++] = byte;
  }
  return at;
}

function putBase64(page: Buffer, at: number, bytes: Uint8Array): number {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  return at + page.write(text, at, 'latin1');
}
