import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { Session } from '../../../src/core/session/session.js';
import { KeptLog } from '../../support/keptLog.js';
import { planFor } from '../../support/plan.js';
import { UpgradeServer, type Visit } from '../../support/upgradeServer.js';

describe('a session reconnected while it still connects', () => {
  it('gives the first connection up', async () => {
    const visits: Visit[] = [];
    const arrivals = new EventEmitter();
    const server = await UpgradeServer.start((visit) => {
      visits.push(visit);
      arrivals.emit('visit');
    });
    const session = new Session({
      sessionId: 's1',
      plan: planFor(server.url()),
      log: new KeptLog(),
      keepPayloadBytes: 1 << 20,
      vantage: { host: 'here', remote: null },
      onChange: () => {},
    });
    const first = session.open();
    await once(arrivals, 'visit');
    const gone = once(visits[0]?.socket.resume() ?? arrivals, 'end');
    const arrived = once(arrivals, 'visit');
    const second = session.reconnect();
    assert.equal((await first).error?.code, 'cancelled');
    await gone;
    await arrived;
    await visits[1]?.accept();
    assert.equal((await second).error, null);
    assert.equal(session.state, 'open');
    assert.equal(session.snapshot().connections, 2);
    session.dispose();
    await server.stop();
  });
});
