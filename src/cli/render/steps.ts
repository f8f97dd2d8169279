import type { Report, StepResult } from '../../core/base/model.js';
import { formatDuration } from '../../core/text/durations.js';
import { frameLine, stepDetails, stepTitle } from '../../core/text/stepText.js';
import type { Style } from './style.js';
import { cut, type Page } from './text.js';
import { plural } from './words.js';

/** Passed steps that are listed before their number says enough. */
const MAX_PASSED = 10;
const DETAIL_COLUMNS = 10;

/** A conversation: each step in order, of a failed one all that is known, and how many were never run. */
export function putSteps(page: Page, { steps }: Report, style: Style, verbose: boolean): void {
  let label = 'steps';
  const put = (text: string, sign: string, tone: 'good' | 'bad' | 'warn' | 'dim') => {
    page.bullet(label, text, sign, tone);
    label = '';
  };
  const { bad, bullet, good, warn } = style.glyphs;
  const isListed = verbose || steps.filter(({ status }) => status === 'ok').length <= MAX_PASSED;
  const listed = steps.filter(
    (row) => (isListed && row.status === 'ok') || row.overBudget === true || row.status === 'failed',
  );
  if (!isListed) put(`${plural(steps.filter(({ status }) => status === 'ok').length, 'step')} passed`, good, 'good');
  for (const row of listed) {
    const title = `${stepTitle(row)} (${formatDuration(row.durationMs)})`;
    if (row.status === 'failed') {
      put(`${title}: ${row.error ?? ''}`, bad, 'bad');
      putFailure(page, row, style);
    } else if (row.overBudget === true) put(`${title}: over its budget of ${row.budgetMs} ms`, warn, 'warn');
    else put(title, good, 'good');
  }
  const left = steps.filter(({ status }) => status === 'skipped');
  if (left.length > 0) put(`${plural(left.length, 'step')} skipped, from: ${stepTitle(left[0]!)}`, bullet, 'dim');
}

function putFailure(page: Page, row: StepResult, style: Style): void {
  const room = page.textColumns - DETAIL_COLUMNS - 4;
  for (const [label, text] of stepDetails(row)) {
    page.raw('', `    ${style.paint('dim', label.padEnd(DETAIL_COLUMNS))}${cut(text, room, style.glyphs.ellipsis)}`);
  }
  for (const [index, frame] of (row.frames ?? []).entries()) {
    const label = style.paint('dim', (index === 0 ? 'frames' : '').padEnd(DETAIL_COLUMNS));
    page.raw('', `    ${label}${cut(frameLine(frame), room, style.glyphs.ellipsis)}`);
  }
}

/** The connections of a conversation of several, where there is something to say of one. */
export function putClients(page: Page, { clients = [] }: Report, style: Style): void {
  for (const [index, { error, name, url, verdict }] of clients.entries()) {
    const text = error ? `${name}: ${error.message}` : `${name}: ${verdict}, ${url}`;
    const sign = error ? style.glyphs.bad : style.glyphs.good;
    page.bullet(index === 0 ? 'clients' : '', text, sign, error ? 'bad' : 'good');
  }
}
