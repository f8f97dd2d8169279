import type { Report, Variation } from '../../core/base/model.js';
import { exitCodeOf } from '../../core/text/exitCode.js';
import type { ProbeOptions } from '../../core/probe/runProbe.js';
import type { ProbePlan } from '../../core/base/plan.js';
import { isExperiment, labExperiment } from './labExperiment.js';
import { EXPERIMENTS } from '../../core/lab/experiments.js';
import { suggest } from '../../core/profile/problems.js';
import { onInterrupt } from '../interrupt.js';
import type { Io } from '../io.js';
import { COMMAND_OPTIONS } from '../optionTable.js';
import { optionsOf, parseOptions } from '../options.js';
import { LiveLine } from '../progress.js';
import { isDifferential, putCure, renderVariation } from '../render/differential.js';
import { plainJson, plainRecord } from '../render/plainReport.js';
import { renderReport, renderWhy } from '../render/report.js';
import { type Style, styleFor } from '../render/style.js';
import { Page } from '../render/text.js';
import { withSecretsFile } from '../secrets.js';
import { EXIT, usageError } from '../usage.js';
import { runnableTarget } from '../problems.js';

const OPTIONS = optionsOf(COMMAND_OPTIONS.lab);

const NAMES = ['handshake', ...Object.keys(EXPERIMENTS)];
const USAGE = 'wsprobe lab handshake wss://example.com/socket';

type Experiment = (
  plan: ProbePlan,
  options: ProbeOptions & { readonly onVariation?: (variation: Variation) => void },
) => Promise<Report>;

const loadDifferential = async (): Promise<Experiment> => {
  return (await import('../../core/lab/differential.js')).runDifferential;
};

export async function labCommand(argv: readonly string[], io: Io, load = loadDifferential): Promise<number> {
  const { values: given, positionals } = parseOptions(argv, OPTIONS);
  const values = await withSecretsFile(given, io);
  const [experiment, target, ...rest] = positionals;
  if (experiment === undefined) throw usageError('lab wants an experiment: wsprobe help lab lists them', USAGE);
  if (!NAMES.includes(experiment)) throw unknownExperiment(experiment);
  if (target === undefined || rest.length > 0)
    throw usageError(`lab ${experiment} wants one URL or one .wsprobe file`, USAGE);

  if (isExperiment(experiment)) return labExperiment(experiment, target, values, io);
  const useless = Object.keys(COMMAND_OPTIONS.lab.Experiment).find((name) => name in values);
  if (useless !== undefined) throw usageError(`lab handshake has no use for --${useless}`);

  const noColor = values['no-color'] === true;
  const json = values.json === true;
  // It tries the other scheme, too.
  const resolved = await runnableTarget(target, values, io, null);
  if (resolved === null) return EXIT.usage;

  const style = styleFor(io, io.stdout, noColor);
  const run = await load();
  const interrupt = onInterrupt(io);
  const line = new LiveLine(io);
  const report = await run(resolved.plan, {
    signal: interrupt.signal,
    onProgress: (progress) => line.update(progress),
    onVariation: (variation) => {
      line.clear();
      if (!json) io.stdout.write(`${renderVariation(variation, style)}\n`);
    },
    host: io.host,
    remote: null,
  }).finally(() => {
    line.end();
    interrupt.end();
  });
  if (json) io.stdout.write(`${plainJson(report, 2)}\n`);
  else io.stdout.write(`${renderOutcome(report, style, values.verbose === true).join('\n')}\n`);
  return interrupt.signal.aborted ? EXIT.interrupted : exitCodeOf(report, { strict: values.strict === true });
}

function unknownExperiment(name: string): Error {
  const guess = suggest(name, NAMES);
  const isTarget = /^ws(s?:\/\/|\+unix:\/)/i.test(name) || name.endsWith('.wsprobe');
  const hint = isTarget ? `wsprobe lab handshake ${name}` : guess === null ? null : `Did you mean ${guess}?`;
  return usageError(`unknown experiment ${name}`, hint ?? `Known: ${NAMES.join(', ')}`);
}

/** The cure with its fix, then why the handshake fails as it was asked for. What was tried stands above. */
function renderOutcome(hostile: Report, style: Style, verbose: boolean): string[] {
  const report = plainRecord(hostile);
  const page = new Page(style);
  putCure(page, report);
  const rest = { ...report, differential: null, findings: report.findings.filter((item) => !isDifferential(item)) };
  const lines = verbose ? renderReport(rest, style, { verbose }) : renderWhy(rest, style);
  return [...(report.differential ? [''] : []), ...page.lines(), '', ...lines];
}
