import type { PayloadPlace } from '../../base/logRow.js';
import { SpillFolder } from './spillFolder.js';
import { diskFiles, type SpillFiles } from './spillFiles.js';

const MAX_SLAB_BYTES = 1024 * 1024;
const MIN_SLAB_BYTES = 256;
const MIN_BUDGET_BYTES = 16 * 1024;
/** Of small payloads a slab at a time is read back; this many stay at hand. */
const CACHED_SLABS = 2;
const SPARE_SLABS = 2;
/**
 * A disk that the peer outruns would save a slab here and there, at the price of a core that the peer's bytes need: it rests until
 * the peer has been slower for so long.
 */
const OUTRUN_REST_MS = 250;

export interface SlabStoreOptions {
  /** How long the disk rests after the peer outran it; 250 ms. */
  readonly outrunRestMs?: number | undefined;
  readonly memoryBudgetBytes: number;
  readonly diskBudgetBytes: number;
  /** Null: payloads are dropped, never moved to disk. */
  readonly spillDir: string | null;
  readonly files?: SpillFiles | undefined;
}

interface Slab {
  readonly number: number;
  /** Null once it is on disk. */
  buffer: Buffer | null;
  used: number;
  /** How many stored payloads of retained rows are in it. */
  payloads: number;
  writing: boolean;
  /** The disk refused it: it is dropped from memory when its time comes. */
  refused: boolean;
}

/**
 * Payload bytes in slabs: the newest in memory, older ones on disk, the oldest dropped. Small payloads share a slab,
 * a large one has its own; none lies in two. Both budgets hold at every moment.
 */
export class SlabStore {
  readonly slabBytes: number;
  /** The longest payload that can be stored; longer ones are to be cut. */
  readonly maxPayloadBytes: number;
  /** Where the last `put` went; slab 0 when it was empty. */
  slab = 0;
  offset = 0;

  readonly #options: SlabStoreOptions;
  readonly #restMs: number;
  readonly #memoryLimit: number;
  readonly #spillAbove: number;
  readonly #folder: SpillFolder | null;
  /** In memory and on disk, oldest first. A number that is missing was dropped. */
  readonly #slabs = new Map<number, Slab>();
  #open: Slab | null = null;
  #openBuffer: Buffer = Buffer.alloc(0);
  #openNumber = 0;
  #openUsed = 0;
  #openPayloads = 0;
  #spare: Buffer[] = [];
  readonly #cached = new Map<number, Buffer>();
  #lastNumber = 0;
  #memoryBytes = 0;
  #writingBytes = 0;
  #diskBytes = 0;
  #droppedPayloads = 0;
  #dropEpoch = 0;
  #spillError: string | null = null;
  /** When a slab had last to be dropped because the disk was still at another. */
  #outrunAt = Number.NEGATIVE_INFINITY;

  constructor(options: SlabStoreOptions) {
    const budget = Math.max(MIN_BUDGET_BYTES, options.memoryBudgetBytes);
    this.#options = options;
    this.#restMs = options.outrunRestMs ?? OUTRUN_REST_MS;
    this.slabBytes = Math.min(MAX_SLAB_BYTES, Math.max(MIN_SLAB_BYTES, Math.floor(budget / 64)));
    this.#folder = options.spillDir === null ? null : new SpillFolder(options.spillDir, options.files ?? diskFiles);
    this.#memoryLimit = this.#folder === null ? budget : budget - CACHED_SLABS * this.slabBytes;
    this.#spillAbove = this.#memoryLimit - Math.floor(budget / 8);
    this.maxPayloadBytes = Math.max(1, Math.floor(budget / 4));
  }

  get memoryBytes(): number {
    return this.#memoryBytes + this.#cached.size * this.slabBytes;
  }

  get diskBytes(): number {
    return this.#diskBytes;
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

  /** Stores `bytes` of a payload from `from` on, `maxPayloadBytes` at most; `slab` and `offset` say where. */
  put(payload: Uint8Array, bytes: number, from = 0): void {
    if (bytes === 0) {
      this.slab = 0;
      this.offset = 0;
      return;
    }
    const end = this.#openUsed + bytes;
    if (end > this.#openBuffer.length) {
      this.#putElsewhere(payload, bytes, from);
      return;
    }
    copyBytes(payload, from, bytes, this.#openBuffer, this.#openUsed);
    this.slab = this.#openNumber;
    this.offset = this.#openUsed;
    this.#openUsed = end;
    this.#openPayloads++;
  }

  /** The rows of stored payloads are gone. The last one takes its slab with it. */
  forget(number: number, payloads: number): void {
    if (number === 0) return;
    if (number === this.#openNumber) {
      this.#openPayloads -= payloads;
      return;
    }
    const slab = this.#slabs.get(number);
    if (slab === undefined) this.#droppedPayloads -= payloads;
    else {
      slab.payloads -= payloads;
      if (slab.payloads === 0) this.#discard(slab);
    }
  }

  placeOf(number: number): PayloadPlace {
    if (number === 0) return 'memory';
    const slab = this.#slabs.get(number);
    if (slab === undefined) return 'dropped';
    return slab.buffer === null ? 'disk' : 'memory';
  }

  /** The buffer that holds a slab, if it is in memory or at hand; offsets are into it. */
  bufferOf(number: number): Buffer | null {
    return this.#slabs.get(number)?.buffer ?? this.#cached.get(number) ?? null;
  }

  /** Bytes of a slab, from disk if need be: a copy or a view to be read at once. Null when they were dropped. */
  async read(number: number, offset: number, length: number): Promise<Uint8Array | null> {
    const slab = this.#slabs.get(number);
    const buffer = this.bufferOf(number);
    if (slab === undefined || this.#folder === null || buffer !== null) {
      return buffer === null ? null : buffer.subarray(offset, offset + length);
    }
    const whole = slab.used <= this.slabBytes;
    try {
      const bytes = await (whole ? this.#folder.read(number, 0, slab.used) : this.#folder.read(number, offset, length));
      if (!whole) return bytes;
      if (this.#slabs.get(number) === slab) this.#keepAtHand(slab, bytes);
      return bytes.subarray(offset, offset + length);
    } catch (error) {
      if (this.#slabs.get(number) === slab) this.#drop(slab, describe(error));
      return null;
    }
  }

  /** Frees memory and disk; slab numbers go on. */
  clear(): void {
    this.#slabs.clear();
    this.#cached.clear();
    this.#spare = [];
    this.#open = null;
    this.#openBuffer = Buffer.alloc(0);
    this.#openUsed = 0;
    this.#openPayloads = 0;
    this.#openNumber = 0;
    this.#memoryBytes = this.#writingBytes;
    this.#diskBytes = 0;
    this.#droppedPayloads = 0;
    this.#spillError = null;
    this.#folder?.clear();
  }

  /** Removes what is on disk. */
  async dispose(): Promise<void> {
    this.clear();
    await this.#folder?.dispose();
  }

  #putElsewhere(payload: Uint8Array, bytes: number, from: number): void {
    const ownSlab = bytes > this.slabBytes / 4;
    const buffer = this.#allocate(ownSlab ? bytes : this.slabBytes);
    const slab: Slab = {
      number: ++this.#lastNumber,
      buffer,
      used: bytes,
      payloads: 1,
      writing: false,
      refused: false,
    };
    copyBytes(payload, from, bytes, buffer, 0);
    this.#slabs.set(slab.number, slab);
    this.slab = slab.number;
    this.offset = 0;
    if (!ownSlab) {
      this.#closeOpen();
      this.#open = slab;
      this.#openBuffer = buffer;
      this.#openUsed = bytes;
      this.#openPayloads = 1;
      this.#openNumber = slab.number;
    }
    this.#spill();
  }

  #closeOpen(): void {
    const slab = this.#open;
    if (slab === null) return;
    slab.used = this.#openUsed;
    slab.payloads = this.#openPayloads;
    this.#open = null;
    if (slab.payloads === 0) this.#discard(slab);
  }

  /** Gives a buffer once it fits: spare ones go first, then the oldest payloads. */
  #allocate(bytes: number): Buffer {
    const spare = bytes === this.slabBytes ? this.#spare.pop() : undefined;
    if (spare !== undefined) return spare;
    while (this.#memoryBytes + bytes > this.#memoryLimit) {
      if (this.#spare.pop() !== undefined) {
        this.#memoryBytes -= this.slabBytes;
        continue;
      }
      const oldest = this.#oldestInMemory((slab) => !slab.writing);
      if (oldest === null) break;
      this.#drop(oldest, this.#whyNotOnDisk(oldest));
      if (this.#writingBytes > 0) this.#outrunAt = performance.now();
      const freed = bytes === this.slabBytes ? this.#spare.pop() : undefined;
      if (freed !== undefined) return freed;
    }
    this.#memoryBytes += bytes;
    return Buffer.allocUnsafeSlow(bytes);
  }

  #whyNotOnDisk(slab: Slab): string {
    if (this.#folder === null) return 'moving payloads to disk is off';
    return slab.refused && this.#spillError !== null ? this.#spillError : 'the disk is slower than the peer';
  }

  #oldestInMemory(wanted: (slab: Slab) => boolean): Slab | null {
    for (const slab of this.#slabs.values()) {
      if (slab.buffer !== null && slab !== this.#open && wanted(slab)) return slab;
    }
    return null;
  }

  /** Moves the oldest slabs to disk while memory runs short, a quarter of the budget at a time at most. */
  #spill(): void {
    if (this.#folder === null || performance.now() - this.#outrunAt < this.#restMs) return;
    while (this.#memoryBytes - this.#writingBytes > this.#spillAbove) {
      const slab = this.#oldestInMemory((candidate) => !candidate.writing && !candidate.refused);
      if (slab === null) return;
      // One write at a time: more would take the cores from the peer's bytes.
      if (this.#writingBytes > 0) return;
      if (!this.#makeRoomOnDisk(slab.used)) {
        slab.refused = true;
        this.#spillError = 'the disk budget is too small';
        continue;
      }
      this.#diskBytes += slab.used;
      void this.#write(slab, this.#folder, slab.buffer!);
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
    this.#writingBytes -= buffer.length;
    const isOurs = this.#slabs.get(slab.number) === slab;
    if (!isOurs) {
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
      this.#reuse(buffer);
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
    for (const slab of this.#slabs.values()) if (slab.buffer === null) return slab;
    return null;
  }

  #drop(slab: Slab, reason: string | null): void {
    this.#droppedPayloads += slab.payloads;
    this.#dropEpoch++;
    if (reason !== null) this.#spillError = reason;
    this.#discard(slab);
  }

  #discard(slab: Slab): void {
    this.#slabs.delete(slab.number);
    this.#cached.delete(slab.number);
    if (slab.writing) {
      this.#diskBytes -= slab.used;
    } else if (slab.buffer === null) {
      this.#diskBytes -= slab.used;
      this.#folder?.remove(slab.number);
    } else this.#reuse(slab.buffer);
  }

  #reuse(buffer: Buffer): void {
    if (buffer.length === this.slabBytes && this.#spare.length < SPARE_SLABS) this.#spare.push(buffer);
    else this.#memoryBytes -= buffer.length;
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

/** Below this a view and its `set` cost more than the loop. */
const SHORT_BYTES = 16;

function copyBytes(source: Uint8Array, from: number, bytes: number, target: Uint8Array, at: number): void {
  if (bytes > SHORT_BYTES) {
    target.set(from === 0 && source.length === bytes ? source : source.subarray(from, from + bytes), at);
    return;
  }
  for (let index = 0; index < bytes; index++) target[at + index] = source[from + index]!;
}
