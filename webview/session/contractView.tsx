import { useState } from 'preact/hooks';
import type { SessionSnapshot } from '../../src/protocol/session.js';
import { Button } from '../controls.js';
import { fill } from '../shared/fill.js';
import { Foreign } from '../shared/foreign.js';
import { formatCount } from '../shared/format.js';
import { icon } from '../shared/icons.js';
import type { Actions } from '../shared/parts.js';
import { sessionWords } from './strings.js';

export interface ContractProps {
  readonly contract: NonNullable<SessionSnapshot['contract']>;
  readonly actions: Actions;
  /** False: the row cannot be shown. */
  readonly onShow: (id: number) => Promise<boolean>;
}

/** What the log came to that is held against a message contract, and the first message that departs. */
export function ContractView({ contract, actions, onShow }: ContractProps) {
  const text = sessionWords.contract;
  const { departing, first, messages, missed, name } = contract;
  const [gone, setGone] = useState(false);
  const counts = { departing: formatCount(departing), messages: formatCount(messages), name };
  const show = async (id: number) => setGone(!(await onShow(id)));
  return (
    <section
      class={`banner ${first ? 'banner-failed' : 'banner-quiet'} contract`}
      aria-label={text.title}
      role="status"
    >
      {icon(first ? 'warning' : 'ok')}
      <div>
        <p>
          <Foreign text={fill(first ? text.departs : text.held, counts)} />{' '}
          {missed > 0 ? fill(text.missed, { missed: formatCount(missed) }) : null}
        </p>
        {first ? (
          <p>
            <Foreign text={fill(text.first, { ...first })} />
          </p>
        ) : null}
        {gone ? <p>{text.gone}</p> : null}
        <div class="actions">
          {first ? <Button onClick={() => void show(first.id)}>{text.show}</Button> : null}
          <Button onClick={() => actions.act('releaseContract', null)}>{sessionWords.acts.releaseContract}</Button>
        </div>
      </div>
    </section>
  );
}
