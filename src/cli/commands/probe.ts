import type { Report } from '../../core/base/model.js';
import { exitCodeOf } from '../../core/text/exitCode.js';
import { runProbe } from '../../core/probe/runProbe.js';
import type { ProbePlan } from '../../core/base/plan.js';
import { onInterrupt } from '../interrupt.js';
import type { Io } from '../io.js';
import { COMMAND_OPTIONS } from '../optionTable.js';
import { optionsOf, parseOptions } from '../options.js';
import { tracerFor } from '../otlp.js';
import { LiveLine } from '../progress.js';
import { runnableTarget } from '../problems.js';
import { plainJson } from '../render/plainReport.js';
import { renderReport } from '../render/report.js';
import { renderProbeLine } from '../render/run.js';
import { styleFor } from '../render/style.js';
import { withSecretsFile } from '../secrets.js';
import { EXIT, usageError } from '../usage.js';

const OPTIONS = optionsOf(COMMAND_OPTIONS.probe);

export async function probeCommand(argv: readonly string[], io: Io): Promise<number> {
  const { values: given, positionals } = parseOptions(argv, OPTIONS);
  const values = await withSecretsFile(given, io);
  const [target, ...rest] = positionals;
  if (target === undefined || rest.length > 0)
    throw usageError('probe wants one URL or one .wsprobe file', 'wsprobe probe wss://example.com/socket');

  const other = values.quiet === true && (['json', 'verbose'] as const).find((name) => values[name] === true);
  if (other) throw usageError(`--quiet and --${other} cannot go together`);
  const noColor = values['no-color'] === true;
  const resolved = await runnableTarget(target, values, io, 'probe');
  if (resolved === null) return EXIT.usage;

  const tracer = await tracerFor(values, io);
  const interrupt = onInterrupt(io);
  const report = await probeWithProgress(tracer?.probe ?? runProbe, resolved.plan, interrupt.signal, io).finally(() =>
    interrupt.end(),
  );
  if (values.json === true) io.stdout.write(`${plainJson(report, 2)}\n`);
  else if (values.quiet === true)
    io.stdout.write(`${renderProbeLine(report, resolved.file ?? report.url, styleFor(io, io.stdout, noColor))}\n`);
  else {
    const lines = renderReport(report, styleFor(io, io.stdout, noColor), { verbose: values.verbose === true });
    io.stdout.write(`${lines.join('\n')}\n`);
  }
  await tracer?.end();
  return interrupt.signal.aborted ? EXIT.interrupted : exitCodeOf(report, { strict: values.strict === true });
}

async function probeWithProgress(
  probe: typeof runProbe,
  plan: ProbePlan,
  signal: AbortSignal,
  io: Io,
): Promise<Report> {
  const line = new LiveLine(io);
  try {
    return await probe(plan, {
      signal,
      onProgress: (progress) => line.update(progress),
      host: io.host,
      remote: null,
    });
  } finally {
    line.end();
  }
}
