import type { FileHandle } from 'node:fs/promises';
import { ProbeError } from '../base/errors.js';
import { LineSplitter, type SplitLine } from './lineSplitter.js';
import { MAX_LINE_BYTES } from './limits.js';
import { isWholeLine, parseHeader, parseLine } from './parseLine.js';
import type { RecordingHeader, RecordingLine } from './recording.js';
import { openRecording, reasonOf } from './recordingFile.js';

const READ_BYTES = 256 * 1024;
const BATCH_LINES = 1000;
const BATCH_BYTES = 1024 * 1024;
const MAX_REPORTED = 100;

/** What a recording held besides its lines; complete once `lines` has ended. */
export interface ReadSummary {
  lines: number;
  bytes: number;
  /** Lines that could not be read; the first 100 are in `bad`. */
  badLines: number;
  readonly bad: { readonly line: number; readonly message: string }[];
  /** Lines of a type this version does not know. */
  unknownLines: number;
  /** The last line, cut by a crash and left out. */
  torn: { readonly line: number; readonly bytes: number } | null;
}

export interface OpenRecording {
  readonly header: RecordingHeader;
  readonly summary: ReadSummary;
  /** In batches, to be run through once. Leaving the loop early closes the source. */
  readonly lines: AsyncIterable<readonly RecordingLine[]>;
  /** For a recording whose lines are not wanted. */
  close(): Promise<void>;
}

/**
 * Opens a `.wsrec` file, or a stream of its bytes, and reads it piece by piece: a line is held whole (64 MiB at most),
 * never the file. Rejects with `recording-open`, `recording-invalid` or `recording-version`.
 */
export async function readRecording(source: string | AsyncIterable<Uint8Array>): Promise<OpenRecording> {
  const name = typeof source === 'string' ? source : 'The stream';
  const chunks = typeof source === 'string' ? fileChunks(await openRecording(source, 'r'), source) : source;
  const lines = splitLines(chunks)[Symbol.asyncIterator]();
  const close = async () => void (await lines.return?.(undefined));
  const summary: ReadSummary = { lines: 0, bytes: 0, badLines: 0, bad: [], unknownLines: 0, torn: null };
  try {
    const first = await lines.next();
    if (first.done === true) throw new ProbeError('recording-invalid', `${name} is empty.`);
    summary.bytes += first.value.sizeBytes + 1;
    const header = parseHeader(withoutMark(first.value.bytes), name);
    return { header, summary, lines: batches(lines, summary), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function* batches(
  lines: AsyncIterator<TornOrLine, void, undefined>,
  summary: ReadSummary,
): AsyncGenerator<readonly RecordingLine[], void, undefined> {
  let batch: RecordingLine[] = [];
  let bytes = 0;
  try {
    for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
      const line = takeLine(next.value, summary);
      bytes += next.value.sizeBytes;
      if (line) batch.push(line);
      if (batch.length < BATCH_LINES && bytes < BATCH_BYTES) continue;
      if (batch.length > 0) yield batch;
      batch = [];
      bytes = 0;
    }
    if (batch.length > 0) yield batch;
  } finally {
    await lines.return?.(undefined);
  }
}

/** A line as it is read into a recording; null for one that is left out, which the summary tells of. */
export function takeLine(line: TornOrLine, summary: ReadSummary): RecordingLine | null {
  summary.bytes += line.sizeBytes + (line.isLast ? 0 : 1);
  const { number, bytes } = line;
  if (line.isLast && (bytes === null || !isWholeLine(bytes))) {
    summary.torn = { line: number, bytes: line.sizeBytes };
    return null;
  }
  // A file that a person edited may hold blank lines.
  if (bytes !== null && isBlank(bytes)) return null;
  const parsed = bytes ? parseLine(bytes) : ({ kind: 'bad', message: 'it is longer than 64 MiB' } as const);
  if (parsed.kind === 'line') {
    summary.lines += 1;
    return parsed.line;
  }
  if (parsed.kind === 'unknown') summary.unknownLines += 1;
  else {
    summary.badLines += 1;
    if (summary.bad.length < MAX_REPORTED) summary.bad.push({ line: number, message: parsed.message });
  }
  return null;
}

/** A line, or what follows the last line break. */
export type TornOrLine = SplitLine & { readonly isLast: boolean };

async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<TornOrLine, void, undefined> {
  const splitter = new LineSplitter(MAX_LINE_BYTES);
  for await (const chunk of chunks) {
    for (const line of splitter.push(chunk)) yield { ...line, isLast: false };
  }
  const rest = splitter.rest();
  if (rest) yield { ...rest, isLast: true };
}

async function* fileChunks(handle: FileHandle, path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  try {
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, READ_BYTES);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } catch (error) {
    throw new ProbeError('recording-open', `The recording ${path} cannot be read: ${reasonOf(error)}.`, {
      cause: error,
    });
  } finally {
    await handle.close();
  }
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.length <= 2 && bytes.every((byte) => byte === 0x0d || byte === 0x20 || byte === 0x09);
}

function withoutMark(bytes: Uint8Array | null): Uint8Array {
  const line = bytes ?? new Uint8Array(0);
  return line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf ? line.subarray(3) : line;
}

/** What was not read, in words; null where all of it was. */
export function troubleOf({ badLines, torn }: ReadSummary): string | null {
  const troubles = [
    badLines > 0 && `${badLines} ${badLines === 1 ? 'line' : 'lines'} could not be read`,
    torn && 'The last line was cut off and left out',
  ];
  return troubles.filter(Boolean).join('. ') || null;
}
