import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import type { Report } from '../../../src/core/base/model.js';
import { Session, type SessionSetup } from '../../../src/core/session/session.js';
import { KeptLog } from '../../support/keptLog.js';
import { planFor } from '../../support/plan.js';
import { UpgradeServer, type Visit } from '../../support/upgradeServer.js';

const text = (content: string) => ({ format: 'text', content, binary: false }) as const;

describe('Session and redirects', () => {
  const servers: UpgradeServer[] = [];
  let log: KeptLog;
  const changes = new EventEmitter();
  let session: Session;
  beforeEach(() => {
    log = new KeptLog();
  });
  afterEach(async () => {
    session.dispose();
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });

  const serve = async (onVisit?: (visit: Visit) => void) => {
    const server = await UpgradeServer.start(onVisit);
    servers.push(server);
    return server;
  };
  const start = (url: string, overrides: Parameters<typeof planFor>[1] = {}, setup: Partial<SessionSetup> = {}) => {
    session = new Session({
      sessionId: 's1',
      plan: planFor(url, { followRedirects: true, ...overrides }),
      log,
      keepPayloadBytes: 1 << 20,
      vantage: { host: 'here', remote: null },
      onChange: () => changes.emit('change'),
      ...setup,
    });
    return session.open();
  };

  it('follows each time it connects, and tells of it', async () => {
    const target = await serve();
    const server = await serve((visit) => visit.refuse(307, { Location: target.http('/x') }));
    const first = await start(server.url('/a'), { headers: [['X-Api-Key', 'canary-key']] });
    assert.equal(session.state, 'open');
    assert.equal(first.url, server.url('/a'));
    assert.equal(first.request?.target, '/x');
    const second = await session.reconnect();
    for (const report of [first, second]) {
      const [redirect] = report.redirects ?? [];
      assert.deepEqual([redirect?.followed, redirect?.dropped], [true, ['X-Api-Key']]);
      assert.ok(redirect!.startMs < 5 && redirect!.startMs + redirect!.durationMs <= report.durationMs);
      assert.ok(report.phases.find(({ name }) => name === 'tcp')!.startMs >= redirect!.durationMs);
    }
    assert.deepEqual([server.asked.length, target.asked.length], [2, 2]);
    assert.equal(
      target.asked.some(({ headers }) => 'x-api-key' in headers),
      false,
    );
    assert.deepEqual(
      log.events.filter((event) => event.startsWith('Redirected')),
      Array(2).fill(`Redirected to ${target.url('/x')}`),
    );
  });

  it('shows a redirect that it does not follow', async () => {
    const server = await serve((visit) => visit.refuse(302, { Location: '/b' }));
    const report = await start(server.url('/a'), { followRedirects: false });
    assert.equal(session.state, 'closed');
    assert.deepEqual(
      report.redirects?.map(({ target, followed }) => [target, followed]),
      [[server.url('/b'), false]],
    );
  });

  it('sends a secret to no other server, whoever types it', async () => {
    const received: string[] = [];
    const target = await serve(
      (visit) =>
        void visit.accept().then((client) => client.on('message', (data: Buffer) => received.push(data.toString()))),
    );
    const server = await serve((visit) => visit.refuse(302, { Location: target.http() }));
    await start(server.url(), { secrets: ['canary-token'], variables: { token: 'canary-token' } });
    for (const content of ['canary-token', '{"token":"${token}"}', Buffer.from('x canary-token').toString('base64')]) {
      await assert.rejects(session.send(text(content)), { code: 'session.secret-elsewhere' });
    }
    const frame = { fin: true, rsv1: false, rsv2: false, rsv3: false, opcode: 1, masked: true };
    await assert.rejects(session.sendRaw({ ...frame, payload: text('canary-token') }), {
      code: 'session.secret-elsewhere',
    });
    await session.send(text('hello'));
    session.close(1000, '');
    while (session.state !== 'closed') await once(changes, 'change');
    assert.deepEqual(received, ['hello']);
  });

  it('nor one that only a message names', async () => {
    const target = await serve((visit) => void visit.accept());
    const server = await serve((visit) => visit.refuse(302, { Location: target.http() }));
    const secrets: string[] = [];
    const secret = async () => {
      secrets.push('canary-named');
      return 'canary-named';
    };
    await start(server.url(), { secrets }, { references: { secret, env: () => '' } });
    await assert.rejects(session.send(text('a ${secret:named}')), { code: 'session.secret-elsewhere' });
  });

  it('takes a secret that a message named out of the report of a redirect', async () => {
    const server = await serve((visit) => {
      if (visit.path === '/a') visit.refuse(302, { Location: '/b' });
      else void visit.accept().then((client) => client.on('message', (data: Buffer) => client.close(4401, data)));
    });
    const secrets: string[] = [];
    const secret = async () => {
      secrets.push('canary-named');
      return 'canary-named';
    };
    await start(server.url('/a'), { secrets }, { references: { secret, env: () => '' } });
    await session.send(text('${secret:named}'));
    while (session.state !== 'closed') await once(changes, 'change');
    assert.equal(session.report?.close?.code, 4401);
    assert.ok(!JSON.stringify(session.report).includes('canary-named'), JSON.stringify(session.report?.close));
  });

  it('sends a secret within the origin', async () => {
    const server = await serve((visit) =>
      visit.path === '/a' ? visit.refuse(302, { Location: '/b' }) : void visit.accept(),
    );
    await start(server.url('/a'), { secrets: ['canary-token'] });
    assert.equal(await session.send(text('canary-token')), 12);
  });

  it('does not follow to another server with a heartbeat that holds a secret', async () => {
    const target = await serve();
    const server = await serve((visit) => visit.refuse(302, { Location: target.http() }));
    const report = await start(server.url(), {
      secrets: ['canary-token'],
      session: {
        heartbeat: { everyMs: 10_000, timeoutMs: 1_000, send: 'canary-token' },
        reconnect: null,
        dialect: 'auto',
        autoPong: true,
        shareConnection: false,
      },
    });
    assert.match(report.error?.message ?? '', /the heartbeat of the profile holds a secret\.$/);
    assert.equal(target.asked.length, 0);
  });

  it('is closed between two hops when the person closes it', async () => {
    const target = await serve();
    const server = await serve((visit) => {
      session.close(1000, '');
      visit.refuse(302, { Location: target.http() });
    });
    const report = await start(server.url());
    assert.equal(session.state, 'closed');
    assert.equal(report.error?.code, 'cancelled');
    assert.equal(target.asked.length, 0);
  });

  it('gives a redirect up when the person reconnects between two hops', async () => {
    const target = await serve();
    const server = await serve((visit) => visit.refuse(302, { Location: target.http() }));
    const again: Promise<Report>[] = [];
    const appendEvent = log.appendEvent.bind(log);
    log.appendEvent = (event) => {
      appendEvent(event);
      if (event.kind === 'redirected' && again.length === 0) again.push(session.reconnect());
    };
    const first = await start(server.url());
    const [second] = await Promise.all(again);
    assert.deepEqual([first.error?.code, second?.error], ['cancelled', null]);
    assert.equal(session.state, 'open');
    assert.deepEqual([server.asked.length, target.asked.length, target.connections], [2, 1, 1]);
  });
});
