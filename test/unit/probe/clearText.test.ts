import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { runProbe } from '../../../src/core/probe/runProbe.js';
import { planFor } from '../../support/plan.js';
import { startProxy } from '../../support/proxyServer.js';
import { assertMatchesSchema } from '../../support/reportSchema.js';

const PAGE =
  'HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n' +
  '<html><head><title>Blocked by policy</title></head><body>Category: chat is not allowed here.</body></html>';

const BANNERS: readonly (readonly [name: string, bytes: string | Buffer])[] = [
  ['SSH', 'SSH-2.0-OpenSSH_9.6\r\n'],
  ['SMTP', '220 mail.example.test ESMTP Postfix\r\n'],
  ['FTP', '220 (vsFTPd 3.0.5)\r\n'],
  ['MySQL', Buffer.concat([Buffer.from('4a0000000a', 'hex'), Buffer.from('8.0.36\0'.padEnd(70, 'x'))])],
  ['Redis', '-ERR unknown command\r\n'],
  ['MQTT', Buffer.from('2009000106220000210014', 'hex')],
  ['PostgreSQL', Buffer.concat([Buffer.from('450000002a', 'hex'), Buffer.from('SFATAL\0VFATAL\0C0A000\0')])],
];

describe('clear text in the place of TLS or HTTP', () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()));
  });

  const listen = async (onSocket: (socket: Socket) => void) => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      onSocket(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanups.push(() => once(server.close(), 'close'));
    return (server.address() as AddressInfo).port;
  };
  const probe = async (...given: Parameters<typeof planFor>) => {
    const report = await runProbe(planFor(...given));
    assertMatchesSchema(report);
    const [first] = report.findings;
    assert.ok(first, JSON.stringify(report.error));
    return { ...first, fixText: JSON.stringify(first.fixes) };
  };

  for (const [name, bytes] of BANNERS) {
    for (const scheme of ['ws', 'wss'] as const) {
      it(`${name} on the port of a ${scheme}: address is told by its bytes`, async () => {
        const port = await listen((socket) => socket.once('data', () => socket.end(bytes)));
        const { id, title, fixText } = await probe(`${scheme}://127.0.0.1:${port}/`);
        assert.equal(id, scheme === 'ws' ? 'upgrade.not-http' : 'tls.plain-port');
        assert.match(title, new RegExp(`looks like ${name}`));
        assert.doesNotMatch(fixText, /"url|plain HTTP/, 'no scheme and no guessed port leads to a WebSocket there');
      });
    }
  }

  it('of a server that greets first is told so too', async () => {
    const port = await listen((socket) => {
      socket.write('SSH-2.0-OpenSSH_9.6\r\n');
      socket.once('data', () => socket.end());
    });
    assert.match((await probe(`wss://127.0.0.1:${port}/`)).title, /looks like SSH/);
  });

  it('of an HTTP server leads to ws:, with its answer as evidence', async () => {
    const port = await listen((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')),
    );
    const { id, title, evidence, fixText } = await probe(`wss://127.0.0.1:${port}/`);
    assert.equal(id, 'tls.plain-port');
    assert.match(title, /answered in plain HTTP/);
    assert.ok(evidence.includes('Answered the TLS hello with: HTTP/1.1 400 Bad Request'));
    assert.match(fixText, /ws:\/\/127/);
  });

  it('that nobody knows leads nowhere', async () => {
    const port = await listen((socket) =>
      socket.once('data', () => socket.end('\u0001\u0002\u0003\u0004\u0005\u0006')),
    );
    const { id, fixText } = await probe(`wss://127.0.0.1:${port}/`);
    assert.equal(id, 'tls.plain-port');
    assert.doesNotMatch(fixText, /"url/);
  });

  const tunnelled = async (behind: Uint8Array | undefined, onSocket: (socket: Socket) => void) => {
    const port = await listen(onSocket);
    const proxy = await startProxy({ kind: 'http', ...(behind && { behind }) });
    cleanups.push(() => proxy.stop());
    return probe(`wss://127.0.0.1:${port}/`, { proxyChoice: 'named', proxy: proxy.route() });
  };

  for (const [when, behind] of [
    ['with the answer to CONNECT', Buffer.from(PAGE, 'latin1')],
    ['in answer to the TLS hello', undefined],
  ] as const) {
    it(`of a filter in a tunnel, ${when}, is the refusal of the proxy in its own words`, async () => {
      const { id, layer, title, fixText } = await tunnelled(behind, (socket) =>
        socket.once('data', () => socket.end(PAGE)),
      );
      assert.deepEqual([id, layer], ['proxy.forbidden', 'proxy']);
      assert.match(
        title,
        /opened the tunnel to 127\.0\.0\.1:\d+ and then answered in it itself, in clear text: 403 Forbidden/,
      );
      assert.match(title, /Blocked by policy/);
      assert.doesNotMatch(fixText, /ws:\/\//);
    });
  }

  it('of a server behind an honest proxy is the port of that server', async () => {
    const { id, layer } = await tunnelled(undefined, (socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')),
    );
    assert.deepEqual([id, layer], ['tls.plain-port', 'tls']);
  });
});
