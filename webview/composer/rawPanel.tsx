import { useState } from 'preact/hooks';
import { OPCODE_NAMES } from '../../src/core/text/opcodes.js';
import type { OutgoingMessage } from '../../src/protocol/session.js';
import { Button, Checkbox } from '../controls.js';
import { icon } from '../shared/icons.js';
import type { Actions } from '../shared/parts.js';
import { composerWords } from './strings.js';
import { type Submit, useSubmit } from './submit.js';
import { Muted } from '../shared/texts.js';

export interface RawPanelProps {
  readonly payload: OutgoingMessage;
  readonly blocked: string | null;
  readonly actions: Actions;
  readonly attempt: (work: Promise<string>) => void;
  readonly submit: Submit;
}

const BITS = ['fin', 'rsv1', 'rsv2', 'rsv3'] as const;

/** One frame with any bits, for tests of a server; behind a warning, anew each time it is opened. */
export function RawPanel({ payload, blocked, actions, attempt, submit }: RawPanelProps) {
  const text = composerWords.raw;
  const [accepted, setAccepted] = useState(false);
  const [bits, setBits] = useState({ fin: true, rsv1: false, rsv2: false, rsv3: false, masked: true });
  const [opcode, setOpcode] = useState(1);
  const send = () =>
    attempt(actions.ask('sendRaw', { frame: { ...bits, opcode, payload } }).then(() => `${text.send}: ok`));
  useSubmit(submit, accepted && blocked === null ? send : null);
  if (!accepted) {
    return (
      // A button of its own: a second click on the warning's must not send what has taken its place.
      <div key="warning" class="composer-panel raw-warning">
        {icon('warning')}
        <span>{text.warning}</span>
        <Button onClick={() => setAccepted(true)}>{text.accept}</Button>
      </div>
    );
  }
  return (
    <div class="composer-panel">
      <fieldset class="raw-bits">
        <legend>{text.bits}</legend>
        {BITS.map((bit) => (
          <Checkbox key={bit} checked={bits[bit]} onChange={(set) => setBits({ ...bits, [bit]: set })}>
            {bit.toUpperCase()}
          </Checkbox>
        ))}
        <Checkbox checked={bits.masked} onChange={(masked) => setBits({ ...bits, masked })}>
          {text.masked}
        </Checkbox>
      </fieldset>
      <label class="labelled">
        <span>{text.opcode}</span>
        <select class="field" value={opcode} onChange={(event) => setOpcode(Number(event.currentTarget.value))}>
          {Array.from({ length: 16 }, (_, value) => (
            <option key={value} value={value}>
              {`0x${value.toString(16)} ${OPCODE_NAMES[value] ?? text.reserved}`}
            </option>
          ))}
        </select>
      </label>
      <Button appearance="primary" disabled={blocked !== null} onClick={send}>
        {text.send}
      </Button>
      <Muted>{text.payload}</Muted>
    </div>
  );
}
