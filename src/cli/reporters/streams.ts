import { once } from 'node:events';
import type { FileHandle } from 'node:fs/promises';
import { openPrivateFile } from '../../core/base/regularFile.js';
import type { Output } from '../io.js';
import { fileError } from '../usage.js';
import type { ReportStream } from './reporter.js';

/** A stream that is closed at the end, whatever happened. */
export interface ReportFile extends ReportStream {
  close(): Promise<void>;
}

/** Standard output; waits for a reader that is slower than we are, and for no reader that has gone. */
export function outputStream(output: Output, transform: (text: string) => string = (text) => text): ReportFile {
  return {
    async write(text) {
      if (output.write(transform(text))) return;
      const stop = new AbortController();
      const first = ['drain', 'close'].map((name) => once(output.stream, name, { signal: stop.signal }));
      await Promise.race(first).catch(() => {});
      stop.abort();
      await Promise.allSettled(first);
    },
    close: async () => {},
  };
}

/** A report may hold what a peer said: for the owner alone. Throws bad usage when the file cannot be opened, or written. */
export async function fileStream(path: string): Promise<ReportFile> {
  const file = await openPrivateFile(path, 'w').catch((error: unknown) => fail(path, error));
  return {
    async write(text) {
      await file.writeFile(text).catch((error: unknown) => fail(path, error));
    },
    close: () => closeFile(file),
  };
}

async function closeFile(file: FileHandle): Promise<void> {
  await file.close();
}

function fail(path: string, error: unknown): never {
  throw fileError(`write ${path}`, error);
}
