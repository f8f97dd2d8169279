import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { createSecureContext } from 'node:tls';
import { WebSocketServer } from 'ws';
import { runDifferential } from '../../../src/core/lab/differential.js';
import type { Report } from '../../../src/core/base/model.js';
import { LOCAL, makeCertificate } from '../../support/certificates.js';
import { listenHttp } from '../../support/listen.js';
import { planFor } from '../../support/plan.js';
import { assertMatchesSchema } from '../../support/reportSchema.js';
import { UpgradeServer, type Visit } from '../../support/upgradeServer.js';

type Overrides = NonNullable<Parameters<typeof planFor>[1]>;

interface KnownCase {
  readonly name: string;
  /** Without a leading scheme and host. */
  readonly target: string;
  readonly serve: (visit: Visit) => void;
  readonly cure: RegExp;
  readonly overrides?: Overrides;
}

const accept = (visit: Visit) => void visit.accept();
const unless = (passes: (visit: Visit) => boolean, refuse: (visit: Visit) => void) => (visit: Visit) =>
  passes(visit) ? accept(visit) : refuse(visit);
/** A header by its name letter by letter, as a server written by hand looks for it. */
const raw = ({ request }: Visit, name: string) => request.rawHeaders.includes(name);
const bare400 = ({ socket }: Visit) =>
  void socket.end(
    'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/html\r\nContent-Length: 11\r\n\r\nBad Request',
  );
const text = { 'Content-Type': 'text/plain' };

const CASES: readonly KnownCase[] = [
  {
    name: 'ws with another path',
    target: '/chat',
    serve: unless(({ path }) => path === '/ws', bare400),
    cure: /^path:\/ws$/,
  },
  {
    name: 'FastAPI whose route has no slash at its end',
    target: '/feed/',
    serve: unless(
      ({ path }) => path === '/feed',
      (visit) => visit.refuse(403, { Server: 'uvicorn' }),
    ),
    cure: /^no-slash$/,
  },
  {
    name: 'FastAPI with its route at /ws',
    target: '/',
    serve: unless(
      ({ path }) => path === '/ws',
      (visit) => visit.refuse(403, { Server: 'uvicorn' }),
    ),
    cure: /^path:\/ws$/,
  },
  {
    name: 'Action Cable that knows another origin',
    target: '/cable',
    serve: unless(
      ({ headers }) => headers.origin === `http://${headers.host}`,
      (visit) => visit.refuse(404, { 'X-Runtime': '0.001', ...text }, 'Page not found'),
    ),
    cure: /^own-origin$/,
    overrides: { origin: 'https://app.test' },
  },
  {
    name: 'Engine.IO that hangs up after a second without a byte',
    target: '/chat',
    serve: unless(
      ({ path }) => path.startsWith('/socket.io/?EIO=4&transport=websocket'),
      ({ socket }) => void setTimeout(() => socket.end(), 1_000),
    ),
    cure: /^path:\/socket\.io\//,
  },
  {
    name: 'Socket.IO without its query',
    target: '/socket.io/',
    serve: unless(
      ({ path }) => path.includes('EIO=4') && path.includes('transport=websocket'),
      (visit) => visit.refuse(400, text, '{"code":0,"message":"Transport unknown"}'),
    ),
    cure: /^path:\/socket\.io\/\?EIO=4/,
  },
  {
    name: 'Socket.IO of another generation',
    target: '/socket.io/?EIO=4&transport=websocket',
    serve: unless(
      ({ path }) => path.includes('EIO=3'),
      (visit) => visit.refuse(400, text, '{"code":5,"message":"Unsupported protocol version"}'),
    ),
    cure: /^path:\/socket\.io\/\?EIO=3/,
  },
  {
    name: 'SockJS at its base address',
    target: '/echo',
    serve: unless(
      ({ path }) => path === '/echo/websocket',
      (visit) => visit.refuse(200, text, 'Welcome to SockJS!\n'),
    ),
    cure: /^path:\/echo\/websocket$/,
  },
  {
    name: 'GraphQL that wants a subprotocol, and closes with 4406',
    target: '/graphql',
    serve: (visit) =>
      void visit.accept().then((client) => {
        if (visit.headers['sec-websocket-protocol'] !== 'graphql-transport-ws')
          client.close(4406, 'Subprotocol not acceptable');
      }),
    cure: /^subprotocol:graphql-transport-ws$/,
  },
  {
    name: 'a broker that hangs up on clients without its subprotocol',
    target: '/mqtt',
    serve: unless(
      ({ headers }) => headers['sec-websocket-protocol'] === 'mqtt',
      ({ socket }) => void socket.end(),
    ),
    cure: /^subprotocol:mqtt$/,
  },
  {
    name: "Chromium's DevTools asked by a name",
    target: '/devtools/browser/1',
    serve: unless(
      ({ headers }) => /^(127\.0\.0\.1|localhost)(:|$)/.test(headers.host ?? ''),
      (visit) => visit.refuse(500, text, 'Host header is specified and is not an IP address or localhost.'),
    ),
    cure: /^host:127\.0\.0\.1/,
    overrides: { headers: [['Host', 'chrome.test']] },
  },
  {
    name: 'a dev server that knows its own names alone',
    target: '/ws',
    serve: unless(
      ({ headers }) => /^localhost(:|$)/.test(headers.host ?? ''),
      (visit) => visit.refuse(403, text, 'Blocked request. This host ("127.0.0.1") is not allowed.'),
    ),
    cure: /^host:localhost/,
  },
  {
    name: 'a router that knows no such host',
    target: '/ws',
    serve: unless(
      ({ headers }) => /^localhost(:|$)/.test(headers.host ?? ''),
      (visit) => visit.refuse(404, text, '404 page not found'),
    ),
    cure: /^host:localhost/,
  },
  {
    name: 'a virtual host that the origin names',
    target: '/',
    serve: unless(
      ({ headers }) => /^app\.test(:|$)/.test(headers.host ?? ''),
      (visit) => visit.refuse(421),
    ),
    cure: /^host:app\.test/,
    overrides: { origin: 'https://app.test' },
  },
  {
    name: 'a redirect to itself that sets a cookie',
    target: '/',
    serve: unless(
      ({ headers }) => headers.cookie === 'seen=1',
      (visit) => visit.refuse(302, { Location: '/', 'Set-Cookie': 'seen=1; Path=/' }),
    ),
    cure: /^with-cookie$/,
  },
  {
    name: 'a test for robots that sets a cookie and refuses',
    target: '/',
    serve: unless(
      ({ headers }) => headers.cookie === 'seen=1',
      (visit) => visit.refuse(403, { 'Set-Cookie': 'seen=1; Path=/' }),
    ),
    cure: /^with-cookie$/,
  },
  {
    name: 'a server that closes at our ping',
    target: '/',
    serve: (visit) => void visit.accept().then((client) => client.on('ping', () => client.close(1002, 'no pings'))),
    cure: /^no-ping$/,
  },
  ...[400, 426, 200].flatMap((status): KnownCase[] => [
    {
      name: `a server that looks for sec-websocket-key, and answers ${status}`,
      target: '/',
      serve: unless(
        (visit) => raw(visit, 'sec-websocket-key'),
        (visit) => visit.refuse(status),
      ),
      cure: /^lower-case$/,
    },
    {
      name: `a server that looks for Sec-Websocket-Key, and answers ${status}`,
      target: '/',
      serve: unless(
        (visit) => raw(visit, 'Sec-Websocket-Key'),
        (visit) => visit.refuse(status),
      ),
      cure: /^title-case$/,
    },
  ]),
];

describe('the differential handshake of what people met', () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()));
  });

  const assertCuredEarly = (report: Report, cure: RegExp) => {
    assertMatchesSchema(report);
    const { differential } = report;
    const tried = differential?.variations.map(({ id, outcome }) => `${id}: ${outcome}`).join('\n');
    assert.match(differential?.cure ?? '', cure, `${report.error?.code}\n${tried}`);
    assert.ok((differential?.variations.length ?? 0) <= 5, tried);
    assert.equal(report.findings[0]?.id, 'differential.cured');
    assert.ok(report.findings[0].fixes.length > 0);
  };

  for (const { name, target, serve, cure, overrides } of CASES) {
    it(`${name}: the cure is among the first five`, async () => {
      const server = await UpgradeServer.start(serve);
      cleanups.push(() => server.stop());
      const plan = planFor(server.url(target), { ...overrides, expect: { holdMs: 150 } });
      assertCuredEarly(await runDifferential(plan, {}, { variations: 5, totalMs: 20_000 }), cure);
    });
  }

  it('a virtual host chosen by the name in TLS: the cure is among the first five', async () => {
    const root = await makeCertificate({ name: [{ CN: ['Root'] }], authority: true });
    const made = (value: string) =>
      makeCertificate({ name: [{ CN: [value] }], issuer: root, altNames: [...LOCAL, { type: 'dns', value }] });
    const [other, wanted] = await Promise.all([made('other.test'), made('wanted.test')]);
    const wantedContext = createSecureContext({ cert: wanted.certPem, key: wanted.keyPem });
    const server = createTlsServer({
      cert: other.certPem,
      key: other.keyPem,
      SNICallback: (name, done) => done(null, name === 'wanted.test' ? wantedContext : undefined),
    });
    const sockets = new WebSocketServer({ noServer: true });
    server.on('upgrade', (request, socket, head) => {
      const { servername } = socket as unknown as { servername?: string };
      if (servername === 'wanted.test') sockets.handleUpgrade(request, socket, head, () => {});
      else socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
    });
    const port = await listenHttp(server, cleanups);
    const plan = planFor(`wss://127.0.0.1:${port}/`, {
      headers: [['Host', 'wanted.test']],
      tls: { ca: [root.certPem] },
    });
    assertCuredEarly(await runDifferential(plan, {}, { variations: 5, totalMs: 20_000 }), /^sni:wanted\.test$/);
  });

  it('differential.upgrade-only: a 502 to the upgrade where a plain GET passes', async () => {
    const server = createServer((_request, response) => response.end('hello'));
    server.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n'));
    const report = await runDifferential(
      planFor(`ws://127.0.0.1:${await listenHttp(server, cleanups)}/ws`),
      {},
      { variations: 5, totalMs: 20_000 },
    );
    assertMatchesSchema(report);
    assert.equal(report.differential?.cure, null);
    assert.equal(report.differential.variations[0]?.id, 'plain-get');
    assert.equal(report.findings[0]?.id, 'differential.upgrade-only');
    assert.match(
      report.findings[0].title,
      /server is up.*a plain GET of the same path is answered 200 OK, the upgrade 502/,
    );
  });

  it('says nothing of the kind where the plain GET fails as well', async () => {
    const server = createServer((_request, response) => response.writeHead(502).end());
    server.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n'));
    const report = await runDifferential(
      planFor(`ws://127.0.0.1:${await listenHttp(server, cleanups)}/ws`),
      {},
      { variations: 2, totalMs: 20_000 },
    );
    assert.deepEqual(
      report.findings.map(({ id }) => id).filter((id) => id.startsWith('differential.')),
      ['differential.not-cured'],
    );
  });

  it('asks a plain GET without a word about WebSockets', async () => {
    const heads: string[] = [];
    const server = createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (data) => {
        heads.push(data.toString('latin1'));
        socket.end('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n');
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanups.push(() => once(server.close(), 'close'));
    const { port } = server.address() as AddressInfo;
    const plan = planFor(`ws://127.0.0.1:${port}/ws?a=1`, { headers: [['X-Own', '1']], subprotocols: ['chat'] });
    await runDifferential(plan, {}, { variations: 1, totalMs: 20_000 });
    assert.equal(heads.length, 2);
    assert.match(heads[1]!, /^GET \/ws\?a=1 HTTP\/1\.1\r\n/);
    assert.match(heads[1]!, /X-Own: 1/);
    assert.doesNotMatch(heads[1]!, /upgrade|websocket/i);
  });
});
