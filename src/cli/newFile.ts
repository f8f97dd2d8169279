import { writePrivateFile } from '../core/base/regularFile.js';
import { fileError, usageError } from './usage.js';

/** Writes a file for its owner alone; one that is there is overwritten with `--force` only. Throws a usage error. */
export async function writeNewFile(
  path: string,
  name: string,
  text: string,
  isForced: boolean,
  hint: string,
): Promise<void> {
  try {
    await writePrivateFile(path, isForced ? 'w' : 'wx', (handle) => handle.writeFile(text));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') throw isThere(name, hint);
    throw fileError(`write ${name}`, error);
  }
}

export function isThere(name: string, hint: string): Error {
  return usageError(`${name} is there already`, hint);
}
