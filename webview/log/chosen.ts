import type { LogRow } from '../../src/protocol/session.js';

/** A row somebody chose. It stays chosen when it is filtered out (position -1) or not loaded yet (row null). */
export interface Chosen {
  readonly position: number;
  readonly row: LogRow | null;
}

export type Step = 'up' | 'down' | 'pageUp' | 'pageDown' | 'first' | 'last';

export interface Surroundings {
  /** Rows in sight: `[first, end)`. */
  readonly first: number;
  readonly end: number;
  readonly total: number;
  readonly page: number;
}

/** Where a key leads from the chosen row, or from what is in sight when none is (-1). */
export function stepFrom(step: Step, at: number, { first, end, total, page }: Surroundings): number {
  const from = at >= 0 ? at : step === 'down' || step === 'pageDown' ? first - 1 : end;
  const to = { up: from - 1, down: from + 1, pageUp: from - page, pageDown: from + page, first: 0, last: total - 1 };
  return Math.max(0, Math.min(total - 1, to[step]));
}

/** After rows were dropped in front: all positions have moved by as many (negative), or the row is gone. */
export function shifted(chosen: Chosen | null, by: number): Chosen | null {
  if (!chosen || chosen.position < 0) return chosen;
  return { ...chosen, position: Math.max(-1, chosen.position + by) };
}

/** A chosen row that has arrived, or has grown: fragments joined it. */
export function refreshed(chosen: Chosen | null, rowAt: (position: number) => LogRow | undefined): Chosen | null {
  const row = chosen ? rowAt(chosen.position) : undefined;
  if (!chosen || !row || row === chosen.row) return chosen;
  const old = chosen.row;
  const same = !old || row.id === old.id || (row.frames > old.frames && row.kind === old.kind);
  return same ? { ...chosen, row } : chosen;
}
