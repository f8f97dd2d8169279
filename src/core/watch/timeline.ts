import type { Timeline, TimelinePoint, TimelineRange } from '../base/series.js';
import type { Rollup, Sample, SampleSubject } from '../base/sample.js';
import { Aggregate } from './aggregate.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** What a point may span, so that its time reads well. */
const SPANS_MS = [
  1_000,
  5_000,
  15_000,
  ...[1, 5, 15].map((minutes) => minutes * MINUTE_MS),
  ...[1, 3, 6, 12].map((hours) => hours * HOUR_MS),
  DAY_MS,
  7 * DAY_MS,
];
const MAX_POINTS = 1_000;

export type Kept = Sample | Rollup;

/** The records of one target within `range`, together span by span. Minutes are never cut: a range of a few of them shows whole ones. */
export function timelineOf(records: readonly Kept[], subject: SampleSubject, range: TimelineRange): Timeline {
  const { fromMs, toMs } = range;
  const room = Math.min(MAX_POINTS, Math.max(1, range.points));
  const isCompacted = records.some((record) => !('kind' in record));
  const least = Math.max((toMs - fromMs) / room, isCompacted ? MINUTE_MS : 0);
  const spanMs = SPANS_MS.find((ms) => ms >= least) ?? Math.ceil(least / DAY_MS) * DAY_MS;
  const sums = new Map<number, Aggregate>();
  for (const record of records) {
    const atMs = Date.parse(record.at);
    if (!(atMs >= fromMs && atMs <= toMs)) continue;
    const key = Math.floor(atMs / spanMs) * spanMs;
    const sum = sums.get(key) ?? new Aggregate(subject);
    sums.set(key, sum);
    if ('kind' in record) sum.add(record);
    else sum.merge(record);
  }
  const points = [...sums].sort(([a], [b]) => a - b).map(([atMs, sum]) => pointOf(new Date(atMs).toISOString(), sum));
  return { fromMs, toMs, spanMs, points };
}

function pointOf(at: string, sum: Aggregate): TimelinePoint {
  const { closes, drops, findings, pausedMs, verdicts } = sum.rollup(at);
  const phases = Object.entries(sum.phases).map(([name, { p50Ms }]) => [name, p50Ms]);
  return {
    at,
    verdicts,
    phases: Object.fromEntries(phases) as TimelinePoint['phases'],
    roundTrip: sum.roundTrip,
    closes,
    findings,
    drops,
    pausedMs,
  };
}
