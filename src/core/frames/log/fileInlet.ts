import type { Direction } from '../../base/model.js';
import { BorrowedFrame } from '../borrowedFrame.js';
import type { Slab, SlabOrigin } from './slab.js';
import type { SlabStore } from './slabStore.js';

/**
 * Slabs that are filled from a file which stays. Payloads are logged where they lie in them, and the slabs leave memory without
 * being written anywhere: their origin gives them again.
 */
export class FileInlet {
  readonly #store: SlabStore;
  /** Where the last located payload begins; slab 0 when it is empty. */
  slab = 0;
  offset = 0;
  readonly spans = false;
  #current: Slab | null = null;

  constructor(store: SlabStore) {
    this.#store = store;
  }

  /** A slab to read into, held until it is given to `end`. */
  begin(): Slab {
    return this.#store.take(null);
  }

  /** Payloads are located in this one from now on. */
  use(slab: Slab): void {
    this.#current = slab;
  }

  /** What begins at the offset of the slab in use; counted as one stored payload. */
  locate(offset: number, bytes: number): void {
    const slab = bytes === 0 ? null : this.#current;
    this.slab = slab?.number ?? 0;
    this.offset = slab === null ? 0 : offset;
    if (slab !== null) slab.payloads++;
  }

  /** Nobody writes to the slab any more: its first `used` bytes can be had again from the origin. */
  end(slab: Slab, used: number, origin: SlabOrigin | null): void {
    if (this.#current === slab) this.#current = null;
    slab.used = used;
    slab.origin = origin;
    this.#store.release(slab);
  }
}

/** The frame object that is lent for each frame of a file in turn: its payload begins at `start` of the slab in use. */
export class FileFrame extends BorrowedFrame {
  readonly file: FileInlet;

  constructor(direction: Direction, file: FileInlet) {
    super(direction);
    this.file = file;
  }
}
