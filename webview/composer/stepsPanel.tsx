import { useState } from 'preact/hooks';
import type { StepResult } from '../../src/core/base/model.js';
import { Button } from '../controls.js';
import { StepsView } from '../probe/stepsView.js';
import { fill } from '../shared/fill.js';
import { icon } from '../shared/icons.js';
import type { Actions } from '../shared/parts.js';
import { NumberField, whole } from './repeatPanel.js';
import { composerWords } from './strings.js';
import { type Submit, useSubmit } from './submit.js';

export interface StepsPanelProps {
  /** Steps that the profile has. */
  readonly count: number;
  readonly running: boolean;
  readonly obstacle: string | null;
  readonly actions: Actions;
  readonly attempt: (work: Promise<string>) => void;
  readonly submit: Submit;
}

/** Steps of the profile, run over the open connection, and what came of them. */
export function StepsPanel({ count, running, obstacle, actions, attempt, submit }: StepsPanelProps) {
  const text = composerWords.steps;
  const [from, setFrom] = useState('1');
  const [to, setTo] = useState(String(count));
  const [rows, setRows] = useState<readonly StepResult[]>([]);
  const first = whole(from, 1, count);
  const last = whole(to, first ?? 1, count);
  const problem = first === null || last === null ? fill(text.bad, { count }) : null;
  const start = () => {
    setRows([]);
    attempt(
      actions.ask('steps', { from: Number(from), to: Number(to) }).then((told) => {
        setRows(told);
        return fill(text.told, { passed: told.filter(({ status }) => status === 'ok').length, total: told.length });
      }),
    );
  };
  useSubmit(submit, !running && obstacle === null && problem === null ? start : null);
  return (
    <>
      <div class="composer-panel">
        <NumberField label={text.from} value={from} max={count} onInput={setFrom} />
        <NumberField label={text.to} value={to} max={count} onInput={setTo} />
        {running ? (
          <Button icon={icon('stop')} onClick={() => attempt(actions.ask('stopSteps', null).then(() => ''))}>
            {text.stop}
          </Button>
        ) : (
          <Button appearance="primary" disabled={obstacle !== null || problem !== null} onClick={start}>
            {text.run}
          </Button>
        )}
        <span class={problem ? 'said-problem' : 'quiet'}>{problem ?? (running ? text.running : '')}</span>
      </div>
      {rows.length > 0 ? (
        <div class="composer-steps">
          <StepsView steps={rows} />
        </div>
      ) : null}
    </>
  );
}
