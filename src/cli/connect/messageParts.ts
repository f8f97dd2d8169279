import { type JoinedMessage, MessageJoiner } from '../../core/frames/messageJoiner.js';
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

/** Puts the fragments of messages together, keeping no more of each than is shown. */
export class MessageParts {
  readonly #keep: number;
  readonly #joiners: Record<Direction, MessageJoiner<Uint8Array>>;
  #connection = 0;

  constructor(keepBytes: number) {
    this.#keep = keepBytes;
    this.#joiners = { sent: this.#joiner(), received: this.#joiner() };
  }

  /** The message that this data frame ends; null for a frame that ends none. The payload is borrowed like the frame's. */
  add({ connection, frame, isText, inflated }: FrameEntry): ShownMessage | null {
    if (connection !== this.#connection) this.#begin(connection);
    const { direction, fin } = frame;
    const payload = frame.payload.subarray(0, this.#keep);
    // Kept beyond the call only where more is to come.
    const joined = this.#joiners[direction].push(frame, fin ? payload : Uint8Array.from(payload));
    const message = joined.at(-1);
    return message?.finished ? this.#shown(message, isText, inflated) : null;
  }

  #shown(message: JoinedMessage<Uint8Array>, isText: boolean, inflated: FrameEntry['inflated']): ShownMessage {
    const { compressed, frames, parts, payloadBytes } = message;
    if (inflated !== null) {
      const payload = inflated.payload.subarray(0, this.#keep);
      return { isText: inflated.isText, payload, bytes: inflated.bytes, frames, isRaw: false };
    }
    const payload = parts.length === 1 ? parts[0]! : Buffer.concat(parts).subarray(0, this.#keep);
    return { isText: isText && !compressed, payload, bytes: payloadBytes, frames, isRaw: compressed };
  }

  #begin(connection: number): void {
    this.#connection = connection;
    this.#joiners.sent.end();
    this.#joiners.received.end();
  }

  #joiner(): MessageJoiner<Uint8Array> {
    return new MessageJoiner({
      mayHold: (part, _held, payloadBytes) => payloadBytes - part.length < this.#keep,
    });
  }
}
