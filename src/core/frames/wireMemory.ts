/** Where the bytes of one direction stay once they were read: a log's slabs. Offsets count from the direction's first byte. */
export interface WireMemory {
  /** The most that `take` may be given at a time. */
  readonly partBytes: number;
  /** Memory to read the next bytes into, to be asked for before each read; what was asked for before is not to be written to. */
  room(): Uint8Array;
  /** The next bytes: those that were read to the start of the room, or others, which are copied. Whether they were in the room. */
  take(chunk: Uint8Array): boolean;
  /** Every frame that begins before this offset is complete: what lies before it is held no longer. */
  settle(wireOffset: number): void;
  /** Bytes of a frame that ended in the last chunk, copied, as many as are kept; null when some of them were dropped. */
  copy(wireOffset: number, declared: number): Uint8Array | null;
  /** No more bytes will come, and nobody reads into the room any more. */
  close(): void;
}
