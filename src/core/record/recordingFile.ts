import { writeSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { ProbeError } from '../base/errors.js';
import { lockFile } from '../base/fileLock.js';
import { openPrivateFile, openRegularFile } from '../base/regularFile.js';
import { isWholeLine } from './parseLine.js';
import { MAX_LINE_BYTES } from './limits.js';

const CHUNK_BYTES = 64 * 1024;
const NEWLINE = 0x0a;
/** As many buffers as any system takes in one write (IOV_MAX). */
const MAX_PAGES = 1024;
const FIRST_BYTES = '{"schema":"wsprobe.recording/';

/** Where a writer puts its bytes: always at the end. */
export interface AppendFile {
  append(pages: readonly Uint8Array[]): Promise<void>;
  appendSync(pages: readonly Uint8Array[]): void;
  /** Flushed to the device first. */
  close(): Promise<void>;
}

/** What `repairRecording` found behind the last whole line. */
export interface Repair {
  /** Bytes of a torn line that were cut off. */
  readonly removedBytes: number;
  /** The last line was whole but for its line break, which was added. */
  readonly completed: boolean;
  /** Size of the file after the repair. */
  readonly sizeBytes: number;
}

/**
 * Cuts a torn last line off, as a crash leaves it. A file that does not begin like a recording is left alone:
 * `recording-invalid`. Also rejects with `recording-open`.
 */
export async function repairRecording(path: string): Promise<Repair> {
  const handle = await openRecording(path, 'r+');
  try {
    return await repair(handle, path);
  } finally {
    await handle.close();
  }
}

/** `open` with errors that people can read. */
export async function openRecording(path: string, flags: 'r' | 'r+' | 'w+' | 'a+'): Promise<FileHandle> {
  try {
    return await (flags === 'r' || flags === 'r+' ? openRegularFile(path, flags) : openPrivateFile(path, flags));
  } catch (error) {
    throw notOpened(path, error);
  }
}

/** `lockFile` with errors that people can read. */
export async function lockRecording(path: string): Promise<{ release(): Promise<void> }> {
  return lockFile(path).catch((error: unknown) => {
    throw error instanceof ProbeError ? error : notOpened(path, error);
  });
}

function notOpened(path: string, cause: unknown): ProbeError {
  return new ProbeError('recording-open', `The recording ${path} cannot be opened: ${reasonOf(cause)}.`, { cause });
}

async function repair(handle: FileHandle, path: string): Promise<Repair> {
  const { size } = await handle.stat();
  await checkBeginning(handle, path, size);
  const end = await lastLineBreak(handle, size);
  if (end === size) return { removedBytes: 0, completed: false, sizeBytes: size };
  const tail = size - end <= MAX_LINE_BYTES ? await readAt(handle, end, size - end) : null;
  if (tail && isWholeLine(tail)) {
    await handle.write(Buffer.from([NEWLINE]), 0, 1, size);
    return { removedBytes: 0, completed: true, sizeBytes: size + 1 };
  }
  await handle.truncate(end);
  return { removedBytes: size - end, completed: false, sizeBytes: end };
}

/** Reads `length` bytes, fewer at the end of the file. */
export async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

/** A file handle as an AppendFile, all bytes of a page whatever the system takes at once. */
export function appendFile(handle: FileHandle): AppendFile {
  return {
    async append(pages) {
      // One call for all: each takes a turn of the event loop, in which a peer may send more than a page holds.
      for (let left = pages; left.length > 0; ) {
        const { bytesWritten } = await handle.writev(left.slice(0, MAX_PAGES));
        left = after(left, bytesWritten);
      }
    },
    appendSync(pages) {
      for (const page of pages) {
        for (let at = 0; at < page.length; ) at += writeSync(handle.fd, page, at, page.length - at);
      }
    },
    async close() {
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    },
  };
}

/** What is left of pages when their first bytes are gone. */
function after(pages: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let [page, gone] = [0, bytes];
  while (page < pages.length && gone >= pages[page]!.length) gone -= pages[page++]!.length;
  const left = pages.slice(page);
  if (gone > 0) left[0] = left[0]!.subarray(gone);
  return left;
}

/** A system error in a few words: what a person can act on. */
export function reasonOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return (typeof code === 'string' && REASONS[code]) || (error instanceof Error ? error.message : String(error));
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of the disk is used up',
  EFBIG: 'the file is too large for the disk',
  EROFS: 'the disk is read-only',
  EACCES: 'access is denied',
  EPERM: 'access is denied',
  ENOENT: 'it, or its folder, is not there',
  EISDIR: 'it is a folder',
  EIO: 'the disk reports an error',
  NOT_REGULAR: 'it is no regular file',
  EMFILE: 'too many files are open',
};

async function checkBeginning(handle: FileHandle, path: string, size: number): Promise<void> {
  const beginning = (await readAt(handle, 0, FIRST_BYTES.length)).toString('latin1');
  if (FIRST_BYTES.startsWith(beginning) && beginning.length === Math.min(size, FIRST_BYTES.length)) return;
  throw new ProbeError('recording-invalid', `${path} is not a recording; it was left as it is.`);
}

/** Offset behind the last line break, 0 when there is none. */
async function lastLineBreak(handle: FileHandle, size: number): Promise<number> {
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - CHUNK_BYTES);
    const at = (await readAt(handle, start, end - start)).lastIndexOf(NEWLINE);
    if (at >= 0) return start + at + 1;
    end = start;
  }
  return 0;
}
