import assert from 'node:assert/strict';
import { Session, type SessionSetup } from '../../../src/core/session/session.js';
import { KeptLog } from '../../support/keptLog.js';
import { planFor } from '../../support/plan.js';
import { UpgradeServer } from '../../support/upgradeServer.js';

describe('the findings of a session', () => {
  let server: UpgradeServer;
  const sessions: Session[] = [];
  before(async () => {
    server = await UpgradeServer.start((visit) => visit.refuse(401, { 'WWW-Authenticate': 'Bearer' }));
  });
  afterEach(() => {
    for (const session of sessions.splice(0)) session.dispose();
  });
  after(() => server.stop());

  const start = (setup: Partial<SessionSetup>) => {
    const session = new Session({
      sessionId: 's1',
      plan: planFor(server.url('/')),
      log: new KeptLog(),
      keepPayloadBytes: 1 << 20,
      vantage: { host: 'here', remote: null },
      onChange: () => {},
      ...setup,
    });
    sessions.push(session);
    return session;
  };

  it('are in its report', async () => {
    const session = start({});
    const report = await session.open();
    assert.equal(report.findings[0]?.id, 'upgrade.unauthorized');
    assert.deepEqual(await session.diagnosed(), report);
  });

  it('come once they are asked for where that is wanted, of the report as it was', async () => {
    const session = start({ findings: 'asked' });
    assert.equal(await session.diagnosed(), null);
    const report = await session.open();
    assert.deepEqual(report.findings, []);
    const { findings, ...rest } = (await session.diagnosed()) ?? report;
    assert.equal(findings[0]?.id, 'upgrade.unauthorized');
    const { findings: _none, ...before } = report;
    assert.deepEqual(rest, before);
  });
});
