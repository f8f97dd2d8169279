import assert from 'node:assert/strict';
import { LiveLine, progressLine } from '../../../src/cli/progress.js';
import { fakeIo } from './fakeIo.js';
import { phase } from '../../support/reports.js';
import { healthyEcho } from './fixtures.js';

describe('progressLine', () => {
  it('says first what it waits for, then what is done', () => {
    const phases = [phase('dns', 'ok', 0, 1.2), phase('tcp', 'ok', 1.2, 3), phase('upgrade', 'ok', 4.2, 900)];
    assert.equal(
      progressLine({ running: 'upgrade', elapsedMs: 904.2, phases }, 904.2),
      'upgrade... 904 ms, dns 1.20 ms, tcp 3.00 ms',
    );
  });

  it('tells connecting from open', () => {
    assert.match(progressLine({ running: null, elapsedMs: 1, phases: [] }, 1), /^connecting\.\.\. 1\.00 ms$/);
    assert.match(
      progressLine({ running: null, elapsedMs: 90, phases: healthyEcho.phases }, 90),
      /^open\.\.\. 90\.0 ms/,
    );
  });
});

describe('LiveLine', () => {
  for (const [what, options] of [
    ['a pipe', {}],
    ['a dumb terminal', { stderrIsTTY: true, env: { TERM: 'dumb' } }],
  ] as const) {
    it(`writes nothing to ${what}`, () => {
      const io = fakeIo(options);
      const line = new LiveLine(io);
      line.update({ running: 'tcp', elapsedMs: 1, phases: [] });
      line.end();
      assert.equal(io.err(), '');
    });
  }

  it('never fills the last column of a terminal, even with the ^C that it writes by itself', () => {
    const io = fakeIo({ stderrIsTTY: true, columns: 20 });
    const line = new LiveLine(io);
    line.update({ running: 'close', elapsedMs: 1, phases: healthyEcho.phases });
    line.end();
    for (const part of io.err().split('\r\u001b[2K')) assert.ok(part.length < 20 - '^C'.length, part);
  });
});
