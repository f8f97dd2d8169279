import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server as SocketServer } from 'socket.io';
import { acceptFor } from '../../../src/core/handshake/accept.js';
import type { Fix } from '../../../src/core/base/model.js';
import type { ProbePlan } from '../../../src/core/base/plan.js';
import { makeCertificates } from '../../../src/core/playground/certificates.js';
import { runProbe } from '../../../src/core/probe/runProbe.js';
import { parseProfile } from '../../../src/core/profile/parse.js';
import { makeCertificate } from '../../support/certificates.js';
import { planFor } from '../../support/plan.js';
import { UpgradeServer, type UpgradeServerOptions, type Visit } from '../../support/upgradeServer.js';

type Overrides = NonNullable<Parameters<typeof planFor>[1]>;

/** The plan with the keys of a fix in it, as the profile would have them. */
function withFix(plan: ProbePlan, { snippet }: Fix): ProbePlan {
  const keys = JSON.parse(snippet) as Record<string, unknown>;
  assert.deepEqual(parseProfile(JSON.stringify({ url: plan.url, ...keys })).problems, []);
  const { tls, headers, ...rest } = keys;
  return {
    ...plan,
    ...rest,
    ...(tls ? { tls: { ...plan.tls, ...(tls as ProbePlan['tls']) } } : {}),
    ...(headers ? { headers: Object.entries(headers as Record<string, string>) } : {}),
  };
}

describe('the fix for the profile cures what can be cured from here', () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()));
  });

  /** The first fix for the profile of the headline is put in, and the probe passes the handshake. */
  const assertCures = async (plan: ProbePlan, headline: string) => {
    const report = await runProbe(plan);
    const [first] = report.findings;
    assert.equal(first?.id, headline, JSON.stringify(report.error));
    const fix = first.fixes.find(({ language, title }) => language === 'json' && title.endsWith('(profile)'));
    assert.ok(fix, `no fix for the profile: ${JSON.stringify(first.fixes)}`);
    const cured = await runProbe(withFix(plan, fix));
    assert.equal(cured.error, null, `${fix.title}: ${JSON.stringify(cured.error)}`);
  };

  const serve = async (onVisit?: (visit: Visit) => void, options?: UpgradeServerOptions) => {
    const server = await UpgradeServer.start(onVisit, options);
    cleanups.push(() => server.stop());
    return server;
  };
  const unless = (passes: (visit: Visit) => boolean, refuse: (visit: Visit) => void) => (visit: Visit) =>
    passes(visit) ? void visit.accept() : refuse(visit);
  const text = { 'Content-Type': 'text/plain' };

  const CASES: readonly (readonly [
    name: string,
    headline: string,
    target: string,
    onVisit: (visit: Visit) => void,
    overrides?: Overrides,
  ])[] = [
    [
      'a list of origins with its own alone',
      'upgrade.origin-refused',
      '/',
      unless(
        ({ headers }) => headers.origin === `http://${headers.host}`,
        (visit) => visit.refuse(403, text, 'Origin not allowed'),
      ),
      { origin: 'https://app.test' },
    ],
    [
      'a server on this machine that knows localhost alone',
      'upgrade.host-refused',
      '/',
      unless(
        ({ headers }) => headers.host?.startsWith('localhost:') === true,
        (visit) => visit.refuse(400, text, 'Invalid host header'),
      ),
    ],
    [
      'a SockJS base address',
      'upgrade.not-websocket',
      '/echo',
      unless(
        ({ path }) => path === '/echo/websocket',
        (visit) => visit.refuse(200, text, 'Welcome to SockJS!\n'),
      ),
    ],
    [
      'a redirect within the server',
      'upgrade.redirect',
      '/old',
      unless(
        ({ path }) => path === '/new',
        (visit) => visit.refuse(307, { Location: '/new' }),
      ),
    ],
    [
      'a subprotocol in another case',
      'subprotocol.case',
      '/',
      (visit) => {
        const { headers, socket } = visit;
        if (headers['sec-websocket-protocol'] === 'Chat') void visit.accept();
        else rawAccept(socket, headers['sec-websocket-key'] ?? '', 'Sec-WebSocket-Protocol: Chat');
      },
      { subprotocols: ['chat'] },
    ],
    [
      'compression that was not asked for as it is answered',
      'extension.invalid',
      '/',
      (visit) => {
        const { headers, socket } = visit;
        const offered = headers['sec-websocket-extensions'] !== undefined;
        const broken = 'Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=99';
        if (offered) rawAccept(socket, headers['sec-websocket-key'] ?? '', broken);
        else void visit.accept();
      },
    ],
  ];
  for (const [name, headline, target, onVisit, overrides] of CASES) {
    it(`${headline}: ${name}`, async () => {
      const server = await serve(onVisit);
      await assertCures(planFor(server.url(target), overrides), headline);
    });
  }

  it('tls.required: ws to a TLS port', async () => {
    const { good, caPem } = await makeCertificates();
    const server = await serve(undefined, { tls: { cert: good.certPem, key: good.keyPem } });
    await assertCures(planFor(server.url().replace('wss', 'ws'), { tls: { ca: [caPem] } }), 'tls.required');
  });

  it('tls.plain-port: wss to a port that speaks HTTP', async () => {
    const server = await serve();
    await assertCures(planFor(server.url().replace('ws', 'wss')), 'tls.plain-port');
  });

  it('tls.name-mismatch: a certificate of another name', async () => {
    const root = await makeCertificate({ name: [{ CN: ['Root'] }], authority: true });
    const altNames = [{ type: 'dns', value: 'ws.example.test' }] as const;
    const leaf = await makeCertificate({ name: [{ CN: ['leaf'] }], altNames, issuer: root });
    const server = await serve(undefined, { tls: { cert: leaf.certPem, key: leaf.keyPem } });
    await assertCures(planFor(server.url(), { tls: { ca: [root.certPem] } }), 'tls.name-mismatch');
  });

  it('upgrade.bad-request: Socket.IO without its query', async () => {
    const server = createServer();
    const sockets = new SocketServer(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanups.push(async () => {
      sockets.disconnectSockets(true);
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    });
    const { port } = server.address() as AddressInfo;
    await assertCures(planFor(`ws://127.0.0.1:${port}/socket.io/`), 'upgrade.bad-request');
  });
});

function rawAccept(socket: Visit['socket'], key: string, header: string): void {
  socket.end(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptFor(key)}\r\n${header}\r\n\r\n`,
  );
}
