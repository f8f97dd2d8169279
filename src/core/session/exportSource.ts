import { createReadStream } from 'node:fs';
import { type FileHandle, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { ProbeError } from '../base/errors.js';
import { openRegularFile, writePrivateFile } from '../base/regularFile.js';
import { exportHar } from '../record/har/exportHar.js';
import { exportJsonl } from '../record/exportJsonl.js';
import { fileSource } from '../record/har/byteSources.js';
import { type ImportedRecording, importHar } from '../record/har/importHar.js';
import { importJsonl } from '../record/importJsonl.js';
import { MAX_PAYLOAD_BYTES } from '../record/limits.js';
import type { RecordingHeader, RecordingLine } from '../record/recording.js';
import { RecordingFileWriter } from '../record/recordingFileWriter.js';
import { Redactor } from '../redaction/redactor.js';
import { sourceLines } from './sourceLines.js';
import type { ExportedSource } from './logSource.js';

export type ExportFormat = 'wsrec' | 'har' | 'jsonl';

/** Writes what a source holds to a file, which is replaced, without its secrets. Gives the number of frames. */
export async function exportSource(source: ExportedSource, format: ExportFormat, path: string): Promise<number> {
  if (source.file !== undefined) await requireOther(source.file, path);
  const redactor = new Redactor(source.secrets);
  const written = await writeLines(
    { header: source.header(), open: () => sourceLines(source) },
    redactor,
    format,
    path,
  );
  return written?.frames ?? source.log.status().frames;
}

/** Lines that can be run through again. */
export interface Lines {
  readonly header: RecordingHeader;
  readonly open: () => AsyncIterable<readonly RecordingLine[]>;
}

/** Writes lines to a file, which is replaced; `redactor` takes secrets out. Gives what was written of them where it is counted. */
export async function writeLines(
  { header, open }: Lines,
  redactor: Redactor,
  format: ExportFormat,
  path: string,
): Promise<ImportedFile | null> {
  if (format === 'wsrec') return writeRecording(header, redactor, open(), path);
  const shown = redactor.deep(header);
  const text = format === 'har' ? exportHar(shown, open, { redactor }) : exportJsonl(shown, open(), redactor);
  try {
    await writePrivateFile(path, 'w', (handle) => pipeline(text, handle.createWriteStream()));
  } catch (error) {
    throw new ProbeError('export.failed', `The export could not be written: ${(error as Error).message}.`, {
      cause: error,
    });
  }
  return null;
}

/** A recording is read while it is written from: it may not be what is replaced, by whatever name. */
export async function requireOther(file: string, path: string): Promise<void> {
  const [read, written] = await Promise.all([file, path].map((each) => stat(each).catch(() => null)));
  if (!read || !written || read.ino !== written.ino || read.dev !== written.dev) return;
  throw new ProbeError('export.failed', 'That is the recording that is read: it cannot be replaced by itself.');
}

/** What an import wrote. */
export interface ImportedFile {
  /** Messages, and frames where a message cannot say it. */
  readonly frames: number;
  /** What was missing in the file and how it was filled in, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Writes the WebSockets of a HAR, or of our JSON lines where the name ends so, as one recording; a file at `to` is replaced
 * once it is known that there are any.
 */
export async function importRecording(from: string, to: string): Promise<ImportedFile> {
  const handle = await openSource(from);
  const write = async ({ header, lines, notes }: ImportedRecording) => {
    const written = await writeRecording(header, new Redactor([]), lines, to);
    return { ...written, notes: [...notes, ...written.notes] };
  };
  try {
    if (!/\.jsonl$/i.test(from)) return await write(await importHar(fileSource(handle)));
    return await write(await importJsonl(createReadStream(from, { fd: handle, autoClose: false })));
  } finally {
    await handle.close();
  }
}

async function openSource(path: string): Promise<FileHandle> {
  try {
    return await openRegularFile(path);
  } catch (cause) {
    throw new ProbeError('import.open', `The file cannot be opened: ${(cause as Error).message}.`, { cause });
  }
}

async function writeRecording(
  header: RecordingHeader,
  redactor: Redactor,
  batches: AsyncIterable<readonly RecordingLine[]> | Iterable<readonly RecordingLine[]>,
  path: string,
): Promise<ImportedFile> {
  const writer = await RecordingFileWriter.open({ path, header, redactor });
  let cut = 0;
  try {
    for await (const lines of batches) {
      cut += lines.filter(isTooLong).length;
      await writer.write(lines);
    }
  } catch (error) {
    await writer.close().catch(() => {});
    throw error;
  }
  const most = `${MAX_PAYLOAD_BYTES / 1024 / 1024} MiB, the most that a recording keeps of one`;
  const notes = cut === 0 ? [] : [`Cut to ${most}: ${cut} ${cut === 1 ? 'message' : 'messages'}.`];
  return { frames: await writer.close(), notes };
}

function isTooLong(line: RecordingLine): boolean {
  return (line.type === 'message' || line.type === 'frame') && !line.truncated && line.payloadBytes > MAX_PAYLOAD_BYTES;
}
