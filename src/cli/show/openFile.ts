import { resolve } from 'node:path';
import { openRecordedFile, type OpenedFile } from '../../core/session/recordedFile.js';
import type { RecordedOptions } from '../../core/session/recordedSource.js';
import { unreadable } from '../recordings.js';

/** A recording, or a HAR or JSON lines as one, read whole into a log of bounded memory. Throws a usage error. */
export async function openFile(file: string, cwd: string, options: RecordedOptions = {}): Promise<OpenedFile> {
  return openRecordedFile(resolve(cwd, file), file, options).catch((error: unknown) => {
    throw unreadable(file, error);
  });
}
