import { useState } from 'preact/hooks';
import { Button } from '../controls.js';
import { logWords } from '../log/strings.js';
import { CloseForm } from '../session/closeForm.js';
import type { Actions } from '../shared/parts.js';
import { composerWords } from './strings.js';
import { checkControl, utf8Bytes } from './validate.js';

export interface ControlPanelProps {
  readonly obstacle: string | null;
  readonly actions: Actions;
  readonly attempt: (work: Promise<string>) => void;
  /** Back to the message box. */
  readonly onLeave: () => void;
}

/** Ping, pong and close, as RFC 6455 5.5 allows them. */
export function ControlPanel({ obstacle, actions, attempt, onLeave }: ControlPanelProps) {
  const text = composerWords.control;
  const [payload, setPayload] = useState('');
  const problem = checkControl(utf8Bytes(payload));
  const disabled = obstacle !== null || problem !== null;
  const sent = (name: string) => () => `${name}: ${logWords.rows.direction.sent}`;
  return (
    <div class="control-panel">
      <div class="composer-panel">
        <label class="labelled">
          <span>{text.payload}</span>
          <input
            type="text"
            class={problem ? 'field invalid' : 'field'}
            spellcheck={false}
            value={payload}
            onInput={(event) => setPayload(event.currentTarget.value)}
          />
        </label>
        <Button disabled={disabled} onClick={() => attempt(actions.ask('ping', { payload }).then(sent(text.ping)))}>
          {text.ping}
        </Button>
        <Button disabled={disabled} onClick={() => attempt(actions.ask('pong', { payload }).then(sent(text.pong)))}>
          {text.pong}
        </Button>
        <span class={problem ? 'said-problem' : 'quiet'}>{problem ?? text.unsolicited}</span>
      </div>
      <CloseForm
        id="composer-close"
        obstacle={obstacle}
        onCancel={onLeave}
        onClose={(close) => attempt(actions.ask('close', close).then(sent(text.close)))}
      />
    </div>
  );
}
