import { FrameDecoder, type FrameDecoderOptions, type PendingFrame } from './frameDecoder.js';
import type { WireMemory } from './wireMemory.js';

/**
 * Reads the peer's frames where their bytes stay, and tells which of them `ws`, who is handed the same bytes, still refers
 * to afterwards: those get memory of their own, so that ours can be used again without asking.
 */
export class WireReader {
  readonly #memory: WireMemory | null;
  readonly #decoder: FrameDecoder;
  #bytes = 0;
  #deflate = false;

  constructor(options: Omit<FrameDecoderOptions, 'direction'>) {
    this.#memory = options.memory ?? null;
    this.#decoder = new FrameDecoder({ ...options, direction: 'received' });
  }

  /** permessage-deflate was accepted: `ws` inflates when it gets to it, so that it may refer to anything for a while. */
  negotiated(deflate: boolean): void {
    this.#deflate = deflate;
  }

  /** Memory to read the next bytes into; null for any. */
  room(): Uint8Array | null {
    return this.#memory?.room() ?? null;
  }

  /**
   * Takes the next bytes. Gives a copy of their end where `ws` would refer to it for longer than it takes to hand it to it; null where
   * it may be handed the bytes as they are. `isReadAtOnce`: it gets them before anything else comes.
   */
  push(chunk: Uint8Array, atMs: number, isReadAtOnce: boolean): Uint8Array | null {
    const memory = this.#memory;
    if (memory === null) {
      this.#decoder.push(chunk, atMs);
      return null;
    }
    const start = this.#bytes;
    this.#bytes += chunk.length;
    let isRoom = false;
    for (let from = 0; from < chunk.length; from += memory.partBytes) {
      const part = chunk.length <= memory.partBytes ? chunk : chunk.subarray(from, from + memory.partBytes);
      isRoom = memory.take(part);
      this.#decoder.push(part, atMs);
      memory.settle(this.#decoder.wireOffset);
    }
    if (!isRoom) return null;
    // What is left of a message that is not complete waits in `ws`; so does the reason of a Close frame.
    const read = this.#deflate || !isReadAtOnce ? 0 : Math.max(0, this.#decoder.messageOffset - start);
    return read === chunk.length ? null : Buffer.from(chunk.subarray(read));
  }

  /** Bytes received of the frame that is not complete yet. */
  get pendingBytes(): number {
    return this.#decoder.pendingBytes;
  }

  pending(): PendingFrame | null {
    return this.#decoder.pending();
  }

  /** The stream is closed: nobody reads into the room any more. */
  close(): void {
    this.#memory?.close();
  }
}
