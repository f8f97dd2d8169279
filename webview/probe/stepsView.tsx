import type { Report, StepResult } from '../../src/core/base/model.js';
import { formatDuration } from '../../src/core/text/durations.js';
import { frameLine, stepDetails, stepTitle } from '../../src/core/text/stepText.js';
import { type IconName, icon } from '../shared/icons.js';
import { Foreign } from '../shared/foreign.js';
import { fill } from '../shared/fill.js';
import { probeWords } from './strings.js';
import { TableHead } from '../shared/table.js';
import { Quiet } from '../shared/texts.js';

/** Rows that are drawn; what failed is among them whatever its place. */
const MAX_ROWS = 500;

/** A conversation in the order of its steps; of a failed one all that is known. */
export function StepsView({ steps }: Pick<Report, 'steps'>) {
  const words = probeWords.steps;
  const passed = steps.filter(({ status }) => status === 'ok').length;
  const skipped = steps.filter(({ status }) => status === 'skipped').length;
  const shown = steps.filter(({ status }, index) => index < MAX_ROWS || status === 'failed');
  return (
    <>
      <Quiet>{fill(words.summary, { passed, skipped, total: steps.length })}</Quiet>
      <table class="grid-table">
        <TableHead columns={[words.result, words.name, [words.duration, 'number'], words.detail]} />
        <tbody>
          {shown.map((row, index) => (
            <StepRow key={index} row={row} />
          ))}
        </tbody>
      </table>
      {shown.length < steps.length ? <Quiet>{fill(words.more, { count: steps.length - shown.length })}</Quiet> : null}
    </>
  );
}

const ICONS: Readonly<Record<StepResult['status'], IconName>> = { ok: 'ok', failed: 'error', skipped: 'skipped' };

function StepRow({ row }: { readonly row: StepResult }) {
  const words = probeWords.steps;
  const { status, overBudget, budgetMs = 0 } = row;
  return (
    <tr class={status === 'failed' ? 'row-problem' : 'row-ok'}>
      <td class="outcome">
        {icon(overBudget === true && status === 'ok' ? 'warning' : ICONS[status])} {words.status[status]}
      </td>
      <th scope="row">
        <Foreign text={stepTitle(row)} />
      </th>
      <td class="number" data-label={words.duration}>
        {status === 'skipped' ? '' : formatDuration(row.durationMs)}
      </td>
      <td data-label={words.detail}>
        {overBudget === true ? fill(words.overBudget, { budgetMs }) : null}
        {status === 'failed' ? <Failure row={row} /> : null}
      </td>
    </tr>
  );
}

function Failure({ row }: { readonly row: StepResult }) {
  const words = probeWords.steps;
  return (
    <>
      {row.error === null ? null : <Foreign text={row.error} />}
      <dl class="step-details">
        {stepDetails(row).map(([label, text], index) => (
          <div key={index}>
            <dt>{label}</dt>
            <dd class="mono">
              <Foreign text={text} />
            </dd>
          </div>
        ))}
        {(row.frames ?? []).map((frame, index) => (
          <div key={`frame ${index}`}>
            <dt>{index === 0 ? words.frames : ''}</dt>
            <dd class="mono">
              <Foreign text={frameLine(frame)} />
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}
