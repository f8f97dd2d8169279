import { resolve } from 'node:path';
import type { Fault } from '../../core/base/fault.js';
import { readRegularFile } from '../../core/base/regularFile.js';
import { parseFaults } from '../../core/tap/faults/faults.js';
import type { Io } from '../io.js';
import { visibleText } from '../render/visible.js';
import { usageError } from '../usage.js';

const MAX_BYTES = 1024 * 1024;

/** The faults of a file; null where it has problems, which are told with their places. Throws a usage error where it cannot be read. */
export async function faultsOf(file: string, io: Io): Promise<readonly Fault[] | null> {
  let text: string;
  try {
    text = Buffer.from(await readRegularFile(resolve(io.cwd, file), { maxBytes: MAX_BYTES })).toString('utf8');
  } catch (error) {
    throw usageError(`--faults: ${error instanceof Error ? error.message : String(error)}`);
  }
  const { faults, problems } = parseFaults(text);
  for (const { character, line, message, severity } of problems)
    io.stderr.write(`${visibleText(file)}:${line + 1}:${character + 1}: ${severity}: ${visibleText(message)}\n`);
  return problems.some(({ severity }) => severity === 'error') ? null : faults;
}
