import type { Direction } from '../base/model.js';
import type { Frame } from '../base/frame.js';
import type { WireMemory } from './wireMemory.js';
import { unmask } from './unmask.js';

const EMPTY = new Uint8Array(0);

/**
 * The one frame object that a borrowing decoder lends for each frame in turn: at millions a second an object each would be the
 * garbage collector's day. The payload, or its beginning, lies at `start` of `chunk`; `payload` makes a view of it when asked, or
 * a copy where it has to be unmasked or joined.
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
  /** The bytes in `chunk` are masked as they came. */
  maskedThere = false;
  /** Where the bytes of its direction stay; null where they do not. */
  memory: WireMemory | null = null;

  constructor(direction: Direction) {
    this.direction = direction;
  }

  /** What `payload` had to make, while the frame is lent. */
  whole: Uint8Array | null = null;

  get payload(): Uint8Array {
    if (this.memory !== null && this.kept < this.payloadBytes) return (this.whole ??= this.#join(this.memory));
    if (this.kept === 0) return EMPTY;
    return this.maskedThere
      ? (this.whole ??= this.#unmasked())
      : this.chunk.subarray(this.start, this.start + this.kept);
  }

  get truncated(): boolean {
    if (this.kept === this.payloadBytes) return false;
    return this.memory === null || this.payload.length < this.payloadBytes;
  }

  #unmasked(): Uint8Array {
    const payload = this.chunk.slice(this.start, this.start + this.kept);
    unmask(payload, this.maskKey);
    return payload;
  }

  #join(memory: WireMemory): Uint8Array {
    const joined = memory.copy(this.wireOffset + this.headerBytes, this.payloadBytes);
    if (joined === null) return this.chunk.subarray(this.start, this.start + this.kept);
    if (this.maskKey !== 0) unmask(joined, this.maskKey);
    return joined;
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
