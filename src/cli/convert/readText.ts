import { resolve } from 'node:path';
import { openRegularFile } from '../../core/base/regularFile.js';
import type { Io } from '../io.js';
import { readPipe } from '../pipedFile.js';
import { fileError, usageError } from '../usage.js';

const MAX_BYTES = 4 * 1024 * 1024;

/** A file, or standard input for -, of 4 MiB at most. Throws a usage error. */
export async function readRegularText(name: string, io: Io): Promise<string> {
  if (name === '-') return (await readPipe(io.stdin, MAX_BYTES)).toString('utf8');
  const handle = await openRegularFile(resolve(io.cwd, name)).catch((error: unknown) => {
    throw fileError(`read ${name}`, error);
  });
  try {
    const { size } = await handle.stat();
    if (size > MAX_BYTES) throw usageError(`${name} is larger than 4 MiB`);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}
