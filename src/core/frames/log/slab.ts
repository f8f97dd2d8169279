/** Where the bytes of a slab can be had again, so that they need not be written to disk. Rejects when they are not there any more. */
export interface SlabOrigin {
  read(): Promise<Buffer>;
}

/** A piece of the store's memory, all of one size, or what it became: a file on disk. Filled from its start by one writer. */
export interface Slab {
  /** Ascending, never used again. */
  readonly number: number;
  /** Null once it is on disk. */
  buffer: Buffer | null;
  used: number;
  /** What lies before it was cleared. */
  from: number;
  /** How many stored payloads of retained rows begin in it; not those of which a part is gone. */
  payloads: number;
  /** The slab in which its writer went on; 0 for none. */
  next: number;
  /** The slab in which the payload begins that goes on at its start; 0 for none. */
  tailOf: number;
  /** A part of its last payload was in a slab that was dropped. */
  lost: boolean;
  /** Who still writes to it, or has a frame in it that is not complete. */
  holds: number;
  writing: boolean;
  /** The disk refused it: it is dropped from memory when its time comes. */
  refused: boolean;
  /** Null for bytes that are nowhere else. */
  origin: SlabOrigin | null;
}

export function newSlab(number: number, buffer: Buffer): Slab {
  return {
    number,
    buffer,
    used: 0,
    from: 0,
    payloads: 0,
    next: 0,
    tailOf: 0,
    lost: false,
    holds: 1,
    writing: false,
    refused: false,
    origin: null,
  };
}

/** A stretch of stored bytes in one slab. */
export interface Piece {
  readonly slab: number;
  readonly offset: number;
  readonly bytes: number;
}
