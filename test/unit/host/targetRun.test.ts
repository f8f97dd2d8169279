import { deepStrictEqual, equal, ok } from 'node:assert/strict';
import type { ProbeProgress } from '../../../src/core/base/model.js';
import { TargetRun } from '../../../src/host/target/targetRun.js';
import { report } from '../../support/reports.js';

const FAULT = { code: 'engine.stopped', message: 'The engine stopped.', hint: null };
const PROGRESS: ProbeProgress = { running: 'tls', elapsedMs: 3, phases: [] };
const VARIATION = { id: 'http2', change: 'Over HTTP/2', passed: true, outcome: '200', durationMs: 2 };

describe('the run of a target', () => {
  it('keeps the last report while the next one runs, and when that fails', () => {
    const run = new TargetRun();
    const known = report({});
    run.begin('probe');
    run.end(known);
    run.begin('probe');
    equal(run.report, known);
    run.fail(FAULT);
    deepStrictEqual([run.status, run.error, run.report], ['failed', FAULT, known]);
  });

  it('keeps how far it got when it is cancelled, and forgets it when it ends', () => {
    const run = new TargetRun();
    run.begin('probe');
    run.advance(PROGRESS);
    run.cancel();
    deepStrictEqual([run.status, run.progress, run.report], ['cancelled', PROGRESS, null]);
    run.begin('probe');
    run.advance(PROGRESS);
    run.end(report({}));
    equal(run.progress, null);
  });

  it('takes variations of a differential under way alone', () => {
    const run = new TargetRun();
    run.begin('probe');
    ok(!run.addVariation(VARIATION));
    run.end(report({}));
    run.begin('differential');
    ok(run.addVariation(VARIATION));
    deepStrictEqual(run.variations, [VARIATION]);
    run.end(report({}));
    ok(!run.addVariation(VARIATION));
    equal(run.variations, null);
  });

  it('lets a session say what it knows, but never that a running probe has ended', () => {
    const run = new TargetRun();
    ok(run.settleFault(FAULT));
    equal(run.status, 'failed');
    ok(run.settleFault(null));
    deepStrictEqual([run.status, run.error], ['idle', null]);
    run.begin('probe');
    ok(!run.settleFault(FAULT));
    run.show(report({}));
    equal(run.status, 'running');
  });
});
