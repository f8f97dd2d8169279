import { type FileHandle, open, rename, rm, writeFile } from 'node:fs/promises';
import { writeSync } from 'node:fs';
import { openPrivateFile } from '../base/regularFile.js';
import { lockFile } from '../base/fileLock.js';
import { parseLine } from './parseLine.js';
import { type AppendFile, readAt } from './recordingFile.js';

const NEWLINE = 0x0a;
/** A longer line about a connection is not carried over. */
const MAX_CONNECTION_BYTES = 64 * 1024;

export interface KeptFileOptions {
  readonly path: string;
  /** The file never grows beyond that, but for one write. */
  readonly maxBytes: number;
  /** Beyond it a write takes its time, so that a flood costs little; a burst of one second is free. */
  readonly bytesPerSecond: number;
}

/**
 * The end of a recording in bounded room: when the file is full, its older half goes. At every moment it is a whole
 * `.wsrec`, also after a crash: what is rewritten takes the place of what was there in one step.
 */
export class KeptFile implements AppendFile {
  readonly #options: KeptFileOptions;
  readonly #lock: { release(): Promise<void> };
  #handle: FileHandle;
  #size = 0;
  /** Of all that was ever written: where the present file's first byte would stand if nothing had gone. */
  #gone = 0;
  #header = 0;
  #forgetBefore = 0;
  #allowance: number;
  #allowedAt = performance.now();

  /** An empty file for the owner alone, which nobody else writes. Rejects as the system does, or with `file-busy`. */
  static async open(options: KeptFileOptions): Promise<KeptFile> {
    const lock = await lockFile(options.path);
    try {
      return new KeptFile(options, await openPrivateFile(options.path, 'w+'), lock);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  private constructor(options: KeptFileOptions, handle: FileHandle, lock: { release(): Promise<void> }) {
    this.#options = options;
    this.#handle = handle;
    this.#lock = lock;
    this.#allowance = options.bytesPerSecond;
  }

  async append(pages: readonly Uint8Array[]): Promise<void> {
    const before = this.#size;
    for (const page of pages) {
      for (let at = 0; at < page.length; ) {
        const { bytesWritten } = await this.#handle.write(page, at, page.length - at, this.#size);
        at += bytesWritten;
        this.#size += bytesWritten;
      }
    }
    const written = this.#size - before;
    if (this.#header === 0) await this.#findHeader();
    const { maxBytes } = this.#options;
    const cleared = this.#forgetBefore > this.#gone && this.#forgetBefore <= this.#gone + this.#size;
    if (cleared) await this.#forget(this.#forgetBefore - this.#gone, false);
    else if (this.#size > maxBytes) await this.#forget(this.#size - maxBytes / 2, true);
    await this.#pace(written);
  }

  appendSync(pages: readonly Uint8Array[]): void {
    for (const page of pages) {
      for (let at = 0; at < page.length; ) {
        const written = writeSync(this.#handle.fd, page, at, page.length - at, this.#size);
        at += written;
        this.#size += written;
      }
    }
  }

  /** What was written up to here was cleared by a person: it goes as soon as `bytes`, counted from the beginning, are there. */
  clear(bytes: number): void {
    this.#forgetBefore = bytes;
  }

  async close(): Promise<void> {
    await this.#handle.close();
    await this.#lock.release();
  }

  /** Closes it, and nothing of it is left. */
  async remove(): Promise<void> {
    await rm(this.#options.path, { force: true });
  }

  async #findHeader(): Promise<void> {
    const beginning = await readAt(this.#handle, 0, this.#size);
    this.#header = beginning.indexOf(NEWLINE) + 1;
  }

  /** Lets go of the lines that begin before an offset. `counts`: a line says how many frames went. */
  async #forget(offset: number, counts: boolean): Promise<void> {
    const from = Math.max(this.#header, Math.floor(offset));
    const all = await readAt(this.#handle, 0, this.#size);
    const cut = from === this.#header ? from : all.indexOf(NEWLINE, from - 1) + 1 || all.length;
    const { connection, ...old } = look(all.subarray(this.#header, cut));
    const lost = { type: 'lost', ...old, reason: 'Only the end of a session is kept.' };
    const told = Buffer.from(counts && old.frames > 0 ? `${JSON.stringify(lost)}\n` : '');
    await this.#replace(Buffer.concat([all.subarray(0, this.#header), connection, told, all.subarray(cut)]));
    this.#gone += all.length - this.#size;
  }

  async #replace(bytes: Buffer): Promise<void> {
    const { path } = this.#options;
    const part = `${path}.part`;
    try {
      await writeFile(part, bytes, { mode: 0o600 });
      // Windows replaces no file that is open.
      await this.#handle.close();
      try {
        await rename(part, path);
      } finally {
        this.#handle = await open(path, 'r+');
      }
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
    this.#size = bytes.length;
  }

  async #pace(bytes: number): Promise<void> {
    const { bytesPerSecond } = this.#options;
    const nowMs = performance.now();
    const earned = ((nowMs - this.#allowedAt) / 1000) * bytesPerSecond;
    this.#allowedAt = nowMs;
    this.#allowance = Math.min(bytesPerSecond, this.#allowance + earned) - bytes;
    if (this.#allowance >= 0) return;
    const waitMs = (-this.#allowance / bytesPerSecond) * 1000;
    await new Promise((resolve) => setTimeout(resolve, waitMs).unref());
  }
}

interface Forgotten {
  /** When the last of them was. */
  readonly atMs: number;
  /** Frames among them, with those that they say are lost. */
  readonly frames: number;
  /** The last line that describes a connection: what stays may be of it. */
  readonly connection: Buffer;
}

function look(lines: Buffer): Forgotten {
  let frames = 0;
  let connection: Buffer = Buffer.alloc(0);
  let last: Buffer = connection;
  for (let from = 0; from < lines.length; ) {
    const end = lines.indexOf(NEWLINE, from) + 1 || lines.length;
    last = lines.subarray(from, end);
    switch (typeOf(last)) {
      case 'frame':
        frames += 1;
        break;
      case 'lost': {
        const parsed = parseLine(last);
        if (parsed.kind === 'line' && parsed.line.type === 'lost') frames += parsed.line.frames;
        break;
      }
      case 'connection':
        if (last.length <= MAX_CONNECTION_BYTES) connection = last;
        break;
      default:
    }
    from = end;
  }
  const parsed = parseLine(last);
  return { atMs: parsed.kind === 'line' ? parsed.line.atMs : 0, frames, connection };
}

/** Every line of ours begins with its type: `{"type":"frame",…`. */
function typeOf(line: Buffer): string {
  const beginning = line.toString('latin1', 0, 24);
  return beginning.startsWith('{"type":"') ? beginning.slice(9, beginning.indexOf('"', 9)) : '';
}
