import { unmask } from '../unmask.js';
import type { Slab } from './slab.js';
import type { SlabStore } from './slabStore.js';

const NO_MEMORY: Buffer = Buffer.alloc(0);

/** Copies payloads into slabs one after the other: those that were not read into one. */
export class PayloadWriter {
  /** Where the last payload went; slab 0 when it was empty. */
  slab = 0;
  offset = 0;
  /** It goes on in the slabs after that one. */
  spans = false;

  readonly #store: SlabStore;
  #open: Slab | null = null;
  #buffer = NO_MEMORY;
  #used = 0;

  constructor(store: SlabStore) {
    this.#store = store;
  }

  /**
   * Stores `bytes` of a payload from `from` on, `maxPayloadBytes` at most; `slab` and `offset` say where. With a masking key it
   * is masked, and stored as it was before.
   */
  put(payload: Uint8Array, bytes: number, from = 0, maskKey = 0): void {
    this.spans = false;
    if (bytes === 0) {
      this.slab = 0;
      this.offset = 0;
      return;
    }
    if (this.#used + bytes > this.#buffer.length) {
      this.#putElsewhere(payload, bytes, from, maskKey);
      return;
    }
    const open = this.#open!;
    copyBytes(payload, from, bytes, this.#buffer, this.#used);
    this.slab = open.number;
    this.offset = this.#used;
    if (maskKey !== 0) unmask(this.#buffer.subarray(this.#used, this.#used + bytes), maskKey);
    this.#used += bytes;
    open.used = this.#used;
    open.payloads++;
  }

  /** The store was cleared: what was written before has nobody who asks for it. */
  clear(): void {
    const open = this.#open;
    this.#open = null;
    this.#buffer = NO_MEMORY;
    this.#used = 0;
    if (open !== null) this.#store.release(open);
  }

  #putElsewhere(payload: Uint8Array, bytes: number, from: number, maskKey: number): void {
    // A small payload lies in one slab, as what is searched together does; a large one takes what room there is.
    const room = this.#buffer.length - this.#used;
    if (room === 0 || bytes <= this.#store.slabBytes / 4) this.#next();
    this.slab = this.#open!.number;
    this.offset = this.#used;
    const slabs: Slab[] = [];
    for (let copied = 0; ; ) {
      const open = this.#open!;
      const part = Math.min(bytes - copied, this.#buffer.length - this.#used);
      copyBytes(payload, from + copied, part, this.#buffer, this.#used);
      if (maskKey !== 0) unmask(this.#buffer.subarray(this.#used, this.#used + part), turned(maskKey, copied));
      this.#used += part;
      open.used = this.#used;
      copied += part;
      slabs.push(open);
      if (copied === bytes) break;
      this.#next(slabs);
    }
    this.spans = slabs.length > 1;
    this.#store.refer(slabs);
    for (const slab of slabs) if (slab !== this.#open) this.#store.release(slab);
  }

  /** Goes on in another slab; those of a payload under way are held until it is whole. */
  #next(held: readonly Slab[] = []): void {
    const before = this.#open;
    this.#open = this.#store.take(before);
    this.#buffer = this.#open.buffer!;
    this.#used = 0;
    if (before !== null && !held.includes(before)) this.#store.release(before);
  }
}

/** The key as it applies from the payload's byte `at` on. */
function turned(maskKey: number, at: number): number {
  const bits = (at & 3) * 8;
  return bits === 0 ? maskKey : ((maskKey << bits) | (maskKey >>> (32 - bits))) >>> 0;
}

/** Below this a view and its `set` cost more than the loop. */
const SHORT_BYTES = 16;

function copyBytes(source: Uint8Array, from: number, bytes: number, target: Uint8Array, at: number): void {
  if (bytes > SHORT_BYTES) {
    target.set(from === 0 && source.length === bytes ? source : source.subarray(from, from + bytes), at);
    return;
  }
  for (let index = 0; index < bytes; index++) target[at + index] = source[from + index]!;
}
