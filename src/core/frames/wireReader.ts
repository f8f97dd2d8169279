import { FrameDecoder, type FrameDecoderOptions, type PendingFrame } from './frameDecoder.js';
import type { WireMemory } from './wireMemory.js';

const EMPTY = Buffer.alloc(0);
/** The first byte of a whole, uncompressed message. */
const WHOLE: readonly (number | undefined)[] = [0x81, 0x82];

export interface WireReaderOptions extends Omit<FrameDecoderOptions, 'direction'> {
  /** Messages may be told in the place of `ws`, which then never gets their bytes: `tells`. Those of 65,535 bytes are legal. */
  readonly mayTell: boolean;
}

/**
 * Reads the peer's frames where their bytes stay, and says what of them goes on to `ws`: nothing of messages that were told
 * already, and copies of what `ws` refers to for longer, so that our memory can be used again without asking.
 */
export class WireReader {
  readonly #memory: WireMemory | null;
  readonly #decoder: FrameDecoder;
  readonly #mayTell: boolean;
  #bytes = 0;
  #deflate = false;
  /** The beginning of a frame at the end of what came, which `ws` has not got yet. */
  #held: Uint8Array = EMPTY;
  /** Every message before this offset was told, or is for `ws` to tell. */
  #toldTo = 0;
  #tells = false;
  /** The end of the last chunk in memory of its own; null where it lies where it came. */
  rest: Uint8Array | null = null;

  constructor(options: WireReaderOptions) {
    this.#memory = options.memory ?? null;
    this.#mayTell = options.mayTell && this.#memory !== null;
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

  /** While a frame is lent: everything before it was told, so that it may be told too. */
  get tells(): boolean {
    return this.#tells;
  }

  /** Says of the frame that is lent whether it was told. What follows one that was not is for `ws`, which tells it in its order. */
  told(isTold: boolean): void {
    this.#tells = isTold;
    if (isTold) this.#toldTo = this.#decoder.wireOffset;
  }

  /** Takes the next bytes; gives what goes on to `ws` in their place. `isReadAtOnce`: it reads that before anything else comes. */
  push(chunk: Uint8Array, atMs: number, isReadAtOnce: boolean): readonly Uint8Array[] {
    const memory = this.#memory;
    if (memory === null) {
      this.#decoder.push(chunk, atMs);
      return [chunk];
    }
    const start = this.#bytes;
    this.#bytes += chunk.length;
    const isSettled = isReadAtOnce && !this.#deflate;
    this.#toldTo = start - this.#held.length;
    this.#tells = this.#mayTell && isSettled && this.#decoder.messageOffset === this.#toldTo;
    let isRoom = false;
    for (let from = 0; from < chunk.length; from += memory.partBytes) {
      const part = chunk.length <= memory.partBytes ? chunk : chunk.subarray(from, from + memory.partBytes);
      isRoom = memory.take(part);
      this.#decoder.push(part, atMs);
      memory.settle(this.#decoder.wireOffset);
    }
    // What is left of a message that is not complete waits in `ws`; so does the reason of a Close frame.
    const read = isSettled ? Math.max(0, this.#decoder.messageOffset - start) : 0;
    return this.#handOn(chunk, start, read, isRoom, isSettled);
  }

  #handOn(chunk: Uint8Array, start: number, read: number, isRoom: boolean, isSettled: boolean): readonly Uint8Array[] {
    const end = chunk.subarray(read);
    const from = Math.max(0, this.#toldTo - start);
    const before = this.#toldTo > start ? EMPTY : this.#held;
    const isHeld = this.#mayTell && isSettled && this.#decoder.messageOffset >= start && mayHold(end);
    this.rest = end.length > 0 && (isRoom || isHeld) ? Buffer.from(end) : null;
    this.#held = isHeld && this.rest !== null ? this.rest : EMPTY;
    const pieces = this.rest === null ? [before, chunk.subarray(from)] : [before, chunk.subarray(from, read)];
    if (this.rest !== null && !isHeld) pieces.push(this.rest);
    return pieces.filter(({ length }) => length > 0);
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

/** The beginning of a frame of 65,535 bytes at most that is a message by itself: nothing in it is for `ws` to refuse early. */
function mayHold(bytes: Uint8Array): boolean {
  return WHOLE.includes(bytes[0]) && (bytes[1] ?? 0) <= 126;
}
