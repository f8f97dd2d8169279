const CHUNK_SHIFT = 8;
const CHUNK_SLOTS = 1 << CHUNK_SHIFT;
const CHUNK_BYTES = CHUNK_SLOTS * (8 * 6 + 4 * 8 + 1);

/** Bits of `state`. A message that is not open gets no more frames. */
export const OPEN = 1;
/** The content was attached inflated. */
export const INFLATED = 2;
export const BINARY = 4;
/** The first frame had RSV1: permessage-deflate (RFC 7692 6). */
export const COMPRESSED = 8;
/** The inflated content goes on in the slabs after its first. */
export const INFLATED_SPANS = 16;
/** Compressed, and its content will not come. */
export const MISSED = 32;

/** Facts of messages of several frames, and of compressed ones, one typed array a field. */
export class MessageChunk {
  readonly firstId = new Float64Array(CHUNK_SLOTS);
  readonly lastId = new Float64Array(CHUNK_SLOTS);
  /** Of the last frame. */
  readonly atMs = new Float64Array(CHUNK_SLOTS);
  readonly wireBytes = new Float64Array(CHUNK_SLOTS);
  readonly payloadBytes = new Float64Array(CHUNK_SLOTS);
  readonly inflatedBytes = new Float64Array(CHUNK_SLOTS);
  readonly frames = new Uint32Array(CHUNK_SLOTS);
  /** Payload bytes stored, all frames together. */
  readonly keptBytes = new Uint32Array(CHUNK_SLOTS);
  /** Of the first frame, as in the columns. */
  readonly flags = new Uint32Array(CHUNK_SLOTS);
  readonly connection = new Uint32Array(CHUNK_SLOTS);
  readonly inflatedSlab = new Uint32Array(CHUNK_SLOTS);
  readonly inflatedOffset = new Uint32Array(CHUNK_SLOTS);
  readonly inflatedKept = new Uint32Array(CHUNK_SLOTS);
  readonly generation = new Uint32Array(CHUNK_SLOTS);
  readonly state = new Uint8Array(CHUNK_SLOTS);
}

/**
 * Slots for the messages that one row cannot tell: fragmented or compressed. A slot is used again once every frame
 * of its message was dropped. Slot 0 is none.
 */
export class MessageTable {
  #chunks: MessageChunk[] = [];
  #used = 1;
  #free: number[] = [];
  #generation = 0;
  readonly #beforeGrow: (bytes: number) => void;

  constructor(beforeGrow: (bytes: number) => void) {
    this.#beforeGrow = beforeGrow;
  }

  get bytes(): number {
    return this.#chunks.length * CHUNK_BYTES;
  }

  chunk(slot: number): MessageChunk {
    return this.#chunks[slot >>> CHUNK_SHIFT]!;
  }

  take(): number {
    let slot = this.#free.pop();
    if (slot === undefined && this.#used >>> CHUNK_SHIFT === this.#chunks.length) {
      this.#beforeGrow(CHUNK_BYTES);
      // What made room may have given back slots of its own.
      slot = this.#free.pop();
      if (slot === undefined) this.#chunks.push(new MessageChunk());
    }
    slot ??= this.#used++;
    this.#generation = (this.#generation + 1) >>> 0;
    this.chunk(slot).generation[indexOf(slot)] = this.#generation;
    return slot;
  }

  release(slot: number): void {
    const chunk = this.chunk(slot);
    chunk.state[indexOf(slot)] = 0;
    chunk.generation[indexOf(slot)] = 0;
    this.#free.push(slot);
    if (this.#free.length === this.#used - 1) this.clear();
  }

  /** Tells the messages apart that a slot is used for, one after the other. */
  generationOf(slot: number): number {
    return this.#chunks[slot >>> CHUNK_SHIFT]?.generation[indexOf(slot)] ?? 0;
  }

  clear(): void {
    this.#chunks = [];
    this.#used = 1;
    this.#free = [];
  }
}

/** Where in its chunk a slot is. */
export function indexOf(slot: number): number {
  return slot & (CHUNK_SLOTS - 1);
}
