/** Longer lines are cut on the page. */
const MAX_LINE = 4000;

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
