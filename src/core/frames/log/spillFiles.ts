import { mkdtemp, open, readdir, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isProcessAlive } from '../../base/processes.js';

/** The file system as the log needs it; a test gives one that fails. */
export interface SpillFiles {
  /** Makes a new folder of ours inside `parent` and gives its path. */
  makeFolder(parent: string): Promise<string>;
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** Gives exactly `length` bytes, or fails. */
  read(path: string, offset: number, length: number): Promise<Uint8Array>;
  remove(path: string): Promise<void>;
  removeFolder(path: string): Promise<void>;
}

const PREFIX = 'wsprobe-log-';

/** The real file system. Folders of processes that are gone are swept when a new one is made. */
export const diskFiles: SpillFiles = {
  async makeFolder(parent) {
    await sweepSpill(parent);
    return mkdtemp(join(parent, `${PREFIX}${process.pid}-`));
  },
  async write(path, bytes) {
    // `writeFile` takes a turn of the event loop for each half MiB, in which a peer may send more than that.
    const file = await open(path, 'wx', 0o600);
    try {
      for (let written = 0; written < bytes.length; ) {
        written += (await file.write(bytes, written, bytes.length - written)).bytesWritten;
      }
    } finally {
      await file.close();
    }
  },
  async read(path, offset, length) {
    const file = await open(path, 'r');
    try {
      const bytes = Buffer.allocUnsafeSlow(length);
      const { bytesRead } = await file.read(bytes, 0, length, offset);
      if (bytesRead < length) throw new Error('the file is shorter than what was written to it');
      return bytes;
    } finally {
      await file.close();
    }
  },
  remove: (path) => unlink(path),
  removeFolder: (path) => rm(path, { recursive: true, force: true }),
};

/** Removes what processes that are gone have left. Never rejects. */
export async function sweepSpill(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names) {
    const pid = name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length), 10) : Number.NaN;
    // A failure to sweep costs disk space of an earlier process; it must not cost this one its spill.
    if (pid > 0 && !isProcessAlive(pid)) await rm(join(parent, name), { recursive: true, force: true }).catch(() => {});
  }
}

/** Removes what this process has left, once nothing of it writes any more. Never rejects. */
export async function removeOwnSpill(parent: string): Promise<void> {
  const own = `${PREFIX}${process.pid}-`;
  const names = (await readdir(parent).catch(() => [])).filter((name) => name.startsWith(own));
  await Promise.all(names.map((name) => rm(join(parent, name), { recursive: true, force: true }).catch(() => {})));
}
