import { resolve } from 'node:path';
import { plainText } from '../../core/base/plainText.js';
import { ProbeError } from '../../core/base/errors.js';
import { checkUrl, parseUrl } from '../../core/base/url.js';
import type { ProfileText } from '../../core/profile/template.js';
import { profileFromCommand, profileFromUrl, secretHint } from '../init/newProfile.js';
import type { Io } from '../io.js';
import { COMMAND_OPTIONS } from '../optionTable.js';
import { optionsOf, parseOptions } from '../options.js';
import { writeNewFile } from '../newFile.js';
import { readPipe } from '../pipedFile.js';
import { EXIT, usageError } from '../usage.js';

const OPTIONS = optionsOf(COMMAND_OPTIONS.init);
/** Of the playground. */
const EXAMPLE_URL = 'ws://127.0.0.1:4480/echo';
const TOOL = /(^|[/\\])(curl|websocat|wscat)(\.exe)?$/i;
const IS_THERE = '--force overwrites it, --output names another, --output - prints it.';
const MAX_COMMAND_BYTES = 1024 * 1024;

interface NewProfile extends ProfileText {
  readonly url: string;
  /** Of a command line, what a profile cannot say. */
  readonly ignored: readonly string[];
}

export async function initCommand(argv: readonly string[], io: Io): Promise<number> {
  // What stands behind the name of a tool is its own, options too.
  const found = argv.findIndex((word, index) => TOOL.test(word) && !/^(-o|--output)$/.test(argv[index - 1] ?? ''));
  const at = found < 0 ? argv.length : found;
  const { values, positionals } = parseOptions(argv.slice(0, at), OPTIONS);
  const profile = await profileOf(positionals, argv.slice(at), io);

  const output = values.output ?? `${fileNameOf(profile.url)}.wsprobe`;
  if (output === '-') io.stdout.write(profile.text);
  else {
    await writeNewFile(resolve(io.cwd, output), output, profile.text, values.force === true, IS_THERE);
    io.stdout.write(`${plainText(output, 1000)}\n`);
  }
  tell(profile, io);
  return EXIT.ok;
}

async function profileOf(positionals: readonly string[], command: readonly string[], io: Io): Promise<NewProfile> {
  const [source = EXAMPLE_URL, ...rest] = positionals;
  if (rest.length > 0 || (positionals.length > 0 && command.length > 0))
    throw usageError('init wants one URL or one command line', 'wsprobe init wss://example.com/socket');
  try {
    if (command.length > 0) return profileFromCommand(command.map(quoted).join(' '));
    if (source === '-') return profileFromCommand((await readPipe(io.stdin, MAX_COMMAND_BYTES)).toString('utf8'));
    if (/\s/.test(source.trim())) return profileFromCommand(source);
  } catch (error) {
    if (error instanceof ProbeError && error.code.startsWith('command-'))
      throw usageError(error.message, error.hint ?? undefined);
    throw error;
  }
  const problem = checkUrl(source);
  if (problem !== null) throw usageError(problem, 'wsprobe init wss://example.com/socket');
  return profileFromUrl(source);
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** The host, with its port where it names one. */
function fileNameOf(url: string): string {
  const name = (parseUrl(url)?.host ?? '').replace(/[^A-Za-z0-9.]+/g, '-').replace(/^[-.]+|[-.]+$/g, '');
  return name === '' ? 'profile' : name.slice(0, 100);
}

function tell({ ignored, secrets }: NewProfile, io: Io): void {
  const lines = [
    ...(ignored.length === 0 ? [] : [`not carried over: ${ignored.join(' ')}`]),
    ...Object.keys(secrets).map(secretHint),
  ];
  for (const line of lines) io.stderr.write(`wsprobe: ${plainText(line, 2000)}\n`);
}
