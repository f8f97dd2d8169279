export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** Where a time stands among `columns` cells. Long idle spans (a hold) take a fixed few cells and are not to scale. */
export interface Axis {
  readonly columns: number;
  readonly breaks: readonly Span[];
  column(ms: number): number;
}

const BREAK_COLUMNS = 4;
/** An idle span longer than this share of the whole hides everything else, so it leaves the scale. */
const BREAK_SHARE = 0.25;

export function createAxis(active: readonly Span[], endMs: number, columns: number): Axis {
  const breaks = idleSpans(active, endMs).filter((span) => span.endMs - span.startMs > endMs * BREAK_SHARE);
  const scaledMs = endMs - breaks.reduce((sum, span) => sum + span.endMs - span.startMs, 0);
  const cellsForScale = Math.max(1, columns - breaks.length * BREAK_COLUMNS);
  const perMs = scaledMs > 0 ? cellsForScale / scaledMs : 0;
  return {
    columns,
    breaks,
    column(ms) {
      let column = ms * perMs;
      for (const span of breaks) {
        if (ms <= span.startMs) break;
        const inside = Math.min(ms, span.endMs) - span.startMs;
        column += (inside / (span.endMs - span.startMs)) * BREAK_COLUMNS - inside * perMs;
      }
      return Math.max(0, Math.min(columns, column));
    },
  };
}

/** What lies between the active spans, and between the last of them and the end. */
export function idleSpans(active: readonly Span[], endMs: number): Span[] {
  const idle: Span[] = [];
  let doneMs = 0;
  for (const span of [...active].sort((a, b) => a.startMs - b.startMs)) {
    if (span.startMs > doneMs) idle.push({ startMs: doneMs, endMs: span.startMs });
    doneMs = Math.max(doneMs, span.endMs);
  }
  if (endMs > doneMs) idle.push({ startMs: doneMs, endMs });
  return idle;
}
