import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { Server as SocketServer } from 'socket.io';
import { WebSocketServer } from 'ws';
import type { Finding, Report } from '../../../src/core/base/model.js';
import { runProbe } from '../../../src/core/probe/runProbe.js';
import { planFor } from '../../support/plan.js';

type Overrides = Parameters<typeof planFor>[1];

/** The libraries that people run, answering in their own bytes. */
describe('diagnosis, with the software itself', () => {
  const closing: (() => unknown)[] = [];
  let port = 0;

  const listening = async (build: (server: Server) => unknown) => {
    const server = createServer();
    build(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closing.push(
      () => server.closeAllConnections(),
      () => server.close(),
    );
    port = (server.address() as AddressInfo).port;
  };
  const probed = (path: string, plan: Overrides = {}): Promise<Report> =>
    runProbe(planFor(`ws://127.0.0.1:${port}${path}`, plan));
  const headline = (report: Report): Finding => report.findings[0] ?? assert.fail('nothing was found');
  /** What the first fix for a profile says. */
  const cure = (finding: Finding) =>
    JSON.parse(finding.fixes.find(({ language }) => language === 'json')?.snippet ?? '{}') as Record<string, unknown>;

  afterEach(() => {
    for (const close of closing.splice(0).toReversed()) close();
  });

  const socketIo = (build: (io: SocketServer) => void = () => {}) =>
    listening((server) => {
      const io = new SocketServer(server);
      build(io);
      closing.push(() => io.close());
    });

  it('ws: a path that is not its own', async () => {
    await listening((server) => new WebSocketServer({ server, path: '/other' }));
    const report = await probed('/chat');
    assert.equal(report.findings.length, 1);
    assert.match(headline(report).title, /^The ws library \(Node\) takes no WebSocket at \/chat/);
  });

  it('ws: verifyClient says no', async () => {
    await listening((server) => new WebSocketServer({ server, verifyClient: () => false }));
    assert.match(headline(await probed('/')).title, /verifyClient said no, and no credentials were sent/);
  });

  it('ws: two of them on one server', async () => {
    await listening((server) => {
      return ['/a', '/b'].map((path) => new WebSocketServer({ server, path }));
    });
    const { id, title } = headline(await probed('/a', { expect: { holdMs: 100 } }));
    assert.equal(id, 'frame.http-after-upgrade');
    assert.match(title, /^Two upgrade handlers of the server answered/);
  });

  it('Socket.IO: what the query misses, and the fix cures', async () => {
    await socketIo();
    const found = headline(await probed('/socket.io/'));
    assert.match(found.title, /^Socket\.IO \(Engine\.IO\) answered "Transport unknown"/);
    assert.deepEqual((await runProbe(planFor(String(cure(found)['url'])))).findings, []);
  });

  it('Socket.IO: a path that is not its own, and the fix cures', async () => {
    await socketIo();
    const found = headline(await probed('/'));
    assert.equal(found.id, 'upgrade.closed');
    assert.match(found.title, /as Socket\.IO does where the path is not its own/);
    assert.deepEqual((await runProbe(planFor(String(cure(found)['url'])))).findings, []);
  });

  it('Socket.IO: EIO=3 of an older client, and the fix cures', async () => {
    await socketIo();
    const found = headline(await probed('/socket.io/?EIO=3&transport=websocket', { expect: { holdMs: 200 } }));
    assert.match(found.title, /^Socket\.IO does not take this version/);
    assert.deepEqual((await runProbe(planFor(String(cure(found)['url'])))).findings, []);
  });

  it('Socket.IO: a middleware that refuses is down, in its words, with a fix in its protocol', async () => {
    await socketIo((io) =>
      io.use((socket, next) => next(socket.handshake.auth['token'] === 'good' ? undefined : new Error('no such user'))),
    );
    const report = await probed('/socket.io/?EIO=4&transport=websocket', {
      message: { send: '40', expect: 'any', samples: 1 },
      expect: { holdMs: 200 },
    });
    const found = headline(report);
    assert.deepEqual([report.verdict, report.error?.code, found.severity], ['down', 'message.auth-refused', 'error']);
    assert.match(found.title, /socket\.io.*no such user/);
    assert.match(JSON.stringify(cure(found)), /40\{\\"token\\"/);
  });

  const graphql = () =>
    listening((server) => {
      const sockets = new WebSocketServer({ server, path: '/graphql' });
      const schema = buildSchema('type Query { a: Int }');
      useServer({ schema, onConnect: ({ connectionParams }) => connectionParams?.['token'] === 'good' }, sockets);
    });

  it('GraphQL: no subprotocol, and the fix cures', async () => {
    await graphql();
    const found = headline(await probed('/graphql', { expect: { holdMs: 200 } }));
    assert.match(found.title, /4406.*no subprotocol was offered/);
    assert.deepEqual(cure(found), { subprotocols: ['graphql-transport-ws'] });
    const cured = await probed('/graphql', { ...cure(found), expect: { holdMs: 100 } });
    assert.deepEqual(cured.findings, []);
  });

  it('an application that refuses and stays is down, unless the profile waits for that', async () => {
    await listening((server) => {
      const sockets = new WebSocketServer({ server });
      sockets.on('connection', (socket) => socket.send('{"type":"error","message":"invalid API key"}'));
    });
    const any = await probed('/', { message: { expect: 'any', samples: 1 } });
    assert.deepEqual([any.verdict, any.error?.phase], ['down', 'message']);
    const wanted = await probed('/', { message: { expect: { contains: 'invalid API key' }, samples: 1 } });
    assert.deepEqual([wanted.verdict, wanted.error, wanted.findings[0]?.severity], ['healthy', null, 'warning']);
  });
});
