import type { SeriesSummary } from '../../core/watch/series.js';
import type { Style, Tone } from '../render/style.js';

const UNICODE = { bars: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'], down: '×', unmeasured: '·', pause: ' ' };
const ASCII = { bars: ['_', '.', '-', '=', '+', '*', '#'], down: 'x', unmeasured: ',', pause: ' ' };

/** The latest looks, a column each: how long the round trip (or else the upgrade) took, and where it was down. */
export function sparkline(recent: SeriesSummary['recent'], columns: number, style: Style): string {
  const { bars, down, unmeasured, pause } = style.unicode ? UNICODE : ASCII;
  const shown = columns < 1 ? [] : recent.slice(-columns);
  const most = shown.reduce((max, { ms }) => Math.max(max, ms ?? 0), 0);
  const cells = shown.map(({ ms, verdict }): readonly [tone: Tone | null, glyph: string] => {
    if (verdict === null) return [null, pause];
    if (verdict === 'down') return ['bad', down];
    if (ms === null) return ['dim', unmeasured];
    const height = most === 0 ? 0 : Math.round((ms / most) * (bars.length - 1));
    return [verdict === 'degraded' ? 'warn' : null, bars[height] ?? unmeasured];
  });
  const runs: { tone: Tone | null; text: string }[] = [];
  for (const [tone, glyph] of cells) {
    const last = runs.at(-1);
    if (last?.tone === tone) last.text += glyph;
    else runs.push({ tone, text: glyph });
  }
  return runs.map(({ tone, text }) => style.paint(tone, text)).join('');
}
