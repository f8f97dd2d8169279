import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import type { ProxyRoute } from '../../../../src/core/base/plan.js';
import { Session } from '../../../../src/core/session/session.js';
import { KeptLog } from '../../../support/keptLog.js';
import { type Overrides, ThroughProxy } from './throughProxy.js';

const RECONNECT = { initialMs: 1, maxMs: 1, jitter: 0, maxAttempts: 3 };

describe('a session through a proxy', () => {
  const through = new ThroughProxy();
  let session: Session;
  let changes: EventEmitter;
  before(() => through.start());
  after(() => through.stop());
  afterEach(async () => {
    session.dispose();
    await through.stopProxies();
  });

  const open = (url: string, proxy: ProxyRoute, overrides: Overrides = {}) => {
    changes = new EventEmitter();
    session = new Session({
      sessionId: 'through',
      plan: through.plan(url, proxy, overrides),
      log: new KeptLog(),
      keepPayloadBytes: 1_024,
      vantage: { host: 'here', remote: null },
      onChange: () => changes.emit('change'),
    });
    return session.open();
  };

  const until = async (condition: () => boolean) => {
    while (!condition()) await once(changes, 'change');
  };

  const echo = async (content: string) => {
    const before = session.snapshot().received.messages;
    await session.send({ format: 'text', content, binary: false });
    await until(() => session.snapshot().received.messages > before);
  };

  for (const kind of ['http', 'https', 'socks4a', 'socks5'] as const) {
    for (const secure of [false, true]) {
      const urlOf = () => `${secure ? through.playground.tls.good : through.playground.ws}/echo`;

      it(`${kind} to ${secure ? 'wss' : 'ws'}: talks, and says goodbye`, async () => {
        const proxy = await through.proxy({ kind });
        const report = await open(urlOf(), proxy.route());
        assert.equal(session.state, 'open');
        assert.equal(report.proxy?.kind, kind);
        await echo('hello');
        await echo('x'.repeat(100_000));
        session.close(1000, '');
        await until(() => session.state === 'closed');
        assert.equal(session.report?.close?.clean, true);
        await proxy.idle();
      });

      it(`${kind} to ${secure ? 'wss' : 'ws'}: a proxy that breaks it off is the network's end of it`, async () => {
        const proxy = await through.proxy({ kind });
        await open(urlOf(), proxy.route());
        await echo('hello');
        proxy.reset();
        await until(() => session.state === 'closed');
        const { close } = session.snapshot();
        assert.deepEqual([close?.code, close?.initiator, close?.clean], [1006, 'network', false]);
        await proxy.idle();
      });

      it(`${kind} to ${secure ? 'wss' : 'ws'}: letting go leaves no connection to the proxy`, async () => {
        const proxy = await through.proxy({ kind });
        await open(urlOf(), proxy.route());
        session.terminate();
        await proxy.idle();
      });
    }
  }

  it('goes through the proxy anew when it reconnects, on a clock of its own', async () => {
    const proxy = await through.proxy({ kind: 'http' });
    const reconnecting = {
      heartbeat: null,
      reconnect: RECONNECT,
      dialect: 'auto',
      autoPong: true,
      shareConnection: false,
    };
    await open(`${through.playground.ws}/echo`, proxy.route(), { session: reconnecting });
    proxy.reset();
    await until(() => session.snapshot().connections === 2 && session.state === 'open');
    assert.equal(proxy.requests.length, 2);
    const phase = session.report?.phases.find(({ name }) => name === 'proxy');
    const { requestSentMs, responseCompleteMs } = phase?.detail ?? {};
    const stamps = [0, phase?.startMs, requestSentMs, responseCompleteMs, session.report?.durationMs].map(Number);
    assert.deepEqual(
      stamps.toSorted((a, b) => a - b),
      stamps,
    );
  });

  it('stops at once while the proxy still keeps it waiting', async () => {
    const proxy = await through.proxy({ kind: 'http', behaviour: 'silence' });
    const opening = open(`${through.playground.ws}/echo`, proxy.route());
    await until(() => session.state === 'connecting');
    while (proxy.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    session.close(1000, '');
    assert.deepEqual((await opening).error, { phase: 'proxy', code: 'cancelled', message: 'Cancelled.' });
    await proxy.idle();
  });
});
