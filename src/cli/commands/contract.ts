import { resolve } from 'node:path';
import { plainText } from '../../core/base/plainText.js';
import { readRegularFile } from '../../core/base/regularFile.js';
import { ContractCheck, type Departure } from '../../core/contract/check.js';
import type { Contract } from '../../core/contract/contract.js';
import { contractJsonSchema } from '../../core/contract/exportSchema.js';
import { ContractLearner } from '../../core/contract/learn.js';
import { readContract } from '../../core/contract/readContract.js';
import { type RecordedContent, recordedContents } from '../../core/contract/recordedContents.js';
import { formatDuration } from '../../core/text/durations.js';
import type { Io } from '../io.js';
import { writeNewFile } from '../newFile.js';
import { COMMAND_OPTIONS } from '../optionTable.js';
import { optionsOf, parseOptions } from '../options.js';
import { openRecorded, unreadable } from '../recordings.js';
import { plainJson } from '../render/plainReport.js';
import { styleFor } from '../render/style.js';
import { plural } from '../render/words.js';
import { EXIT, usageError } from '../usage.js';

const OPTIONS = optionsOf(COMMAND_OPTIONS.contract);

type ContractValues = ReturnType<typeof parseOptions<typeof OPTIONS>>['values'];

const MAX_CONTRACT_BYTES = 64 * 1024 * 1024;
const MAX_DEPARTURES = 100;

export async function contractCommand(argv: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parseOptions(argv, OPTIONS);
  const [action, ...files] = positionals;
  if (action === 'check' ? values.output !== undefined : values.json === true)
    throw usageError(`contract ${action} has no use for --${action === 'check' ? 'output' : 'json'}`);
  if (action === 'learn') return learn(files, values, io);
  if (action === 'check') return check(files, values, io);
  if (action === 'export') return exportContract(files, values, io);
  throw usageError('contract wants learn, check or export', 'wsprobe contract learn session.wsrec');
}

async function learn(files: readonly string[], values: ContractValues, io: Io): Promise<number> {
  if (files.length === 0) throw usageError('contract learn wants recordings', 'wsprobe contract learn session.wsrec');
  const learner = new ContractLearner();
  for (const name of files) await eachMessage(name, io, ({ content, direction }) => learner.add(direction, content));
  await write(learner.contract(), values, io);
  return EXIT.ok;
}

/** What departs, with where it stands. */
interface Departing extends Departure, Pick<RecordedContent, 'connection' | 'number' | 'atMs' | 'direction'> {
  readonly recording: string;
}

async function check(files: readonly string[], values: ContractValues, io: Io): Promise<number> {
  const [name, ...recordings] = files;
  if (name === undefined || recordings.length === 0)
    throw usageError(
      'contract check wants a contract and recordings',
      'wsprobe contract check orders.contract.json today.wsrec',
    );
  const held = new ContractCheck(await contractFrom(name, io));
  const departures: Departing[] = [];
  let [messages, departing] = [0, 0];
  for (const recording of recordings)
    await eachMessage(recording, io, ({ atMs, connection, content, direction, number }) => {
      messages += 1;
      const departure = held.departure(direction, content);
      if (departure === null) return;
      departing += 1;
      if (departures.length < MAX_DEPARTURES)
        departures.push({ recording, connection, number, atMs, direction, ...departure });
    });
  if (values.json === true) {
    const told = { schema: 'wsprobe.contract-check/1', contract: name, recordings, messages, departing, departures };
    io.stdout.write(`${plainJson(told, 2)}\n`);
  } else io.stdout.write(`${wordsOf(departures[0], messages, departing, values, io).join('\n')}\n`);
  return departing === 0 ? EXIT.ok : EXIT.failed;
}

function wordsOf(
  first: Departing | undefined,
  messages: number,
  departing: number,
  values: ContractValues,
  io: Io,
): string[] {
  const style = styleFor(io, io.stdout, values['no-color'] === true);
  const { bad, good } = style.glyphs;
  if (first === undefined)
    return [style.paint('good', `${good} ${plural(messages, 'message')} as the contract has them`)];
  const { actual, atMs, connection, direction, expected, number, path, recording, type } = first;
  const line = (text: string) => plainText(text, 2000);
  return [
    style.paint('bad', `${bad} ${departing} of ${plural(messages, 'message')} depart`),
    line(
      `the first: ${recording}, connection ${connection}, message ${number}, ${direction}, at ${formatDuration(atMs)}`,
    ),
    line(`  ${type}: ${path}`),
    line(`  expected ${expected}`),
    line(`  got      ${actual}`),
  ];
}

async function exportContract(files: readonly string[], values: ContractValues, io: Io): Promise<number> {
  const [name, ...rest] = files;
  if (name === undefined || rest.length > 0)
    throw usageError('contract export wants one contract', 'wsprobe contract export orders.contract.json');
  await write(contractJsonSchema(await contractFrom(name, io)), values, io);
  return EXIT.ok;
}

async function contractFrom(name: string, io: Io): Promise<Contract> {
  try {
    const bytes = await readRegularFile(resolve(io.cwd, name), { maxBytes: MAX_CONTRACT_BYTES });
    return readContract(bytes.toString('utf8'));
  } catch (error) {
    throw unreadable(name, error, 'A contract is what wsprobe contract learn writes.');
  }
}

/** Shows each message of a recording, and tells what could not be read of it. */
async function eachMessage(name: string, io: Io, take: (message: RecordedContent) => void): Promise<void> {
  const file = await openRecorded(name, io.cwd);
  try {
    for await (const message of recordedContents(file)) take(message);
    for (const note of file.notes()) io.stderr.write(`wsprobe: ${plainText(`${name}: ${note}`, 2000)}\n`);
  } catch (error) {
    throw unreadable(name, error);
  } finally {
    await file.close();
  }
}

async function write(value: unknown, { output }: ContractValues, io: Io): Promise<void> {
  const text = `${plainJson(value, 2)}\n`;
  if (output === undefined) io.stdout.write(text);
  else await writeNewFile(resolve(io.cwd, output), output, text, true, '');
}
