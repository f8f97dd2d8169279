import { formatBytes, formatCount } from '../format.js';
import { Foreign } from '../parts.js';
import { words } from '../session/strings.js';
import { fill } from '../strings.js';

/** Longer lines, and longer texts, are cut on the page: whole ones are for the editor. */
const MAX_LINE = 4000;
const MAX_TEXT = 512 * 1024;

export interface CutLine {
  readonly text: string;
  /** Characters left out at its end. */
  readonly cut: number;
}

/** Runs of lines that may stand as they are, ended by those that had to be cut. */
export function cutLines(text: string, maxLine: number = MAX_LINE): readonly CutLine[] {
  const runs: CutLine[] = [];
  let run = '';
  for (const line of text.split(/(?<=\n)/)) {
    if (line.length <= maxLine) {
      run += line;
      continue;
    }
    runs.push({ text: run + line.slice(0, maxLine), cut: line.length - maxLine });
    run = line.endsWith('\n') ? '\n' : '';
  }
  if (run !== '') runs.push({ text: run, cut: 0 });
  return runs;
}

export function TextTab({ text }: { readonly text: string }) {
  const shown = text.slice(0, MAX_TEXT);
  return (
    <>
      <pre class="detail-text" tabIndex={0}>
        {cutLines(shown).map((run, index) => (
          <span key={index}>
            <Foreign text={run.text} multiline />
            {run.cut > 0 ? (
              <span class="quiet"> {fill(words.detail.lineCut, { count: formatCount(run.cut) })}</span>
            ) : null}
          </span>
        ))}
      </pre>
      {text.length > MAX_TEXT ? (
        <p class="quiet">{fill(words.detail.textCut, { shown: formatBytes(MAX_TEXT) })}</p>
      ) : null}
    </>
  );
}
