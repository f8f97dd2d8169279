import type { Experiment, ExperimentName, ExperimentProgress } from '../../core/base/experiment.js';
import type { ProbePlan } from '../../core/base/plan.js';
import { ASK_ABOVE, type ExperimentSettings } from '../../core/base/experimentFacts.js';
import { EXPERIMENTS } from '../../core/lab/experiments.js';
import { formatDuration } from '../../core/text/durations.js';
import { plainText } from '../../core/base/plainText.js';
import { confirm } from '../confirm.js';
import { onInterrupt } from '../interrupt.js';
import type { Io } from '../io.js';
import { LiveText } from '../liveText.js';
import { COMMAND_OPTIONS } from '../optionTable.js';
import { optionsOf, parseDuration, parseInteger, type parseOptions } from '../options.js';
import { runnableTarget } from '../problems.js';
import { renderExperiment } from '../render/experiment.js';
import { plainJson } from '../render/plainReport.js';
import { styleFor } from '../render/style.js';
import { EXIT, usageError } from '../usage.js';

const OPTIONS = optionsOf(COMMAND_OPTIONS.lab);

export type LabValues = ReturnType<typeof parseOptions<typeof OPTIONS>>['values'];

export function isExperiment(name: string): name is ExperimentName {
  return Object.hasOwn(EXPERIMENTS, name);
}

/** One experiment with a record of its own: shows it, and gives the exit code. */
export async function labExperiment(
  experiment: ExperimentName,
  target: string,
  values: LabValues,
  io: Io,
): Promise<number> {
  const { runExperiment, settingsFor } = await import('../../core/lab/runExperiment.js');
  const given = settingsOf(values);
  const useless = ofProbes(experiment).find((name) => name in values);
  if (useless !== undefined) throw usageError(`lab ${experiment} has no use for --${useless}`);
  const { connections } = settingsFor(experiment, EXPERIMENTS[experiment], given);
  const noColor = values['no-color'] === true;
  const resolved = await runnableTarget(target, values, io, experiment === 'closes' ? 'probe' : 'connect');
  if (resolved === null) return EXIT.usage;
  if (connections > ASK_ABOVE && values.yes !== true) await askFor(connections, resolved.plan, io);

  const interrupt = onInterrupt(io);
  const live = new LiveText(io);
  const record = await runExperiment(experiment, resolved.plan, given, {
    signal: interrupt.signal,
    onProgress: (progress) => live.draw(progressText(experiment, progress)),
    host: io.host,
    remote: null,
  }).finally(() => {
    live.clear();
    interrupt.end();
  });
  if (values.json === true) io.stdout.write(`${plainJson(record, 2)}\n`);
  else {
    const lines = renderExperiment(record, styleFor(io, io.stdout, noColor), values.verbose === true);
    io.stdout.write(`${lines.join('\n')}\n`);
  }
  return interrupt.signal.aborted ? EXIT.interrupted : exitCodeFor(record, values.strict === true);
}

/** Checks of a probe that have no effect on a connection that an experiment holds. */
function ofProbes(experiment: ExperimentName): readonly string[] {
  if (experiment === 'closes') return [];
  return ['expect', 'samples', 'no-ping', ...(experiment === 'reconnect' ? [] : ['hold'])];
}

function exitCodeFor({ connections, verdict }: Experiment, strict: boolean): number {
  if (connections.opened === 0) return EXIT.noConnection;
  return verdict === 'fail' || (strict && verdict === 'warn') ? EXIT.failed : EXIT.ok;
}

function settingsOf(values: LabValues): ExperimentSettings {
  const { connections, pid } = values;
  const path = values['json-path'];
  const header = values['response-header'];
  return {
    ...(connections === undefined ? {} : { connections: parseInteger('--connections', connections, 1, 1_000_000) }),
    ...(values.for === undefined ? {} : { forMs: parseDuration('--for', values.for) }),
    ...(path === undefined ? {} : { jsonPath: path }),
    ...(header === undefined ? {} : { responseHeader: header }),
    ...(pid === undefined ? {} : { pid: parseInteger('--pid', pid, 1, 4_194_304) }),
  };
}

async function askFor(connections: number, { url }: ProbePlan, io: Io): Promise<void> {
  const { host } = new URL(url);
  const question = `Open ${connections} connections to ${plainText(host, 200)}?`;
  if (!(await confirm(question, io))) throw usageError(`${connections} connections need a yes`, '--yes says it');
}

function progressText(experiment: ExperimentName, progress: ExperimentProgress): string {
  const { elapsedMs, failed, note, open, opened } = progress;
  const counts = `${opened} opened, ${open} open${failed > 0 ? `, ${failed} failed` : ''}`;
  return `${experiment}... ${formatDuration(elapsedMs)}, ${counts}${note === '' ? '' : `: ${plainText(note, 200)}`}`;
}
