import type { Verdict } from '../../src/core/base/model.js';
import type { InspectorState, UsedFix } from '../../src/protocol/inspector.js';
import { Button } from '../controls.js';
import { fill } from '../shared/fill.js';
import { icon } from '../shared/icons.js';
import { Foreign } from '../shared/foreign.js';
import type { Actions } from '../shared/parts.js';
import { VERDICT_ICONS } from './headerView.js';
import { probeWords } from './strings.js';
import { Hidden, Muted, Quiet } from '../shared/texts.js';

export interface UsedFixProps {
  readonly fix: UsedFix;
  readonly state: InspectorState;
  readonly actions: Actions;
}

/** What was put in or tried, and the verdict before beside that of now. */
export function UsedFixView({ fix, state, actions }: UsedFixProps) {
  const words = probeWords.fix;
  const busy = state.status === 'running';
  const isTried = fix.kind === 'tried';
  const now = state.status === 'done' ? (state.report?.verdict ?? null) : null;
  const title = fill(isTried ? words.tried : fix.file === null ? words.applied : words.appliedTo, {
    title: fix.title.replace(/ \(profile\)$/, ''),
    file: fix.file ?? '',
  });
  return (
    <section class="used-fix" aria-labelledby="used-fix-title">
      <h2 id="used-fix-title">
        <Foreign text={title} />
      </h2>
      <p class="used-fix-verdicts" role="status">
        <VerdictMark label={words.before} verdict={fix.before.verdict} />
        {busy ? (
          <span class="used-fix-mark">
            {icon('running')} {words.running}
          </span>
        ) : null}
        {now ? <VerdictMark label={words.now} verdict={now} /> : null}
      </p>
      {fix.before.headline ? (
        <Quiet>
          <Foreign text={fill(words.headline, { headline: fix.before.headline })} />
        </Quiet>
      ) : null}
      <Difference fix={fix} />
      {isTried && fix.file === null ? <Quiet>{words.keptUrl}</Quiet> : null}
      {fix.file === null || busy ? null : (
        <div class="actions" role="group" aria-label={words.usedActions}>
          {isTried ? (
            <Button appearance="primary" icon={icon('check')} onClick={() => actions.send('keepFix')}>
              {fill(words.keep, { file: fix.file })}
            </Button>
          ) : (
            <Button icon={icon('close')} onClick={() => actions.send('undoFix')}>
              {words.undo}
            </Button>
          )}
          <Button icon={icon('compare')} onClick={() => actions.send('showFix')}>
            {words.show}
          </Button>
        </div>
      )}
    </section>
  );
}

function VerdictMark({ label, verdict }: { readonly label: string; readonly verdict: Verdict }) {
  return (
    <span class={`used-fix-mark verdict-${verdict}`}>
      <Muted>{label}</Muted> {icon(VERDICT_ICONS[verdict])} {probeWords.verdict[verdict]}
    </span>
  );
}

function Difference({ fix: { difference, kind, file } }: { readonly fix: UsedFix }) {
  const words = probeWords.fix;
  if (file === null || difference === null) return null;
  if (difference.length === 0) return <Quiet>{words.same}</Quiet>;
  const of = { removed: ['−', words.removed], added: ['+', words.added] } as const;
  return (
    <ol class="difference mono" aria-label={fill(kind === 'tried' ? words.wouldChange : words.changed, { file })}>
      {difference.map(({ kind: side, text }, index) => (
        <li key={index} class={`difference-${side}`}>
          <span aria-hidden="true">{of[side][0]}</span>
          <Hidden>{of[side][1]}</Hidden>
          <span class="difference-text">
            <Foreign text={text} />
          </span>
        </li>
      ))}
    </ol>
  );
}
