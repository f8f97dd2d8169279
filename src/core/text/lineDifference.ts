/** A line that went, or one that came. */
export interface ChangedLine {
  readonly kind: 'removed' | 'added';
  readonly text: string;
}

const MAX_LINES = 40;

/** What one text has and the other has not, line by line in the order of the texts; the first forty at most. */
export function lineDifference(before: string, after: string): readonly ChangedLine[] {
  const [from, to] = [before.split(/\r?\n/), after.split(/\r?\n/)];
  while (from.length > 0 && to.length > 0 && from[0] === to[0]) {
    from.shift();
    to.shift();
  }
  while (from.length > 0 && to.length > 0 && from.at(-1) === to.at(-1)) {
    from.pop();
    to.pop();
  }
  return pairUp(from, to).slice(0, MAX_LINES);
}

/** Walks both: a line that comes up again on the other side is kept, the nearer one first. */
function pairUp(from: readonly string[], to: readonly string[]): readonly ChangedLine[] {
  const lines: ChangedLine[] = [];
  let [left, right] = [0, 0];
  while ((left < from.length || right < to.length) && lines.length < MAX_LINES) {
    const [old, fresh] = [from[left], to[right]];
    if (old === fresh) {
      left += 1;
      right += 1;
    } else if (old !== undefined && (fresh === undefined || !to.includes(old, right))) {
      lines.push({ kind: 'removed', text: old });
      left += 1;
    } else {
      lines.push({ kind: 'added', text: fresh ?? '' });
      right += 1;
    }
  }
  return lines;
}
