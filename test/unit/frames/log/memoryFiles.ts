import { join } from 'node:path';
import type { SpillFiles } from '../../../../src/core/frames/log/frameLog.js';

/** Files in memory, with a door that can be shut. */
export class MemoryFiles implements SpillFiles {
  readonly files = new Map<string, Buffer>();
  folders = 0;
  fail: NodeJS.ErrnoException | null = null;
  wait: (() => Promise<void>) | null = null;

  async makeFolder(parent: string): Promise<string> {
    if (this.fail !== null) throw this.fail;
    this.folders++;
    return join(parent, `${this.folders}`);
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    await this.wait?.();
    if (this.fail !== null) throw this.fail;
    this.files.set(path, Buffer.from(bytes));
  }

  async read(path: string, offset: number, length: number): Promise<Uint8Array> {
    const bytes = this.files.get(path)?.subarray(offset, offset + length);
    if (bytes?.length !== length) throw new Error('short read');
    return bytes;
  }

  async remove(path: string): Promise<void> {
    this.files.delete(path);
  }

  async removeFolder(path: string): Promise<void> {
    this.folders--;
    for (const name of this.files.keys()) if (name.startsWith(path)) this.files.delete(name);
  }
}
