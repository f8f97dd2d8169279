import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Report } from '../../../src/core/base/model.js';
import { runProbe } from '../../../src/core/probe/runProbe.js';
import { makeCertificates } from '../../../src/core/playground/certificates.js';
import { ByteServer } from '../../support/byteServer.js';
import { planFor } from '../../support/plan.js';
import { startProxy } from '../../support/proxyServer.js';
import { assertMatchesSchema } from '../../support/reportSchema.js';

const QUICK = { timeouts: { connectMs: 150 } };

const ids = ({ findings }: Report) => findings.map(({ id }) => id);

/** What the server makes of each connection, by number; gives the report and the first bytes of each. */
async function probing(
  serve: (socket: Socket, first: Buffer, connection: number) => void,
  path = '/',
  overrides: NonNullable<Parameters<typeof planFor>[1]> = {},
  scheme = 'wss',
): Promise<{ readonly report: Report; readonly asked: string[] }> {
  const asked: string[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    const connection = sockets.push(socket) - 1;
    socket.on('error', () => {});
    socket.once('data', (first: Buffer) => {
      asked.push(first.toString('latin1'));
      serve(socket, first, connection);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    const report = await runProbe(planFor(`${scheme}://127.0.0.1:${port}${path}`, { ...QUICK, ...overrides }));
    assertMatchesSchema(report);
    return { report, asked };
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

const isHello = (first: Buffer) => first[0] === 0x16;

describe('the second look at a port where no TLS came about', () => {
  it('finds a plain WebSocket server that waits for the end of a head, and the fix cures', async () => {
    const server = await ByteServer.start({
      onFrame: ({ opcode, payload }, socket) => {
        if (opcode === 9) socket.write(Buffer.concat([Buffer.from([0x8a, payload.length]), payload]));
        if (opcode === 8) socket.end(Buffer.from('880203e8', 'hex'));
      },
    });
    try {
      const report = await runProbe(planFor(server.url('/feed', 'wss'), QUICK));
      assertMatchesSchema(report);
      assert.deepEqual(ids(report), ['tls.plain-port']);
      assert.match(report.findings[0]?.title ?? '', /in plain HTTP it opens a WebSocket/);
      const fix = JSON.parse(report.findings[0]?.fixes[0]?.snippet ?? '') as { url: string };
      assert.equal(fix.url, server.url('/feed'));
      assert.equal((await runProbe(planFor(fix.url))).verdict, 'healthy');
      const [look] = report.looks ?? [];
      assert.deepEqual(
        { ...look, atMs: 0 },
        {
          reason: 'plain',
          atMs: 0,
          address: `127.0.0.1:${server.port}`,
          request: 'GET /feed HTTP/1.1',
          response: 'HTTP/1.1 101 Switching Protocols',
          error: null,
        },
      );
    } finally {
      await server.stop();
    }
  });

  it('carries nothing in plain text that was meant for TLS', async () => {
    const { report, asked } = await probing(
      (socket, first) => socket.end(isHello(first) ? '' : 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'),
      '/canary-path/x?token=canary-query',
      {
        headers: [['X-Api-Key', 'canary-key']],
        cookies: { session: 'canary-cookie' },
        auth: { type: 'bearer', token: 'canary-token' },
        subprotocols: ['canary-protocol'],
        origin: 'https://canary.test',
        secrets: ['canary-path'],
      },
    );
    assert.equal(asked.length, 2);
    assert.match(asked[1] ?? '', /^GET \/ HTTP\/1\.1\r\n/);
    assert.doesNotMatch(asked[1] ?? '', /canary/);
    assert.deepEqual(ids(report), ['tls.plain-port']);
    assert.match(report.findings[0]?.title ?? '', /answers "HTTP\/1\.1 404 Not Found"/);
  });

  const silent: [what: string, serve: (socket: Socket, first: Buffer) => void, error: RegExp][] = [
    ['stays silent there too', () => {}, /No answer to plain HTTP within/],
    [
      'hangs up there too',
      (socket, first) => !isHello(first) && socket.end(),
      /ended the connection without an answer/,
    ],
    ['resets there', (socket, first) => !isHello(first) && socket.resetAndDestroy(), /ECONNRESET/],
    ['talks SSH there', (socket, first) => !isHello(first) && socket.end('SSH-2.0-x\r\n'), /SSH/],
  ];
  for (const [what, serve, error] of silent) {
    it(`says a timeout is a timeout where the port ${what}`, async () => {
      const { report } = await probing(serve);
      assert.deepEqual(ids(report), ['tls.timeout']);
      assert.match(report.findings[0]?.title ?? '', /did not answer the TLS handshake within 150 ms/);
      assert.doesNotMatch(JSON.stringify(report.findings), /went away|closed the connection/);
      assert.match(report.looks?.[0]?.error ?? '', error);
      assert.equal(report.looks?.[0]?.response, null);
    });
  }

  it('takes the complaint of a TLS port for no plain one', async () => {
    const complaint = 'HTTP/1.1 400 Bad Request\r\n\r\nThe plain HTTP request was sent to HTTPS port';
    const { report } = await probing((socket, first) => socket.end(isHello(first) ? '' : complaint));
    assert.deepEqual(ids(report), ['tls.closed']);
  });

  it('is over with the probe', async () => {
    const abort = new AbortController();
    let connections = 0;
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.resume();
      connections += 1;
      if (connections > 1) abort.abort();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const plan = planFor(`wss://127.0.0.1:${port}/`, QUICK);
    const report = await runProbe(plan, { signal: abort.signal });
    assert.equal(report.verdict, 'down');
    // Nothing is left open: the server gets to its end.
    server.close();
    await once(server, 'close');
  });
});

describe('the second look at a port that hung up on plain HTTP', () => {
  it('is a row of the report, whatever it found', async () => {
    for (const [answer, response] of [
      [Buffer.from('15030300020228', 'hex'), 'TLS alert'],
      [Buffer.alloc(0), null],
    ] as const) {
      const server = createServer((socket) => {
        socket.on('error', () => {});
        socket.once('data', (first) => socket.end(isHello(first) ? answer : ''));
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const report = await runProbe(planFor(`ws://127.0.0.1:${port}/`));
      assertMatchesSchema(report);
      const [look, ...more] = report.looks ?? [];
      assert.deepEqual(
        more.map(({ reason, response: said }) => [reason, said]),
        response === null
          ? [
              ['get', null],
              ['proxy-line', null],
            ]
          : [],
      );
      assert.equal(look?.reason, 'tls');
      assert.equal(look?.request, 'TLS ClientHello');
      assert.equal(look?.response, response);
      assert.equal(look?.error === null, response !== null);
      assert.equal(ids(report)[0], response === null ? 'upgrade.closed' : 'tls.required');
      server.close();
    }
  });
});

describe('the second look at an upgrade that was not answered', () => {
  for (const [how, id, act] of [
    ['leaves it', 'upgrade.timeout', () => {}],
    ['hangs up on it', 'upgrade.closed', (socket: Socket) => socket.destroy()],
  ] as const) {
    it(`finds a server that is up and ${how}, as Node does on other paths`, async () => {
      const asked: string[][] = [];
      const sockets: Duplex[] = [];
      const server = createHttpServer((request, response) => {
        asked.push(request.rawHeaders);
        response.writeHead(404).end();
      });
      server.on('upgrade', (_request, socket) => {
        sockets.push(socket);
        act(socket as Socket);
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      try {
        const { port } = server.address() as AddressInfo;
        const report = await runProbe(
          planFor(`ws://127.0.0.1:${port}/chat?token=canary`, {
            timeouts: { upgradeMs: 200 },
            headers: [['X-Api-Key', 'canary']],
          }),
        );
        assertMatchesSchema(report);
        assert.deepEqual(ids(report), [id]);
        const [finding] = report.findings;
        assert.match(
          finding?.title ?? '',
          /^The server is up and .*\(a plain GET of \/chat is answered 404 Not Found\)/,
        );
        assert.equal(finding?.layer, 'application');
        assert.deepEqual(asked, [['Host', `127.0.0.1:${port}`, 'Connection', 'close']]);
        assert.equal(report.looks?.at(-1)?.response, 'HTTP/1.1 404 Not Found');
      } finally {
        for (const socket of sockets) socket.destroy();
        server.closeAllConnections();
        server.close();
      }
    });
  }
});

describe('the second look at an upgrade that was not answered, on its way', () => {
  const hangs = (server: HttpServer) => {
    const sockets: Duplex[] = [];
    server.on('upgrade', (_request, socket) => sockets.push(socket));
    server.on('request', (_request, response) => response.writeHead(426).end());
    return async () => {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    };
  };

  it('is made in the TLS and through the proxy of the upgrade', async () => {
    const { certPem, keyPem } = (await makeCertificates()).good;
    const server = createHttpsServer({ cert: certPem, key: keyPem });
    const stop = hangs(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const proxy = await startProxy({ kind: 'http' });
    try {
      for (const route of [null, proxy.route()]) {
        const report = await runProbe(
          planFor(`wss://127.0.0.1:${port}/chat?token=canary`, {
            timeouts: { upgradeMs: 200 },
            tls: { rejectUnauthorized: false },
            proxy: route,
          }),
        );
        assertMatchesSchema(report);
        const [finding] = report.findings;
        assert.match(finding?.title ?? '', /does not pass upgrades on.*a plain GET of \/chat is answered 426/);
        assert.equal(finding?.layer, 'proxy');
        assert.equal(report.looks?.length, 1);
      }
      assert.equal(proxy.requests.length, 2);
    } finally {
      await proxy.stop();
      await stop();
    }
  });

  it('says so where nothing is answered at all', async () => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => {}).resume();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const report = await runProbe(planFor(`ws://127.0.0.1:${port}/`, { timeouts: { upgradeMs: 100, connectMs: 100 } }));
    assert.match(report.findings[0]?.title ?? '', /answers nothing: .*none to a plain GET/);
    assert.doesNotMatch(JSON.stringify(report.findings[0]?.fixes), /Wait longer|curl/);
    for (const socket of sockets) socket.destroy();
    server.close();
  });
});

describe('the look behind a line of the PROXY protocol', () => {
  const plainly = (answerTo: (asked: string) => string | null, reset: boolean) =>
    probing(
      (socket, first) => {
        const answer = answerTo(first.toString('latin1'));
        if (answer === null && reset) socket.resetAndDestroy();
        else socket.end(answer ?? '');
      },
      '/chat',
      {},
      'ws',
    );

  for (const [end, reset] of [
    ['closes', false],
    ['resets', true],
  ] as const)
    it(`finds a listener that ${end} on all but that line (HAProxy accept-proxy)`, async () => {
      const { report, asked } = await plainly(
        (request) => (request.startsWith('PROXY ') ? 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n' : null),
        reset,
      );
      assert.match(report.findings[0]?.title ?? '', /wants the PROXY protocol first/);
      assert.equal(report.findings[0]?.layer, 'proxy');
      assert.match(asked.at(-1) ?? '', /^PROXY UNKNOWN\r\nGET \/chat HTTP\/1\.1\r\n/);
      assert.equal(report.looks?.at(-1)?.reason, 'proxy-line');
    });

  it('takes no complaint about the line for an answer (nginx return 444)', async () => {
    const { report } = await plainly(
      (request) => (request.startsWith('PROXY ') ? 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n' : null),
      false,
    );
    assert.match(report.findings[0]?.title ?? '', /^A rule of the server drops .*400 Bad Request/);
    assert.equal(report.looks?.at(-1)?.response, 'HTTP/1.1 400 Bad Request');
  });
});
