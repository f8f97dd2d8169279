import { access, type FileHandle } from 'node:fs/promises';
import { ProbeError } from '../base/errors.js';
import { MAX_HEADER_BYTES } from './limits.js';
import { parseHeader, parseLine } from './parseLine.js';
import type { RecordingHeader, RecordingLine } from './recording.js';
import { type AppendFile, appendFile, lockRecording, openRecording, readAt, repairRecording } from './recordingFile.js';

/** What a line of a later session gets added in a file that began with an earlier one. */
export interface Shift {
  readonly atMs: number;
  readonly connection: number;
  readonly index: number;
}

export interface Continuation {
  readonly header: RecordingHeader;
  /** The header is still to be written. */
  readonly isNew: boolean;
  readonly sizeBytes: number;
  readonly shift: Shift;
}

export const NO_SHIFT: Shift = { atMs: 0, connection: 0, index: 0 };

const NEWLINE = 0x0a;
const TAIL_BYTES = 256 * 1024;

/**
 * Opens a file to write to its end, its torn last line repaired. A recording of the same URL goes on: a session that
 * began later gets its times and numbers shifted, so that the file reads as one. Nobody else writes it until it is
 * closed: rejects with `file-busy` where somebody does.
 */
export async function openForAppend(
  path: string,
  header: RecordingHeader,
  existing: 'append' | 'replace',
): Promise<Continuation & { readonly file: AppendFile }> {
  const lock = await lockRecording(path);
  try {
    // Windows cannot cut a file that is open for appending, so the repair has a handle of its own.
    if (existing === 'append' && (await exists(path))) await repairRecording(path);
    const handle = await openRecording(path, existing === 'replace' ? 'w+' : 'a+');
    try {
      return { file: released(appendFile(handle), lock), ...(await continuationOf(handle, path, header)) };
    } catch (error) {
      await handle.close();
      throw error;
    }
  } catch (error) {
    await lock.release();
    throw error;
  }
}

function released(file: AppendFile, lock: { release(): Promise<void> }): AppendFile {
  const close = async () => {
    try {
      await file.close();
    } finally {
      await lock.release();
    }
  };
  return { ...file, close };
}

async function continuationOf(handle: FileHandle, path: string, header: RecordingHeader): Promise<Continuation> {
  const { size: sizeBytes } = await handle.stat();
  if (sizeBytes === 0) return { header, isNew: true, sizeBytes, shift: NO_SHIFT };
  const beginning = await readAt(handle, 0, Math.min(sizeBytes, MAX_HEADER_BYTES));
  const before = parseHeader(beginning.subarray(0, beginning.indexOf(NEWLINE)), path);
  if (before.url !== header.url) {
    const message = `${path} is a recording of another URL.`;
    throw new ProbeError('recording-other', message, { hint: 'Choose another file, or replace this one.' });
  }
  const sameSession = before.startedAt === header.startedAt;
  return {
    header: before,
    isNew: false,
    sizeBytes,
    shift: sameSession ? NO_SHIFT : await shiftAfter(handle, sizeBytes, before, header),
  };
}

async function shiftAfter(
  handle: FileHandle,
  sizeBytes: number,
  before: RecordingHeader,
  header: RecordingHeader,
): Promise<Shift> {
  const between = Date.parse(header.startedAt) - Date.parse(before.startedAt);
  const last = await lastOf(handle, sizeBytes);
  // The clock may have been set back meanwhile: what comes later stands later.
  return { ...last, atMs: Math.max(Number.isFinite(between) ? between : 0, last.atMs) };
}

/** The highest numbers and the latest time at the end of the file: of as much of it as holds a whole line. */
async function lastOf(handle: FileHandle, sizeBytes: number): Promise<Shift> {
  for (let length = TAIL_BYTES; ; length *= 4) {
    const start = Math.max(0, sizeBytes - length);
    const tail = await readAt(handle, start, sizeBytes - start);
    const last = lastIn(tail);
    if (last || start === 0) return last ?? NO_SHIFT;
  }
}

function lastIn(tail: Buffer): Shift | null {
  let last: Shift | null = null;
  // The first piece is the header or a line cut by the window.
  for (let from = tail.indexOf(NEWLINE) + 1; from > 0 && from < tail.length; ) {
    const end = tail.indexOf(NEWLINE, from);
    const parsed = parseLine(tail.subarray(from, end));
    if (parsed.kind === 'line') last = laterOf(last ?? NO_SHIFT, parsed.line);
    from = end + 1;
  }
  return last;
}

function laterOf(last: Shift, line: RecordingLine): Shift {
  return {
    atMs: Math.max(last.atMs, line.atMs),
    connection: 'connection' in line ? Math.max(last.connection, line.connection) : last.connection,
    index: line.type === 'frame' || line.type === 'message' ? Math.max(last.index, line.index + 1) : last.index,
  };
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
