import type { SeriesSummary } from '../../core/watch/series.js';
import type { Style } from '../render/style.js';

const UNICODE = { bars: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'], down: '×', unmeasured: '·', pause: ' ' };
const ASCII = { bars: ['_', '.', '-', '=', '+', '*', '#'], down: 'x', unmeasured: ',', pause: ' ' };

/** The latest looks, a column each: how long the round trip (or else the upgrade) took, and where it was down. */
export function sparkline(recent: SeriesSummary['recent'], columns: number, style: Style): string {
  const { bars, down, unmeasured, pause } = style.unicode ? UNICODE : ASCII;
  const shown = columns < 1 ? [] : recent.slice(-columns);
  const most = shown.reduce((max, { ms }) => Math.max(max, ms ?? 0), 0);
  return shown
    .map(({ ms, verdict }) => {
      if (verdict === null) return pause;
      if (verdict === 'down') return style.paint('bad', down);
      if (ms === null) return style.paint('dim', unmeasured);
      const height = most === 0 ? 0 : Math.round((ms / most) * (bars.length - 1));
      return style.paint(verdict === 'degraded' ? 'warn' : null, bars[height] ?? unmeasured);
    })
    .join('');
}
