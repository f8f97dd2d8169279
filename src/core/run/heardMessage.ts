import { OPCODE } from '../base/frame.js';
import type { BorrowedFrame } from '../frames/borrowedFrame.js';

/** A whole message of the peer. Its bytes are borrowed, for they may be the log's memory, and a view of them is made when asked for. */
export interface HeardMessage {
  readonly binary: boolean;
  /** Its frames were. */
  readonly compressed: boolean;
  readonly atMs: number;
  readonly firstByte: number | undefined;
  readonly bytes: Buffer;
}

/** The one message that is lent for each frame in turn that is a message by itself and lies as it came. */
export class LentMessage implements HeardMessage {
  readonly compressed = false;
  readonly #frame: BorrowedFrame;
  #bytes: Buffer | null = null;

  constructor(frame: BorrowedFrame) {
    this.#frame = frame;
  }

  /** The frame is another one now. */
  next(): this {
    this.#bytes = null;
    return this;
  }

  get binary(): boolean {
    return this.#frame.opcode === OPCODE.binary;
  }

  get atMs(): number {
    return this.#frame.atMs;
  }

  get firstByte(): number | undefined {
    const { chunk, kept, start } = this.#frame;
    return kept > 0 ? chunk[start] : this.bytes[0];
  }

  get bytes(): Buffer {
    if (this.#bytes === null) {
      const { buffer, byteOffset, byteLength } = this.#frame.payload;
      this.#bytes = Buffer.from(buffer, byteOffset, byteLength);
    }
    return this.#bytes;
  }
}
