import { useEffect, useRef, useState } from 'preact/hooks';
import { Button } from '../controls.js';
import { icon } from '../shared/icons.js';
import type { LogModel } from './logModel.js';
import { logWords } from './strings.js';

export interface FindBarProps {
  readonly log: LogModel;
  readonly onClose: () => void;
  readonly onProblem: (error: unknown) => void;
}

/** Next and previous match in whole payloads, searched where the log is. */
export function FindBar({ log, onClose, onProblem }: FindBarProps) {
  const [text, setText] = useState('');
  const [said, setSaid] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const ticket = useRef(0);
  useEffect(() => {
    input.current?.focus();
    return () => void ticket.current++;
  }, []);

  const go = (backwards: boolean) => {
    if (text === '') return;
    const mine = ++ticket.current;
    setSaid(logWords.find.busy);
    log.find(text, backwards).then(
      (outcome) => {
        if (mine !== ticket.current) return;
        const wrapped = backwards ? logWords.find.wrappedPrevious : logWords.find.wrappedNext;
        setSaid({ found: '', wrapped, nothing: logWords.find.nothing }[outcome]);
      },
      (error: unknown) => {
        if (mine === ticket.current) setSaid('');
        onProblem(error);
      },
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' || event.key === 'F3') go(event.shiftKey);
    else if (event.key === 'Escape') onClose();
    else return;
    event.preventDefault();
  };
  return (
    <div class="find" role="search" onKeyDown={onKeyDown}>
      <input
        ref={input}
        type="text"
        class="field"
        spellcheck={false}
        aria-label={logWords.find.label}
        placeholder={logWords.find.placeholder}
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setSaid('');
        }}
      />
      <Button appearance="icon" label={logWords.find.previous} icon={icon('up')} onClick={() => go(true)} />
      <Button appearance="icon" label={logWords.find.next} icon={icon('down')} onClick={() => go(false)} />
      <Button appearance="icon" label={logWords.find.close} icon={icon('close')} onClick={onClose} />
      <span class="quiet find-said" role="status">
        {said}
      </span>
    </div>
  );
}
