import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import type { WebSocket } from 'ws';
import type { ProbePlan } from '../../../src/core/base/plan.js';
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

describe('a session that ends as soon as it is open', () => {
  /** Everything that `act` does leaves together with the 101. */
  const statesWith = async (act: (client: WebSocket) => void, onMessage: (session: Session) => void) => {
    const server = await UpgradeServer.start((visit) => {
      visit.socket.cork();
      void visit.accept().then(act);
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
      onChange: () => {
        if (states.at(-1) !== session.state) states.push(session.state);
        changes.emit('change');
      },
      onMessage: () => onMessage(session),
    });
    await session.open();
    while (session.state !== 'closed') await once(changes, 'change');
    const { close, connections } = session.snapshot();
    session.dispose();
    await server.stop();
    assert.equal(connections, 1);
    return { states, close };
  };

  it('closes for who hears the first message, although its report is not made yet', async () => {
    const heard: string[] = [];
    const { states, close } = await statesWith(
      (client) => client.send('first'),
      (session) => {
        heard.push(session.state);
        session.close(3000, 'enough');
      },
    );
    assert.deepEqual(heard, ['connecting']);
    assert.deepEqual(states, ['connecting', 'open', 'closing', 'closed']);
    assert.deepEqual([close?.code, close?.initiator, close?.clean], [3000, 'client', true]);
  });

  it('has been open when the server closes it at once', async () => {
    const { states, close } = await statesWith(
      (client) => client.close(4401),
      () => {},
    );
    assert.deepEqual(states, ['connecting', 'open', 'closed']);
    assert.deepEqual([close?.code, close?.initiator], [4401, 'server']);
  });
});

describe('a session whose connection meets a fault of ours', () => {
  /** Opens, ends when the server does, and fails at what it is told the `faulty`-th time. */
  const start = async (faulty: number, onVisit: (visit: Visit, count: number) => void, plan: Partial<ProbePlan>) => {
    const visits: Visit[] = [];
    const server = await UpgradeServer.start((visit) => {
      onVisit(visit, visits.push(visit));
    });
    const log = new KeptLog();
    const changes = new EventEmitter();
    let told = 0;
    const session = new Session({
      sessionId: 's1',
      plan: planFor(server.url(), plan),
      log,
      keepPayloadBytes: 1 << 20,
      vantage: { host: 'here', remote: null },
      onChange: () => changes.emit('change'),
      onConnection: () => {
        told += 1;
        if (told === faulty) throw new Error('no room left');
      },
    });
    await session.open();
    const end = async () => {
      while (session.state !== 'closed') await once(changes, 'change');
      const second = visits[1]?.socket;
      if (second && !second.destroyed) await once(second.resume(), 'close');
      assert.equal(session.snapshot().connections, 2);
      session.dispose();
      await server.stop();
    };
    return { session, log, end };
  };

  it('says why and closes, where it reconnects by itself', async () => {
    // Opened, ended, opened again.
    const { log, end } = await start(
      3,
      (visit, count) =>
        void visit.accept().then(() => {
          if (count === 1) visit.socket.end();
        }),
      {
        session: {
          heartbeat: null,
          reconnect: { initialMs: 1, maxMs: 1, jitter: 0, maxAttempts: 5 },
          dialect: 'auto',
          autoPong: true,
          shareConnection: false,
        },
      },
    );
    await end();
    assert.ok(log.events.includes('Reconnecting failed: no room left'), log.events.join('\n'));
  });

  it('closes and says why to the person who reconnects it', async () => {
    const { session, end } = await start(2, (visit) => void visit.accept(), {});
    await assert.rejects(session.reconnect(), { message: 'no room left' });
    assert.equal(session.state, 'closed');
    await end();
  });
});
