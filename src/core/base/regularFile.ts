import { constants } from 'node:fs';
import { type FileHandle, open, stat, unlink } from 'node:fs/promises';

export interface ReadLimits {
  readonly maxBytes: number;
  /** Ends the wait for a file system that does not answer. */
  readonly signal?: AbortSignal | undefined;
}

/** Why a file is not read; `code` is the system's (`ENOENT`…) or one of ours: `NOT_REGULAR`, `TOO_LARGE`. */
export class FileReadError extends Error {
  override readonly name = 'FileReadError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Without `O_NONBLOCK` (Windows has none) a pipe that nobody writes to would hold a thread for good. */
const FLAGS: Readonly<Record<'r' | 'r+', number>> = {
  r: constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0),
  'r+': constants.O_RDWR | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0),
};

/**
 * Opens a file that is there, links followed. What is no regular file (a device, a pipe, a folder) is refused before it is
 * opened, and once more by its handle: a device does something when it is opened, and a pipe never ends.
 */
export async function openRegularFile(path: string, flags: 'r' | 'r+' = 'r'): Promise<FileHandle> {
  requireRegular(await stat(path), path);
  const handle = await open(path, FLAGS[flags]);
  try {
    requireRegular(await handle.stat(), path);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** For the owner alone: what is written holds what a peer and a person told each other. */
const PRIVATE = 0o600;

/** Opens a file to write to, made if it is not there; nobody but its owner may read it, nor a file of ours that stood there. */
export async function openPrivateFile(path: string, flags: 'w' | 'wx' | 'w+' | 'a+'): Promise<FileHandle> {
  const handle = await open(path, flags, PRIVATE);
  try {
    const { mode } = await handle.stat().then((stats) => (stats.isFile() ? stats : { mode: PRIVATE }));
    // Somebody else's file, or a file system without modes, stays as it is.
    if ((mode & 0o777) !== PRIVATE) await handle.chmod(PRIVATE).catch(() => {});
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Writes a file as `openPrivateFile` opens it. What could not be written whole is not left behind where nothing stood before. */
export async function writePrivateFile(
  path: string,
  flags: 'w' | 'wx',
  write: (handle: FileHandle) => Promise<void>,
): Promise<void> {
  let isNew = true;
  const handle = await openPrivateFile(path, 'wx').catch((error: NodeJS.ErrnoException) => {
    if (flags === 'wx' || error.code !== 'EEXIST') throw error;
    isNew = false;
    return openPrivateFile(path, flags);
  });
  try {
    try {
      await write(handle);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isNew) await unlink(path).catch(() => {});
    throw error;
  }
}

/** The whole of a regular file. Rejects with a `FileReadError`, the system's error, or the signal's reason. */
export async function readRegularFile(path: string, { maxBytes, signal }: ReadLimits): Promise<Buffer> {
  signal?.throwIfAborted();
  return signal ? abandoned(read(path, maxBytes, signal), signal) : read(path, maxBytes);
}

/** That a file could be read whole, without reading it. Rejects as `readRegularFile` does. */
export async function checkRegularFile(path: string, { maxBytes, signal }: ReadLimits): Promise<void> {
  signal?.throwIfAborted();
  await (signal ? abandoned(check(path, maxBytes), signal) : check(path, maxBytes));
}

async function check(path: string, maxBytes: number): Promise<void> {
  const handle = await openRegularFile(path);
  try {
    if ((await handle.stat()).size > maxBytes) throw tooLarge(path, maxBytes);
  } finally {
    await handle.close();
  }
}

async function read(path: string, maxBytes: number, signal?: AbortSignal): Promise<Buffer> {
  const handle = await openRegularFile(path);
  try {
    if ((await handle.stat()).size > maxBytes) throw tooLarge(path, maxBytes);
    // A stream that begins aborted tells so before anybody can listen.
    signal?.throwIfAborted();
    const chunks: Buffer[] = [];
    let size = 0;
    // A file can grow while it is read, and one of the system has no size.
    for await (const chunk of handle.createReadStream({ autoClose: false, end: maxBytes, signal })) {
      size += (chunk as Buffer).length;
      if (size > maxBytes) throw tooLarge(path, maxBytes);
      chunks.push(chunk as Buffer);
    }
    return Buffer.concat(chunks);
  } finally {
    await handle.close();
  }
}

function requireRegular(stats: { isFile(): boolean; isDirectory(): boolean }, path: string): void {
  if (stats.isDirectory()) throw new FileReadError('EISDIR', `${path} is a folder`);
  if (!stats.isFile()) throw new FileReadError('NOT_REGULAR', `${path} is no regular file`);
}

function tooLarge(path: string, maxBytes: number): FileReadError {
  return new FileReadError('TOO_LARGE', `${path} is larger than ${Math.floor(maxBytes / 1024 / 1024)} MiB`);
}

/** The work goes on unheard where the system cannot be interrupted. */
function abandoned<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
