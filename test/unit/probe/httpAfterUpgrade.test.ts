import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { Server as SocketServer } from 'socket.io';
import { WebSocketServer } from 'ws';
import { runProbe } from '../../../src/core/probe/runProbe.js';
import { acceptFor } from '../../../src/core/handshake/accept.js';
import { listenHttp } from '../../support/listen.js';
import { planFor } from '../../support/plan.js';

const headline = async (port: number, path: string) => {
  const report = await runProbe(planFor(`ws://127.0.0.1:${port}${path}`, { expect: { holdMs: 2_000 } }));
  const [first] = report.findings;
  assert.equal(first?.id, 'frame.http-after-upgrade', JSON.stringify(report.error));
  return first;
};

describe('HTTP after the 101', () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()));
  });

  it('of two ws servers on one HTTP server is told as two handlers', async () => {
    const server = createServer();
    for (const path of ['/chat', '/feed'])
      new WebSocketServer({ server, path }).on('connection', (ws) => ws.on('error', () => {}));
    const port = await listenHttp(server, cleanups);
    const { title, layer, fixes } = await headline(port, '/chat');
    assert.match(
      title,
      /^Two upgrade handlers of the server answered: one with 101, another one \(ws, by its bytes\) with 400 Bad Request\.$/,
    );
    assert.equal(layer, 'application');
    assert.match(fixes[0]?.snippet ?? '', /noServer: true/);
    assert.doesNotMatch(JSON.stringify(fixes), /proxy_/);
  });

  it('of a greeting before the refusal of another handler is told so too', async () => {
    const server = createServer();
    new WebSocketServer({ server, path: '/chat' }).on('connection', (ws) => {
      ws.on('error', () => {});
      ws.send('hello');
    });
    new WebSocketServer({ server, path: '/feed' }).on('error', () => {});
    assert.match((await headline(await listenHttp(server, cleanups), '/chat')).title, /^Two upgrade handlers/);
  });

  it('of Socket.IO beside ws is told so too', async () => {
    const server = createServer();
    const sockets = new SocketServer(server);
    new WebSocketServer({ server, path: '/chat' }).on('error', () => {});
    const port = await listenHttp(server, cleanups);
    const { title } = await headline(port, '/socket.io/?EIO=4&transport=websocket');
    assert.match(title, /^Two upgrade handlers of the server answered/);
    sockets.disconnectSockets(true);
  });

  /** Answers 101 to any upgrade, and `then` behind it. */
  const answering = async (then: string) => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (data) => {
        const key = /Sec-WebSocket-Key: (\S+)/.exec(data.toString('latin1'))?.[1] ?? '';
        const head = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptFor(key)}\r\n\r\n`;
        socket.end(head + then);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanups.push(() => once(server.close(), 'close'));
    return (server.address() as AddressInfo).port;
  };

  const STORIES: readonly (readonly [name: string, then: string, title: RegExp])[] = [
    [
      'a second 101',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
      /^Two upgrade handlers of the server accepted the same connection/,
    ],
    [
      'a refusal of Engine.IO',
      'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-type: text/html\r\nContent-Length: 17\r\n\r\nTransport unknown',
      /another one \(Engine\.IO, by its body\) with 400 Bad Request/,
    ],
    ['a bare 404', 'HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n', /another one with 404 Not Found/],
    [
      'the answer of a web server',
      'HTTP/1.1 200 OK\r\nDate: Fri, 20 Nov 2026 12:00:00 GMT\r\nServer: nginx\r\nContent-Length: 2\r\n\r\nok',
      /went on with "200 OK" instead of WebSocket frames/,
    ],
    [
      'the refusal of a web server',
      'HTTP/1.1 400 Bad Request\r\nDate: Fri, 20 Nov 2026 12:00:00 GMT\r\nServer: Apache\r\n\r\n',
      /went on with "400 Bad Request" instead/,
    ],
    ['a page without a head', '<!doctype html><title>Login</title>', /went on with a web page instead/],
  ];
  for (const [name, then, title] of STORIES) {
    it(`${name} is told by what came`, async () => {
      assert.match((await headline(await answering(then), '/')).title, title);
    });
  }
});
