import { extname } from 'node:path';
import { openRegularFile } from '../base/regularFile.js';
import { fileSource } from './har/byteSources.js';
import { importHar } from './har/importHar.js';
import { importJsonl } from './importJsonl.js';
import { readRecording, troubleOf } from './readRecording.js';
import type { RecordingHeader, RecordingLine } from './recording.js';

/** What a file holds as a recording, whoever wrote it. */
export interface OpenedRecording {
  readonly header: RecordingHeader;
  /** In batches, to be run through once. */
  readonly lines: AsyncIterable<readonly RecordingLine[]>;
  /** What could not be read and what was filled in, a sentence each; complete once `lines` has ended. */
  notes(): readonly string[];
  close(): Promise<void>;
}

/** Whether a file is a recording, or one of another tool, by its name. */
export function isRecordingName(path: string): boolean {
  return /\.(wsrec|har|jsonl)$/i.test(path);
}

/** Opens a `.wsrec`, a `.har` or our `.jsonl`, by the end of its name. Rejects with a ProbeError or what the system says. */
export async function openAnyRecording(path: string): Promise<OpenedRecording> {
  const extension = extname(path).toLowerCase();
  if (extension === '.wsrec') {
    const file = await readRecording(path);
    const notes = () => [troubleOf(file.summary)].filter((trouble) => trouble !== null);
    return { header: file.header, lines: file.lines, notes, close: () => file.close() };
  }
  const handle = await openRegularFile(path);
  try {
    const file =
      extension === '.jsonl'
        ? await importJsonl(handle.createReadStream({ autoClose: false }))
        : await importHar(fileSource(handle));
    return { header: file.header, lines: file.lines, notes: () => file.notes, close: () => handle.close() };
  } catch (error) {
    await handle.close();
    throw error;
  }
}
