import { ruleForServerOf } from '../../../src/core/base/allowRules.js';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createSecureServer, createServer as createH2c, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { runDifferential as runUnchecked } from '../../../src/core/lab/differential.js';
import type { Report, Variation } from '../../../src/core/base/model.js';
import { makeCertificates } from '../../../src/core/playground/certificates.js';
import { systemNetwork } from '../../../src/core/transport/network.js';
import { encodeFrame } from '../../../src/core/frames/frameEncoder.js';
import { planFor } from '../../support/plan.js';
import { startProxy, type TestProxy } from '../../support/proxyServer.js';
import { assertMatchesSchema } from '../../support/reportSchema.js';
import { UpgradeServer, type UpgradeServerOptions, type Visit } from '../../support/upgradeServer.js';

type Overrides = Parameters<typeof planFor>[1];

const runDifferential: typeof runUnchecked = async (...given) => {
  const report = await runUnchecked(...given);
  assertMatchesSchema(report);
  return report;
};

describe('runDifferential', () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  let tls: { cert: string; key: string };
  let ca: string;
  before(async () => {
    const { good, caPem } = await makeCertificates();
    tls = { cert: good.certPem, key: good.keyPem };
    ca = caPem;
  });
  afterEach(async () => {
    await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()));
  });

  const serve = async (onVisit?: (visit: Visit) => void, options?: UpgradeServerOptions) => {
    const server = await UpgradeServer.start(onVisit, options);
    cleanups.push(() => server.stop());
    return server;
  };
  /** Opens for requests that pass, and refuses the others. */
  const picky = (passes: (visit: Visit) => boolean, status = 400, options?: UpgradeServerOptions) =>
    serve((visit) => (passes(visit) ? void visit.accept() : visit.refuse(status)), options);
  const run = (url: string, overrides: Overrides = {}, options: Parameters<typeof runUnchecked>[1] = {}) =>
    runDifferential(planFor(url, overrides), options);

  /** Everything a plan can have, so that there is much that could be to blame. */
  const rich = {
    headers: [
      ['X-First', '1'],
      ['X-Second', '2'],
      ['X-Second', '3'],
    ],
    origin: 'https://app.test',
    subprotocols: ['chat'],
    auth: { type: 'bearer', token: 'canary-token' },
    cookies: { session: 'canary-cookie' },
    secrets: ['canary-token', 'canary-cookie'],
  } satisfies Overrides;

  const assertCured = (report: Report, cure: string) => {
    const { differential } = report;
    assert.equal(differential?.cure, cure, JSON.stringify(differential, null, 1));
    assert.deepEqual(
      differential.variations.filter(({ passed }) => passed).map(({ id }) => id),
      [cure],
    );
    assert.equal(differential.variations.at(-1)?.id, cure);
    assert.equal(differential.stopped, null);
    assert.equal(report.findings[0]?.id, 'differential.cured');
    assert.equal(report.verdict, 'down');
    assert.doesNotMatch(JSON.stringify(report), /canary/);
  };

  const single: [cure: string, passes: (visit: Visit) => boolean, status?: number][] = [
    ['no-compression', ({ headers }) => headers['sec-websocket-extensions'] === undefined],
    ['no-subprotocol', ({ headers }) => headers['sec-websocket-protocol'] === undefined],
    ['no-origin', ({ headers }) => headers.origin === undefined, 403],
    ['own-origin', ({ headers }) => headers.origin === `http://${headers.host}`, 403],
    ['no-header:X-First', ({ headers }) => headers['x-first'] === undefined, 431],
    ['no-header:X-Second', ({ headers }) => headers['x-second'] === undefined, 500],
    ['no-header:Cookie', ({ headers }) => headers.cookie === undefined, 431],
    ['no-auth', ({ headers }) => headers.authorization === undefined, 401],
    ['slash', ({ path }) => path === '/ws/?a=1', 404],
    ['no-slash', ({ path }) => path === '/ws?a=1', 404],
  ];
  for (const [cure, passes, status] of single) {
    it(`finds that ${cure} cures a refusal, and nothing else does`, async () => {
      const server = await picky(passes, status);
      assertCured(await run(server.url(cure === 'no-slash' ? '/ws/?a=1' : '/ws?a=1'), rich), cure);
      await server.idle();
    });
  }

  it('tries the likeliest change first', async () => {
    const firstOf = async (status: number) => {
      const server = await serve((visit) => visit.refuse(status));
      const report = await runDifferential(planFor(server.url('/ws'), rich), {}, { variations: 1, totalMs: 5_000 });
      return report.differential?.variations[0]?.id;
    };
    assert.deepEqual(await Promise.all([400, 401, 403, 404, 431].map(firstOf)), [
      'no-compression',
      'no-auth',
      'no-origin',
      'slash',
      'no-header:X-First',
    ]);
  });

  it('finds that compression is to blame where its stream is broken', async () => {
    const server = await serve(
      (visit) =>
        void visit.accept().then(() => {
          const deflates = visit.headers['sec-websocket-extensions'] !== undefined;
          visit.socket.write(
            encodeFrame({ opcode: 1, rsv1: deflates, payload: deflates ? Buffer.from('ffffffff', 'hex') : 'hello' }),
          );
        }),
      { webSocket: { perMessageDeflate: true } },
    );
    const report = await run(server.url(), { ...rich, message: { expect: 'any', samples: 1 } });
    assertCured(report, 'no-compression');
    assert.deepEqual(
      report.findings.map(({ id }) => id).filter((id) => /^(differential|compression|frame)\./.test(id)),
      ['differential.cured', 'compression.incompatible', 'frame.bad-deflate'],
    );
    assert.match(report.findings[0]?.title ?? '', /^One change cures it: the connection holds without/);
    assert.match(report.findings[1]?.title ?? '', /^Compression breaks the connection/);
  });

  it('waits out the hold where that is where it broke', async () => {
    const server = await serve(
      (visit) =>
        void visit.accept().then((client) => {
          if (visit.headers['x-first'] !== undefined) client.close(1008, 'no');
        }),
    );
    const report = await run(server.url(), {
      headers: [
        ['X-First', '1'],
        ['X-Other', '1'],
      ],
    });
    assert.equal(report.error?.code, '1008');
    assertCured(report, 'no-header:X-First');
  });

  it('holds without our ping where that is what ends it, whatever reason is given', async () => {
    const server = await serve(
      (visit) => void visit.accept().then((client) => client.on('ping', () => client.close(4000, 'policy'))),
      { webSocket: { autoPong: false } },
    );
    const report = await run(server.url(), { ...rich, expect: { holdMs: 250 } });
    assertCured(report, 'no-ping');
    assert.equal(report.differential?.variations.length, 1);
  });

  it('lets a close that the profile expects pass where it broke after the handshake', async () => {
    const server = await serve(
      (visit) =>
        void visit.accept().then((client) => client.close(visit.headers['x-first'] === undefined ? 4000 : 1008)),
    );
    const report = await run(server.url(), { headers: [['X-First', '1']], expect: { closeCode: [4000] } });
    assertCured(report, 'no-header:X-First');
  });

  it('says nothing to a server that merely should let it in', async () => {
    const heard: string[] = [];
    const server = await serve((visit) => {
      if (visit.headers['x-first'] !== undefined) visit.refuse(400);
      else void visit.accept().then((client) => client.on('message', (data: Buffer) => heard.push(data.toString())));
    });
    const message = { send: 'hello', expect: 'echo', samples: 1 } as const;
    assertCured(await run(server.url(), { headers: [['X-First', '1']], message }), 'no-header:X-First');
    await server.idle();
    assert.deepEqual(heard, []);
  });

  it('finds a server that speaks TLS only', async () => {
    const server = await serve(undefined, { tls });
    assertCured(await run(server.url().replace('wss', 'ws'), { ...rich, tls: { ca: [ca] } }), 'wss');
  });

  it('tries nothing where the plan may not lead', async () => {
    const server = await serve(undefined, { tls });
    const url = server.url().replace('wss', 'ws');
    const own = ruleForServerOf(url);
    const report = await run(url, { ...rich, tls: { ca: [ca] }, allowed: own ? [own] : [] });
    const tried = report.differential?.variations.map(({ id }) => id) ?? [];
    assert.ok(tried.length > 0);
    assert.ok(!tried.includes('wss'));
  });

  it('finds a server that speaks no TLS, and tells it no credential in plain text', async () => {
    const server = await serve();
    const url = server.url('/ws?access_token=canary-query&room=1').replace('ws', 'wss');
    const report = await run(url, {
      ...rich,
      auth: { type: 'subprotocol', token: 'canary-token' },
      secrets: [...rich.secrets, 'canary-query'],
    });
    assertCured(report, 'ws');
    assert.equal(server.asked.length, 1);
    assert.doesNotMatch(JSON.stringify(server.asked), /canary|x-first/);
    assert.equal(server.asked[0]?.path, '/ws?room=1');
    assert.match(
      report.differential?.variations.at(-1)?.change ?? '',
      /^Over ws, without TLS, and so without auth, X-First, X-Second, Cookie, query parameters$/,
    );
  });

  it('does not try ws: where the path itself is a secret', async () => {
    const server = await serve();
    const report = await run(server.url('/ws/canary-token').replace('ws', 'wss'), rich);
    assert.equal(server.asked.length, 0);
    assert.equal(report.differential?.cure, null);
  });

  it('never lets a certificate pass that the plan refuses', async () => {
    const server = await serve(undefined, { tls });
    const report = await run(server.url(), rich);
    assert.equal(report.error?.phase, 'tls');
    assert.equal(report.differential?.cure, null);
    assert.equal(report.findings[0]?.layer, 'tls', 'the headline stays the fault');
    assert.equal(report.findings.at(-1)?.id, 'differential.not-cured');
    assert.equal(server.asked.length, 0);
  });

  for (const family of [4, 6] as const) {
    it(`finds a name that is right over IPv${family} only`, async () => {
      const right = await serve(undefined, { host: family === 4 ? '127.0.0.1' : '::1' });
      await serve((visit) => visit.refuse(404), { host: family === 4 ? '::1' : '127.0.0.1', port: right.port });
      const addresses = [
        { address: '127.0.0.1', family: 4 },
        { address: '::1', family: 6 },
      ];
      const network = {
        ...systemNetwork,
        lookup: () => Promise.resolve(family === 6 ? addresses : addresses.toReversed()),
      };
      assertCured(await run(`ws://dual.test:${right.port}/`, rich, { network }), `ipv${family}`);
    });
  }

  describe('over HTTP/2', () => {
    const listen = async (server: Http2Server) => {
      server.on('stream', (stream, headers) => {
        stream.on('error', () => {});
        if (headers[':method'] === 'CONNECT') stream.respond({ ':status': 200 });
        else stream.respond({ ':status': 400 }, { endStream: true });
      });
      const sessions = new Set<{ destroy(): void }>();
      server.on('session', (session) => sessions.add(session));
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      cleanups.push(async () => {
        for (const session of sessions) session.destroy();
        server.close();
        await once(server, 'close');
      });
      return `127.0.0.1:${(server.address() as AddressInfo).port}`;
    };

    it('finds a server that speaks nothing else', async () => {
      const settings = { enableConnectProtocol: true };
      const secure = await listen(createSecureServer({ ...tls, settings, ALPNProtocols: ['h2'] }));
      assertCured(await run(`wss://${secure}/`, { tls: { ca: [ca] }, timeouts: { closeMs: 50 } }), 'http2');
      const plain = await listen(createH2c({ settings }));
      assertCured(await run(`ws://${plain}/`, { timeouts: { closeMs: 50 } }), 'http2');
    });

    it('finds a server that has no WebSocket over it', async () => {
      const server = await serve(undefined, { tls });
      assertCured(await run(server.url(), { http: '2', tls: { ca: [ca] } }), 'http1');
    });
  });

  describe('with proxies', () => {
    const proxied = async (options: Parameters<typeof startProxy>[0]): Promise<TestProxy> => {
      const proxy = await startProxy(options);
      cleanups.push(() => proxy.stop());
      return proxy;
    };

    it('finds a proxy that refuses what the server would take', async () => {
      const server = await serve();
      const proxy = await proxied({ kind: 'http', refuse: 403 });
      assertCured(await run(server.url(), { ...rich, proxyChoice: 'named', proxy: proxy.route() }), 'direct');
    });

    it('finds a server that only the proxy reaches, and keeps credentials from it in plain text', async () => {
      const server = await serve();
      const proxy = await proxied({ kind: 'http', resolve: { 'inner.test': '127.0.0.1' } });
      const unusedProxy = { route: proxy.route(), because: 'NO_PROXY lists inner.test' };
      const network = {
        ...systemNetwork,
        lookup: () => Promise.reject(Object.assign(new Error('not found'), { code: 'ENOTFOUND' })),
      };
      const report = await run(`ws://inner.test:${server.port}/`, { ...rich, unusedProxy }, { network });
      assertCured(report, 'proxy');
      assert.deepEqual(
        report.differential?.variations.map(({ id }) => id),
        ['proxy'],
        'no name, no headers to blame',
      );
      assert.doesNotMatch(JSON.stringify(server.asked), /canary/);
      assert.match(
        report.differential?.variations[0]?.change ?? '',
        /^Through the proxy http:\/\/127\.0\.0\.1:\d+, and so without auth, X-First/,
      );
    });

    it('sends credentials through it where TLS hides them', async () => {
      const server = await serve(undefined, { tls });
      const proxy = await proxied({ kind: 'http', resolve: { localhost: '127.0.0.1' } });
      const unusedProxy = { route: proxy.route(), because: 'NO_PROXY lists localhost' };
      const network = {
        ...systemNetwork,
        connect: (address: string, family: 4 | 6, port: number) =>
          systemNetwork.connect(address, family, port === server.port ? 1 : port),
      };
      const report = await run(server.url(), { ...rich, tls: { ca: [ca] }, unusedProxy }, { network });
      assertCured(report, 'proxy');
      assert.equal(server.asked[0]?.headers.authorization, 'Bearer canary-token');
    });
  });

  it('changes nothing where nothing failed', async () => {
    const server = await serve();
    const seen: Variation[] = [];
    const report = await run(server.url(), rich, { onVariation: (variation) => seen.push(variation) });
    assert.equal(report.differential, null);
    assert.equal(server.asked.length, 1);
    assert.deepEqual(seen, []);
    const slow = await run(server.url(), { expect: { budgets: { total: { degradedMs: null, downMs: 0 } } } });
    assert.equal(slow.verdict, 'down');
    assert.equal(slow.differential, null);
    const wanted = await serve((visit) => visit.refuse(403));
    assert.equal((await run(wanted.url(), { ...rich, expect: { status: 403 } })).differential, null);
  });

  it('asks nothing again of a guarded address or with a request that cannot be made', async () => {
    for (const [url, overrides] of [
      ['ws://169.254.169.254/', rich],
      ['wss://127.0.0.1:1/', { ...rich, tls: { cert: '/nowhere/cert.pem' } }],
    ] as const) {
      const report = await run(url, overrides);
      assert.deepEqual(report.differential, {
        variations: [],
        cure: null,
        stopped: 'The request was refused before it left: no change would help.',
      });
    }
  });

  it('says that nothing cures it, and leaves no socket', async () => {
    const server = await serve((visit) => visit.refuse(500));
    const seen: string[] = [];
    let most = 0;
    const report = await run(server.url('/ws'), rich, {
      onVariation: ({ id }) => {
        seen.push(id);
        most = Math.max(most, server.connections);
      },
    });
    assert.deepEqual(
      seen.map((id) => id.replace(`:${server.port}`, '')),
      [
        'plain-get',
        'no-origin',
        'own-origin',
        'no-compression',
        'no-subprotocol',
        'lower-case',
        'title-case',
        'no-header:X-First',
        'no-header:X-Second',
        'no-header:Cookie',
        'no-auth',
        'host:localhost',
        'host:app.test',
        'http2',
        'slash',
        'wss',
        'path:/websocket',
        'path:/socket.io/?EIO=4&transport=websocket',
        'path:/',
        'path:/graphql',
        'path:/cable',
        'path:/socket',
      ],
    );
    assert.deepEqual(
      report.differential?.variations.map(({ id }) => id),
      seen,
    );
    const outcomeOf = (id: string) => report.differential?.variations.find((one) => one.id === id)?.outcome ?? '';
    assert.equal(outcomeOf('no-compression'), '500 Said');
    assert.match(outcomeOf('wss'), /^Port \d+ does not speak TLS/);
    assert.equal(report.differential.cure, null);
    assert.equal(report.differential.stopped, null);
    assert.ok(report.findings.some(({ id }) => id === 'differential.not-cured'));
    assert.ok(most <= 1, 'one at a time');
    await server.idle();
  });

  it('tells no secret that is in the host or in the name of a header', async () => {
    const server = await serve((visit) => visit.refuse(403));
    const url = server.url().replace('127.0.0.1', 'canary-tenant.localhost');
    const seen: Variation[] = [];
    const report = await run(
      url,
      { headers: [['X-canary-tenant', 'a']], origin: 'https://app.test', secrets: ['canary-tenant'] },
      {
        network: { ...systemNetwork, lookup: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]) },
        onVariation: (variation) => seen.push(variation),
      },
    );
    const told = JSON.stringify([report, seen]);
    assert.ok(seen.some(({ id }) => id === 'own-origin') && seen.some(({ id }) => id.startsWith('no-header:')));
    assert.ok(!told.includes('canary'), told.match(/.{0,60}canary.{0,40}/)?.[0] ?? '');
  });

  it('tries 24 changes and says how many it left out', async () => {
    const server = await serve((visit) => visit.refuse(500));
    const headers = Array.from({ length: 40 }, (_, index) => [`X-${index}`, 'x'] as const);
    const report = await run(server.url('/ws'), { headers });
    assert.equal(report.differential?.variations.length, 24);
    assert.match(report.differential.stopped ?? '', /^\d+ of \d+ changes were left out: 24 are the limit\.$/);
  });

  it('ends with its time', async () => {
    const server = await serve((visit) => {
      if (server.asked.length === 1) visit.refuse(400);
      else visit.socket.resume();
    });
    const report = await runDifferential(planFor(server.url(), rich), {}, { variations: 24, totalMs: 100 });
    assert.deepEqual(report.differential?.variations, []);
    assert.match(report.differential.stopped ?? '', /were left out: 0\.1 s are the limit\.$/);
    await server.idle();
  });

  it('ends when it is cancelled, with what it has found', async () => {
    const server = await serve((visit) => visit.refuse(500));
    const abort = new AbortController();
    const report = await run(server.url(), rich, { signal: abort.signal, onVariation: () => abort.abort() });
    assert.equal(report.differential?.variations.length, 1);
    assert.match(report.differential.stopped ?? '', /were left out: cancelled\.$/);
    assert.equal(report.error?.code, '500');
    const none = await run(server.url(), rich, { signal: abort.signal });
    assert.deepEqual(none.differential, {
      variations: [],
      cure: null,
      stopped: 'Cancelled before anything was changed.',
    });
    await server.idle();
  });
});
