import type { Experiment, ExperimentRun } from '../../core/base/experiment.js';
import { formatDuration } from '../../core/text/durations.js';
import { numberText } from '../../core/text/numbers.js';
import { plainRecord } from './plainReport.js';
import { putFinding, putFurther } from './report.js';
import type { Style, Tone } from './style.js';
import { lengthOf, Page, padEnd, padStart } from './text.js';
import { plural } from './words.js';

const TONE: Readonly<Record<Experiment['verdict'], Tone>> = { pass: 'good', warn: 'warn', fail: 'bad' };

/** An experiment for a person: its verdict and conclusion, its numbers, what was found and what to change. */
export function renderExperiment(hostile: Experiment, style: Style, verbose: boolean): string[] {
  const record = plainRecord(hostile);
  const page = new Page(style);
  const { glyphs } = style;
  const sign = { pass: glyphs.good, warn: glyphs.warn, fail: glyphs.bad }[record.verdict];
  const verdict = style.paint(TONE[record.verdict], `${sign} ${record.verdict}`);
  page.heading(`${verdict}${' '.repeat(10 - record.verdict.length)}${style.paint('bold', `lab ${record.experiment}`)}`);
  page.row('', record.url);
  const { failed, opened } = record.connections;
  const counts = `${plural(opened, 'connection')} opened${failed > 0 ? `, ${failed} failed` : ''}`;
  const from = `from ${record.vantage.host}`;
  page.row('', [counts, `took ${formatDuration(record.durationMs)}`, from].join(glyphs.separator), 'dim');
  if (record.stopped !== null) page.row('', `Stopped early: ${record.stopped}`, 'dim');
  page.gap();
  page.row('found', record.conclusion, 'bold');
  putNumbers(page, record);
  const [headline, ...others] = record.findings;
  if (headline) putFinding(page, headline, style, verbose, 'why');
  if (others.length > 0) page.gap();
  putFurther(page, others, style, verbose);
  if (verbose) putRuns(page, record.runs, style);
  return page.lines();
}

function putNumbers(page: Page, { numbers }: Experiment): void {
  const rows = Object.entries(numbers).map(([name, value]) => numberText(name, value));
  if (rows.length === 0) return;
  page.gap();
  const nameColumns = Math.max(...rows.map(([name]) => lengthOf(name)));
  const valueColumns = Math.max(...rows.map(([, value]) => lengthOf(value)));
  for (const [index, [name, value]] of rows.entries()) {
    page.raw(index === 0 ? 'numbers' : '', `${padEnd(name, nameColumns)}  ${padStart(value, valueColumns)}`);
  }
}

function putRuns(page: Page, runs: readonly ExperimentRun[], style: Style): void {
  if (runs.length === 0) return;
  page.gap();
  for (const [index, run] of runs.entries()) {
    const { close, connection, endMs, error, note, openMs, startMs } = run;
    const held = openMs === null || endMs === null ? null : `held ${formatDuration(endMs - openMs)}`;
    const ending = close ? `${close.code}, ${close.evidence}` : (error?.message ?? '');
    const parts = [`at ${formatDuration(startMs)}`, held, ending, note].filter((part) => part !== null && part !== '');
    const sign = error === null ? style.glyphs.bullet : style.glyphs.bad;
    page.bullet(index === 0 ? 'runs' : '', `${connection}: ${parts.join(style.glyphs.separator)}`, sign);
  }
}
