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

describe('a session closed by who hears the first message', () => {
  it('closes, although its report is not made yet', async () => {
    const server = await UpgradeServer.start((visit) => {
      visit.socket.cork();
      void visit.accept().then((client) => client.send('first'));
      setImmediate(() => visit.socket.uncork());
    });
    const changes = new EventEmitter();
    const states: string[] = [];
    const session: Session = new Session({
      sessionId: 's1',
      plan: planFor(server.url(), { compression: false }),
      log: new KeptLog(),
      keepPayloadBytes: 1 << 20,
      vantage: { host: 'here', remote: null },
      onChange: () => changes.emit('change'),
      onMessage: () => {
        states.push(session.state);
        session.close(3000, 'enough');
        states.push(session.state);
      },
    });
    await session.open();
    while (session.state !== 'closed') await once(changes, 'change');
    assert.deepEqual(states, ['connecting', 'closing']);
    const { close, connections } = session.snapshot();
    assert.deepEqual([close?.code, close?.initiator, close?.clean, connections], [3000, 'client', true, 1]);
    session.dispose();
    await server.stop();
  });
});
