import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Report } from '../../../src/core/base/model.js';
import { planFor } from '../../support/plan.js';
import { sessionTalk } from '../../support/talks.js';
import { UpgradeServer } from '../../support/upgradeServer.js';

const reconnect = { initialMs: 300, maxMs: 300, jitter: 0, maxAttempts: 3 };

describe('the time of a session', () => {
  it('begins anew with each connection in its report, and runs on in its log', async () => {
    let visits = 0;
    const server = await UpgradeServer.start((visit) => {
      visits += 1;
      void visit.accept().then((client) => {
        if (visits === 1) client.terminate();
        else client.send('again');
      });
    });
    const { session: sessionPlan } = planFor(server.url());
    const overrides = {
      compression: false,
      session: { ...sessionPlan, reconnect },
      expect: { holdMs: 0, budgets: { total: { degradedMs: null, downMs: 250, percentile: null } } },
    };
    const live: Report[] = [];
    try {
      const { report, log } = await sessionTalk(server.url(), overrides, async (session, until, log) => {
        await until(() => session.snapshot().connections === 2 && session.state === 'open');
        await until(() => log.frames.some(({ connection }) => connection === 2));
        if (session.report) live.push(session.report);
        session.close(1000, '');
      });
      const [open] = live;
      assert.ok(open);
      assert.equal(open.error, null);
      assert.equal(open.verdict, 'healthy');
      const ready = report.expectations.find(({ name }) => name.startsWith('is ready within'));
      assert.equal(ready?.passed, true);
      assert.ok(Number.parseFloat(ready?.actual ?? '') < 250);
      for (const { atMs } of report.frames) assert.ok(atMs <= report.durationMs);
      const rows = log.frames.filter(({ connection }) => connection === 2);
      const [first] = report.frames;
      assert.ok(first && rows[0]);
      // The pause alone is longer than the connection was there.
      assert.ok(rows[0].atMs >= reconnect.initialMs && rows[0].atMs - first.atMs >= reconnect.initialMs);
      for (const [index, frame] of report.frames.entries()) {
        assert.ok(Math.abs((rows[index]?.atMs ?? 0) - frame.atMs - (rows[0].atMs - first.atMs)) < 0.01);
      }
    } finally {
      await server.stop();
    }
  });

  it('judges no close of a connection that is still open', async () => {
    const server = await UpgradeServer.start();
    let live: Report | null = null;
    try {
      await sessionTalk(server.url(), { expect: { holdMs: 0, budgets: {}, closeCode: [1000] } }, async (session) => {
        live = session.report;
        session.close(1000, '');
      });
      const { close, error } = live as unknown as Report;
      assert.deepEqual([close, error], [null, null]);
    } finally {
      await server.stop();
    }
  });
});

describe('a connection that the server closes', () => {
  const ENDED = /The connection worked/;
  const REFUSED = /looked at the connection after it and said no/;
  const explanationOf = (report: Report) => report.findings.find(({ layer }) => layer !== 'tls')?.explanation ?? '';

  /** Echoes `echoes` messages, then closes. */
  const talk = async (code: number, echoes: number) => {
    const server = await UpgradeServer.start((visit) => {
      let left = echoes;
      void visit.accept().then((client) => {
        if (left === 0) client.close(code, 'enough');
        client.on('message', (data) => {
          client.send(data);
          left -= 1;
          if (left === 0) client.close(code, 'enough');
        });
      });
    });
    try {
      const { report } = await sessionTalk(server.url(), {}, async (session) => {
        for (let sent = 0; sent < echoes; sent++)
          await session.send({ format: 'text', content: `message ${sent}`, binary: false });
      });
      return report;
    } finally {
      await server.stop();
    }
  };

  it('has ended well where it talked before and closes with a normal code, however soon', async () => {
    for (const code of [1000, 1001]) {
      const report = await talk(code, 2);
      assert.deepEqual([report.verdict, report.error, report.findings], ['healthy', null, []]);
      assert.deepEqual([report.close?.code, report.close?.initiator, report.close?.clean], [code, 'server', true]);
    }
  });

  it('is not called refused where it talked before and closes with a code of its own', async () => {
    const report = await talk(4001, 9);
    assert.deepEqual([report.verdict, report.error?.code], ['down', '4001']);
    assert.match(explanationOf(report), ENDED);
  });

  it('is refused where nothing was said', async () => {
    const report = await talk(1000, 0);
    assert.equal(report.verdict, 'down');
    assert.match(explanationOf(report), REFUSED);
  });

  it('is refused where the server only says why not', async () => {
    const server = await UpgradeServer.start((visit) => {
      void visit.accept().then((client) => {
        client.send('welcome');
        client.send('{"error":"no room"}');
        client.close(4999, 'not today');
      });
    });
    try {
      const { report } = await sessionTalk(server.url());
      assert.match(explanationOf(report), REFUSED);
      assert.ok(report.findings[0]?.evidence.some((line) => line.includes('no room')));
    } finally {
      await server.stop();
    }
  });
});

describe('a session whose Close is not answered', () => {
  it('is degraded, as a probe is', async () => {
    const server = await UpgradeServer.start((visit) => {
      void visit.accept().then(async () => {
        visit.socket.removeAllListeners('data');
        visit.socket.resume();
        await once(visit.socket, 'data');
        visit.socket.end();
      });
    });
    try {
      const { report } = await sessionTalk(server.url(), {}, async (session) => session.close(1000, ''));
      assert.deepEqual([report.verdict, report.error, report.close?.clean], ['degraded', null, false]);
      assert.equal(report.findings[0]?.severity, 'warning');
    } finally {
      await server.stop();
    }
  });
});
