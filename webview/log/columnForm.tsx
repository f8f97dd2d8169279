import { useEffect, useRef, useState } from 'preact/hooks';
import type { PathFound } from '../../src/protocol/session.js';
import { Button } from '../controls.js';
import { problemText } from '../session/problemText.js';
import { fill } from '../shared/fill.js';
import { Foreign } from '../shared/foreign.js';
import type { Ask } from '../shared/parts.js';
import { visibleText } from '../shared/visibleText.js';
import { asPath, type ColumnsState, MAX_PATH, withPath } from './columns.js';
import { logWords } from './strings.js';

export interface ColumnFormProps {
  readonly state: ColumnsState;
  readonly ask: Ask;
  readonly change: (state: ColumnsState) => void;
  readonly onClose: () => void;
}

/** Asks for the JSON path of a new column, over the rows. */
export function ColumnForm({ state, ask, change, onClose }: ColumnFormProps) {
  const text = logWords.columns;
  const [problem, setProblem] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const [known, setKnown] = useState<readonly PathFound[]>([]);
  useEffect(() => {
    input.current?.focus();
    ask('jsonPaths', null).then(setKnown, () => undefined);
  }, []);
  const add = async () => {
    const path = asPath(input.current?.value ?? '');
    if (path === '' || state.paths.includes(path)) return setProblem(path === '' ? text.empty : text.known);
    const wrong = await ask('pathProblem', { path });
    if (wrong !== null) return setProblem(fill(text.noPath, { message: wrong }));
    change(withPath(state, path));
    onClose();
  };
  return (
    <form
      class="popup column-form"
      aria-label={text.title}
      onSubmit={(event) => {
        event.preventDefault();
        add().catch((error: unknown) => setProblem(problemText(error)));
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        onClose();
      }}
    >
      <label>
        <span>{text.path}</span>
        <input
          ref={input}
          type="text"
          list="column-paths"
          class={problem ? 'field invalid' : 'field'}
          maxLength={MAX_PATH - 2}
          spellcheck={false}
          autocomplete="off"
          placeholder={text.placeholder}
          aria-invalid={problem !== null}
          aria-describedby="column-said"
          onInput={() => setProblem(null)}
        />
      </label>
      <datalist id="column-paths">
        {known.map(({ path, example }) => (
          <option key={path} value={path} label={visibleText(example)} />
        ))}
      </datalist>
      <div class="column-form-end">
        <p id="column-said" class={problem ? 'column-problem' : 'quiet'} role="status">
          {problem === null ? text.hint : <Foreign text={problem} />}
        </p>
        <Button onClick={onClose}>{text.cancel}</Button>
        <Button appearance="primary" onClick={() => input.current?.form?.requestSubmit()}>
          {text.addNow}
        </Button>
      </div>
    </form>
  );
}
