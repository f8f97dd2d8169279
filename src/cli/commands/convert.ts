import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ProbeError } from '../../core/base/errors.js';
import { plainText } from '../../core/base/plainText.js';
import { readRegularText } from '../convert/readText.js';
import { type Converted, portable } from '../../core/convert/converted.js';
import { type Format, formatOf, FORMATS, type FormatName, isFormatName } from '../../core/convert/formats.js';
import { renderProfile } from '../../core/profile/template.js';
import { convertRecording, profileOfFile } from '../convert/recordings.js';
import { secretHint } from '../init/newProfile.js';
import type { Io } from '../io.js';
import { isThere, writeNewFile } from '../newFile.js';
import { COMMAND_OPTIONS } from '../optionTable.js';
import { optionsOf, parseOptions } from '../options.js';
import { asUsage, EXIT, usageError } from '../usage.js';

const OPTIONS = optionsOf(COMMAND_OPTIONS.convert);
const IS_THERE = '--force overwrites it.';
type Values = ReturnType<typeof parseOptions<typeof OPTIONS>>['values'];

export async function convertCommand(argv: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parseOptions(argv, OPTIONS);
  const [input, output, ...rest] = positionals;
  if (input === undefined || output === undefined || rest.length > 0)
    throw usageError('convert wants what is read and what is written', 'wsprobe convert requests.http orders.wsprobe');
  const from = named('--from', values.from) ?? formatOf(input) ?? 'curl';
  const to = named('--to', values.to) ?? formatOf(output);
  if (to === null) throw usageError(`what ${output} is to be, its name does not tell`, '--to curl, --to k6 …');
  const [source, target]: readonly Format[] = [FORMATS[from], FORMATS[to]];
  const isRecording = source?.kind === 'recording';
  checkPair(from, to, isRecording, values);
  if (isRecording && target?.kind === 'recording') {
    const path = resolve(io.cwd, output);
    if (output === '-') throw usageError('a recording is written to a file', 'wsprobe show session.wsrec --json');
    if (path === resolve(io.cwd, input)) throw usageError(`${output} is what is read`);
    if (values.force !== true && (await stat(path).catch(() => null)) !== null) throw isThere(output, IS_THERE);
    tell(await convertRecording(input, path, to as 'wsrec' | 'har' | 'jsonl', io.cwd), [], io);
    return EXIT.ok;
  }

  const read = isRecording
    ? await profileOfFile(input, values, io.cwd)
    : await readForeign(input, from, values.request, io);
  const { hints, notes, text } = write(read, to, { input, environment: values.env ?? null, cwd: io.cwd });
  if (output === '-') io.stdout.write(text);
  else await writeNewFile(resolve(io.cwd, output), output, text, values.force === true, IS_THERE);
  tell(notes, hints, io);
  return EXIT.ok;
}

function named(option: string, name: string | undefined): FormatName | null {
  if (name === undefined || isFormatName(name)) return name ?? null;
  throw usageError(`${option}: ${name} is no format`, `Known: ${Object.keys(FORMATS).join(', ')}.`);
}

function checkPair(from: FormatName, to: FormatName, isRecording: boolean, values: Values): void {
  const [source, target]: readonly Format[] = [FORMATS[from], FORMATS[to]];
  if (!isRecording && source?.read === undefined) throw usageError(`${from} is written and not read`);
  if (to === 'monitor') throw usageError('a monitor is read and not written');
  if (!isRecording && target?.kind === 'recording')
    throw usageError('a recording is made by connecting', 'wsprobe connect orders.wsprobe --record session.wsrec');
  if (from === to) throw usageError(`it is ${to} already`);
  for (const option of ['messages', 'connection'] as const)
    if (values[option] !== undefined && !(isRecording && target?.kind !== 'recording'))
      throw usageError(`--${option} chooses what of a recording becomes a profile`);
  if (values.request !== undefined && source?.choices === undefined)
    throw usageError('--request chooses one of several requests, monitors or command lines');
  if (values.env !== undefined && from !== 'wsprobe') throw usageError('--env names an environment of a profile');
}

async function readForeign(
  input: string,
  from: FormatName,
  wanted: string | undefined,
  io: Io,
): Promise<Converted & { readonly text?: string }> {
  const text = await readRegularText(input, io);
  const { choices, read }: Format = FORMATS[from];
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

interface Place {
  readonly input: string;
  readonly environment: string | null;
  readonly cwd: string;
}

function write({ file, left, text }: Converted & { readonly text?: string }, to: FormatName, place: Place) {
  const baseDir = text === undefined || place.input === '-' ? null : dirname(resolve(place.cwd, place.input));
  const { value, problems } = portable(text ?? JSON.stringify(file), file, {
    baseDir,
    environment: place.environment,
  });
  if (value === null) {
    const problem = problems.find(({ severity }) => severity === 'error');
    throw usageError(`${place.input}: no profile can say this: ${problem?.message ?? 'it cannot be read'}`);
  }
  const notes = left.map((what) => `not carried over: ${what}`);
  const { comment = '// ', write: writeFormat }: Format = FORMATS[to];
  if (writeFormat === undefined) {
    const { secrets, text: written } = renderProfile(value.plan, { references: value.references });
    return { text: commented(notes, comment) + written, notes, hints: Object.keys(secrets).map(secretHint) };
  }
  const made = writeFormat(value);
  const all = [...notes, ...made.notes, ...unusedKeys(file)];
  const hints = made.environment.map((name) => `set ${name} in the environment of the command`);
  return { text: commented(all, comment) + `${made.text.trimEnd()}\n`, notes: all, hints };
}

/** What a profile says that no other tool has. */
function unusedKeys(file: Converted['file']): string[] {
  const ours = ['expect', 'session', 'watch', 'decode', 'messages', 'environments'] as const;
  const keys = ours.filter((key) => file[key] !== undefined);
  return keys.length === 0 ? [] : [`not carried over: ${keys.join(', ')}`];
}

function commented(notes: readonly string[], comment: string): string {
  return notes.map((note) => `${comment}${plainText(note, 2000)}\n`).join('');
}

function tell(notes: readonly string[], hints: readonly string[], io: Io): void {
  for (const line of [...notes, ...hints]) io.stderr.write(`wsprobe: ${plainText(line, 2000)}\n`);
}
