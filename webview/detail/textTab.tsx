import { formatBytes } from '../../src/core/text/sizes.js';
import { fill } from '../shared/fill.js';
import { formatCount } from '../shared/format.js';
import { Foreign } from '../shared/foreign.js';
import { cutLines } from './cutLines.js';
import { detailWords } from './strings.js';
import { Muted, Quiet } from '../shared/texts.js';

/** Longer texts are cut on the page: whole ones are for the editor. */
const MAX_TEXT = 512 * 1024;

export function TextTab({ text }: { readonly text: string }) {
  const shown = text.slice(0, MAX_TEXT);
  return (
    <>
      <pre class="detail-text" tabIndex={0}>
        {cutLines(shown).map((run, index) => (
          <span key={index}>
            <Foreign text={run.text} multiline />
            {run.cut > 0 ? <Muted> {fill(detailWords.pane.lineCut, { count: formatCount(run.cut) })}</Muted> : null}
          </span>
        ))}
      </pre>
      {text.length > MAX_TEXT ? (
        <Quiet>{fill(detailWords.pane.textCut, { shown: formatBytes(MAX_TEXT) })}</Quiet>
      ) : null}
    </>
  );
}
