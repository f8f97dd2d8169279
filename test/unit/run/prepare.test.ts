import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { judgeFor } from '../../../src/core/dialects/dialectJudge.js';
import { failed, success } from '../../../src/core/transport/outcome.js';
import { systemNetwork } from '../../../src/core/transport/network.js';
import type { ConnectionListener } from '../../../src/core/run/connectionRun.js';
import { type PrepareUpgrade, Run } from '../../../src/core/run/run.js';
import { exitCodeOf } from '../../../src/core/text/exitCode.js';
import { planFor } from '../../support/plan.js';
import { UpgradeServer } from '../../support/upgradeServer.js';

const SILENT: ConnectionListener = { onMessage: () => {}, onPing: () => {}, onPong: () => {}, onEnd: () => {} };

describe('the hook before an upgrade', () => {
  const runWith = (plan: ReturnType<typeof planFor>, prepare: PrepareUpgrade) =>
    new Run(plan, {
      contexts: success({ target: null, proxy: null }),
      signal: undefined,
      network: systemNetwork,
      pool: null,
      keepPayloadBytes: null,
      checksMessages: true,
      dialectJudge: judgeFor(plan),
      onProgress: null,
      vantage: { host: 'here', remote: null },
      listen: () => SILENT,
      prepare,
    });
  const told = { talk: null, heldMs: null, readyMs: 0, ping: null, isLive: true, session: null };

  it('is asked for each connection, and what it makes is sent and never shown', async () => {
    const target = await UpgradeServer.start();
    const server = await UpgradeServer.start((visit) => {
      const token = String(visit.headers.authorization).replace('Bearer ', '');
      visit.refuse(302, { Location: `${target.http('/next')}?seen=${token}x` });
    });
    const asked: string[] = [];
    const plan = planFor(server.url('/first'), { followRedirects: true, headers: [['Authorization', 'of the plan']] });
    const run = runWith(plan, async ({ target: path }, reason) => {
      asked.push(`${reason} ${path}`);
      const token = `canary-token-${asked.length}`;
      return success({ headers: [['authorization', `Bearer ${token}`]], secrets: [token] });
    });
    try {
      const { failure, connection } = await run.open();
      assert.match(failure?.message ?? '', /its address holds a secret/);
      assert.deepEqual(asked, ['asked /first']);
      assert.equal(server.asked[0]?.headers.authorization, 'Bearer canary-token-1');
      assert.doesNotMatch(JSON.stringify(run.report({ ...told, failure })), /canary-token/);
      connection.connection.destroy();
    } finally {
      await server.stop();
      await target.stop();
    }
  });

  it('is asked anew where a redirect leads', async () => {
    const server = await UpgradeServer.start((visit) => {
      if (visit.path === '/next') void visit.accept();
      else visit.refuse(302, { Location: '/next' });
    });
    const reasons: string[] = [];
    const run = runWith(planFor(server.url('/'), { followRedirects: true }), async (_request, reason) => {
      reasons.push(reason);
      return success({ headers: [['X-Made', String(reasons.length)]], secrets: [] });
    });
    try {
      const { failure, connection } = await run.open();
      assert.equal(failure, null);
      assert.deepEqual(reasons, ['asked', 'redirect']);
      assert.deepEqual(
        run.connections.map(({ reason }) => reason),
        reasons,
      );
      assert.deepEqual(
        server.asked.map(({ headers }) => headers['x-made']),
        ['1', '2'],
      );
      connection.connection.destroy();
    } finally {
      await server.stop();
    }
  });

  it('refuses a connection before a byte is sent, and the report says why', async () => {
    const server = await UpgradeServer.start();
    const run = runWith(planFor(server.url()), async () =>
      failed('upgrade', 'input', 'The token endpoint said no.', 'credentials.refused'),
    );
    try {
      const { failure } = await run.open();
      const report = run.report({ ...told, failure, isLive: false });
      assert.deepEqual(report.error, {
        code: 'credentials.refused',
        message: 'The token endpoint said no.',
        phase: 'upgrade',
      });
      assert.equal(exitCodeOf(report), 3);
      assert.ok(report.phases.every(({ status }) => status === 'not-reached' || status === 'skipped'));
      assert.equal(server.asked.length, 0);
    } finally {
      await server.stop();
    }
  });

  it('takes no time of the run', async () => {
    const server = await UpgradeServer.start();
    const tookMs = 3_600_000;
    let aheadMs = 0;
    const now = performance.now.bind(performance);
    const clock = mock.method(performance, 'now', () => now() + aheadMs);
    const run = runWith(planFor(server.url()), async () => {
      aheadMs = tookMs;
      return success({ headers: [], secrets: [] });
    });
    try {
      const { connection } = await run.open();
      assert.equal(aheadMs, tookMs);
      const [first] = run.report({ ...told, failure: null }).phases;
      assert.ok(first && first.startMs < tookMs);
      connection.connection.destroy();
    } finally {
      clock.mock.restore();
      await server.stop();
    }
  });
});
