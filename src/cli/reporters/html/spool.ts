import { type FileHandle, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPrivateFile } from '../../../core/base/regularFile.js';
import type { ReportStream } from '../reporter.js';

const PIECE_BYTES = 256 * 1024;

/** Texts kept in temporary files until what stands before them is known. */
export class Spool {
  readonly #folder: string;
  readonly #files: readonly FileHandle[];

  private constructor(folder: string, files: readonly FileHandle[]) {
    this.#folder = folder;
    this.#files = files;
  }

  static async open(count: number): Promise<Spool> {
    const folder = await mkdtemp(join(tmpdir(), 'wsprobe-run-'));
    const names = Array.from({ length: count }, (_, index) => join(folder, String(index)));
    const spool = new Spool(folder, await Promise.all(names.map((name) => openPrivateFile(name, 'w+'))));
    // An open file needs no name: where the system agrees, nothing is left behind however we end.
    await spool.#removeFolder().catch(() => {});
    return spool;
  }

  async write(index: number, text: string): Promise<void> {
    await this.#files[index]?.writeFile(text);
  }

  async copyTo(stream: ReportStream, index: number): Promise<void> {
    const file = this.#files[index];
    if (file === undefined) return;
    const decoder = new TextDecoder();
    const buffer = Buffer.alloc(PIECE_BYTES);
    for (let at = 0; ; ) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      await stream.write(decoder.decode(buffer.subarray(0, bytesRead), { stream: true }));
    }
  }

  async remove(): Promise<void> {
    await Promise.all(this.#files.map((file) => file.close()));
    await this.#removeFolder();
  }

  #removeFolder(): Promise<void> {
    return rm(this.#folder, { recursive: true, force: true });
  }
}
