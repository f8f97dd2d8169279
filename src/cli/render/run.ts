import type { Report, StepResult } from '../../core/base/model.js';
import { formatDuration } from '../../core/text/durations.js';
import { frameLine, stepDetails, stepTitle } from '../../core/text/stepText.js';
import { titleOf } from '../run/item.js';
import { isFlaky, reasonOf, type RunResult } from '../run/result.js';
import type { RunSummary } from '../run/tally.js';
import { EXIT } from '../usage.js';
import { plainRecord } from './plainReport.js';
import { verdictSign } from './report.js';
import type { Style } from './style.js';
import { cut, padEnd, padStart } from './text.js';
import { plural, toAscii } from './words.js';

const VERDICT_COLUMNS = 9;
const MAX_TITLE_COLUMNS = 60;
const DETAIL_COLUMNS = 10;

export interface RunLayout {
  readonly titleColumns: number;
  readonly repeat: number;
}

/** A probe in one line: verdict, title, time and, where something is wrong, why. */
export function renderRunLine(result: RunResult, layout: RunLayout, style: Style): string {
  const name = padEnd(
    plainRecord(titleOf(result.item, layout.repeat)),
    Math.min(layout.titleColumns, MAX_TITLE_COLUMNS),
  );
  const line = lineOf(result, name, style);
  return style.unicode ? line : toAscii(line);
}

function lineOf(result: RunResult, name: string, style: Style): string {
  const { fault, problems, report } = result;
  if (fault !== undefined) return unrun('fault', oneLine(fault.message), name, style);
  if (problems !== undefined) return unrun('invalid', plural(problems.length, 'problem'), name, style);
  return reportLine(report, name, isFlaky(result) ? flakyWhy(result) : oneLine(reasonOf(result)), style);
}

function reportLine({ verdict, durationMs }: Report, name: string, why: string, style: Style): string {
  const sign = verdictSign(verdict, style) + ' '.repeat(VERDICT_COLUMNS - verdict.length);
  return `${sign} ${name} ${padStart(formatDuration(durationMs), 9)}  ${why}`.trimEnd();
}

/** One probe in the line that it has in a run. */
export function renderProbeLine(report: Report, target: string, style: Style): string {
  const line = reportLine(report, oneLine(target), oneLine(reasonOf({ report })), style);
  return style.unicode ? line : toAscii(line);
}

function flakyWhy(result: RunResult): string {
  const first = result.failedTries[0]?.why ?? '';
  return oneLine(`flaky: passed at try ${result.failedTries.length + 1}${first === '' ? '' : `; at first: ${first}`}`);
}

function oneLine(text: string): string {
  return plainRecord(text).replaceAll('\n', ' ');
}

function unrun(word: string, why: string, name: string, style: Style): string {
  const sign = style.paint('bad', `${style.glyphs.bad} ${word}`);
  return `${sign}${' '.repeat(VERDICT_COLUMNS - word.length)} ${name} ${padStart('', 9)}  ${why}`;
}

/** What stands below the line of a conversation that failed: the step, expected beside actual, the frames around it. */
export function renderFailedSteps(result: RunResult, style: Style): string[] {
  if (result.report === undefined || result.exitCode === EXIT.ok) return [];
  const told = reasonOf(result);
  const rows = plainRecord(result.report.steps);
  const skipped = rows.filter(({ status }) => status === 'skipped').length;
  const lines = rows.flatMap((row, index) =>
    row.status === 'failed'
      ? failedStep(row, told, `step ${index + 1} of ${rows.length}`, result.item.file, style)
      : [],
  );
  if (lines.length > 0 && skipped > 0)
    lines.push(`    ${style.paint('dim', `${plural(skipped, 'step')} skipped after it`)}`);
  return style.unicode ? lines : lines.map(toAscii);
}

function failedStep(row: StepResult, told: string, which: string, file: string | null, style: Style): string[] {
  const room = style.width - DETAIL_COLUMNS - 6;
  const detail = (label: string, text: string) =>
    `      ${style.paint('dim', padEnd(label, DETAIL_COLUMNS))}${cut(oneLine(text), room, style.glyphs.ellipsis)}`;
  const { bad, separator } = style.glyphs;
  const where = row.line === undefined || file === null ? '' : `${separator}${plainRecord(file)}:${row.line}`;
  const head = `    ${style.paint('bad', bad)} ${style.paint('bold', `${which}: ${oneLine(stepTitle(row))}`)}${style.paint('dim', where)}`;
  return [
    head,
    ...(row.error === null || told.includes(row.error) ? [] : [detail('why', row.error)]),
    ...stepDetails(row)
      .filter(([label]) => label !== 'line')
      .map(([label, text]) => detail(label, text)),
    ...(row.frames ?? []).map((frame, index) => detail(index === 0 ? 'frames' : '', frameLine(frame))),
  ];
}

export function renderRunSummary(summary: RunSummary, style: Style): string[] {
  const counts = [
    style.paint(summary.healthy > 0 ? 'good' : 'dim', `${summary.healthy} healthy`),
    style.paint(summary.degraded > 0 ? 'warn' : 'dim', `${summary.degraded} degraded`),
    style.paint(summary.down > 0 ? 'bad' : 'dim', `${summary.down} down`),
    ...(summary.problems > 0 ? [style.paint('bad', `${summary.problems} invalid`)] : []),
    ...(summary.faults > 0 ? [style.paint('bad', `${summary.faults} failed by our own fault`)] : []),
    ...(summary.flaky > 0 ? [style.paint('warn', `${summary.flaky} flaky`)] : []),
    ...(summary.notRun > 0 ? [style.paint('warn', `${summary.notRun} not run`)] : []),
  ];
  return ['', `${plural(summary.total, 'probe')}: ${counts.join(', ')} in ${formatDuration(summary.durationMs)}`];
}
