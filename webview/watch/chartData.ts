import { PHASE_NAMES, type PhaseName, type Verdict } from '../../src/core/base/model.js';
import type { KeptReport, Timeline, TimelinePoint } from '../../src/protocol/watchPage.js';

/** Values over time as the chart library takes them: seconds, then a list a line, null where nothing was seen. */
export interface Columns {
  readonly seconds: readonly number[];
  readonly lines: readonly (readonly (number | null)[])[];
}

type Value = (point: TimelinePoint) => number | null;

/** One line for each of `values`. Where no point is, the line is broken and not drawn on. */
export function columnsOf({ points, spanMs }: Timeline, values: readonly Value[]): Columns {
  const seconds: number[] = [];
  const lines = values.map((): (number | null)[] => []);
  let lastMs: number | null = null;
  for (const point of points) {
    const atMs = Date.parse(point.at);
    if (lastMs !== null && atMs - lastMs > spanMs * GAP) {
      seconds.push((lastMs + spanMs) / 1000);
      for (const line of lines) line.push(null);
    }
    seconds.push(atMs / 1000);
    for (const [index, value] of values.entries()) lines[index]?.push(value(point));
    lastMs = atMs;
  }
  return { seconds, lines };
}

/** Looks come by intervals that may be longer than what a point spans. */
const GAP = 3.5;

/** The phases that ran at all, in their order, each with its median on top of those before it. */
export function stackedPhases(
  timeline: Timeline,
): Columns & { readonly names: readonly PhaseName[]; readonly medians: Columns['lines'] } {
  const names = PHASE_NAMES.filter((name) => timeline.points.some(({ phases }) => phases[name] !== undefined));
  const values = names.map(
    (_, index): Value =>
      ({ phases }) => {
        if (Object.keys(phases).length === 0) return null;
        return names.slice(0, index + 1).reduce((sum, name) => sum + (phases[name] ?? 0), 0);
      },
  );
  const medians = columnsOf(
    timeline,
    names.map(
      (name): Value =>
        ({ phases }) =>
          phases[name] ?? null,
    ),
  ).lines;
  return { names, medians, ...columnsOf(timeline, values) };
}

export const VERDICTS: readonly Verdict[] = ['healthy', 'degraded', 'down'];

/** Shares of the looks of a point; null of one that is a pause alone. */
export function sharesOf({ verdicts }: TimelinePoint): Readonly<Record<Verdict, number>> | null {
  const all = VERDICTS.reduce((sum, verdict) => sum + verdicts[verdict], 0);
  if (all === 0) return null;
  return { healthy: verdicts.healthy / all, degraded: verdicts.degraded / all, down: verdicts.down / all };
}

export interface CloseShare {
  readonly code: number;
  readonly clean: boolean;
  readonly count: number;
  /** 0 to 1. */
  readonly share: number;
}

/** Most frequent first. */
export function closesOf({ points }: Timeline): readonly CloseShare[] {
  const counts = new Map<string, { readonly code: number; readonly clean: boolean; count: number }>();
  for (const { clean, code, count } of points.flatMap(({ closes }) => closes)) {
    const key = `${code} ${clean}`;
    const known = counts.get(key) ?? { code, clean, count: 0 };
    known.count += count;
    counts.set(key, known);
  }
  const all = [...counts.values()];
  const total = all.reduce((sum, { count }) => sum + count, 0);
  return all
    .map((each) => ({ ...each, share: each.count / total }))
    .sort((a, b) => b.count - a.count || a.code - b.code);
}

/** The report of a point that is worth opening: the worst, then the latest. */
export function reportOf(point: TimelinePoint, spanMs: number, reports: readonly KeptReport[]): KeptReport | null {
  const fromMs = Date.parse(point.at);
  const inside = reports.filter(({ startedAt }) => {
    const atMs = Date.parse(startedAt);
    return atMs >= fromMs && atMs < fromMs + spanMs;
  });
  for (const verdict of VERDICTS.toReversed()) {
    const found = inside.findLast((report) => report.verdict === verdict);
    if (found) return found;
  }
  return null;
}
