import { OPCODE } from '../../core/base/frame.js';
import type { Direction } from '../../core/base/model.js';
import type { FrameEntry } from './frameFeed.js';

/** A whole message, as much of it as is shown; `bytes` is its full size. */
export interface ShownMessage {
  readonly isText: boolean;
  readonly payload: Uint8Array;
  readonly bytes: number;
  readonly frames: number;
  /** Compressed and never inflated: the payload is what stood on the wire. */
  readonly isRaw: boolean;
}

interface Parts {
  readonly chunks: Uint8Array[];
  kept: number;
  bytes: number;
  frames: number;
}

/** Puts the fragments of messages together, keeping no more of each than is shown. */
export class MessageParts {
  readonly #keep: number;
  readonly #open: Record<Direction, Parts> = { sent: fresh(), received: fresh() };

  constructor(keepBytes: number) {
    this.#keep = keepBytes;
  }

  /** The message that this data frame ends; null for a frame that ends none. The payload is borrowed like the frame's. */
  add({ frame, isText, compressed, inflated }: FrameEntry): ShownMessage | null {
    const { direction, fin, payload, payloadBytes } = frame;
    if (frame.opcode !== OPCODE.continuation) this.#open[direction] = fresh();
    const parts = this.#open[direction];
    parts.frames += 1;
    parts.bytes += payloadBytes;
    const part = payload.subarray(0, Math.max(0, this.#keep - parts.kept));
    parts.kept += part.length;
    // Kept beyond the call only where more is to come.
    if (part.length > 0) parts.chunks.push(fin ? part : Uint8Array.from(part));
    if (!fin) return null;
    this.#open[direction] = fresh();
    const { frames } = parts;
    if (inflated !== null) {
      const { bytes } = inflated;
      return {
        isText: inflated.isText,
        payload: inflated.payload.subarray(0, this.#keep),
        bytes,
        frames,
        isRaw: false,
      };
    }
    const whole = parts.chunks.length === 1 ? parts.chunks[0] : Buffer.concat(parts.chunks);
    return { isText: isText && !compressed, payload: whole ?? payload, bytes: parts.bytes, frames, isRaw: compressed };
  }
}

function fresh(): Parts {
  return { chunks: [], kept: 0, bytes: 0, frames: 0 };
}
