import type { FileHandle } from 'node:fs/promises';
import { mkdir, rm } from 'node:fs/promises';
import { ProbeError } from '../../base/errors.js';
import { lockFile } from '../../base/fileLock.js';
import { openPrivateFile } from '../../base/regularFile.js';
import type { Sample } from '../../base/sample.js';
import { reasonOf } from '../../record/recordingFile.js';
import { compact } from './compact.js';
import { bytesOf, newSegmentFile, SEGMENT_BYTES, type SegmentFile, segmentsOf } from './folder.js';
import { headerLine, parseSegment, wholeBytes } from './records.js';

export interface HistoryOptions {
  readonly folder: string;
  /** Told once when samples cannot be kept any more, and once when they can be again. */
  readonly onTrouble: (message: string) => void;
  /** Milliseconds of the wall clock. */
  readonly wall?: () => number;
  readonly maxBytes?: number;
  readonly segmentBytes?: number;
  readonly openFile?: typeof openPrivateFile;
  /** Samples wait so long for others, and are written with them; 0: each by itself. What waits is lost with a process that is killed. */
  readonly gatherMs?: number;
}

/** No more waits: whoever appends then waits for the disk. */
const MAX_GATHERED = 64 * 1024;

/** Of all segments together. */
const MAX_BYTES = 128 * 1024 * 1024;

interface Open {
  readonly file: SegmentFile;
  readonly handle: FileHandle;
  readonly lock: { release(): Promise<void> };
  size: number;
}

/**
 * Keeps samples in a folder, in a segment that nobody else writes: several may write to one folder at once. A segment of today that
 * nobody writes is gone on with, its torn last line cut off. Never rejects for a disk that is full: the watch goes on.
 */
export class HistoryWriter {
  readonly #options: HistoryOptions;
  #open: Open | null = null;
  #work: Promise<void> = Promise.resolve();
  /** Samples that could not be kept since the trouble began; null: there is none. */
  #lost: number | null = null;
  #gathered: string[] = [];
  #gatheredLength = 0;
  #timer: NodeJS.Timeout | null = null;

  private constructor(options: HistoryOptions) {
    this.#options = options;
  }

  /** Rejects where the folder cannot be used: `history.later`, or as the system does. */
  static async open(options: HistoryOptions): Promise<HistoryWriter> {
    await mkdir(options.folder, { recursive: true, mode: 0o700 });
    const writer = new HistoryWriter(options);
    await writer.#begin();
    return writer;
  }

  /** Settles when it is written, or known not to be; at once where it waits for others. */
  async append(sample: Sample): Promise<void> {
    const line = `${JSON.stringify(sample)}\n`;
    this.#gathered.push(line);
    this.#gatheredLength += line.length;
    const { gatherMs = 0 } = this.#options;
    if (gatherMs === 0 || this.#gatheredLength >= MAX_GATHERED) await this.flush();
    else this.#timer ??= setTimeout(() => void this.flush(), gatherMs).unref();
  }

  /** Settles when all that was appended is written, or known not to be. */
  flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const lines = this.#gathered;
    this.#gathered = [];
    this.#gatheredLength = 0;
    if (lines.length > 0) this.#work = this.#work.then(() => this.#write(lines));
    return this.#work;
  }

  async close(): Promise<void> {
    await this.flush();
    const lost = this.#lost;
    this.#lost = null;
    if (lost !== null) this.#options.onTrouble(`${missing(lost)} in the history.`);
    await this.#end();
  }

  async #write(lines: readonly string[]): Promise<void> {
    try {
      if (this.#open && this.#isFull(this.#open)) await this.#end();
      await this.#put(this.#open ?? (await this.#begin()), Buffer.from(lines.join('')));
      this.#recovered();
    } catch (error) {
      this.#failed(error, lines.length);
    }
  }

  async #put(open: Open, bytes: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < bytes.length; ) {
        // Appends, wherever that is: a file that was cut has another end.
        const { bytesWritten } = await open.handle.write(bytes, at, bytes.length - at);
        at += bytesWritten;
      }
      open.size += bytes.length;
    } catch (error) {
      // Half a line must not stand before the next one.
      await open.handle.truncate(open.size).catch(() => {});
      throw error;
    }
  }

  #isFull({ file, size }: Open): boolean {
    return size >= (this.#options.segmentBytes ?? SEGMENT_BYTES) || dayOf(file.startedMs) !== dayOf(this.#wall());
  }

  async #begin(): Promise<Open> {
    const { folder, maxBytes = MAX_BYTES, segmentBytes = SEGMENT_BYTES } = this.#options;
    await compact(folder, this.#wall(), Math.max(0, maxBytes - segmentBytes));
    const open = (await this.#goOn()) ?? (await this.#take(newSegmentFile(folder, this.#wall())));
    this.#open = open;
    return open;
  }

  /** The youngest segment of today that nobody writes and that has room. */
  async #goOn(): Promise<Open | null> {
    const today = (await segmentsOf(this.#options.folder)).filter(
      ({ holds, startedMs }) => holds === 'samples' && dayOf(startedMs) === dayOf(this.#wall()),
    );
    for (const file of today.toReversed()) {
      const hasRoom = (await bytesOf(file)) < (this.#options.segmentBytes ?? SEGMENT_BYTES);
      const open = hasRoom ? await this.#take(file).catch(nullWhereBusy) : null;
      if (open !== null) return open;
    }
    return null;
  }

  /** Rejects with `file-busy` where another has it. */
  async #take(file: SegmentFile): Promise<Open> {
    const { openFile = openPrivateFile } = this.#options;
    const lock = await lockFile(file.path);
    let made: FileHandle | null = null;
    let isEmpty = false;
    try {
      const handle = await openFile(file.path, 'a+');
      made = handle;
      const bytes = await handle.readFile();
      const size = wholeBytes(bytes);
      isEmpty = size === 0;
      parseSegment(bytes, file.path);
      if (size < bytes.length) await handle.truncate(size);
      const open = { file, handle, lock, size };
      if (size === 0) await this.#put(open, Buffer.from(headerLine(new Date(file.startedMs).toISOString())));
      return open;
    } catch (error) {
      await made?.close();
      if (isEmpty) await rm(file.path, { force: true });
      await lock.release();
      throw error;
    }
  }

  async #end(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    try {
      await open?.handle.close();
    } finally {
      await open?.lock.release();
    }
  }

  #failed(error: unknown, samples: number): void {
    const isFirst = this.#lost === null;
    this.#lost = (this.#lost ?? 0) + samples;
    if (!isFirst) return;
    this.#options.onTrouble(
      `The history cannot be kept in ${this.#options.folder}: ${whyOf(error)}. The watch goes on without it.`,
    );
  }

  #recovered(): void {
    if (this.#lost === null) return;
    const lost = this.#lost;
    this.#lost = null;
    this.#options.onTrouble(`The history is kept again; ${missing(lost)} in it.`);
  }

  #wall(): number {
    return this.#options.wall?.() ?? Date.now();
  }
}

function missing(samples: number): string {
  return `${samples} ${samples === 1 ? 'sample is' : 'samples are'} missing`;
}

function whyOf(error: unknown): string {
  if (error instanceof ProbeError) return error.message.replace(/\.$/, '');
  const { code } = error as NodeJS.ErrnoException;
  return `${reasonOf(error)}${code === undefined ? '' : ` (${code})`}`;
}

function nullWhereBusy(error: unknown): null {
  if (error instanceof ProbeError && error.code === 'file-busy') return null;
  throw error;
}

function dayOf(wallMs: number): string {
  return new Date(wallMs).toISOString().slice(0, 10);
}
