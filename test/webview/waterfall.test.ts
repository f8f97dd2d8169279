import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Phase, PhaseName } from '../../src/core/base/model.js';
import { niceCeiling, progressWaterfall, reportWaterfall } from '../../webview/probe/timings/waterfall.js';
import { EXPIRED_REPORT, HEALTHY_REPORT, NOT_WEBSOCKET_REPORT, PING_REPORT } from './fixtures.js';

const rowOf = (waterfall: ReturnType<typeof reportWaterfall>, name: PhaseName) =>
  waterfall.rows.find((row) => row.name === name);

describe('waterfall geometry', () => {
  it('ends the scale at a round number, at most a quarter above what it must show', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 1e6, noNaN: true }), (ms) => {
        const scale = niceCeiling(ms);
        assert.ok(scale >= ms * 0.999_999, `${scale} < ${ms}`);
        assert.ok(scale <= ms * 1.26, `${scale} is far above ${ms}`);
      }),
    );
    assert.equal(niceCeiling(0), 1);
    assert.equal(niceCeiling(325.4), 350);
    assert.equal(niceCeiling(1000), 1000);
  });

  it('keeps every bar, tick and mark inside the track, whatever the phases say', () => {
    const phase = fc.record({
      name: fc.constantFrom<PhaseName>('dns', 'tcp', 'tls', 'upgrade', 'message', 'close'),
      status: fc.constantFrom<Phase['status']>('ok', 'degraded', 'failed', 'skipped', 'not-reached'),
      startMs: fc.double({ min: 0, max: 1e5, noNaN: true }),
      durationMs: fc.double({ min: 0, max: 1e5, noNaN: true }),
      detail: fc.constant({}),
      budget: fc.option(
        fc.record({ degradedMs: fc.option(fc.integer({ min: 0 })), downMs: fc.option(fc.integer({ min: 0 })) }),
      ),
    });
    fc.assert(
      fc.property(
        fc.array(phase, { maxLength: 7 }),
        fc.double({ min: 0, max: 1e5, noNaN: true }),
        (phases, durationMs) => {
          const { rows, ticks } = reportWaterfall({ phases, durationMs });
          for (const row of rows) {
            assert.ok(row.leftPercent >= 0 && row.widthPercent >= 0 && row.leftPercent + row.widthPercent <= 100.001);
            for (const mark of row.marks) assert.ok(mark.percent >= 0 && mark.percent <= 100);
          }
          assert.ok(ticks.length >= 2 && ticks.length <= 7);
          assert.ok(ticks.every(({ percent }) => percent >= 0 && percent <= 100));
        },
      ),
    );
  });

  it('draws a budget where the phase would have to end, and leaves out what lies off the scale', () => {
    const upgrade = rowOf(reportWaterfall(NOT_WEBSOCKET_REPORT), 'upgrade');
    assert.deepEqual(
      upgrade?.marks.map(({ kind, atMs }) => [kind, atMs]),
      [['degraded', 1039.9]],
    );
    assert.deepEqual(rowOf(reportWaterfall(HEALTHY_REPORT), 'upgrade')?.marks, []);
  });

  it('draws no mark for the message budget: it judges a round trip, not the phase', () => {
    assert.deepEqual(rowOf(reportWaterfall(HEALTHY_REPORT), 'message')?.marks, []);
  });

  it('names the time the socket was held open before the close', () => {
    assert.equal(Math.round(reportWaterfall(HEALTHY_REPORT).hold?.durationMs ?? 0), 221);
    assert.equal(reportWaterfall(EXPIRED_REPORT).hold, null);
  });

  it('shows a phase that does not apply, but no proxy that nobody uses', () => {
    assert.equal(rowOf(reportWaterfall(PING_REPORT), 'tls')?.status, 'skipped');
    const proxy: Phase = { name: 'proxy', status: 'skipped', startMs: 0, durationMs: 0, detail: {}, budget: null };
    const { rows } = reportWaterfall({ phases: [proxy, ...PING_REPORT.phases], durationMs: 1 });
    assert.ok(!rows.some((row) => row.name === 'proxy'));
  });

  describe('of a running probe', () => {
    const phases = EXPIRED_REPORT.phases.map((phase) =>
      phase.name === 'tls' ? { ...phase, status: 'ok' as const } : phase,
    );
    const progress = { running: 'tls', elapsedMs: 30, phases } as const;

    it('lets the running phase grow with the clock and the rest wait', () => {
      const waterfall = progressWaterfall(progress, { elapsedMs: 114.9, secure: true, live: true });
      assert.deepEqual(
        waterfall.rows.map((row) => [row.name, row.status]),
        [
          ['dns', 'ok'],
          ['tcp', 'ok'],
          ['tls', 'running'],
          ['upgrade', 'pending'],
          ['message', 'pending'],
          ['close', 'pending'],
        ],
      );
      assert.equal(rowOf(waterfall, 'tls')?.durationMs, 100);
    });

    it('has a row for every phase to come before the first news', () => {
      const names = (secure: boolean) =>
        progressWaterfall(null, { elapsedMs: 0, secure, live: true }).rows.map((row) => row.name);
      assert.deepEqual(names(true), ['dns', 'tcp', 'tls', 'upgrade', 'message', 'close']);
      assert.deepEqual(names(false), ['dns', 'tcp', 'upgrade', 'message', 'close']);
    });

    it('says where it was stopped once it was cancelled', () => {
      const waterfall = progressWaterfall(progress, { elapsedMs: 30, secure: true, live: false });
      assert.equal(rowOf(waterfall, 'tls')?.status, 'stopped');
      assert.equal(rowOf(waterfall, 'close')?.status, 'not-reached');
    });
  });
});
