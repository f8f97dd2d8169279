import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import * as fc from 'fast-check';
import { minutesOf } from '../../../src/core/watch/history/compact.js';
import { timelineOf } from '../../../src/core/watch/timeline.js';
import { AT, sample, samples, SUBJECT } from './samples.js';

const FROM_MS = Date.parse(AT);
const HOUR_MS = 3_600_000;
const range = { fromMs: FROM_MS, toMs: FROM_MS + 2 * HOUR_MS };

describe('the timeline of a watched target', () => {
  it('loses no look, in samples as in minutes, whatever room there is', () => {
    fc.assert(
      fc.property(
        fc.array(samples, { maxLength: 60 }),
        fc.integer({ min: 1, max: 500 }),
        fc.nat(60),
        (kept, points, cut) => {
          const records = [...minutesOf(kept.slice(0, cut)), ...kept.slice(cut)];
          const timeline = timelineOf(records, SUBJECT, { ...range, points });
          ok(timeline.points.length <= points + 1, `${timeline.points.length} points of ${points}`);
          const sum = (verdict: 'healthy' | 'degraded' | 'down') =>
            timeline.points.reduce((total, point) => total + point.verdicts[verdict], 0);
          for (const verdict of ['healthy', 'degraded', 'down'] as const)
            strictEqual(sum(verdict), kept.filter((each) => each.verdict === verdict).length);
          const ends = timeline.points.flatMap(({ closes }) => closes).reduce((total, { count }) => total + count, 0);
          strictEqual(ends, kept.filter(({ closeCode, verdict }) => verdict !== null && closeCode !== null).length);
          const times = timeline.points.map(({ at }) => at);
          deepStrictEqual(times, [...new Set(times)].sort());
        },
      ),
    );
  });

  it('has points of a span that reads well, and none where nothing was seen', () => {
    const at = (s: number) => new Date(FROM_MS + s * 1000).toISOString();
    const kept = [0, 20, 130].map((s) => sample({ at: at(s), phases: { upgrade: s + 1 } }));
    const { points, spanMs } = timelineOf(kept, SUBJECT, { ...range, points: 120 });
    strictEqual(spanMs, 60_000);
    deepStrictEqual(
      points.map((point) => point.at),
      [at(0), at(120)],
    );
    strictEqual(points[1]?.phases.upgrade?.toFixed(0), '131');
  });

  it('leaves out what lies outside of the range', () => {
    const kept = [sample({ at: new Date(FROM_MS - 1).toISOString() }), sample({ at: 'no time' })];
    deepStrictEqual(timelineOf(kept, SUBJECT, { ...range, points: 10 }).points, []);
  });
});
