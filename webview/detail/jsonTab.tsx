import { useMemo } from 'preact/hooks';
import { fill } from '../shared/fill.js';
import { jsonProblem, placeOf } from './jsonProblem.js';
import { type JsonTreeProps, JsonTreeView } from './jsonTreeView.js';
import { detailWords } from './strings.js';

/** The tree, also of what is not quite JSON: then it says where it stops being that. */
export function JsonTab({
  text,
  complete,
  menuOf,
}: Pick<JsonTreeProps, 'text' | 'menuOf'> & { readonly complete: boolean }) {
  const problem = useMemo(() => (complete ? jsonProblem(text) : null), [text, complete]);
  return (
    <>
      {problem ? (
        <p class="field-problem">
          {fill(detailWords.pane.notJson, { message: problem.message, ...placeOf(text, problem.index) })}
        </p>
      ) : null}
      {problem && !/^\s*[[{]/.test(text) ? null : (
        <JsonTreeView text={text} label={detailWords.pane.tabs.json} menuOf={menuOf} />
      )}
    </>
  );
}
