import { jsonPathError } from '../../core/base/jsonPath.js';
import { plainText } from '../../core/base/plainText.js';
import type { Replay } from '../../core/tap/replay/replay.js';
import type { ReplayPace } from '../../core/tap/replay/replayTalk.js';
import { onInterrupt } from '../interrupt.js';
import type { Io } from '../io.js';
import { COMMAND_OPTIONS } from '../optionTable.js';
import { optionsOf, parseOptions } from '../options.js';
import { runnableTarget } from '../problems.js';
import { connectionOf, readRecorded } from '../recordings.js';
import { plainJson } from '../render/plainReport.js';
import { renderReplay } from '../render/replay.js';
import { styleFor } from '../render/style.js';
import { withSecretsFile } from '../secrets.js';
import { EXIT, usageError } from '../usage.js';

const OPTIONS = optionsOf(COMMAND_OPTIONS.replay);

type ReplayValues = ReturnType<typeof parseOptions<typeof OPTIONS>>['values'];

const PACES: readonly ReplayPace[] = ['reply', 'real', 'fast'];

export async function replayCommand(argv: readonly string[], io: Io): Promise<number> {
  const { values: given, positionals } = parseOptions(argv, OPTIONS);
  const values = await withSecretsFile(given, io);
  const [name, target, ...rest] = positionals;
  if (name === undefined || target === undefined || rest.length > 0)
    throw usageError(
      'replay wants a recording, and a URL or a profile',
      'wsprobe replay session.wsrec ws://localhost:8080/',
    );
  const pace = paceOf(values.pace);
  const ignore = values.ignore ?? [];
  for (const path of ignore) {
    const wrong = jsonPathError(path);
    if (wrong !== null) throw usageError(`--ignore ${path}: ${wrong}`, "--ignore '$.payload.total'");
  }
  const asReporters = values.reporter === undefined ? null : await reportersFor(values, io);
  const read = await readRecorded(name, io.cwd);
  const conversation = connectionOf(read, name, values.connection) ?? read.conversations[0]!;
  const notes = [...read.notes];
  if (values.connection === undefined && read.conversations.length > 1)
    notes.push(
      `The recording has ${read.conversations.length} connections: this is ${conversation.connection}, --connection chooses another.`,
    );
  const resolved = await runnableTarget(target, values, io);
  if (resolved === null) return EXIT.usage;

  const { replay } = await import('../../core/tap/replay/replay.js');
  const interrupt = onInterrupt(io);
  const told = await replay(resolved.plan, conversation, {
    recording: name,
    pace,
    ignore,
    normalise: values.exact !== true,
    notes,
    signal: interrupt.signal,
    host: io.host,
    remote: null,
  }).finally(() => interrupt.end());
  const exitCode = interrupt.signal.aborted ? EXIT.interrupted : exitCodeFor(told);
  if (asReporters !== null) await asReporters({ told, exitCode, target, file: resolved.file });
  else tell(told, values, io);
  return exitCode;
}

function paceOf(text = 'reply'): ReplayPace {
  const pace = PACES.find((known) => known === text);
  if (pace === undefined) throw usageError(`--pace ${text}`, `It is ${PACES.join(', ')}.`);
  return pace;
}

function exitCodeFor({ connected, same }: Replay): number {
  if (same) return EXIT.ok;
  return connected ? EXIT.failed : EXIT.noConnection;
}

function tell(told: Replay, values: ReplayValues, io: Io): void {
  if (values.json === true) {
    io.stdout.write(`${plainJson(told, 2)}\n`);
    return;
  }
  for (const note of told.notes) io.stderr.write(`wsprobe: ${plainText(note, 2000)}\n`);
  const style = styleFor(io, io.stdout, values['no-color'] === true);
  io.stdout.write(`${renderReplay(told, style, values.verbose === true).join('\n')}\n`);
}

interface Told {
  readonly told: Replay;
  readonly exitCode: number;
  readonly target: string;
  readonly file: string | null;
}

/** The reporters of a run: the messages are its steps. Chosen and opened before anything is sent. */
async function reportersFor(values: ReplayValues, io: Io): Promise<(result: Told) => Promise<void>> {
  if (values.json === true) throw usageError('--json and --reporter cannot go together', '--reporter json');
  const { chooseReporters, openReporters } = await import('../reporters/choose.js');
  const { Tally } = await import('../run/tally.js');
  const chosen = { reporter: values.reporter, verbose: values.verbose, 'no-color': values['no-color'] };
  const { reporter, close } = await openReporters(chooseReporters(chosen, io.cwd), chosen, io);
  return async ({ exitCode, file, target, told }) => {
    try {
      for (const note of told.notes) io.stderr.write(`wsprobe: ${plainText(note, 2000)}\n`);
      const label = `${told.recording}, connection ${told.connection}`;
      const item = { target, label, file, environment: null, iteration: 1, unreadable: null };
      const result = { item, report: told.report, exitCode, failedTries: [], line: null };
      const tally = new Tally();
      tally.add(result);
      const { durationMs, startedAt } = told.report;
      const head = { total: 1, repeat: 1, environments: [null], titleColumns: label.length, startedAt, host: io.host };
      await reporter.begin(head);
      await reporter.result(result);
      const interrupted = exitCode === EXIT.interrupted;
      await reporter.end({ summary: tally.summary(1, durationMs, interrupted), interrupted, notRun: [] });
    } finally {
      await close();
    }
  };
}
