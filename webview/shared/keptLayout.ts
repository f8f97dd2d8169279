import type { SessionViewState } from '../session/sessionViewState.js';

type Layout = Pick<SessionViewState, 'columns' | 'place' | 'split'>;

const KEY = 'wsprobe.layout';

/** How a log was last laid out, by whichever panel: a new one begins with it. */
export function keptLayout(): unknown {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? 'null');
  } catch {
    return null;
  }
}

export function keepLayout(before: Layout, { columns, place, split }: Layout): void {
  if (columns === before.columns && place === before.place && split === before.split) return;
  try {
    localStorage.setItem(KEY, JSON.stringify({ columns, place, split }));
  } catch {
    // A page that may not keep anything begins as it always did.
  }
}
