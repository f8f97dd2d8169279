import type { ProbeError } from '../core/base/errors.js';
import { plainText } from '../core/base/plainText.js';
import { INDENT, wrapped } from './wrapped.js';
import { suggest } from '../core/profile/problems.js';
import type { Io } from './io.js';
import type { CommandName } from './optionTable.js';
import { EXIT, isBadInput, tooManyFiles, usageError } from './usage.js';

export { processIo } from './io.js';

type Command = (argv: readonly string[], io: Io) => Promise<number>;

const COMMANDS: Readonly<Record<CommandName, () => Promise<Command>>> = {
  probe: async () => (await import('./commands/probe.js')).probeCommand,
  connect: async () => (await import('./commands/connect.js')).connectCommand,
  run: async () => (await import('./commands/run.js')).runCommand,
  watch: async () => (await import('./commands/watch.js')).watchCommand,
  tap: async () => (await import('./commands/tap.js')).tapCommand,
  exporter: async () => (await import('./commands/exporter.js')).exporterCommand,
  mcp: async () => (await import('./commands/mcp.js')).mcpCommand,
  lab: async () => (await import('./commands/lab.js')).labCommand,
  attach: async () => (await import('./commands/attach.js')).attachCommand,
  show: async () => (await import('./commands/show.js')).showCommand,
  diff: async () => (await import('./commands/diff.js')).diffCommand,
  replay: async () => (await import('./commands/replay.js')).replayCommand,
  mock: async () => (await import('./commands/mock.js')).mockCommand,
  contract: async () => (await import('./commands/contract.js')).contractCommand,
  init: async () => (await import('./commands/init.js')).initCommand,
  convert: async () => (await import('./commands/convert.js')).convertCommand,
  explain: async () => (await import('./commands/explain.js')).explainCommand,
  playground: async () => (await import('./commands/playground.js')).playgroundCommand,
  completion: async () => (await import('./commands/completion.js')).completionCommand,
};

/** Runs one command line (without node and script) and gives the exit code. Never rejects. */
export async function runCli(argv: readonly string[], io: Io): Promise<number> {
  try {
    return await dispatch(argv, io);
  } catch (error) {
    return reportError(error, argv.includes('--verbose') || argv.includes('-v'), io);
  }
}

async function dispatch([name, ...rest]: readonly string[], io: Io): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h') return await writeHelp(undefined, io);
  if (name === 'help') return await writeHelp(rest[0] === 'help' ? undefined : rest[0], io);
  if (!isCommand(name)) throw unknownCommand(name);
  const end = rest.indexOf('--');
  if (rest.slice(0, end < 0 ? undefined : end).some((option) => option === '--help' || option === '-h'))
    return await writeHelp(name, io);
  return (await COMMANDS[name]())(rest, io);
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}

async function writeHelp(command: string | undefined, io: Io): Promise<number> {
  if (command !== undefined && !isCommand(command)) throw unknownCommand(command);
  const { helpText } = await import('./help.js');
  io.stdout.write(helpText(command));
  return EXIT.ok;
}

function unknownCommand(name: string): ProbeError {
  const isOption = name.startsWith('-');
  if (!isOption && (/^ws(s?:\/\/|\+unix:\/)/i.test(name) || name.endsWith('.wsprobe')))
    return usageError(`no command given`, `wsprobe probe ${name}`);
  const guess = isOption ? null : suggest(name, [...Object.keys(COMMANDS), 'help']);
  return usageError(
    `unknown ${isOption ? 'option' : 'command'} ${name}`,
    guess === null ? 'wsprobe help lists the commands.' : `Did you mean ${guess}?`,
  );
}

function reportError(error: unknown, verbose: boolean, io: Io): number {
  if (isBadInput(error)) {
    io.stderr.write(`wsprobe: ${wrapped(plainText(error.message, 2000), io)}\n`);
    if (error.hint !== null) io.stderr.write(`${INDENT}${wrapped(plainText(error.hint, 2000), io)}\n`);
    return EXIT.usage;
  }
  const { cause, code } = Object(error) as { readonly cause?: unknown; readonly code?: unknown };
  if (code === 'EMFILE' || code === 'ENFILE') {
    io.stderr.write(`wsprobe: ${wrapped(tooManyFiles(code), io)}\n`);
    return EXIT.fault;
  }
  io.stderr.write(`wsprobe: our own fault: ${plainText(messageOf(error), 2000)}\n`);
  if (verbose && typeof code === 'string') io.stderr.write(`         code ${plainText(code, 200)}\n`);
  if (verbose && cause !== undefined) io.stderr.write(`         because ${plainText(messageOf(cause), 2000)}\n`);
  const debug = (io.env['WSPROBE_DEBUG'] ?? '') !== '';
  if (debug && error instanceof Error) io.stderr.write(`${error.stack ?? ''}\n`);
  else io.stderr.write('         Run again with --verbose, or with WSPROBE_DEBUG=1 to see where.\n');
  return EXIT.fault;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
