import { formatDuration } from '../../core/text/durations.js';
import { type Change, type Comparison, type Diff, isChanged } from '../../core/compare/model.js';
import { plainRecord } from './plainReport.js';
import type { Style } from './style.js';
import { padEnd, padStart, wrap } from './text.js';
import { plural, toAscii } from './words.js';

const MAX_CHANGES = 200;

/** What changed, for a person: `-` is how it was, `+` how it is. */
export function renderDiff(hostile: Diff, style: Style): string[] {
  const diff = plainRecord(hostile);
  const changed = diff.comparisons.filter(isChanged);
  const { bad, good, separator } = style.glyphs;
  const total = diff.comparisons.length;
  const counted =
    total > 1 ? `${changed.length} of ${total} changed` : changed.length > 0 ? 'changed' : 'nothing changed';
  const sign =
    changed.length > 0 ? style.paint('warn', `${bad} ${counted}`) : style.paint('good', `${good} ${counted}`);
  const lines = [
    `${sign}  ${style.paint('dim', `- ${diff.a}${separator}+ ${diff.b}`)}`,
    ...changed.flatMap((each) => comparisonLines(each, diff, style)),
    '',
    ...diff.rules.flatMap((rule) => wrap(rule, style.width)).map((line) => style.paint('dim', line)),
  ];
  return style.unicode ? lines : lines.map(toAscii);
}

function comparisonLines(comparison: Comparison, { comparisons }: Diff, style: Style): string[] {
  const { changes, more, only, timings, title } = comparison;
  const side = only === null ? '' : `  ${only === 'a' ? '- is gone' : '+ is new'}`;
  const heading = comparisons.length > 1 ? ['', `${style.paint('bold', title)}${side}`] : [];
  const left = more + Math.max(0, changes.length - MAX_CHANGES);
  return [
    ...heading,
    ...changes.slice(0, MAX_CHANGES).flatMap((change) => ['', ...changeLines(change, style)]),
    ...(left > 0 ? ['', plural(left, 'more change')] : []),
    ...(timings.some(({ isBeyondNoise }) => isBeyondNoise) ? ['', ...timingLines(comparison, style)] : []),
  ];
}

function changeLines({ after, before, kind, name }: Change, style: Style): string[] {
  const oneLine = (text: string) => text.replaceAll('\n', ' ');
  return [
    `${style.paint('bold', kind)}${name === null ? '' : ` ${oneLine(name)}`}`,
    ...(before === null ? [] : [style.paint('bad', `  - ${oneLine(before)}`)]),
    ...(after === null ? [] : [style.paint('good', `  + ${oneLine(after)}`)]),
  ];
}

function deltaText(beforeMs: number | null, afterMs: number | null): string {
  if (beforeMs === null || afterMs === null) return 'changed';
  const delta = afterMs - beforeMs;
  return `changed, ${delta < 0 ? '-' : '+'}${formatDuration(Math.abs(delta))}`;
}

function timingLines({ timings }: Comparison, style: Style): string[] {
  const columns = Math.max(...timings.map(({ name }) => name.length));
  const told = (ms: number | null) => padStart(ms === null ? 'none' : formatDuration(ms), 9);
  return [
    style.paint('bold', 'times'),
    ...timings.map(({ afterMs, beforeMs, isBeyondNoise, name }) => {
      const row = `  ${padEnd(name, columns)}  ${told(beforeMs)} ${style.glyphs.sent} ${told(afterMs)}`;
      return isBeyondNoise ? `${row}  ${style.paint('warn', deltaText(beforeMs, afterMs))}` : style.paint('dim', row);
    }),
  ];
}
