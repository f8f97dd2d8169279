import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { plainText } from '../../core/base/plainText.js';
import { runProbe } from '../../core/probe/runProbe.js';
import { onInterrupt } from '../interrupt.js';
import type { Io } from '../io.js';
import { COMMAND_OPTIONS } from '../optionTable.js';
import { optionsOf, parseInteger, parseOptions } from '../options.js';
import { type FoundProfile, findProfiles } from '../profiles.js';
import { plainJson } from '../render/plainReport.js';
import { renderRunLine, renderRunSummary } from '../render/run.js';
import { styleFor } from '../render/style.js';
import { exitCodeOfRun, type RunResult, summarise } from '../runResult.js';
import { checkOptions, invalidTarget, resolveTarget, type ResolvedTarget } from '../target.js';
import { EXIT, fileError, isBadInput, notAvailable, usageError } from '../usage.js';
import { writeProblems } from './probe.js';

const OPTIONS = optionsOf(COMMAND_OPTIONS.run);

type RunValues = ReturnType<typeof parseOptions<typeof OPTIONS>>['values'];

export async function runCommand(argv: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parseOptions(argv, OPTIONS);
  if (positionals.length === 0) throw usageError('run wants files or folders', 'wsprobe run examples');
  const json = reporterOf(values) === 'json';
  const concurrency = parseInteger('--concurrency', values.concurrency ?? '4', 1, 64);
  const repeat = parseInteger('--repeat', values.repeat ?? '1', 1, 1000);
  checkOptions(values, io.cwd);
  const files = await findProfiles(positionals, io.cwd);
  if (files.length === 0) throw usageError(`no .wsprobe file in ${positionals.join(', ')}`);

  const startedMs = io.now();
  const jobs = files.flatMap((found) =>
    Array.from({ length: repeat }, (_, index) => ({ found, iteration: index + 1 })),
  );
  const style = styleFor(io, io.stdout, values['no-color'] === true);
  const fileColumns = Math.max(...files.map(({ file }) => file.length));
  const lines: string[] = [];
  const report = (result: RunResult) => {
    if (json) return;
    const line = renderRunLine(result, { fileColumns, repeat }, style);
    if (values.output === undefined) io.stdout.write(`${line}\n`);
    else lines.push(line);
  };

  const interrupt = onInterrupt(io);
  const results = await runJobs(jobs, concurrency, values, interrupt.signal, io, report).finally(() => interrupt.end());
  const summary = summarise(results, jobs.length, io.now() - startedMs);
  const exitCode = exitCodeOfRun(results, values.strict === true);
  const document = json
    ? plainJson({ schema: 'wsprobe.run/1', summary: { ...summary, exitCode }, results }, 2)
    : [...lines, ...renderRunSummary(summary, style)].join('\n');
  if (values.output === undefined) io.stdout.write(`${document}\n`);
  else await writeOutput(resolve(io.cwd, values.output), `${document}\n`);
  return interrupt.signal.aborted ? EXIT.interrupted : exitCode;
}

async function writeOutput(path: string, document: string): Promise<void> {
  await writeFile(path, document).catch((error: unknown) => {
    throw fileError(`write ${path}`, error);
  });
}

function reporterOf(values: RunValues): 'text' | 'json' {
  const reporter = values.reporter ?? (values.json === true ? 'json' : 'text');
  if (reporter === 'junit' || reporter === 'tap') throw notAvailable(`--reporter ${reporter}`);
  if (reporter !== 'text' && reporter !== 'json') throw usageError(`unknown reporter ${reporter}`, 'Known: text, json');
  return reporter;
}

interface Job {
  readonly found: FoundProfile;
  readonly iteration: number;
}

/** Runs at most `concurrency` at a time and reports in the order of the jobs. */
async function runJobs(
  jobs: readonly Job[],
  concurrency: number,
  values: RunValues,
  signal: AbortSignal,
  io: Io,
  report: (result: RunResult) => void,
): Promise<RunResult[]> {
  const results: (RunResult | undefined)[] = [];
  let next = 0;
  let reported = 0;
  let stopped = false;
  const work = async () => {
    while (next < jobs.length && !stopped && !signal.aborted) {
      const index = next++;
      const job = jobs[index];
      if (job === undefined) return;
      const result = await runJob(job, values, signal, io);
      results[index] = result;
      if (values.bail === true && exitCodeOfRun([result], values.strict === true) !== EXIT.ok) stopped = true;
      for (let done = results[reported]; done !== undefined; done = results[reported]) {
        report(done);
        reported++;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, jobs.length) }, work));
  return results.filter((result) => result !== undefined);
}

/** Whatever becomes of one profile, the others are reported. */
async function runJob({ found, iteration }: Job, values: RunValues, signal: AbortSignal, io: Io): Promise<RunResult> {
  const { file } = found;
  const invalid = (target: ResolvedTarget): RunResult => {
    if (iteration === 1) writeProblems(target, io, values['no-color'] === true);
    return { file, iteration, problems: target.problems };
  };
  if (found.unreadable !== null) return invalid(invalidTarget(file, 'unreadable-file', found.unreadable));
  try {
    const resolved = await resolveTarget(file, values, { cwd: io.cwd, env: io.env, signal });
    if (resolved.plan === null) return invalid(resolved);
    if (iteration === 1) writeProblems(resolved, io, values['no-color'] === true);
    return { file, iteration, report: await runProbe(resolved.plan, { signal, host: io.host, remote: null }) };
  } catch (error) {
    if (isBadInput(error)) return invalid(invalidTarget(file, error.code, error.message));
    const message = plainText(error instanceof Error ? error.message : String(error), 2000);
    if (iteration === 1) io.stderr.write(`wsprobe: our own fault with ${plainText(file, 2000)}: ${message}\n`);
    return { file, iteration, fault: { message } };
  }
}
