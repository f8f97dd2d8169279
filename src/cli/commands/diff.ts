import { plainText } from '../../core/base/plainText.js';
import { FACT_RULES, textOf, valueAt } from '../../core/compare/facts.js';
import { type Comparison, type Diff, DIFF_SCHEMA, isChanged } from '../../core/compare/model.js';
import { MESSAGE_RULES } from '../../core/contract/normalise.js';
import { type Compared, readCompared } from '../diff/read.js';
import { compareRecordings } from '../diff/recordings.js';
import { compareExperiments } from '../../core/compare/records.js';
import { compareReports, compareRuns } from '../../core/compare/reports.js';
import { TIMING_RULE } from '../../core/compare/timings.js';
import { compareToHealthy, compareWatched } from '../diff/watches.js';
import type { Io } from '../io.js';
import { COMMAND_OPTIONS } from '../optionTable.js';
import { optionsOf, parseOptions } from '../options.js';
import { renderDiff } from '../render/diff.js';
import { plainJson } from '../render/plainReport.js';
import { styleFor } from '../render/style.js';
import { EXIT, usageError } from '../usage.js';

const OPTIONS = optionsOf(COMMAND_OPTIONS.diff);

export async function diffCommand(argv: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parseOptions(argv, OPTIONS);
  const [a, b, ...rest] = positionals;
  if (a === undefined || rest.length > 0)
    throw usageError(
      'diff wants two files: reports, runs, experiments, watches or recordings',
      'wsprobe diff before.json after.json',
    );
  const before = await readCompared(a, io);
  if (b === undefined) return diffToHealthy(a, before, values, io);
  const after = await readCompared(b, io).catch(async (error: unknown) => {
    await closed(before);
    throw error;
  });
  try {
    const comparisons = await compare(a, b, before, after);
    for (const [name, side] of [
      [a, before],
      [b, after],
    ] as const)
      if (side.of === 'recording')
        for (const note of side.notes()) io.stderr.write(`wsprobe: ${plainText(`${name}: ${note}`, 2000)}\n`);
    return told({ of: before.of, a, b, rules: rulesOf(before), comparisons }, values, io);
  } finally {
    await closed(before);
    await closed(after);
  }
}

/** Of a watch alone: how each target is, and how it was when it was last well. */
async function diffToHealthy(
  name: string,
  watch: Compared,
  values: { readonly json?: boolean | undefined; readonly 'no-color'?: boolean | undefined },
  io: Io,
): Promise<number> {
  await closed(watch);
  if (watch.of !== 'watch')
    throw usageError(
      `diff wants a second file beside ${name}`,
      'One alone is what watch --json prints, or the folder of its --history.',
    );
  const comparisons = compareToHealthy(watch.records);
  return told(
    { of: 'watch', a: 'the last healthy look', b: 'the last look', comparisons, rules: rulesOf(watch) },
    values,
    io,
  );
}

function told(
  diff: Omit<Diff, 'schema' | 'changed'>,
  values: { readonly json?: boolean | undefined; readonly 'no-color'?: boolean | undefined },
  io: Io,
): number {
  const changed = diff.comparisons.some(isChanged);
  const { a, b, comparisons, of, rules } = diff;
  const whole: Diff = { schema: DIFF_SCHEMA, of, a, b, changed, rules, comparisons };
  if (values.json === true) io.stdout.write(`${plainJson(whole, 2)}\n`);
  else io.stdout.write(`${renderDiff(whole, styleFor(io, io.stdout, values['no-color'] === true)).join('\n')}\n`);
  return changed ? EXIT.failed : EXIT.ok;
}

async function compare(a: string, b: string, before: Compared, after: Compared): Promise<readonly Comparison[]> {
  if (before.of === 'recording' && after.of === 'recording')
    return [await compareRecordings(b, before.file, after.file)];
  if (before.of === 'watch' && after.of === 'watch') return compareWatched(before.records, after.records);
  if (!('value' in before) || !('value' in after) || before.of !== after.of)
    throw usageError(`a ${before.of} and a ${after.of} cannot be compared: ${a} and ${b}`, 'Name two of a kind.');
  if (before.of === 'run') return compareRuns(before.value, after.value);
  if (before.of === 'experiment') {
    const [was, is] = [before, after].map(({ value }) => textOf(valueAt(value, 'experiment')));
    if (was !== is) throw usageError(`${a} is of the experiment ${was}, ${b} of ${is}`, 'Name two of one.');
    return [compareExperiments(b, before.value, after.value)];
  }
  return [compareReports(b, before.value, after.value)];
}

function rulesOf({ of }: Compared): readonly string[] {
  if (of === 'recording') return [...FACT_RULES, ...MESSAGE_RULES];
  return of === 'experiment' || of === 'watch' ? [TIMING_RULE] : [...FACT_RULES, TIMING_RULE];
}

async function closed(compared: Compared): Promise<void> {
  if (compared.of === 'recording') await compared.close();
}
