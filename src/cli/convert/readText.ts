import { resolve } from 'node:path';
import { FileReadError, readRegularFile } from '../../core/base/regularFile.js';
import type { Io } from '../io.js';
import { readPipe } from '../pipedFile.js';
import { fileError, usageError } from '../usage.js';

const MAX_BYTES = 4 * 1024 * 1024;

/** A file, or standard input for -, of 4 MiB at most. Throws a usage error. */
export async function readRegularText(name: string, io: Io): Promise<string> {
  if (name === '-') return (await readPipe(io.stdin, MAX_BYTES)).toString('utf8');
  try {
    return (await readRegularFile(resolve(io.cwd, name), { maxBytes: MAX_BYTES })).toString('utf8');
  } catch (error) {
    const isTooLarge = error instanceof FileReadError && error.code === 'TOO_LARGE';
    throw isTooLarge ? usageError(`${name} is larger than 4 MiB`) : fileError(`read ${name}`, error);
  }
}
