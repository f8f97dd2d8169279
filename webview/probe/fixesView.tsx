import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Finding, Fix } from '../../src/core/base/model.js';
import { Button } from '../controls.js';
import { icon } from '../shared/icons.js';
import { Foreign } from '../shared/foreign.js';
import { type Actions, CodeBlock } from '../shared/parts.js';
import { Tabs } from '../shared/tabs.js';
import type { ViewState } from '../shared/viewState.js';
import { probeWords } from './strings.js';

/** What can be done with a fix for the profile; null: it is only copied. */
export interface FixUse {
  readonly hasProfile: boolean;
  /** A run is under way. */
  readonly busy: boolean;
}

export const FixUseContext = createContext<FixUse | null>(null);

export interface FixesProps {
  readonly id: string;
  readonly finding: Finding;
  readonly view: ViewState;
  readonly actions: Actions;
  readonly prominent?: boolean;
}

/** The first fix ready to be used or copied; the others a tab away. */
export function Fixes({ id, finding, view, actions, prominent }: FixesProps) {
  const { fixes } = finding;
  const at = Math.min(view.fixes[finding.id] ?? 0, fixes.length - 1);
  const fix = fixes[at];
  if (!fix) return null;
  const isText = fix.language === 'text';
  // Beside a tab that bears the title already, the language says more.
  const named = fixes.length === 1 ? fix.title : isText ? '' : fix.language;
  const title = fix.place === undefined ? named : `${named}: ${fix.place}`;
  const block = (
    <>
      <CodeBlock
        title={title}
        text={fix.snippet}
        copied={copyText(fix)}
        actions={actions}
        prominent={(prominent ?? false) && !fix.change}
        prose={isText}
        what={fix.title}
      />
      {fix.change ? <UseButtons finding={finding.id} title={fix.title} actions={actions} /> : null}
    </>
  );
  if (fixes.length === 1) return block;
  return (
    <Tabs
      id={id}
      label={probeWords.answer.fixes}
      compact
      tabs={fixes.map((other, index) => ({ name: String(index), label: <Foreign text={other.title} /> }))}
      selected={String(at)}
      onSelect={(name) => actions.change((now) => ({ ...now, fixes: { ...now.fixes, [finding.id]: Number(name) } }))}
    >
      {block}
    </Tabs>
  );
}

/** What goes to the clipboard says what it is and where it belongs. */
function copyText({ title, place, snippet }: Fix): string {
  return place === undefined ? snippet : `# ${title}\n# ${place}\n${snippet}`;
}

interface UseButtonsProps {
  readonly finding: string;
  readonly title: string;
  readonly actions: Actions;
}

function UseButtons({ finding, title, actions }: UseButtonsProps) {
  const use = useContext(FixUseContext);
  if (!use) return null;
  const words = probeWords.fix;
  const choice = { finding, title };
  return (
    <div class="actions fix-actions" role="group" aria-label={words.actions}>
      {use.hasProfile ? (
        <Button
          appearance="primary"
          hint={words.applyHint}
          icon={icon('check')}
          disabled={use.busy}
          onClick={() => actions.act('applyFix', choice)}
        >
          {words.apply}
        </Button>
      ) : null}
      <Button
        appearance={use.hasProfile ? 'secondary' : 'primary'}
        hint={words.tryHint}
        icon={icon('play')}
        disabled={use.busy}
        onClick={() => actions.act('tryFix', choice)}
      >
        {words.tryOnce}
      </Button>
    </div>
  );
}
