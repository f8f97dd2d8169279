import type { Direction } from '../base/model.js';
import { BorrowedFrame } from './borrowedFrame.js';
import { type Frame, OPCODE } from '../base/frame.js';
import { headerSize, MAX_HEADER_BYTES, payloadLength, uint32 } from './frameHeader.js';
import { unmask } from './unmask.js';
import type { WireMemory } from './wireMemory.js';

/** The first byte of a whole, uncompressed message. */
const WHOLE_TEXT = 0x81;
const WHOLE_BINARY = 0x82;
/** How many wire bytes of a half frame `pending()` can show whatever `keepPayloadBytes` says. */
const SHOWN_BYTES = 64;
/** Control payloads are kept whole: a close code or a ping's mark is what a frame log is read for. */
const CONTROL_BYTES = 125;
const EMPTY = new Uint8Array(0);

export interface FrameDecoderOptions {
  readonly direction: Direction;
  /**
   * Called once a frame, in the order of the wire, while `push` runs. The frame is the receiver's to keep, but under
   * `borrowPayload`, where one object serves all frames: `ownFrame` makes one to keep.
   */
  readonly onFrame: (frame: Frame) => void;
  /** Payload bytes kept of a data frame; control frames keep up to 125. */
  readonly keepPayloadBytes: number;
  /**
   * Spares the object a frame, and the copy of a payload that lies in one chunk: what
   * `onFrame` gets is a `BorrowedFrame`, to be read before it returns. For logs that copy into storage of their own.
   */
  readonly borrowPayload?: boolean;
  /** Where the bytes that are pushed stay; lent frames find there what of their payload is not kept. */
  readonly memory?: WireMemory | null;
}

/** A frame of which some bytes have arrived. */
export interface PendingFrame {
  readonly wireOffset: number;
  /** Header bytes received so far. */
  readonly headerBytes: number;
  /** Null while the header is incomplete; `Number.MAX_SAFE_INTEGER` for 2^53 and more. */
  readonly declaredPayloadBytes: number | null;
  readonly receivedPayloadBytes: number;
  /** Its first wire bytes, up to 64: header and payload as received, still masked. */
  readonly firstBytes: Uint8Array;
}

/**
 * Incremental decoder of RFC 6455 5.2 frames for one direction, whatever the split of the bytes. Never throws,
 * judges nothing (see FrameValidator), and holds no more of a payload than has arrived and is to be kept.
 */
export class FrameDecoder {
  readonly #direction: Direction;
  readonly #onFrame: (frame: Frame) => void;
  readonly #keep: number;
  readonly #keepControl: number;
  readonly #borrowed: BorrowedFrame | null;
  #offset = 0;
  #stopped = false;
  /** Of lent frames: where the message that is not complete began, and the first Close frame. */
  #messageAt = Number.POSITIVE_INFINITY;
  #closeAt = Number.POSITIVE_INFINITY;

  readonly #header = new Uint8Array(MAX_HEADER_BYTES);
  #headerReceived = 0;
  #headerNeeded = 2;
  #declared = 0;
  #received = 0;
  #kept: Uint8Array = EMPTY;
  #keptBytes = 0;
  /** Where payloads are only lent, one room serves all half frames: nobody keeps it. */
  #scratch: Uint8Array = EMPTY;

  constructor(options: FrameDecoderOptions) {
    this.#direction = options.direction;
    this.#onFrame = options.onFrame;
    this.#keep = Math.max(0, options.keepPayloadBytes);
    this.#keepControl = Math.max(this.#keep, CONTROL_BYTES);
    this.#borrowed = options.borrowPayload ? new BorrowedFrame(options.direction) : null;
    if (this.#borrowed !== null) this.#borrowed.memory = options.memory ?? null;
  }

  /** A frame declared 2^53 bytes or more: what follows is counted as its payload and never decoded. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Where the frame begins that is not complete yet, or the next one. */
  get wireOffset(): number {
    return this.#offset;
  }

  /** The same of messages: where the frame begins that one begins with that is not complete yet. A Close frame never is. */
  get messageOffset(): number {
    return Math.min(this.#messageAt, this.#closeAt, this.#offset);
  }

  /** Bytes received of the frame that is not complete yet. */
  get pendingBytes(): number {
    return this.#headerReceived + this.#received;
  }

  /** The half frame at the end of what was pushed; null at a frame's boundary. */
  pending(): PendingFrame | null {
    if (this.#headerReceived === 0) return null;
    const firstBytes = new Uint8Array(Math.min(SHOWN_BYTES, this.#headerReceived + this.#keptBytes));
    firstBytes.set(this.#header.subarray(0, this.#headerReceived));
    firstBytes.set(this.#kept.subarray(0, firstBytes.length - this.#headerReceived), this.#headerReceived);
    return {
      wireOffset: this.#offset,
      headerBytes: this.#headerReceived,
      declaredPayloadBytes: this.#headerComplete ? this.#declared : null,
      receivedPayloadBytes: this.#received,
      firstBytes,
    };
  }

  /** Takes the next bytes of the direction; `atMs` stamps every frame whose last byte is among them. */
  push(bytes: Uint8Array, atMs: number): void {
    // Views of a Buffer cost half as much again as views of plain bytes, and lent frames are read by views.
    const chunk = this.#borrowed === null ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    if (this.#headerReceived > 0) at = this.#continueHalf(chunk, at, atMs);
    at = this.#wholeFrames(chunk, at, atMs);
    if (at < chunk.length) this.#continueHalf(chunk, at, atMs);
  }

  get #headerComplete(): boolean {
    return this.#headerReceived === this.#headerNeeded;
  }

  /** The fast path: frames that lie wholly in the chunk. Returns where the first half frame begins. */
  #wholeFrames(chunk: Uint8Array, from: number, atMs: number): number {
    const end = chunk.length;
    let at = from;
    while (end - at >= 2) {
      const second = chunk[at + 1]!;
      const masked = second >= 0x80;
      let headerBytes = masked ? 6 : 2;
      let length = second & 0x7f;
      if (length >= 126) {
        headerBytes += length === 126 ? 2 : 8;
        if (end - at < headerBytes) break;
        length = payloadLength(chunk, at);
      }
      const start = at + headerBytes;
      const next = start + length;
      if (next > end) break;
      const first = chunk[at]!;
      const keep = (first & 0x08) === 0 ? this.#keep : this.#keepControl;
      const maskKey = masked ? uint32(chunk, start - 4) : 0;
      const kept = length < keep ? length : keep;
      if (this.#borrowed !== null) {
        this.#borrowed.maskedThere = maskKey !== 0;
        this.#lend(this.#borrowed, first, maskKey, masked, headerBytes, length, atMs, chunk, start, kept);
      } else {
        const payload = this.#take(chunk, start, kept, maskKey);
        this.#emit(first, maskKey, masked, headerBytes, length, atMs, payload);
      }
      at = next;
    }
    return at;
  }

  #take(chunk: Uint8Array, start: number, bytes: number, maskKey: number): Uint8Array {
    if (bytes === 0) return EMPTY;
    const payload = copyOf(chunk, start, bytes);
    if (maskKey !== 0) unmask(payload, maskKey);
    return payload;
  }

  #lend(
    frame: BorrowedFrame,
    first: number,
    maskKey: number,
    masked: boolean,
    headerBytes: number,
    payloadBytes: number,
    atMs: number,
    chunk: Uint8Array,
    start: number,
    kept: number,
  ): void {
    frame.fin = first >= 0x80;
    frame.rsv1 = (first & 0x40) !== 0;
    frame.rsv2 = (first & 0x20) !== 0;
    frame.rsv3 = (first & 0x10) !== 0;
    frame.opcode = first & 0x0f;
    frame.masked = masked;
    frame.maskKey = maskKey;
    frame.headerBytes = headerBytes;
    frame.payloadBytes = payloadBytes;
    frame.wireOffset = this.#offset;
    frame.atMs = atMs;
    frame.chunk = chunk;
    frame.start = start;
    frame.kept = kept;
    frame.whole = null;
    // Almost every frame is a whole message.
    if (first !== WHOLE_BINARY && first !== WHOLE_TEXT) this.#noteUnfinished(first);
    this.#offset += headerBytes + payloadBytes;
    this.#onFrame(frame);
    frame.chunk = EMPTY;
  }

  #noteUnfinished(first: number): void {
    const opcode = first & 0x0f;
    if (opcode === OPCODE.close) this.#closeAt = Math.min(this.#closeAt, this.#offset);
    else if (opcode > OPCODE.close) return;
    else if (first >= 0x80) this.#messageAt = Number.POSITIVE_INFINITY;
    else if (this.#messageAt > this.#offset) this.#messageAt = this.#offset;
  }

  #emit(
    first: number,
    maskKey: number,
    masked: boolean,
    headerBytes: number,
    payloadBytes: number,
    atMs: number,
    payload: Uint8Array,
  ): void {
    if (this.#borrowed !== null) {
      this.#borrowed.maskedThere = false;
      this.#lend(this.#borrowed, first, maskKey, masked, headerBytes, payloadBytes, atMs, payload, 0, payload.length);
      return;
    }
    const wireOffset = this.#offset;
    this.#offset = wireOffset + headerBytes + payloadBytes;
    this.#onFrame({
      direction: this.#direction,
      fin: first >= 0x80,
      rsv1: (first & 0x40) !== 0,
      rsv2: (first & 0x20) !== 0,
      rsv3: (first & 0x10) !== 0,
      opcode: first & 0x0f,
      masked,
      maskKey,
      headerBytes,
      payloadBytes,
      wireOffset,
      atMs,
      payload,
      truncated: payload.length < payloadBytes,
    });
  }

  /** Feeds the frame that began in an earlier chunk or does not end in this one; returns where the next begins. */
  #continueHalf(chunk: Uint8Array, from: number, atMs: number): number {
    let at = from;
    while (!this.#headerComplete) {
      if (at === chunk.length) return at;
      this.#header[this.#headerReceived++] = chunk[at++]!;
      if (this.#headerReceived === 2) this.#headerNeeded = headerSize(this.#header[1]!);
      if (this.#headerComplete) this.#declared = payloadLength(this.#header, 0);
    }
    if (this.#declared === Number.MAX_SAFE_INTEGER) this.#stopped = true;
    const bytes = Math.min(chunk.length - at, this.#declared - this.#received);
    this.#keepHalf(chunk, at, bytes);
    this.#received += bytes;
    if (this.#received === this.#declared) this.#finishHalf(atMs);
    return at + bytes;
  }

  #keepHalf(chunk: Uint8Array, at: number, available: number): void {
    const limit = Math.min(this.#declared, Math.max(this.#keepOfHalf, SHOWN_BYTES));
    const bytes = Math.min(available, limit - this.#keptBytes);
    if (bytes <= 0) return;
    const needed = this.#keptBytes + bytes;
    if (needed > this.#kept.length) {
      // A frame of ordinary size gets its room at once and unfilled; one that only claims to be large grows as it comes.
      const room = limit <= WHOLE_AT_ONCE_BYTES ? limit : Math.min(limit, Math.max(needed, this.#kept.length * 2));
      const grown = room <= this.#scratch.length ? this.#scratch : plainBytes(room);
      if (this.#keptBytes > 0) grown.set(this.#kept.subarray(0, this.#keptBytes));
      this.#kept = grown;
    }
    this.#kept.set(chunk.subarray(at, at + bytes), this.#keptBytes);
    this.#keptBytes = needed;
  }

  #finishHalf(atMs: number): void {
    const { masked, maskKey } = this.#halfMask;
    const keep = Math.min(this.#declared, this.#keepOfHalf);
    const kept = this.#kept;
    const isLent = this.#borrowed !== null;
    const payload = isLent ? kept.subarray(0, keep) : keep === kept.length ? kept : kept.slice(0, keep);
    if (isLent && kept.length > this.#scratch.length && kept.length <= WHOLE_AT_ONCE_BYTES) this.#scratch = kept;
    if (maskKey !== 0) unmask(payload, maskKey);
    const headerBytes = this.#headerNeeded;
    const declared = this.#declared;
    this.#headerReceived = 0;
    this.#headerNeeded = 2;
    this.#declared = 0;
    this.#received = 0;
    this.#kept = EMPTY;
    this.#keptBytes = 0;
    this.#emit(this.#header[0]!, maskKey, masked, headerBytes, declared, atMs, payload);
  }

  get #keepOfHalf(): number {
    if ((this.#header[0]! & 0x08) !== 0) return this.#keepControl;
    // Where the bytes stay, a frame of several chunks is put together when somebody asks.
    return this.#borrowed?.memory ? 0 : this.#keep;
  }

  get #halfMask(): { masked: boolean; maskKey: number } {
    const masked = this.#header[1]! >= 0x80;
    return { masked, maskKey: masked ? uint32(this.#header, this.#headerNeeded - 4) : 0 };
  }
}

/** Up to this a half frame's payload gets its whole room with its first byte. */
const WHOLE_AT_ONCE_BYTES = 256 * 1024;

/** Plain bytes that were not zeroed: every one is written before it is read. */
function plainBytes(bytes: number): Uint8Array {
  const buffer = Buffer.allocUnsafeSlow(bytes);
  return new Uint8Array(buffer.buffer, buffer.byteOffset, bytes);
}

function copyOf(chunk: Uint8Array, start: number, bytes: number): Uint8Array {
  // A Buffer's own slice() is a view and its species makes Buffers; this is a copy into plain memory.
  const copy = new Uint8Array(bytes);
  if (bytes > 64) copy.set(chunk.subarray(start, start + bytes));
  else for (let i = 0; i < bytes; i++) copy[i] = chunk[start + i]!;
  return copy;
}
