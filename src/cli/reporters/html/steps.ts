import type { StepResult } from '../../../core/base/model.js';
import { formatDuration } from '../../../core/text/durations.js';
import { frameLine, stepDetails, stepTitle } from '../../../core/text/stepText.js';
import { html, type Markup, NOTHING } from './markup.js';

const SIGNS = {
  ok: ['good', '✔ passed'],
  slow: ['warn', '▲ slow'],
  failed: ['bad', '✘ failed'],
  skipped: ['dim', '○ skipped'],
} as const;

/** A conversation in its order; of a failed step all that is known. */
export function stepsSection(rows: readonly StepResult[]): Markup {
  if (rows.length === 0) return NOTHING;
  const failed = rows.findIndex(({ status }) => status === 'failed');
  const count = rows.length === 1 ? '1 step' : `${rows.length} steps`;
  const which = failed === -1 ? count : `${count}, number ${failed + 1} failed`;
  return html`<h3>Conversation <span class="dim">${which}</span></h3>
<ol class="steps">
${rows.map((row, index) => stepItem(row, index + 1))}</ol>
`;
}

function stepItem(row: StepResult, number: number): Markup {
  const key = row.status === 'ok' && row.overBudget === true ? 'slow' : row.status;
  const [tone, sign] = SIGNS[key];
  const time = key === 'skipped' ? '' : formatDuration(row.durationMs);
  return html`<li class="${key}"><div class="head"><span class="sign ${tone}">${sign}</span><span>${number}. ${stepTitle(row)}</span><span class="dim">${row.kind}${time === '' ? '' : ` · ${time}`}${key === 'slow' ? `, over its budget of ${row.budgetMs} ms` : ''}${row.line === undefined ? '' : ` · line ${row.line}`}</span></div>${key === 'failed' ? failure(row) : NOTHING}</li>
`;
}

function failure(row: StepResult): Markup {
  const { actual, error, expected, frames = [], passedOver = 0 } = row;
  const side = (kind: string, label: string, text: string | undefined) =>
    text === undefined ? NOTHING : html`<div class="${kind}"><div class="label">${label}</div><pre>${text}</pre></div>`;
  const others = stepDetails(row).filter(([label]) => label === 'differs' || label === 'passed');
  return html`<p class="bad">${error ?? ''}</p>
<div class="sides">${side('expected', 'expected', expected)}${side('actual', passedOver > 0 ? 'nearest message' : 'actual', actual)}</div>
${others.length === 0 ? NOTHING : html`<pre>${others.map(([label, text]) => (label === 'passed' ? text : `${label} ${text}`)).join('\n')}</pre>`}
${frames.length === 0 ? NOTHING : html`<div class="label dim">frames before it</div><pre>${frames.map(frameLine).join('\n')}</pre>`}`;
}
