import type { SeriesSummary } from '../../core/base/series.js';
import { SPARK_GLYPHS, type SparkGlyphs, sparkCells } from '../../core/text/sparkline.js';
import type { Style, Tone } from '../render/style.js';

const ASCII: SparkGlyphs = {
  bars: ['_', '.', '-', '=', '+', '*', '#'],
  down: 'x',
  unmeasured: ',',
  pause: ' ',
};

/** The latest looks, a column each: how long the round trip (or else the upgrade) took, and where it was down. */
export function sparkline(recent: SeriesSummary['recent'], columns: number, style: Style): string {
  const shown = columns < 1 ? [] : recent.slice(-columns);
  const runs: { tone: Tone | null; text: string }[] = [];
  for (const { glyph, look } of sparkCells(shown, style.unicode ? SPARK_GLYPHS : ASCII)) {
    const tone = toneOf(look);
    const last = runs.at(-1);
    if (last?.tone === tone) last.text += glyph;
    else runs.push({ tone, text: glyph });
  }
  return runs.map(({ tone, text }) => style.paint(tone, text)).join('');
}

function toneOf({ ms, verdict }: SeriesSummary['recent'][number]): Tone | null {
  if (verdict === null) return null;
  if (verdict === 'down') return 'bad';
  if (ms === null) return 'dim';
  return verdict === 'degraded' ? 'warn' : null;
}
