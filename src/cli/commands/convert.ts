import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ProbeError } from '../../core/base/errors.js';
import { plainText } from '../../core/base/plainText.js';
import { readRegularText } from '../convert/readText.js';
import {
  FILE_FORMATS,
  formatOf,
  type FormatName,
  isFormatName,
  isRecordingFormat,
} from '../../core/base/fileFormats.js';
import { type Format, FORMATS } from '../../core/convert/formats.js';
import { monitorsIn, readMonitor } from '../../core/convert/monitorYaml.js';
import {
  type Readable,
  writeConverted,
  type WriteOptions,
  type WrittenForm,
} from '../../core/convert/writeConverted.js';
import { profileOfFile, recordingAs } from '../convert/recordings.js';
import { secretHint } from '../init/newProfile.js';
import type { Io } from '../io.js';
import { isThere, writeNewFile } from '../newFile.js';
import { COMMAND_OPTIONS } from '../optionTable.js';
import { optionsOf, parseOptions } from '../options.js';
import { asUsage, EXIT, usageError } from '../usage.js';
import { wrapped } from '../wrapped.js';

const OPTIONS = optionsOf(COMMAND_OPTIONS.convert);
/** What the terminal reads beside what the editor does. */
const READERS: typeof FORMATS = { ...FORMATS, monitor: { read: readMonitor, choices: monitorsIn } satisfies Format };
const IS_THERE = '--force overwrites it.';
type Values = ReturnType<typeof parseOptions<typeof OPTIONS>>['values'];

export async function convertCommand(argv: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parseOptions(argv, OPTIONS);
  const [input, output, ...rest] = positionals;
  if (input === undefined || output === undefined || rest.length > 0)
    throw usageError('convert wants what is read and what is written', 'wsprobe convert requests.http orders.wsprobe');
  const from = named('--from', values.from) ?? formatOf(input) ?? 'curl';
  if (/^(curl|websocat|wscat)\s/.test(input))
    throw usageError('convert reads files: a command line itself is for init', 'wsprobe init "curl …"');
  const to = named('--to', values.to) ?? formatOf(output);
  if (to === null) throw usageError(`what ${output} is to be, its name does not tell`, '--to curl, --to k6 …');
  const isRecording = isRecordingFormat(from);
  checkPair(from, to, isRecording, values);
  if (isRecording && isRecordingFormat(to)) {
    const path = resolve(io.cwd, output);
    if (output === '-') throw usageError('a recording is written to a file', 'wsprobe show session.wsrec --json');
    if (path === resolve(io.cwd, input)) throw usageError(`${output} is what is read`);
    if (values.force !== true && (await stat(path).catch(() => null)) !== null) throw isThere(output, IS_THERE);
    tell(await recordingAs(input, path, to, io.cwd), [], io);
    return EXIT.ok;
  }

  const read = isRecording
    ? await profileOfFile(input, values, io.cwd)
    : await readForeign(input, from, values.request, io);
  const baseDir = from !== 'wsprobe' || input === '-' ? null : dirname(resolve(io.cwd, input));
  const written = writtenForm(read, to, { baseDir, environment: values.env ?? null }, input);
  const { environment, names, notes, text } = written;
  const hints = [
    ...names.map(secretHint),
    ...environment.map((name) => `set ${name} in the environment of the command`),
  ];
  if (output === '-') io.stdout.write(text);
  else await writeNewFile(resolve(io.cwd, output), output, text, values.force === true, IS_THERE);
  tell(notes, hints, io);
  return EXIT.ok;
}

function named(option: string, name: string | undefined): FormatName | null {
  if (name === undefined || isFormatName(name)) return name ?? null;
  throw usageError(`${option}: ${name} is no format`, `Known: ${Object.keys(FILE_FORMATS).join(', ')}.`);
}

function checkPair(from: FormatName, to: FormatName, isRecording: boolean, values: Values): void {
  const source = READERS[from];
  if (!isRecording && source.read === undefined) throw usageError(`${from} is written and not read`);
  if (to === 'monitor') throw usageError('a monitor is read and not written');
  if (!isRecording && isRecordingFormat(to))
    throw usageError('a recording is made by connecting', 'wsprobe connect orders.wsprobe --record session.wsrec');
  if (from === to) throw usageError(`it is ${to} already`);
  for (const option of ['messages', 'connection'] as const)
    if (values[option] !== undefined && !(isRecording && !isRecordingFormat(to)))
      throw usageError(`--${option} chooses what of a recording becomes a profile`);
  if (values.request !== undefined && source.choices === undefined)
    throw usageError('--request chooses one of several requests, monitors or command lines');
  if (values.env !== undefined && from !== 'wsprobe') throw usageError('--env names an environment of a profile');
}

function writtenForm(read: Readable, to: FormatName, options: WriteOptions, input: string): WrittenForm {
  try {
    return writeConverted(read, to, options);
  } catch (error) {
    throw asUsage(error, input);
  }
}

async function readForeign(input: string, from: FormatName, wanted: string | undefined, io: Io): Promise<Readable> {
  const text = await readRegularText(input, io);
  const { choices, read } = READERS[from];
  try {
    const names = (await choices?.(text)) ?? [];
    const index = chosenOf(names, wanted, input);
    const converted = (await read?.(text, index)) ?? null;
    if (converted === null) throw usageError(`${input} holds no WebSocket request`);
    const others = names.flatMap((name, at) => (at === index ? [] : [`${name} (--request ${at + 1})`]));
    const left = [...converted.left, ...others];
    return from === 'wsprobe' ? { ...converted, text } : { ...converted, left };
  } catch (error) {
    throw error instanceof ProbeError && error.code === 'usage' ? error : asUsage(error, input);
  }
}

/** By number, or by name where that is one's alone. */
function chosenOf(names: readonly string[], wanted: string | undefined, input: string): number {
  if (wanted === undefined) return 0;
  const isWanted = (name: string) => name === wanted;
  const index = /^\d{1,6}$/.test(wanted) ? Number(wanted) - 1 : names.findIndex(isWanted);
  const known = names.map((name, at) => `${at + 1} ${name}`).join(', ');
  if (names[index] === undefined || names.filter(isWanted).length > 1)
    throw usageError(
      `--request: ${input} has no one request ${wanted}`,
      known === '' ? undefined : `It has: ${known}.`,
    );
  return index;
}

function tell(notes: readonly string[], hints: readonly string[], io: Io): void {
  for (const line of [...notes, ...hints]) io.stderr.write(`wsprobe: ${wrapped(plainText(line, 2000), io)}\n`);
}
