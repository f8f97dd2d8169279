import { formatDuration } from '../../core/text/durations.js';
import type { ReplayDifference } from '../../core/tap/replay/expected.js';
import type { Replay } from '../../core/tap/replay/replay.js';
import { plainRecord } from './plainReport.js';
import { renderReport } from './report.js';
import type { Style } from './style.js';
import { wrap } from './text.js';
import { plural, toAscii } from './words.js';

const MAX_SHOWN = 50;
const MAX_PATHS = 5;

export interface ReplayWords {
  readonly verbose: boolean;
  /** Nothing stands round it: what counts as equal is told here. */
  readonly isAlone: boolean;
}

/** What counts as equal. */
export function replayRules(rules: readonly string[], style: Style): string[] {
  return rules.flatMap((rule) => wrap(rule, style.width)).map((line) => style.paint('dim', line));
}

/** What a replay came to, for a person: `-` is what was recorded, `+` what came. */
export function renderReplay(hostile: Replay, style: Style, { isAlone, verbose }: ReplayWords): string[] {
  const told = plainRecord(hostile);
  const { connected, differences, more, report, same } = told;
  const count = differences.length + more;
  const { bad, good } = style.glyphs;
  const verdict = count > 0 ? plural(count, 'difference') : connected ? 'not through' : 'no connection';
  const sign = same ? style.paint('good', `${good} as recorded`) : style.paint('bad', `${bad} ${verdict}`);
  const shown = verbose ? differences : differences.slice(0, MAX_SHOWN);
  const left = count - shown.length;
  const hasFailed = !same && (!connected || count === 0);
  const lines = [
    `${sign}  ${style.paint('dim', `${told.recording}, connection ${told.connection}, to ${told.url}`)}`,
    `${told.sent} sent, ${told.received} received, ${told.expected} expected, ${formatDuration(report.durationMs)}`,
    ...shown.flatMap((difference) => ['', ...differenceLines(difference, style)]),
    ...(left > 0 ? ['', plural(left, 'more difference')] : []),
    ...(isAlone ? ['', ...replayRules(told.rules, style)] : []),
    ...(hasFailed || verbose ? ['', ...renderReport(report, style, { verbose })] : []),
  ];
  return style.unicode ? lines : lines.map(toAscii);
}

function differenceLines({ actual, expected, kind, number, paths }: ReplayDifference, style: Style): string[] {
  const what = number === null ? kind : `message ${number} ${kind}`;
  const oneLine = (text: string) => text.replaceAll('\n', ' ');
  return [
    style.paint('bold', what),
    ...(expected === null ? [] : [style.paint('bad', `  - ${oneLine(expected)}`)]),
    ...(actual === null ? [] : [style.paint('good', `  + ${oneLine(actual)}`)]),
    ...paths
      .slice(0, MAX_PATHS)
      .map(({ path, expected: was = 'nothing', actual: is = 'nothing' }) =>
        oneLine(`    ${path}: ${was} ${style.glyphs.sent} ${is}`),
      ),
  ];
}
