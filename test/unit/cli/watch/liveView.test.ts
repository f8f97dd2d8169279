import assert from 'node:assert/strict';
import { lengthOf } from '../../../../src/cli/render/text.js';
import { createStyle } from '../../../../src/cli/render/style.js';
import { LiveView, liveLines } from '../../../../src/cli/watch/liveView.js';
import { sparkline } from '../../../../src/cli/watch/sparkline.js';
import { summaryLines } from '../../../../src/cli/watch/summary.js';
import { Series } from '../../../../src/core/watch/series.js';
import type { WatchSummary } from '../../../../src/core/watch/watch.js';
import { planFor } from '../../../support/plan.js';
import { sample, SUBJECT } from '../../watch/samples.js';
import { fakeIo } from '../fakeIo.js';

const unicode = createStyle({ width: 80, unicode: true, colour: false });
const ascii = createStyle({ width: 80, unicode: false, colour: false });

function summaryOf(count: number, down: number): WatchSummary {
  const targets = Array.from({ length: count }, (_, index) => {
    const series = new Series(planFor('ws://h/'), { ...SUBJECT, profile: `checks/number-${index}.wsprobe` });
    const error = { code: 'ECONNREFUSED', message: 'Refused \u001b[31m\u202e', phase: 'tcp' } as const;
    for (let turn = 0; turn < 30; turn++)
      series.add(index < count - down ? sample({ roundTripMs: turn }) : sample({ verdict: 'down', error }), turn);
    return series.summary();
  });
  return { startedAt: '2026-11-20T12:00:00.000Z', durationMs: 61_000, targets };
}

describe('the live view of a watch', () => {
  it('keeps to the terminal: no line wider, no more lines, the worst first', () => {
    for (const [rows, columns] of [
      [24, 80],
      [5, 60],
      [3, 48],
    ] as const) {
      const lines = liveLines(summaryOf(200, 2), { rows, columns }, unicode);
      assert.equal(lines.length, rows);
      for (const line of lines) assert.ok(lengthOf(line) < columns, line);
      assert.match(lines[0] ?? '', columns < 60 ? /^✘ checks\/number-1…/ : /^✘ checks\/number-198/);
      assert.match(lines.at(-1) ?? '', /1 min 1 s · 200 targets · 2 down/);
    }
  });

  it('says below a target what is wrong with it, where there is room', () => {
    const lines = liveLines(summaryOf(3, 2), { rows: 24, columns: 80 }, unicode);
    assert.equal(lines.length, 6);
    assert.match(lines[2] ?? '', /^ {2}Refused .*\(30 times\)$/);
    assert.equal(liveLines(summaryOf(3, 2), { rows: 5, columns: 80 }, unicode).length, 5);
  });

  it('shows nothing that a terminal obeys, and ASCII where it knows no more', () => {
    const lines = [
      ...liveLines(summaryOf(3, 1), { rows: 24, columns: 120 }, ascii),
      ...summaryLines(summaryOf(3, 1), ascii),
    ];
    assert.match(lines.join('\n'), /^[\n\u0020-\u007e]*$/);
  });

  it('of many targets sums up those that are not well', () => {
    const lines = summaryLines(summaryOf(200, 1), unicode).join('\n');
    assert.equal(lines.match(/^✘ checks/gm)?.length, 1);
    assert.doesNotMatch(lines, /^✔ checks/m);
    assert.match(lines, /200 targets watched for 1 min 1 s · 199 healthy · 1 down/);
  });

  it('is erased from the beginning of its line: a terminal writes ^C by itself', () => {
    const io = fakeIo({ stdoutIsTTY: true });
    const view = new LiveView(io, unicode, () => summaryOf(1, 0));
    view.above(['a line that stays']);
    view.end();
    assert.ok(io.out().endsWith('\r\u001b[2A\u001b[0J'));
  });

  it('draws how long looks took, where it was down, and gaps', () => {
    const recent = [
      { at: '', verdict: 'healthy', ms: 0 },
      { at: '', verdict: 'healthy', ms: 10 },
      { at: '', verdict: 'down', ms: null },
      { at: '', verdict: null, ms: null },
      { at: '', verdict: 'healthy', ms: null },
    ] as const;
    assert.equal(sparkline(recent, 10, unicode), '▁█× ·');
    assert.equal(sparkline(recent, 2, unicode), ' ·');
    assert.equal(sparkline(recent, 10, ascii), '_#x ,');
  });
});
