import assert from 'node:assert/strict';
import type { PhaseName } from '../../src/core/base/model.js';
import { programFor } from './support/cases.js';
import { CapturedServer, toldTimes, WAYS } from './support/phaseTimes.js';

const RUNS = 3;
/** The capture counts microseconds. */
const ROUNDING_MS = 0.01;

// How near the times are to the truth is a row of the bench (`timing.truth`): it needs a quiet machine.
describe('the phases of a probe, against a packet capture', () => {
  const program = programFor('tshark');
  if (program === null) return;
  let server: CapturedServer;
  before(async () => {
    server = await CapturedServer.start(program);
  });
  after(() => server?.stop());

  for (const way of WAYS) {
    it(`${way.name}: all are there, in order, none longer than the packets allow`, async function () {
      this.timeout(60_000);
      for (const { report, wire } of await server.run(way, RUNS)) {
        const told = toldTimes(report);
        assert.deepEqual(Object.keys(told).sort(), Object.keys(wire.took).sort());
        const seen = report.phases.filter(({ name }) => name in wire.took);
        assert.deepEqual(
          seen.map(({ name }) => name),
          Object.keys(wire.took),
        );
        for (const [index, { name, startMs }] of seen.entries()) {
          assert.ok(startMs >= (seen[index - 1]?.startMs ?? 0), `${name} starts before the phase before it`);
        }
        for (const [phase, most] of Object.entries(wire.atMost) as [PhaseName, number][]) {
          const ms = told[phase] ?? Number.NaN;
          assert.ok(ms <= most + ROUNDING_MS, `${phase}: ${ms} ms told, the packets allow ${most}`);
        }
      }
    });
  }
});
