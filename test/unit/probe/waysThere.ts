import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FindingId } from '../../../src/core/diagnosis/findingIds.js';
import { runDifferential } from '../../../src/core/lab/differential.js';
import type { ProxyKind, Report } from '../../../src/core/base/model.js';
import type { Playground } from '../../../src/core/playground/index.js';
import { runProbe } from '../../../src/core/probe/runProbe.js';
import type { OAuth2, ProxyRoute } from '../../../src/core/base/plan.js';
import {
  ERROR,
  goaway,
  headers,
  Http2Peer,
  type PeerConnection,
  ping,
  rstStream,
  settingsAck,
  takesConnect,
} from '../../support/http2Frames.js';
import { planFor } from '../../support/plan.js';
import { type ProxyOptions } from '../../support/proxyOptions.js';
import { startProxy } from '../../support/proxyServer.js';
import { httpAnswer, tokenAnswer, TokenServer } from '../../support/tokenServer.js';
import { UpgradeServer, type Visit } from '../../support/upgradeServer.js';
import { route } from '../diagnosis/routeCases.js';

type Overrides = NonNullable<Parameters<typeof planFor>[1]>;

/** What stands on the way really does it: headline, in which case, and the probe. */
export type Way = readonly [headline: FindingId, name: string, run: (playground: Playground) => Promise<Report>];

const USER = { username: 'me', password: 'pass' };

const through =
  (options: ProxyOptions, overrides: Overrides & { readonly by?: Partial<ProxyRoute>; readonly to?: string } = {}) =>
  async (playground: Playground): Promise<Report> => {
    const proxy = await startProxy(options);
    const { by, to, ...rest } = overrides;
    const plan = planFor(to ?? `${playground.ws}/echo`, { proxyChoice: 'named', proxy: proxy.route(by), ...rest });
    const report = await runProbe(plan);
    await proxy.stop();
    return report;
  };

/** A proxy of `kind` at a port that answers `said` to whatever comes, or at one where nothing listens. */
const impostor =
  (kind: ProxyKind, said: string | null) =>
  async (playground: Playground): Promise<Report> => {
    const server = await listening((socket) => socket.once('data', () => socket.end(said ?? '', 'latin1')));
    if (said === null) await server.close();
    const proxy = route(kind, { host: '127.0.0.1', port: server.port });
    const report = await runProbe(planFor(`${playground.ws}/echo`, { proxyChoice: 'named', proxy }));
    if (said !== null) await server.close();
    return report;
  };

async function listening(onSocket: (socket: Socket) => void): Promise<{ port: number; close: () => Promise<unknown> }> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    onSocket(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    port,
    close: () => {
      server.close();
      return once(server, 'close');
    },
  };
}

const proxies: readonly Way[] = [
  ['proxy.refused', 'a port where nothing listens', impostor('http', null)],
  ['proxy.refused', 'an HTTP proxy that hangs up', through({ kind: 'http', behaviour: 'close' })],
  ['proxy.refused', 'a SOCKS proxy that resets', through({ kind: 'socks5', behaviour: 'reset' })],
  [
    'proxy.timeout',
    'a proxy that says nothing',
    through({ kind: 'http', behaviour: 'silence' }, { timeouts: { connectMs: 60 } }),
  ],
  ['proxy.auth-required', 'HTTP, nothing sent', through({ kind: 'http', auth: USER })],
  [
    'proxy.auth-required',
    'HTTP, a wrong password',
    through({ kind: 'http', auth: USER }, { by: { username: 'me', password: 'guess' }, secrets: ['guess'] }),
  ],
  ['proxy.auth-required', 'SOCKS 5, nothing sent', through({ kind: 'socks5', auth: USER })],
  [
    'proxy.auth-required',
    'SOCKS 5, a wrong password',
    through({ kind: 'socks5', auth: USER }, { by: { username: 'me', password: 'guess' }, secrets: ['guess'] }),
  ],
  ['proxy.forbidden', 'HTTP, 403', through({ kind: 'http', refuse: 403 })],
  ['proxy.forbidden', 'SOCKS 5, not allowed', through({ kind: 'socks5', refuse: 2 })],
  ['proxy.bad-gateway', 'HTTP, 502', through({ kind: 'http' }, { to: 'ws://127.0.0.1:1/' })],
  ['proxy.bad-gateway', 'HTTP, 504', through({ kind: 'http', refuse: 504 })],
  ['proxy.bad-gateway', 'SOCKS 5, refused', through({ kind: 'socks5' }, { to: 'ws://127.0.0.1:1/' })],
  ['proxy.bad-gateway', 'SOCKS 4a, rejected', through({ kind: 'socks4a', refuse: 91 })],
  ['proxy.invalid-response', 'rubbish', through({ kind: 'http', behaviour: 'rubbish' })],
  ['proxy.invalid-response', 'headers without end', through({ kind: 'http', behaviour: 'endless-headers' })],
  ['proxy.invalid-response', 'SOCKS 5, rubbish', through({ kind: 'socks5', behaviour: 'rubbish' })],
  ['proxy.invalid-response', 'HTTP, 404', through({ kind: 'http', refuse: 404 })],
  ['proxy.invalid-response', 'a SOCKS proxy asked in HTTP', impostor('http', '\u0005\u00ff')],
  ['proxy.invalid-response', 'an HTTP proxy asked in SOCKS', impostor('socks5', 'HTTP/1.1 400 Bad Request\r\n\r\n')],
  ['proxy.invalid-response', 'plain HTTP asked in TLS', impostor('https', 'HTTP/1.1 400 Bad Request\r\n\r\n')],
  ['tls.unknown-authority', 'the certificate of a proxy over TLS', through({ kind: 'https' })],
  [
    'proxy.intercepts-tls',
    'a proxy that signs for every host with an authority of its own',
    async (playground) => {
      const { hostname, port } = new URL(playground.proxies.intercepting);
      const proxy = route('http', { host: hostname, port: Number(port) });
      const tls = { rejectUnauthorized: false };
      return runProbe(planFor(`${playground.wss}/echo`, { proxyChoice: 'named', proxy, tls }));
    },
  ],
];

const withToken =
  (answer: string | null, more: Partial<OAuth2> = {}) =>
  async (playground: Playground): Promise<Report> => {
    const server = await TokenServer.start(() => answer);
    const auth = {
      type: 'oauth2',
      tokenUrl: server.url,
      clientId: 'wsprobe',
      clientSecret: 'hidden',
      ...more,
    } as const;
    const report = await runProbe(planFor(`${playground.ws}/echo`, { auth, timeouts: { upgradeMs: 60 } }));
    await server.stop();
    return report;
  };

const tokens: readonly Way[] = [
  [
    'credentials.insecure',
    'a token endpoint over http',
    withToken(null, { tokenUrl: 'http://login.example.com/token' }),
  ],
  ['credentials.unreachable', 'a token endpoint that hangs up', withToken('')],
  ['credentials.timeout', 'a token endpoint that says nothing', withToken(null)],
  [
    'credentials.redirected',
    'a token endpoint that redirects',
    withToken(httpAnswer('302 Found', '', 'text/plain', 'Location: /login\r\n')),
  ],
  [
    'credentials.invalid-answer',
    'a token endpoint that is a page',
    withToken(httpAnswer('200 OK', '<html>', 'text/html')),
  ],
  [
    'credentials.refused',
    'a client that is not known',
    withToken(httpAnswer('401 Unauthorized', '{"error":"invalid_client"}')),
  ],
  ['credentials.expired', 'a token that lives no second', withToken(tokenAnswer('hidden', { expires_in: 0 }))],
];

const local = (prepare: (path: string) => Promise<unknown> | void) => async (): Promise<Report> => {
  const folder = mkdtempSync(join(tmpdir(), 'wsprobe-'));
  const path = join(folder, 'a.sock');
  await prepare(path);
  const report = await runProbe(planFor(`ws+unix:${path}:/`));
  rmSync(folder, { recursive: true });
  return report;
};

/** The file of a socket whose program has died. */
async function leaveBehind(path: string): Promise<void> {
  const script = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  await once(spawn(process.execPath, ['-e', script, path]), 'exit');
}

const sockets: readonly Way[] =
  process.platform === 'win32'
    ? []
    : [
        ['socket.not-found', 'no file', local(() => {})],
        ['socket.refused', 'a socket that was left behind', local(leaveBehind)],
        ['socket.refused', 'a file that is no socket', local((path) => writeFileSync(path, ''))],
      ];

const over2 = (serve: (connection: PeerConnection) => unknown) => async (): Promise<Report> => {
  const peer = await Http2Peer.start(serve);
  const report = await runProbe(planFor(peer.url, { http: '2' }));
  await peer.stop();
  return report;
};

const answering = (bytes: (streamId: number) => readonly Uint8Array[]) =>
  over2(async (connection) => {
    connection.send(takesConnect, settingsAck);
    connection.send(...bytes(await connection.request()));
  });

const tlsOf = ({ caPem }: Playground): Overrides => ({ tls: { ca: [caPem] } });

const http2: readonly Way[] = [
  [
    'http2.not-supported',
    'h2 without extended CONNECT',
    (playground) => runProbe(planFor(`${playground.http2['h2-plain']}/echo`, { ...tlsOf(playground), http: '2' })),
  ],
  [
    'http2.not-supported',
    'ALPN without h2',
    (playground) => runProbe(planFor(`${playground.wss}/echo`, { ...tlsOf(playground), http: '2' })),
  ],
  [
    'http2.downgraded',
    'h2 without extended CONNECT, and HTTP/1.1 allowed',
    (playground) => runProbe(planFor(`${playground.http2['h2-plain']}/echo`, { ...tlsOf(playground), http: 'auto' })),
  ],
  [
    'http2.downgraded',
    'ALPN without h2, and HTTP/1.1 allowed',
    (playground) => runProbe(planFor(`${playground.wss}/echo`, { ...tlsOf(playground), http: 'auto' })),
  ],
  ['http2.refused', 'RST_STREAM', answering((streamId) => [rstStream(streamId, ERROR.refusedStream)])],
  [
    'http2.refused',
    'extended CONNECT answered with 501',
    answering((streamId) => [headers(streamId, [[':status', '501']], 1)]),
  ],
  ['http2.goaway', 'GOAWAY', answering(() => [goaway(0, ERROR.enhanceYourCalm, 'slow down')])],
  [
    'limit.http2-flood',
    'a flood of PING',
    over2((connection) => {
      connection.send(takesConnect, settingsAck, ...Array.from({ length: 2_000 }, () => ping()));
    }),
  ],
];

const redirected = (answer: (visit: Visit, server: UpgradeServer) => void) => async (): Promise<Report> => {
  const server: UpgradeServer = await UpgradeServer.start((visit) => answer(visit, server));
  const report = await runProbe(planFor(server.url('/0'), { followRedirects: true }));
  await server.stop();
  return report;
};

const redirects: readonly Way[] = [
  ['upgrade.redirect', 'in circles', redirected((visit, server) => visit.refuse(302, { Location: server.http('/0') }))],
  [
    'upgrade.redirect',
    'without end',
    redirected((visit) => visit.refuse(307, { Location: `/${Number(visit.path.slice(1)) + 1}` })),
  ],
  ['upgrade.redirect', 'to no address', redirected((visit) => visit.refuse(301, { Location: 'mailto:a@example.com' }))],
  [
    'guard.metadata-address',
    'a redirect to a metadata address',
    redirected((visit) => visit.refuse(302, { Location: 'http://169.254.169.254/latest/' })),
  ],
];

const differential =
  (passes: (visit: Visit) => boolean, overrides: Overrides = {}) =>
  async (): Promise<Report> => {
    const server = await UpgradeServer.start((visit) => (passes(visit) ? void visit.accept() : visit.refuse(400)));
    const report = await runDifferential(planFor(server.url('/chat'), overrides));
    await server.stop();
    return report;
  };

const experiments: readonly Way[] = [
  [
    'differential.cured',
    'a server that chokes on compression',
    differential(({ headers: asked }) => asked['sec-websocket-extensions'] === undefined),
  ],
  [
    'differential.cured',
    'a server with a list of origins',
    differential(({ headers: asked }) => asked.origin === undefined, { origin: 'https://elsewhere.example' }),
  ],
  [
    'upgrade.host-refused',
    'a server that answers to other names',
    async () => {
      const server = await UpgradeServer.start((visit) => visit.refuse(400, {}, 'Invalid host header'));
      const report = await runProbe(planFor(server.url('/')));
      await server.stop();
      return report;
    },
  ],
  [
    'upgrade.origin-refused',
    'a server behind a proxy that sends another Host',
    async () => {
      const server = await UpgradeServer.start((visit) => visit.refuse(403, { Server: 'nginx' }, 'Origin not allowed'));
      const report = await runProbe(planFor(server.url('/'), { origin: server.http('').replace(/\/$/, '') }));
      await server.stop();
      return report;
    },
  ],
  [
    'differential.upgrade-only',
    'a 502 to the upgrade, where a plain GET passes',
    async () => {
      const server = await listening((socket) =>
        socket.once('data', (data) => {
          const status = /upgrade/i.test(data.toString('latin1')) ? '502 Bad Gateway' : '200 OK';
          socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`);
        }),
      );
      const report = await runDifferential(planFor(`ws://127.0.0.1:${server.port}/`));
      await server.close();
      return report;
    },
  ],
  ['upgrade.bad-request', 'a server that nothing pleases (differential.not-cured)', differential(() => false)],
];

const clients: readonly Way[] = [
  [
    'tls.client-certificate-refused',
    'a client certificate of an authority the server does not know',
    async ({ client }) => {
      // RFC 8446 6.2: a fatal alert, unknown_ca.
      const server = await listening((socket) => socket.once('data', () => socket.write('15030300020230', 'hex')));
      const tls = { cert: client.certPem, key: client.keyPem };
      const report = await runProbe(planFor(`wss://127.0.0.1:${server.port}/`, { tls }));
      await server.close();
      return report;
    },
  ],
];

export const WAYS: readonly Way[] = [
  ...proxies,
  ...tokens,
  ...sockets,
  ...http2,
  ...redirects,
  ...experiments,
  ...clients,
];
