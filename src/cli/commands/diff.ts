import { plainText } from '../../core/base/plainText.js';
import { FACT_RULES } from '../diff/facts.js';
import { type Comparison, type Diff, DIFF_SCHEMA, isChanged } from '../diff/model.js';
import { MESSAGE_RULES } from '../../core/contract/normalise.js';
import { type Compared, readCompared } from '../diff/read.js';
import { compareRecordings } from '../diff/recordings.js';
import { compareReports, compareRuns, TIMING_RULE } from '../diff/reports.js';
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
  if (a === undefined || b === undefined || rest.length > 0)
    throw usageError('diff wants two files: reports, runs or recordings', 'wsprobe diff before.json after.json');
  const before = await readCompared(a, io);
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
    const changed = comparisons.some(isChanged);
    const diff: Diff = { schema: DIFF_SCHEMA, of: before.of, a, b, changed, rules: rulesOf(before), comparisons };
    if (values.json === true) io.stdout.write(`${plainJson(diff, 2)}\n`);
    else io.stdout.write(`${renderDiff(diff, styleFor(io, io.stdout, values['no-color'] === true)).join('\n')}\n`);
    return changed ? EXIT.failed : EXIT.ok;
  } finally {
    await closed(before);
    await closed(after);
  }
}

async function compare(a: string, b: string, before: Compared, after: Compared): Promise<readonly Comparison[]> {
  if (before.of === 'recording' && after.of === 'recording')
    return [await compareRecordings(b, before.file, after.file)];
  if (before.of === 'recording' || after.of === 'recording' || before.of !== after.of)
    throw usageError(`a ${before.of} and a ${after.of} cannot be compared: ${a} and ${b}`, 'Name two of a kind.');
  if (before.of === 'run') return compareRuns(before.value, after.value);
  return [compareReports(b, before.value, after.value)];
}

function rulesOf({ of }: Compared): readonly string[] {
  return [...FACT_RULES, ...(of === 'recording' ? MESSAGE_RULES : [TIMING_RULE])];
}

async function closed(compared: Compared): Promise<void> {
  if (compared.of === 'recording') await compared.close();
}
