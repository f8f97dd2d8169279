import type { FilterProblem } from '../../src/protocol/session.js';

export interface FilterPart {
  readonly text: string;
  readonly problem: boolean;
}

/** The text of a filter cut where its problems begin and end. A problem at the very end gets a place of its own. */
export function markProblems(text: string, problems: readonly FilterProblem[]): readonly FilterPart[] {
  const marked = [...problems].sort((a, b) => a.index - b.index);
  const parts: FilterPart[] = [];
  let at = 0;
  const push = (to: number, problem: boolean) => {
    if (to > at) parts.push({ text: text.slice(at, to), problem });
    at = Math.max(at, to);
  };
  for (const { index, length } of marked) {
    const from = Math.max(0, Math.min(text.length, index));
    push(from, false);
    if (from === text.length) parts.push({ text: ' ', problem: true });
    else push(Math.min(text.length, Math.max(from + 1, from + length)), true);
  }
  push(text.length, false);
  return parts;
}

/** Puts a completion where it belongs: over `[from, cursor)`. */
export function complete(text: string, from: number, cursor: number, item: string): { text: string; cursor: number } {
  const start = Math.max(0, Math.min(from, cursor));
  return { text: text.slice(0, start) + item + text.slice(cursor), cursor: start + item.length };
}
