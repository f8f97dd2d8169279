import { useEffect, useState } from 'preact/hooks';
import type { LogMode, LogRow } from '../../src/protocol/session.js';
import { problemText } from '../session/problemText.js';
import { fill } from '../shared/fill.js';
import { Foreign } from '../shared/foreign.js';
import { type Ask } from '../shared/parts.js';
import { type JsonTreeProps, JsonTreeView } from './jsonTreeView.js';
import { detailWords } from './strings.js';
import { Empty } from '../shared/texts.js';

interface Decoded {
  readonly title: string;
  readonly json: string;
}

/** What the dialect makes of a message. */
export function DecodedTab({
  row,
  mode,
  ask,
  menuOf,
}: Pick<JsonTreeProps, 'menuOf'> & { readonly row: LogRow; readonly mode: LogMode; readonly ask: Ask }) {
  const [answer, setAnswer] = useState<Decoded | null | 'loading' | { readonly error: unknown }>('loading');
  useEffect(() => {
    let here = true;
    ask('viewDecoded', { id: row.id, mode }).then(
      (decoded) => here && setAnswer(decoded),
      (error: unknown) => here && setAnswer({ error }),
    );
    return () => {
      here = false;
    };
  }, [ask, row.id, mode]);
  if (answer === 'loading') return <Empty>{detailWords.pane.loading}</Empty>;
  if (answer === null) return <Empty>{detailWords.pane.nothingDecoded}</Empty>;
  if ('error' in answer) {
    return (
      <Empty>
        <Foreign text={fill(detailWords.pane.failed, { message: problemText(answer.error) })} />
      </Empty>
    );
  }
  return (
    <>
      <p class="decoded-title">
        <Foreign text={answer.title} />
      </p>
      <JsonTreeView text={answer.json} label={detailWords.pane.tabs.decoded} menuOf={menuOf} />
    </>
  );
}
