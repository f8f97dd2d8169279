import { realpath } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import { ProbeError } from '../base/errors.js';
import { checkRegularFile, readRegularFile } from '../base/regularFile.js';
import { isInside, workspaceOf } from '../base/workspace.js';
import type { PayloadContext } from './kinds/kind.js';

const MAX_PAYLOAD_FILE_BYTES = 64 * 1024 * 1024;

/** The bytes of a payload's file. Rejects with a ProbeError: `payload-file`. */
export async function readPayloadFile(file: string, context: PayloadContext): Promise<Uint8Array> {
  const { readFile = readRegularFile, signal } = context;
  const limits = { maxBytes: MAX_PAYLOAD_FILE_BYTES, signal };
  return await got(file, context, (path) => readFile(path, limits));
}

/** That a file which a profile sends is there, can be read, and lies in its workspace. Rejects as reading it would. */
export async function checkPayloadFile(file: string, context: PayloadContext): Promise<void> {
  const workspace = await workspaceOf(context.baseDir);
  await got(file, context, async (path) => {
    const real = await realpath(path);
    if (workspace !== null && real !== workspace && !isInside(real, workspace)) {
      throw new ProbeError('payload-file', `The payload file ${file} is outside the workspace ${workspace}.`);
    }
    await checkRegularFile(path, { maxBytes: MAX_PAYLOAD_FILE_BYTES, signal: context.signal });
  });
}

async function got<T>(
  file: string,
  { baseDir, signal }: PayloadContext,
  work: (path: string) => Promise<T>,
): Promise<T> {
  if (baseDir === null && !isAbsolute(file)) {
    throw new ProbeError(
      'payload-file',
      `The payload file ${file} has a relative path, and the profile has no folder.`,
      { hint: 'Save the profile, or write the whole path.' },
    );
  }
  try {
    return await work(resolve(baseDir ?? '/', file));
  } catch (error) {
    if (error instanceof ProbeError || signal?.aborted === true) throw error;
    const code = (error as { code?: unknown }).code;
    const why = WHY_UNREAD[String(code)] ?? `cannot be read (${String(code)})`;
    throw new ProbeError('payload-file', `The payload file ${file} ${why}.`, { cause: error });
  }
}

const WHY_UNREAD: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  EISDIR: 'is a folder',
  NOT_REGULAR: 'is no regular file',
  TOO_LARGE: 'is larger than 64 MiB',
  EMFILE: 'cannot be read: too many files are open on this machine (EMFILE)',
};
