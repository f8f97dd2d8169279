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

/** Puts a completion where it belongs: over the word that `[from, cursor)` begins, and the sign that it brings itself. */
export function complete(text: string, from: number, cursor: number, item: string): { text: string; cursor: number } {
  const start = Math.max(0, Math.min(from, cursor));
  const rest = text.slice(cursor).replace(/^[A-Za-z0-9_]+/, '');
  const sign = /[:>]$/.exec(item)?.[0];
  const after = sign !== undefined && rest.startsWith(sign) ? rest.slice(1) : rest;
  return { text: text.slice(0, start) + item + after, cursor: start + item.length };
}

/** Whether what was typed asks for completions: a word has begun, or a field or a path wants to go on. */
export function wantsCompletions(text: string, cursor: number): boolean {
  return /[\w$:,.]$/.test(text.slice(0, cursor));
}
