import type { Direction } from '../base/model.js';
import type { Frame } from '../base/frame.js';

const EMPTY = new Uint8Array(0);

/**
 * The one frame object that a borrowing decoder lends for each frame in turn: at millions a second an object each would be the
 * garbage collector's day. The payload lies at `start` of `chunk`, unmasked; `payload` makes a view of it when asked.
 */
export class BorrowedFrame implements Frame {
  readonly direction: Direction;
  fin = false;
  rsv1 = false;
  rsv2 = false;
  rsv3 = false;
  opcode = 0;
  masked = false;
  maskKey = 0;
  headerBytes = 0;
  payloadBytes = 0;
  wireOffset = 0;
  atMs = 0;
  chunk: Uint8Array = EMPTY;
  start = 0;
  kept = 0;

  constructor(direction: Direction) {
    this.direction = direction;
  }

  get payload(): Uint8Array {
    return this.kept === 0 ? EMPTY : this.chunk.subarray(this.start, this.start + this.kept);
  }

  get truncated(): boolean {
    return this.kept < this.payloadBytes;
  }
}

/** A frame of its own, to keep, with at most `maxBytes` of its payload. */
export function ownFrame(frame: Frame, maxBytes = Number.POSITIVE_INFINITY): Frame {
  const { direction, fin, rsv1, rsv2, rsv3, opcode, masked, headerBytes, payloadBytes, wireOffset, atMs } = frame;
  const payload = Uint8Array.from(frame.payload.subarray(0, maxBytes));
  return {
    direction,
    fin,
    rsv1,
    rsv2,
    rsv3,
    opcode,
    masked,
    ...(frame.maskKey === undefined ? {} : { maskKey: frame.maskKey }),
    headerBytes,
    payloadBytes,
    wireOffset,
    atMs,
    payload,
    truncated: payload.length < payloadBytes,
  };
}
