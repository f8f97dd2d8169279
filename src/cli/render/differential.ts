import type { Finding, Report, Variation } from '../../core/base/model.js';
import { formatDuration } from '../../core/text/durations.js';
import { putFix } from './fix.js';
import { plainRecord } from './plainReport.js';
import type { Style } from './style.js';
import { cut, padEnd, padStart, type Page, wrap } from './text.js';
import { plural, toAscii } from './words.js';

/** A variation in a line, or more where its outcome is long: whether it passed, what was changed, how long it took, what came of it. */
export function renderVariation(hostile: Variation, style: Style): string {
  const { passed, change, durationMs, outcome } = plainRecord(hostile);
  const { ellipsis, good, bad } = style.glyphs;
  const sign = passed ? style.paint('good', good) : style.paint('bad', bad);
  const changeColumns = Math.floor(style.width * CHANGE_SHARE);
  const what = padEnd(cut(change, changeColumns, ellipsis), changeColumns);
  const head = `${sign} ${what} ${padStart(formatDuration(durationMs), DURATION_COLUMNS)}  `;
  const indent = changeColumns + DURATION_COLUMNS + 5;
  const columns = style.width - indent;
  const [first = '', ...rest] = wrap(cut(outcome, columns * 3 - 8, ellipsis), columns);
  const lines = [head.replace(/[\r\n]+/g, ' ') + first, ...rest.map((line) => ' '.repeat(indent) + line)];
  return lines.map((line) => (style.unicode ? line : toAscii(line)).trimEnd()).join('\n');
}

const CHANGE_SHARE = 0.45;
const DURATION_COLUMNS = 9;

/** What was tried, each with what came of it. */
export function putVariations(page: Page, { differential }: Report, style: Style): void {
  for (const [index, { passed, change, durationMs, outcome }] of (differential?.variations ?? []).entries()) {
    const sign = passed ? style.glyphs.good : style.glyphs.bad;
    const text = [change, outcome, formatDuration(durationMs)].join(style.glyphs.separator);
    page.bullet(index === 0 ? 'tried' : '', text, sign, passed ? 'good' : 'bad');
  }
}

/** What became of a differential handshake, as a sentence with its fix. */
export function putCure(page: Page, report: Report): void {
  const { differential } = report;
  const finding = report.findings.find(isDifferential);
  if (!differential) {
    page.row('cure', 'The handshake succeeds as it is: there was nothing to change.', 'good');
    return;
  }
  const { cure, stopped, variations } = differential;
  const cured = cure === null ? null : (variations.find(({ id }) => id === cure) ?? null);
  page.row('cure', finding?.title ?? cureText(cured, variations.length), cured === null ? 'warn' : 'good');
  if (finding && finding.explanation !== '') page.row('', finding.explanation);
  if (stopped !== null) page.row('', `Stopped early: ${stopped}`, 'dim');
  const [fix] = finding?.fixes ?? [];
  if (fix === undefined) return;
  page.gap();
  page.row('change', fix.title, 'bold');
  putFix(page, fix);
}

function cureText(cured: Variation | null, count: number): string {
  if (count === 0) return 'Nothing was changed.';
  return cured === null
    ? `None of the ${plural(count, 'change')} tried makes it pass.`
    : `It passes with one change: ${cured.change}.`;
}

export function isDifferential({ id }: Finding): boolean {
  return id.startsWith('differential.');
}
