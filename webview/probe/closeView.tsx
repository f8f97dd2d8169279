import type { Report } from '../../src/core/base/model.js';
import type { CloseText } from '../../src/protocol/inspector.js';
import { icon } from '../shared/icons.js';
import { Foreign } from '../shared/foreign.js';
import { Facts } from '../shared/parts.js';
import { probeWords } from './strings.js';
import { Empty, Quiet } from '../shared/texts.js';

const SYNTHETIC = [1005, 1006, 1015];

export interface CloseProps {
  readonly close: Report['close'];
  readonly explanation: CloseText | null;
}

export function CloseView({ close, explanation }: CloseProps) {
  const words = probeWords.close;
  if (!close) return <Empty>{words.none}</Empty>;
  return (
    <section class="close" aria-labelledby="close-title">
      <h3 id="close-title" class="close-code">
        <span class="code-number">{close.code}</span>
        {explanation ? <Foreign text={explanation.name} /> : null}
      </h3>
      {explanation?.meaning ? (
        <p class="lead">
          <Foreign text={explanation.meaning} multiline />
        </p>
      ) : null}
      {SYNTHETIC.includes(close.code) ? <Quiet>{words.synthetic}</Quiet> : null}
      <Facts
        rows={[
          [words.reason, close.reason ? <Foreign text={close.reason} /> : words.noReason],
          [words.initiator, words.by[close.initiator]],
          [
            words.clean,
            <span class={close.clean ? 'clean' : 'clean clean-no'}>
              {icon(close.clean ? 'ok' : 'warning')} {close.clean ? words.yes : words.no}
            </span>,
          ],
          [words.evidence, close.evidence ? <Foreign text={close.evidence} /> : null],
        ]}
      />
      {explanation && explanation.actions.length > 0 ? (
        <>
          <h4>{words.actions}</h4>
          <ul class="evidence">
            {explanation.actions.map((action, index) => (
              <li key={index}>
                <Foreign text={action} />
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </section>
  );
}
