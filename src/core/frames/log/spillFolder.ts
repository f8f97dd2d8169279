import { join } from 'node:path';
import type { SpillFiles } from './spillFiles.js';

/** One folder of slab files, made with the first write. A cleared folder is removed once its writes have ended. */
export class SpillFolder {
  readonly #parent: string;
  readonly #files: SpillFiles;
  #path: Promise<string> | null = null;
  /** Writes and removals under way in the present folder. */
  #busy = new Set<Promise<unknown>>();
  readonly #removals = new Set<Promise<unknown>>();

  constructor(parent: string, files: SpillFiles) {
    this.#parent = parent;
    this.#files = files;
  }

  async write(number: number, bytes: Uint8Array): Promise<void> {
    await this.#tracked(this.#write(number, bytes));
  }

  async read(number: number, offset: number, length: number): Promise<Uint8Array> {
    const path = await this.#path;
    if (path === null) throw new Error('nothing was moved to disk');
    return this.#files.read(file(path, number), offset, length);
  }

  /** Removes a slab's file; one that cannot be removed goes with the folder. */
  remove(number: number): void {
    const path = this.#path;
    if (path === null) return;
    void this.#tracked(path.then((folder) => this.#files.remove(file(folder, number)))).catch(() => {});
  }

  clear(): void {
    const path = this.#path;
    if (path === null) return;
    const removal = this.#removeFolder(path, [...this.#busy]);
    this.#path = null;
    this.#busy = new Set();
    this.#removals.add(removal);
    void removal.then(() => this.#removals.delete(removal));
  }

  async dispose(): Promise<void> {
    this.clear();
    await Promise.all(this.#removals);
  }

  async #write(number: number, bytes: Uint8Array): Promise<void> {
    this.#path ??= this.#files.makeFolder(this.#parent);
    const making = this.#path;
    let path: string;
    try {
      path = await making;
    } catch (error) {
      // The next write tries again.
      if (this.#path === making) this.#path = null;
      throw error;
    }
    try {
      await this.#files.write(file(path, number), bytes);
    } catch (error) {
      await this.#files.remove(file(path, number)).catch(() => {});
      throw error;
    }
  }

  async #tracked<T>(work: Promise<T>): Promise<T> {
    const busy = this.#busy;
    busy.add(work);
    try {
      return await work;
    } finally {
      busy.delete(work);
    }
  }

  async #removeFolder(path: Promise<string>, busy: readonly Promise<unknown>[]): Promise<void> {
    await Promise.allSettled(busy);
    // A folder that was never made needs no removal; one that resists is swept by a later process.
    await path.then((folder) => this.#files.removeFolder(folder)).catch(() => {});
  }
}

function file(folder: string, number: number): string {
  return join(folder, `${number}.slab`);
}
