import type { Verdict } from '../base/model.js';

export interface Look {
  readonly verdict: Verdict | null;
  readonly ms: number | null;
}

export interface SparkGlyphs {
  /** From the shortest to the longest. */
  readonly bars: readonly string[];
  readonly down: string;
  readonly unmeasured: string;
  readonly pause: string;
}

export const SPARK_GLYPHS: SparkGlyphs = {
  bars: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
  down: '×',
  unmeasured: '·',
  pause: ' ',
};

/** The glyph of each look: how long the round trip (or else the upgrade) took beside the longest of them, and where it was down. */
export function sparkCells<L extends Look>(
  looks: readonly L[],
  { bars, down, pause, unmeasured }: SparkGlyphs = SPARK_GLYPHS,
): readonly { readonly look: L; readonly glyph: string }[] {
  const most = looks.reduce((max, { ms }) => Math.max(max, ms ?? 0), 0);
  const glyphOf = ({ ms, verdict }: L): string => {
    if (verdict === null) return pause;
    if (verdict === 'down') return down;
    if (ms === null) return unmeasured;
    return bars[most === 0 ? 0 : Math.round((ms / most) * (bars.length - 1))] ?? unmeasured;
  };
  return looks.map((look) => ({ look, glyph: glyphOf(look) }));
}
