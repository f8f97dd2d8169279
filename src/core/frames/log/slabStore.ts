import type { PayloadPlace } from '../../base/logRow.js';
import { newSlab, type Piece, type Slab } from './slab.js';
import { SpillFolder } from './spillFolder.js';
import { diskFiles, type SpillFiles } from './spillFiles.js';

const MAX_SLAB_BYTES = 1024 * 1024;
const MIN_SLAB_BYTES = 256;
const MIN_BUDGET_BYTES = 16 * 1024;
/** Of what is on disk a slab at a time is read back; this many stay at hand. */
const CACHED_SLABS = 2;
/** Slabs that a writer may take beyond a payload: the one it is in and the one it goes on in. */
const SLABS_BEYOND = 2;
/**
 * A write takes several turns of the event loop, in each of which a slab may be read: one at a time would leave the disk idle
 * while payloads are dropped. More than the threads that Node has for files would only queue.
 */
const WRITES_AT_A_TIME = 4;
/** No slab has this number. */
const GONE = -1;

export interface SlabStoreOptions {
  readonly memoryBudgetBytes: number;
  readonly diskBudgetBytes: number;
  /** Null: payloads are dropped, never moved to disk. */
  readonly spillDir: string | null;
  readonly files?: SpillFiles | undefined;
}

/**
 * Memory for payloads in slabs of one size that are used again: the newest in memory, older ones on disk, the oldest
 * dropped. A payload may go on in the slabs after its first, and is dropped as a whole. Both budgets hold at every moment.
 */
export class SlabStore {
  readonly slabBytes: number;
  /** The longest payload that can be stored; longer ones are to be cut. */
  readonly maxPayloadBytes: number;

  readonly #options: SlabStoreOptions;
  readonly #memoryLimit: number;
  readonly #spillAbove: number;
  readonly #folder: SpillFolder | null;
  /** In memory and on disk, oldest first. A number that is missing was dropped. */
  readonly #slabs = new Map<number, Slab>();
  /** Memory that nobody uses, to be used again: pages that were touched once cost nothing more. */
  #pool: Buffer[] = [];
  readonly #cached = new Map<number, Buffer>();
  #lastNumber = 0;
  /** Allocated, the pool included. */
  #memoryBytes = 0;
  #writingBytes = 0;
  readonly #writes = new Set<Promise<void>>();
  #diskBytes = 0;
  /** Out of memory, and to be had again from where they came from: no disk of ours. */
  #originBytes = 0;
  #droppedPayloads = 0;
  #dropEpoch = 0;
  #spillError: string | null = null;
  /** Why the last write failed; null after one that did not. */
  #refusal: string | null = null;

  constructor(options: SlabStoreOptions) {
    const budget = Math.max(MIN_BUDGET_BYTES, options.memoryBudgetBytes);
    this.#options = options;
    this.slabBytes = Math.min(MAX_SLAB_BYTES, Math.max(MIN_SLAB_BYTES, Math.floor(budget / 64)));
    this.#folder = options.spillDir === null ? null : new SpillFolder(options.spillDir, options.files ?? diskFiles);
    this.#memoryLimit = this.#folder === null ? budget : budget - CACHED_SLABS * this.slabBytes;
    this.maxPayloadBytes = Math.max(1, Math.floor(budget / 4));
    // So that the longest payload finds room whenever the disk has caught up.
    this.#spillAbove = this.#memoryLimit - this.maxPayloadBytes - SLABS_BEYOND * this.slabBytes;
  }

  /** Memory that was taken, in whole slabs, whatever they hold. */
  get memoryBytes(): number {
    return this.#memoryBytes + this.#cached.size * this.slabBytes;
  }

  /** Bytes in memory of what is stored there. */
  get storedBytes(): number {
    let bytes = 0;
    for (const { buffer, from, payloads, tailOf, used } of this.#slabs.values()) {
      if (buffer !== null && (payloads > 0 || tailOf !== 0)) bytes += Math.max(0, used - from);
    }
    return bytes;
  }

  get diskBytes(): number {
    return this.#diskBytes + this.#originBytes;
  }

  get droppedPayloads(): number {
    return this.#droppedPayloads;
  }

  /** Grows whenever a payload was dropped. */
  get dropEpoch(): number {
    return this.#dropEpoch;
  }

  get spillError(): string | null {
    return this.#spillError;
  }

  /** A slab to write to, held for the writer; `before` is the one in which it wrote so far, which it still holds. */
  take(before: Slab | null): Slab {
    const slab = newSlab(++this.#lastNumber, this.#allocate());
    this.#slabs.set(slab.number, slab);
    if (before !== null) before.next = slab.number;
    return slab;
  }

  /** Nobody writes to the slab any more, or the frame in it is complete. */
  release(slab: Slab): void {
    slab.holds--;
    if (slab.holds > 0 || !this.holds(slab)) return;
    this.#discardEmpty(slab);
    this.#spill();
  }

  /** Whether the slab is still the store's: it was not dropped. */
  holds(slab: Slab): boolean {
    return this.#slabs.get(slab.number) === slab;
  }

  /** Counts a payload that begins in the first of the slabs and goes on in the others. */
  refer(slabs: readonly Slab[]): void {
    const [first, ...others] = slabs as readonly [Slab, ...Slab[]];
    if (!slabs.every((slab) => this.holds(slab))) {
      this.#droppedPayloads++;
      this.#dropEpoch++;
      if (this.holds(first)) first.lost = true;
      return;
    }
    first.payloads++;
    for (const slab of others) slab.tailOf = first.number;
  }

  /** The rows of stored payloads are gone, each of which lay in the one slab. The last one takes its slab with it. */
  forget(number: number, payloads: number): void {
    if (number === 0) return;
    const slab = this.#slabs.get(number);
    if (slab === undefined) {
      this.#droppedPayloads -= payloads;
      return;
    }
    slab.payloads -= payloads;
    this.#discardEmpty(slab);
  }

  /** The same for a payload that goes on in the slabs after its first. */
  forgetSpanning(number: number): void {
    const slab = this.#slabs.get(number);
    if (slab === undefined || slab.lost) {
      this.#droppedPayloads--;
      if (slab !== undefined) slab.lost = false;
      return;
    }
    slab.payloads--;
    this.#forgetTails(slab);
    this.#discardEmpty(slab);
  }

  /** Where the bytes of a payload lie that goes on in the slabs after its first. */
  pieces(number: number, offset: number, bytes: number): Piece[] {
    const first = this.#slabs.get(number);
    if (first === undefined || first.lost) return [{ slab: GONE, offset, bytes }];
    const pieces: Piece[] = [];
    let left = bytes;
    let from = offset;
    for (let slab: Slab | undefined = first; slab !== undefined && left > 0; slab = this.#slabs.get(slab.next)) {
      const piece = { slab: slab.number, offset: from, bytes: Math.min(left, slab.used - from) };
      if (piece.bytes > 0) pieces.push(piece);
      left -= piece.bytes;
      from = 0;
    }
    return left === 0 ? pieces : [{ slab: GONE, offset, bytes }];
  }

  placeOf(number: number): PayloadPlace {
    if (number === 0) return 'memory';
    const slab = this.#slabs.get(number);
    if (slab === undefined) return 'dropped';
    return slab.buffer === null ? 'disk' : 'memory';
  }

  /** The buffer that holds a slab, if it is in memory or at hand; offsets are into it. To be read at once. */
  bufferOf(number: number): Buffer | null {
    return this.#slabs.get(number)?.buffer ?? this.#cached.get(number) ?? null;
  }

  /** Bytes of a slab, from disk if need be, to be read at once. Null when they were dropped. */
  async read(number: number, offset: number, length: number): Promise<Uint8Array | null> {
    const slab = this.#slabs.get(number);
    const buffer = this.bufferOf(number);
    if (slab === undefined || this.#folder === null || buffer !== null) {
      return buffer === null ? null : buffer.subarray(offset, offset + length);
    }
    try {
      const bytes = await (slab.origin?.read() ?? this.#folder.read(number, 0, slab.used));
      if (this.holds(slab)) this.#keepAtHand(slab, bytes);
      return bytes.subarray(offset, offset + length);
    } catch (error) {
      if (this.holds(slab)) this.#drop(slab, describe(error));
      return null;
    }
  }

  /** Frees memory and disk, but for what is held; slab numbers go on. */
  clear(): void {
    let heldBytes = 0;
    for (const slab of this.#slabs.values()) {
      if (slab.holds > 0 && slab.buffer !== null && !slab.writing) {
        heldBytes += slab.buffer.length;
        Object.assign(slab, { payloads: 0, tailOf: 0, lost: false, from: slab.used });
      } else this.#slabs.delete(slab.number);
    }
    this.#cached.clear();
    this.#pool = [];
    this.#memoryBytes = this.#writingBytes + heldBytes;
    this.#diskBytes = 0;
    this.#originBytes = 0;
    this.#droppedPayloads = 0;
    this.#spillError = null;
    this.#folder?.clear();
  }

  /** Resolves once all that is to leave memory has left it: a source at rest waits, so that nothing of it is dropped. */
  async settled(): Promise<void> {
    while (this.#writes.size > 0) await Promise.all(this.#writes);
  }

  /** Removes what is on disk. */
  async dispose(): Promise<void> {
    this.clear();
    await this.#folder?.dispose();
  }

  get #usedBytes(): number {
    return this.#memoryBytes - this.#pool.length * this.slabBytes;
  }

  /** Gives memory for a slab once it fits: the oldest payloads go for it. */
  #allocate(): Buffer {
    for (;;) {
      const free = this.#pool.pop();
      if (free !== undefined) return free;
      if (this.#memoryBytes + this.slabBytes <= this.#memoryLimit) break;
      // What is held is worth more than the rest, but no peer and no half frame may take more than there is.
      const oldest =
        this.#oldestInMemory((slab) => slab.holds === 0) ??
        this.#oldestInMemory((slab) => slab.next !== 0 && this.#slabs.has(slab.next));
      if (oldest === null) break;
      this.#drop(oldest, this.#whyNotOnDisk(oldest));
    }
    this.#memoryBytes += this.slabBytes;
    return Buffer.allocUnsafeSlow(this.slabBytes);
  }

  #whyNotOnDisk(slab: Slab): string {
    if (this.#folder === null) return 'moving payloads to disk is off';
    if (slab.refused && this.#spillError !== null) return this.#spillError;
    return this.#refusal ?? 'the disk is slower than the peer';
  }

  #oldestInMemory(wanted: (slab: Slab) => boolean): Slab | null {
    for (const slab of this.#slabs.values()) {
      if (slab.buffer !== null && !slab.writing && wanted(slab)) return slab;
    }
    return null;
  }

  /** Moves the oldest slabs to disk while there is no room for the longest payload. */
  #spill(): void {
    if (this.#folder === null) return;
    while (this.#usedBytes - this.#writingBytes > this.#spillAbove) {
      const slab = this.#oldestInMemory(({ holds, refused }) => holds === 0 && !refused);
      if (slab === null) return;
      if (slab.origin !== null) {
        this.#originBytes += slab.used;
        this.#pool.push(slab.buffer!);
        slab.buffer = null;
        continue;
      }
      if (this.#writingBytes >= WRITES_AT_A_TIME * this.slabBytes) return;
      if (this.#makeRoomOnDisk(slab.used)) {
        this.#diskBytes += slab.used;
        const write = this.#write(slab, this.#folder, slab.buffer!).finally(() => this.#writes.delete(write));
        this.#writes.add(write);
      } else {
        slab.refused = true;
        this.#spillError = 'the disk budget is too small';
      }
    }
  }

  async #write(slab: Slab, folder: SpillFolder, buffer: Buffer): Promise<void> {
    slab.writing = true;
    this.#writingBytes += buffer.length;
    let failure: string | null = null;
    try {
      await folder.write(slab.number, buffer.subarray(0, slab.used));
    } catch (error) {
      failure = describe(error);
    }
    slab.writing = false;
    this.#refusal = failure;
    this.#writingBytes -= buffer.length;
    if (!this.holds(slab)) {
      // Cleared or discarded meanwhile: the memory was still counted while the disk was reading it.
      this.#memoryBytes -= buffer.length;
      folder.remove(slab.number);
    } else if (failure !== null) {
      this.#diskBytes -= slab.used;
      slab.refused = true;
      this.#spillError = failure;
    } else {
      slab.buffer = null;
      this.#spillError = null;
      this.#pool.push(buffer);
    }
    this.#spill();
  }

  #makeRoomOnDisk(bytes: number): boolean {
    while (this.#diskBytes + bytes > this.#options.diskBudgetBytes) {
      const oldest = this.#oldestOnDisk();
      if (oldest === null) return false;
      this.#drop(oldest, null);
    }
    return true;
  }

  #oldestOnDisk(): Slab | null {
    for (const slab of this.#slabs.values()) if (slab.buffer === null && slab.origin === null) return slab;
    return null;
  }

  #drop(slab: Slab, reason: string | null): void {
    if (reason !== null) this.#spillError = reason;
    this.#dropEpoch++;
    this.#droppedPayloads += slab.payloads;
    const first = this.#slabs.get(slab.tailOf);
    if (first !== undefined) {
      first.payloads--;
      first.lost = true;
      this.#droppedPayloads++;
      this.#forgetTails(first);
    }
    this.#forgetTails(slab);
    if (this.holds(slab)) this.#discard(slab);
  }

  /** The payload that goes on after its first slab is of no use any more there. */
  #forgetTails(first: Slab): void {
    for (let slab = this.#slabs.get(first.next); slab?.tailOf === first.number; ) {
      const next = this.#slabs.get(slab.next);
      slab.tailOf = 0;
      this.#discardEmpty(slab);
      slab = next;
    }
  }

  #discardEmpty(slab: Slab): void {
    if (slab.payloads === 0 && slab.tailOf === 0 && !slab.lost && slab.holds === 0) this.#discard(slab);
  }

  #discard(slab: Slab): void {
    this.#slabs.delete(slab.number);
    this.#cached.delete(slab.number);
    if (slab.writing) {
      this.#diskBytes -= slab.used;
    } else if (slab.buffer === null && slab.origin !== null) {
      this.#originBytes -= slab.used;
    } else if (slab.buffer === null) {
      this.#diskBytes -= slab.used;
      this.#folder?.remove(slab.number);
    } else this.#pool.push(slab.buffer);
  }

  #keepAtHand(slab: Slab, bytes: Uint8Array): void {
    this.#cached.set(slab.number, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    const [oldest] = this.#cached.keys();
    if (this.#cached.size > CACHED_SLABS && oldest !== undefined) this.#cached.delete(oldest);
  }
}

function describe(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'the disk is full';
  return error instanceof Error ? error.message : String(error);
}
