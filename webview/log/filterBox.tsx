import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { FilterProblem } from '../../src/protocol/session.js';
import { Button } from '../controls.js';
import { fill } from '../shared/fill.js';
import { icon } from '../shared/icons.js';
import { Foreign } from '../shared/foreign.js';
import { type Ask } from '../shared/parts.js';
import { complete, markProblems, wantsCompletions } from './filterText.js';
import { logWords } from './strings.js';
import { Muted } from '../shared/texts.js';

const APPLY_MS = 250;
const COMPLETE_MS = 60;
const MAX_COMPLETIONS = 12;

export interface FilterBoxProps {
  readonly value: string;
  /** Of `value` as it was last applied. */
  readonly problems: readonly FilterProblem[];
  readonly ask: Ask;
  readonly onChange: (filter: string) => void;
}

interface Completions {
  readonly from: number;
  readonly cursor: number;
  readonly items: readonly { readonly text: string; readonly detail: string }[];
}

const NO_COMPLETIONS: Completions = { from: 0, cursor: 0, items: [] };

/** A combobox: what is typed filters after a moment, what may stand at the cursor is offered below. */
export function FilterBox({ value, problems, ask, onChange }: FilterBoxProps) {
  const [text, setText] = useState(value);
  const [offer, setOffer] = useState(NO_COMPLETIONS);
  const [at, setAt] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  const marks = useRef<HTMLDivElement>(null);
  const ticket = useRef(0);
  const cursorAfter = useRef<number | null>(null);

  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => onChange(text), APPLY_MS);
    return () => clearTimeout(timer);
  }, [text, value, onChange]);
  useLayoutEffect(() => {
    if (cursorAfter.current === null) return;
    input.current?.setSelectionRange(cursorAfter.current, cursorAfter.current);
    cursorAfter.current = null;
  });

  const hide = () => {
    ticket.current++;
    setOffer(NO_COMPLETIONS);
    setAt(-1);
  };
  const offerAt = (next: string, cursor: number) => {
    const mine = ++ticket.current;
    setTimeout(() => {
      if (mine !== ticket.current) return;
      ask('filterComplete', { text: next, cursor }).then(
        ({ from, items }) => {
          if (mine !== ticket.current) return;
          setOffer({ from, cursor, items: items.slice(0, MAX_COMPLETIONS) });
          // As in an editor: the first one is what Tab and Enter take.
          setAt(items.length > 0 ? 0 : -1);
        },
        () => hide(),
      );
    }, COMPLETE_MS);
  };
  const accept = (item: string) => {
    const done = complete(text, offer.from, offer.cursor, item);
    cursorAfter.current = done.cursor;
    setText(done.text);
    input.current?.focus();
    hide();
    if (done.text[done.cursor - 1] === ':') offerAt(done.text, done.cursor);
  };
  const open = offer.items.length > 0;
  const onKeyDown = (event: KeyboardEvent) => {
    const chosen = offer.items[at];
    if (event.key === ' ' && event.ctrlKey) offerAt(text, input.current?.selectionStart ?? text.length);
    else if (event.key === 'ArrowDown' && open) setAt((at + 1) % offer.items.length);
    else if (event.key === 'ArrowUp' && open) setAt(at <= 0 ? offer.items.length - 1 : at - 1);
    else if ((event.key === 'Enter' || event.key === 'Tab') && chosen) accept(chosen.text);
    else if (event.key === 'Enter') {
      hide();
      onChange(text);
    } else if (event.key === 'Escape' && open) hide();
    else if (event.key === 'Escape' && text !== '') setText('');
    else return;
    event.preventDefault();
  };
  const leave = () => {
    hide();
    // Whoever goes on means what they typed: what they do next builds upon it.
    if (text !== value) onChange(text);
  };
  const shown = text === value ? problems : [];
  const first = shown[0];
  return (
    <div class="filter" onFocusOut={leave}>
      <div class={first ? 'field filter-field invalid' : 'field filter-field'}>
        {icon('filter')}
        <div class="filter-text">
          <div ref={marks} class="filter-marks" aria-hidden="true">
            {markProblems(text, shown).map((part, index) =>
              part.problem ? (
                <span key={index} class="squiggle">
                  {part.text}
                </span>
              ) : (
                part.text
              ),
            )}
          </div>
          <input
            ref={input}
            type="text"
            class="filter-input"
            role="combobox"
            spellcheck={false}
            autocomplete="off"
            maxLength={4000}
            aria-label={logWords.filter.label}
            aria-autocomplete="list"
            aria-expanded={open}
            aria-controls="filter-completions"
            aria-invalid={first !== undefined}
            aria-describedby="filter-problem"
            {...(at >= 0 ? { 'aria-activedescendant': `filter-completion-${at}` } : {})}
            placeholder={logWords.filter.placeholder}
            value={text}
            onInput={(event) => {
              const { value: next, selectionStart } = event.currentTarget;
              setText(next);
              const cursor = selectionStart ?? next.length;
              if (wantsCompletions(next, cursor)) offerAt(next, cursor);
              else hide();
            }}
            onScroll={(event) => {
              if (marks.current) marks.current.scrollLeft = event.currentTarget.scrollLeft;
            }}
            onKeyDown={onKeyDown}
          />
        </div>
        {text === '' ? null : (
          <Button
            appearance="icon"
            label={logWords.filter.clear}
            icon={icon('close')}
            onClick={() => {
              setText('');
              onChange('');
              input.current?.focus();
            }}
          />
        )}
      </div>
      <div class="filter-below">
        <ul
          id="filter-completions"
          class="completions"
          role="listbox"
          aria-label={logWords.filter.completions}
          hidden={!open}
        >
          {offer.items.map((item, index) => (
            <li
              key={index}
              id={`filter-completion-${index}`}
              role="option"
              aria-selected={index === at}
              class="completion"
              // The list must not take the focus: that would close it.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => accept(item.text)}
            >
              <span class="mono">
                <Foreign text={item.text} />
              </span>
              <Muted>
                <Foreign text={item.detail} />
              </Muted>
            </li>
          ))}
        </ul>
        <p id="filter-problem" class="field-problem" role="status">
          {first ? (
            <Foreign text={fill(logWords.filter.problem, { column: first.index + 1, message: first.message })} />
          ) : null}
        </p>
      </div>
    </div>
  );
}
