import { formatDuration } from '../../core/text/durations.js';
import type { RunResult, RunSummary } from '../runResult.js';
import { plainRecord } from './plainReport.js';
import { headlineOf, verdictSign } from './report.js';
import type { Style } from './style.js';
import { padEnd, padStart, plural, toAscii } from './text.js';

const VERDICT_COLUMNS = 9;

/** A profile in one line: verdict, file, time and, where something is wrong, why. */
export function renderRunLine(
  result: RunResult,
  layout: { readonly fileColumns: number; readonly repeat: number },
  style: Style,
): string {
  const counter = layout.repeat > 1 ? ` #${padEnd(String(result.iteration), String(layout.repeat).length)}` : '';
  const name = padEnd(plainRecord(result.file), Math.min(layout.fileColumns, 60)) + counter;
  const line = lineOf(result, name, style);
  return style.unicode ? line : toAscii(line);
}

function lineOf(result: RunResult, name: string, style: Style): string {
  if (result.report !== undefined) return reportOf(result, name, style);
  if (result.fault === undefined) return unrun('invalid', plural(result.problems.length, 'problem'), name, style);
  return unrun('fault', plainRecord(result.fault.message).replaceAll('\n', ' '), name, style);
}

function unrun(word: string, why: string, name: string, style: Style): string {
  const sign = style.paint('bad', `${style.glyphs.bad} ${word}`);
  return `${sign}${' '.repeat(VERDICT_COLUMNS - word.length)} ${name} ${padStart('', 9)}  ${why}`;
}

function reportOf({ report: hostile }: RunResult, name: string, style: Style): string {
  if (hostile === undefined) return '';
  const report = plainRecord(hostile);
  const why = headlineOf(report)?.title ?? report.error?.message ?? '';
  const verdict = verdictSign(report.verdict, style) + ' '.repeat(VERDICT_COLUMNS - report.verdict.length);
  return `${verdict} ${name} ${padStart(formatDuration(report.durationMs), 9)}  ${why.replaceAll('\n', ' ')}`.trimEnd();
}

export function renderRunSummary(summary: RunSummary, style: Style): string[] {
  const counts = [
    style.paint(summary.healthy > 0 ? 'good' : 'dim', `${summary.healthy} healthy`),
    style.paint(summary.degraded > 0 ? 'warn' : 'dim', `${summary.degraded} degraded`),
    style.paint(summary.down > 0 ? 'bad' : 'dim', `${summary.down} down`),
    ...(summary.problems > 0 ? [style.paint('bad', `${summary.problems} invalid`)] : []),
    ...(summary.faults > 0 ? [style.paint('bad', `${summary.faults} failed by our own fault`)] : []),
    ...(summary.notRun > 0 ? [style.paint('warn', `${summary.notRun} not run`)] : []),
  ];
  return ['', `${plural(summary.total, 'probe')}: ${counts.join(', ')} in ${formatDuration(summary.durationMs)}`];
}
