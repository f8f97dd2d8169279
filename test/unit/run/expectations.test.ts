import assert from 'node:assert/strict';
import { runProbe } from '../../../src/core/probe/runProbe.js';
import { planFor } from '../../support/plan.js';
import { UpgradeServer } from '../../support/upgradeServer.js';

describe('header expectations', () => {
  it('are stopped where an expression backtracks without end, all of them together, and say so', async () => {
    const server = await UpgradeServer.start((visit) =>
      visit.refuse(403, { 'X-Run': `${'a'.repeat(60)}!`, 'X-Ok': 'b' }),
    );
    try {
      const slow = { matches: '^(a+)+$' };
      const headers = { 'X-Ok': { matches: '^b$' }, 'X-Run': slow, 'x-run': slow, 'X-RUN': slow };
      const plan = planFor(server.url(), { expect: { headers } });
      const { expectations } = await runProbe(plan, { host: 'here', remote: null });
      assert.deepEqual(
        expectations.map(({ passed }) => passed),
        [true, false, false, false],
      );
      for (const { actual } of expectations.slice(1))
        assert.match(actual, /^a+!, not judged: the expression took longer than 500 ms$/);
    } finally {
      await server.stop();
    }
  });
});
