import { useMemo } from 'preact/hooks';
import { words } from '../session/strings.js';
import { fill } from '../shared/strings.js';
import { jsonProblem, placeOf } from './jsonProblem.js';
import { JsonTreeView } from './jsonTreeView.js';

/** The tree, also of what is not quite JSON: then it says where it stops being that. */
export function JsonTab({ text, complete }: { readonly text: string; readonly complete: boolean }) {
  const problem = useMemo(() => (complete ? jsonProblem(text) : null), [text, complete]);
  return (
    <>
      {problem ? (
        <p class="field-problem">
          {fill(words.detail.notJson, { message: problem.message, ...placeOf(text, problem.index) })}
        </p>
      ) : null}
      {problem && !/^\s*[[{]/.test(text) ? null : <JsonTreeView text={text} label={words.detail.tabs.json} />}
    </>
  );
}
