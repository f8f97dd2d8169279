import { MAX_HEADER_BYTES } from '../frameHeader.js';
import type { WireMemory } from '../wireMemory.js';
import type { Slab } from './slab.js';
import type { SlabStore } from './slabStore.js';

/** A slab with less room than one in this many of its bytes is not read into any more. */
const LEAST_SHARE = 16;

/** A stretch of one direction's bytes in one slab. */
interface Stretch {
  readonly slab: Slab;
  /** Offset of its first byte on the wire, and in the slab. */
  readonly wireOffset: number;
  readonly offset: number;
  length: number;
}

/** Slabs in which an inlet that closed left room, held for the next. */
export interface SlabRests {
  take(): Slab | null;
  leave(rest: Slab): void;
}

/**
 * The bytes of one direction of a connection as they came, in slabs: read there, or copied once. Frames are found in
 * them by their offset on the wire. What belongs to a frame that is not complete is held.
 */
export class WireInlet implements WireMemory {
  readonly #store: SlabStore;
  /** Where the last located payload begins; slab 0 when it is empty. */
  slab = 0;
  offset = 0;
  /** It goes on in the slabs after that one. */
  spans = false;

  readonly #keepBytes: number;
  readonly #rests: SlabRests;
  #open: Slab | null = null;
  /** The stretch that is written to, in the open slab; the others are older and in order. */
  #last: Stretch | null = null;
  #earlier: Stretch[] = [];
  #end = 0;
  #room: Uint8Array | null = null;
  #closed = false;

  /** Payload bytes of a frame beyond `keepBytes` are not kept. */
  constructor(store: SlabStore, keepBytes: number, rests: SlabRests) {
    this.#store = store;
    this.#keepBytes = keepBytes;
    this.#rests = rests;
  }

  get partBytes(): number {
    return this.#store.slabBytes;
  }

  room(): Uint8Array {
    const open = this.#openSlab();
    this.#room = open.buffer!.subarray(open.used);
    return this.#room;
  }

  take(chunk: Uint8Array): boolean {
    const isRoom =
      this.#room !== null && chunk.buffer === this.#room.buffer && chunk.byteOffset === this.#room.byteOffset;
    if (isRoom) this.#extend(this.#open!, chunk.length);
    else {
      for (let from = 0; from < chunk.length; ) {
        const open = this.#openSlab();
        const bytes = Math.min(chunk.length - from, this.#store.slabBytes - open.used);
        open.buffer!.set(chunk.subarray(from, from + bytes), open.used);
        this.#extend(open, bytes);
        from += bytes;
      }
    }
    this.#room = null;
    return isRoom;
  }

  settle(wireOffset: number): void {
    const last = this.#last;
    if (last !== null && last.wireOffset > wireOffset + MAX_HEADER_BYTES + this.#keepBytes) {
      // Nothing in it will be asked for: the next bytes take its place.
      last.slab.used = last.offset;
      this.#last = null;
    }
    if (this.#earlier.length > 0) this.#settleEarlier(wireOffset);
  }

  /** Where `bytes` of payload lie whose first has this offset on the wire; counted as one stored. */
  locate(wireOffset: number, bytes: number): void {
    this.spans = false;
    this.slab = 0;
    this.offset = 0;
    if (bytes === 0) return;
    const last = this.#last;
    if (last === null || wireOffset < last.wireOffset) {
      this.#locateEarlier(wireOffset, bytes);
      return;
    }
    const { slab } = last;
    this.slab = slab.number;
    this.offset = last.offset + wireOffset - last.wireOffset;
    slab.payloads++;
  }

  /** The same bytes, copied; null when some of them were dropped. */
  copy(wireOffset: number, declared: number): Uint8Array | null {
    const bytes = Math.min(declared, this.#keepBytes);
    const stretches = this.#stretchesOf(wireOffset, bytes);
    if (stretches.some(({ slab }) => slab.buffer === null || !this.#store.holds(slab))) return null;
    const copy = Buffer.allocUnsafeSlow(bytes);
    let copied = 0;
    for (const { slab, wireOffset: at, offset, length } of stretches) {
      const from = Math.max(0, wireOffset - at);
      const part = Math.min(length - from, bytes - copied);
      copy.set(slab.buffer!.subarray(offset + from, offset + from + part), copied);
      copied += part;
    }
    return copied === bytes ? copy : null;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#room = null;
    this.#last = null;
    for (const { slab } of this.#earlier) this.#letGo(slab);
    this.#earlier = [];
    const open = this.#open;
    this.#open = null;
    if (open === null) return;
    if (this.#hasRoom(open)) this.#rests.leave(open);
    else this.#store.release(open);
  }

  #hasRoom(slab: Slab): boolean {
    return this.#store.slabBytes - slab.used >= this.#store.slabBytes / LEAST_SHARE;
  }

  #openSlab(): Slab {
    this.#open ??= this.#rests.take();
    const before = this.#open;
    if (before !== null && this.#hasRoom(before)) return before;
    const open = this.#store.take(before);
    this.#open = open;
    if (this.#last !== null) this.#earlier.push(this.#last);
    this.#last = null;
    // Until `settle` says so the frame at its end may not be complete.
    if (before !== null && this.#earlier.at(-1)?.slab !== before) this.#store.release(before);
    return open;
  }

  #extend(open: Slab, bytes: number): void {
    const last = this.#last;
    if (last !== null && last.wireOffset + last.length === this.#end) last.length += bytes;
    else {
      if (last !== null) this.#earlier.push(last);
      this.#last = { slab: open, wireOffset: this.#end, offset: open.used, length: bytes };
    }
    open.used += bytes;
    this.#end += bytes;
  }

  #settleEarlier(wireOffset: number): void {
    const earlier = this.#earlier;
    let done = 0;
    while (done < earlier.length && earlier[done]!.wireOffset + earlier[done]!.length <= wireOffset) done++;
    for (const { slab } of earlier.splice(0, done)) this.#letGo(slab);
  }

  /** A slab may have several stretches; the last of them lets go of it. */
  #letGo(slab: Slab): void {
    if (slab === this.#open || this.#earlier.some((stretch) => stretch.slab === slab)) return;
    this.#store.release(slab);
  }

  #locateEarlier(wireOffset: number, bytes: number): void {
    const stretches = this.#stretchesOf(wireOffset, bytes);
    const [first] = stretches;
    if (first === undefined) return;
    this.slab = first.slab.number;
    this.offset = first.offset + wireOffset - first.wireOffset;
    this.spans = stretches.some(({ slab }) => slab !== first.slab);
    this.#store.refer(this.spans ? stretches.map(({ slab }) => slab) : [first.slab]);
  }

  #stretchesOf(wireOffset: number, bytes: number): Stretch[] {
    const all = this.#last === null ? this.#earlier : [...this.#earlier, this.#last];
    return all.filter((stretch) => {
      const { wireOffset: at, length } = stretch;
      return at < wireOffset + bytes && at + length > wireOffset;
    });
  }
}
