import { sparkCells } from '../../core/text/sparkline.js';
import type { Watched, WatchSummary } from './watched.js';

const WORST_FIRST = ['down', 'degraded', 'healthy'] as const;

/** `99.95 %`, rounded down: what was once down is not shown as all of it. */
export function availabilityText(share: number | null): string {
  return share === null ? '–' : `${(Math.floor(share * 10_000) / 100).toFixed(2)} %`;
}

/** The latest looks, a glyph each. */
export function sparkText({ recent }: Pick<WatchSummary, 'recent'>, columns: number): string {
  return sparkCells(recent.slice(-columns))
    .map(({ glyph }) => glyph)
    .join('');
}

/** The worst verdict of all; null before the first. */
export function worstVerdict(all: readonly Watched[]): WatchSummary['verdict'] {
  return WORST_FIRST.find((verdict) => all.some(({ summary }) => summary?.verdict === verdict)) ?? null;
}
