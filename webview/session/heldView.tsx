import type { HeldMessage, TapState } from '../../src/protocol/session.js';
import { formatBytes } from '../../src/core/text/sizes.js';
import { Button } from '../controls.js';
import { fill } from '../shared/fill.js';
import { formatCount } from '../shared/format.js';
import { Foreign } from '../shared/foreign.js';
import { icon } from '../shared/icons.js';
import type { Actions } from '../shared/parts.js';
import type { SessionViewState } from './sessionViewState.js';
import { sessionWords } from './strings.js';
import { Muted, Quiet } from '../shared/texts.js';

export interface HeldProps {
  readonly held: TapState['held'];
  readonly view: SessionViewState;
  readonly actions: Actions;
  readonly change: (change: Partial<SessionViewState>) => void;
}

/** Messages that wait for a person, each with what may become of it. */
export function HeldView({ held, view, actions, change }: HeldProps) {
  const text = sessionWords.tap;
  if (held.count === 0) return null;
  const { editing } = view;
  const more = held.count - held.listed.length;
  const edit = (message: HeldMessage) => {
    actions.ask('tapHeld', { held: message.held }).then(
      (draft) => {
        const draftBefore = editing === null ? view.draft : view.draftBefore;
        change({ draft, draftBefore, editing: message.held, panel: 'message', tab: 'log' });
      },
      // Why it cannot be edited is said by asking again where errors are shown.
      () => actions.act('tapHeld', { held: message.held }),
    );
  };
  return (
    <section class="held" aria-label={text.held}>
      <div class="held-head">
        <h2>
          {icon('pause')} {held.count === 1 ? text.heldOne : fill(text.heldMany, { count: formatCount(held.count) })}
        </h2>
        {held.count > 1 ? (
          <span class="held-acts">
            {(['pass', 'drop'] as const).map((fate) => (
              <Button key={fate} onClick={() => actions.act('tapReleaseAll', { fate })}>
                {fate === 'pass' ? text.passAll : text.dropAll}
              </Button>
            ))}
          </span>
        ) : null}
      </div>
      <ul>
        {held.listed.map((message) => (
          <li key={message.held} class={message.held === editing ? 'held-row editing' : 'held-row'}>
            <Muted>
              {fill(text.heldWhere, {
                connection: message.connection,
                lane: text.lanes[message.lane],
                bytes: formatBytes(message.bytes),
              })}
            </Muted>
            <span class="held-text mono">
              <Foreign text={message.preview} />
            </span>
            <span class="held-acts">
              <Button
                label={fill(text.passTitle, { held: message.held })}
                icon={icon('play')}
                onClick={() => actions.act('tapRelease', { held: message.held, fate: 'pass' })}
              >
                {text.pass}
              </Button>
              <Button label={fill(text.editTitle, { held: message.held })} onClick={() => edit(message)}>
                {text.edit}
              </Button>
              <Button
                label={fill(text.dropTitle, { held: message.held })}
                onClick={() => actions.act('tapRelease', { held: message.held, fate: 'drop' })}
              >
                {text.drop}
              </Button>
            </span>
          </li>
        ))}
      </ul>
      {more > 0 ? <Quiet>{fill(text.heldMore, { count: formatCount(more) })}</Quiet> : null}
    </section>
  );
}
