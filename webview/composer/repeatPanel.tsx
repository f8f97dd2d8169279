import { useState } from 'preact/hooks';
import { formatLimit } from '../../src/core/text/durations.js';
import type { OutgoingMessage, SessionSnapshot } from '../../src/protocol/session.js';
import { Button } from '../controls.js';
import { fill } from '../shared/fill.js';
import { formatCount } from '../shared/format.js';
import { icon } from '../shared/icons.js';
import type { Actions } from '../shared/parts.js';
import { composerWords } from './strings.js';
import { type Submit, useSubmit } from './submit.js';

export interface RepeatPanelProps {
  readonly session: SessionSnapshot;
  readonly message: OutgoingMessage;
  readonly blocked: string | null;
  readonly actions: Actions;
  readonly attempt: (work: Promise<string>) => void;
  readonly submit: Submit;
}

export function RepeatPanel({ session, message, blocked, actions, attempt, submit }: RepeatPanelProps) {
  const text = composerWords.repeat;
  const [times, setTimes] = useState('10');
  const [every, setEvery] = useState('1000');
  const problem =
    whole(times, 1, 1_000_000) === null ? text.badTimes : whole(every, 0, 3_600_000) === null ? text.badEvery : null;
  const { repeating } = session;
  const start = () => {
    const params = { message, times: Number(times), everyMs: Number(every) };
    attempt(actions.ask('repeat', params).then(() => ''));
  };
  useSubmit(submit, !repeating && blocked === null && problem === null ? start : null);
  if (repeating) {
    const { sent, total, everyMs } = repeating;
    return (
      <div class="composer-panel">
        <progress value={sent} max={total} aria-label={composerWords.message.panels.repeat} />
        <span>
          {fill(text.running, { sent: formatCount(sent), total: formatCount(total), every: formatLimit(everyMs) })}
        </span>
        <Button icon={icon('stop')} onClick={() => attempt(actions.ask('stopRepeat', null).then(() => ''))}>
          {text.stop}
        </Button>
      </div>
    );
  }
  return (
    <div class="composer-panel">
      <NumberField label={text.times} value={times} max={1_000_000} onInput={setTimes} />
      <NumberField label={text.every} value={every} max={3_600_000} onInput={setEvery} />
      <Button
        appearance="primary"
        icon={icon('repeat')}
        disabled={blocked !== null || problem !== null}
        onClick={start}
      >
        {text.start}
      </Button>
      {problem ? <span class="said-problem">{problem}</span> : null}
    </div>
  );
}

interface NumberFieldProps {
  readonly label: string;
  readonly value: string;
  readonly max: number;
  readonly onInput: (value: string) => void;
}

export function NumberField({ label, value, max, onInput }: NumberFieldProps) {
  return (
    <label class="labelled">
      <span>{label}</span>
      <input
        type="number"
        class="field number-field"
        min={0}
        max={max}
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  );
}

export function whole(text: string, min: number, max: number): number | null {
  const value = Number(text);
  return text.trim() !== '' && Number.isInteger(value) && value >= min && value <= max ? value : null;
}
