import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createAxis, idleSpans } from '../../../src/cli/render/axis.js';
import { createStyle } from '../../../src/cli/render/style.js';
import { lengthOf } from '../../../src/cli/render/text.js';
import { renderWaterfall } from '../../../src/cli/render/waterfall.js';
import { phase } from '../../support/reports.js';
import { healthyEcho } from './fixtures.js';

const style = createStyle({ width: 80, unicode: true, colour: false });

describe('createAxis', () => {
  it('is to scale where nothing idles', () => {
    const axis = createAxis([{ startMs: 0, endMs: 100 }], 100, 40);
    assert.deepEqual(
      [0, 25, 50, 100].map((ms) => axis.column(ms)),
      [0, 10, 20, 40],
    );
  });

  it('takes a long hold out of the scale', () => {
    const active = [
      { startMs: 0, endMs: 10 },
      { startMs: 990, endMs: 1000 },
    ];
    const axis = createAxis(active, 1000, 44);
    assert.deepEqual(
      [0, 10, 990, 1000].map((ms) => axis.column(ms)),
      [0, 20, 24, 44],
    );
  });

  it('never runs backwards and never leaves the cells', () => {
    const span = fc
      .tuple(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: 5000 }))
      .map(([startMs, lengthMs]) => ({ startMs, endMs: startMs + lengthMs }));
    fc.assert(
      fc.property(fc.array(span, { maxLength: 7 }), fc.integer({ min: 8, max: 90 }), (active, columns) => {
        const endMs = Math.max(1, ...active.map((item) => item.endMs));
        const axis = createAxis(active, endMs, columns);
        let before = 0;
        for (let ms = 0; ms <= endMs; ms += endMs / 50) {
          const column = axis.column(ms);
          assert.ok(column >= before - 1e-6 && column <= columns + 1e-6);
          before = column;
        }
      }),
    );
  });
});

describe('idleSpans', () => {
  it('gives what lies between and after, whatever the order', () => {
    const spans = [
      { startMs: 30, endMs: 40 },
      { startMs: 0, endMs: 10 },
      { startMs: 5, endMs: 12 },
    ];
    assert.deepEqual(idleSpans(spans, 50), [
      { startMs: 12, endMs: 30 },
      { startMs: 40, endMs: 50 },
    ]);
  });
});

describe('renderWaterfall', () => {
  it('has a row a phase, one for the time held open, and the total', () => {
    const names = renderWaterfall(healthyEcho, style).map((line) => line.split(' ')[0]);
    assert.deepEqual(names, ['dns', 'tcp', 'tls', 'upgrade', 'message', 'open', 'close', 'total']);
  });

  it('leaves out what does not apply, unless all is asked for', () => {
    const report = { ...healthyEcho, phases: [phase('dns', 'skipped', 0, 0), phase('tcp', 'ok', 0, 1)] };
    assert.deepEqual(
      renderWaterfall(report, style).map((line) => line.split(' ')[0]),
      ['tcp', 'total'],
    );
    assert.match(renderWaterfall(report, style, { all: true })[0] ?? '', /^dns +skipped$/);
  });

  it('marks a budget ahead of the bar and shades what goes past it', () => {
    const budget = { degradedMs: 50, downMs: null };
    const phases = [
      phase('tcp', 'ok', 0, 20, { budget: budget }),
      phase('upgrade', 'degraded', 20, 80, { budget: budget }),
    ];
    const [tcp = '', upgrade = ''] = renderWaterfall({ ...healthyEcho, durationMs: 100, phases }, style);
    assert.match(tcp, /█.* ┆/);
    assert.match(upgrade, /█+▓+.* degraded +over 50 ms$/);
  });

  it('shows the shortest phase as at least a sliver and stays within the width', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.double({ min: 0, max: 9000, noNaN: true }), fc.double({ min: 0, max: 9000, noNaN: true })),
        ),
        fc.integer({ min: 48, max: 120 }),
        (times, width) => {
          const phases = times.slice(0, 7).map(([startMs, durationMs]) => phase('tcp', 'ok', startMs, durationMs));
          const report = { ...healthyEcho, durationMs: 1, phases };
          for (const [index, line] of renderWaterfall(
            report,
            createStyle({ width, unicode: true, colour: false }),
          ).entries()) {
            assert.ok(lengthOf(line) <= width, line);
            if (index < phases.length) assert.match(line, /[▏▎▍▌▋▊▉█]/);
          }
        },
      ),
    );
  });
});
