import { useState } from 'preact/hooks';
import { checkCode, checkReason } from '../composer/validate.js';
import { Button } from '../controls.js';
import { sessionWords } from './strings.js';

const COMMON_CODES = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1011, 1012, 1013, 4000];

export interface CloseFormProps {
  /** Unique on the page. */
  readonly id: string;
  readonly obstacle: string | null;
  readonly onClose: (close: { readonly code: number; readonly reason: string }) => void;
  /** The person turned away: Escape, or the button for it. */
  readonly onCancel: () => void;
  /** Stands by itself, with a button to turn away. */
  readonly isDialog?: boolean;
}

/** Code and reason of a Close frame of ours. */
export function CloseForm({ id, obstacle, onClose, onCancel, isDialog = false }: CloseFormProps) {
  const text = sessionWords.closeForm;
  const [code, setCode] = useState('1000');
  const [reason, setReason] = useState('');
  const problem = checkCode(Number(code)) ?? checkReason(reason);
  return (
    <form
      class="composer-panel"
      aria-label={text.title}
      onSubmit={(event) => {
        event.preventDefault();
        if (!problem && obstacle === null) onClose({ code: Number(code), reason });
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        event.stopPropagation();
        onCancel();
      }}
    >
      {/* Enter in a field submits a form of several fields only where it has a button of its own for that. */}
      <button type="submit" hidden tabIndex={-1} />
      <label class="labelled">
        <span>{text.code}</span>
        <input
          type="text"
          inputMode="numeric"
          class={checkCode(Number(code)) ? 'field number-field invalid' : 'field number-field'}
          list={`${id}-codes`}
          maxLength={4}
          value={code}
          onInput={(event) => setCode(event.currentTarget.value)}
        />
        <datalist id={`${id}-codes`}>
          {COMMON_CODES.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      </label>
      <label class="labelled">
        <span>{text.reason}</span>
        <input
          type="text"
          class={checkReason(reason) ? 'field invalid' : 'field'}
          spellcheck={false}
          value={reason}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
      </label>
      <Button
        appearance={isDialog ? 'primary' : 'secondary'}
        disabled={problem !== null || obstacle !== null}
        onClick={() => onClose({ code: Number(code), reason })}
      >
        {text.submit}
      </Button>
      {isDialog ? <Button onClick={onCancel}>{text.cancel}</Button> : null}
      {problem ? <span class="said-problem">{problem}</span> : null}
    </form>
  );
}
