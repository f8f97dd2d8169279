import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { ProbeError } from '../../core/base/errors.js';
import type { JsonSchema } from '../../core/base/recordSchema.js';
import type { Contract } from '../../core/contract/contract.js';
import { contractJsonSchema } from '../../core/contract/exportSchema.js';
import { contractOf, ContractWatch, learnFromLog } from '../../core/session/contractWatch.js';
import type { LogSource } from '../../core/session/logSource.js';
import type { LoggedDeparture } from '../../core/session/snapshot.js';
import { ObservedSource } from '../../core/session/observedSource.js';
import { RecordedSource } from '../../core/session/recordedSource.js';
import { renderSessionEvent } from '../../core/text/sessionEventText.js';
import type { LearnedContract } from '../../protocol/acts.js';

/** Learns a contract from a log and writes it. Rejects where the log has no message, or the file cannot be written. */
export async function learnToFile(source: LogSource, path: string): Promise<LearnedContract> {
  const { contract, missed } = await learnFromLog(source);
  if (contract.messages === 0)
    throw new ProbeError('contract.empty', 'The log has no message that a contract could be learned from.');
  await write(path, contract);
  return { messages: contract.messages, types: contract.types.length, missed };
}

export async function exportContract(from: string, to: string): Promise<{ readonly types: number }> {
  const contract = await read(from);
  await write(to, contractJsonSchema(contract));
  return { types: contract.types.length };
}

/** Holds a log against a contract's file: the first message that departs is marked in it, and told by a row. */
export async function holdAgainst(source: LogSource, path: string, onChange: () => void): Promise<ContractWatch> {
  const name = basename(path);
  return new ContractWatch({
    source,
    name,
    contract: await read(path),
    onChange,
    onFirst: (departure) => {
      source.log.mark(departure.id, true);
      tell(source, departure, name);
    },
  });
}

function tell(source: LogSource, { actual, connection, expected, path, type }: LoggedDeparture, name: string): void {
  const text = `Departs from ${name}: ${type}, ${path}: expected ${expected}, got ${actual}`;
  if (source instanceof ObservedSource) source.note(connection, text);
  // A recording is shown as it is.
  else if (!(source instanceof RecordedSource))
    source.log.appendEvent(renderSessionEvent({ kind: 'note', text }), source.snapshot().elapsedMs, connection);
}

async function read(path: string): Promise<Contract> {
  return contractOf(path).catch((error: unknown) => {
    if (error instanceof ProbeError) throw error;
    throw new ProbeError('contract.unreadable', `${basename(path)}: ${(error as Error).message}`, { cause: error });
  });
}

async function write(path: string, value: Contract | JsonSchema): Promise<void> {
  try {
    await writeFile(path, `${JSON.stringify(value, null, 2)}\n`);
  } catch (error) {
    throw new ProbeError('contract.unwritable', `${basename(path)}: ${(error as Error).message}`, { cause: error });
  }
}
