import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { ALL_FINDING_IDS } from '../../../src/core/diagnosis/findingIds.js';
import type { Report } from '../../../src/core/base/model.js';
import { type Playground, startPlayground } from '../../../src/core/playground/index.js';
import { runProbe } from '../../../src/core/probe/runProbe.js';
import { type Network, systemNetwork } from '../../../src/core/transport/network.js';
import { planFor } from '../../support/plan.js';
import { ByteServer } from '../../support/byteServer.js';
import { assertMatchesSchema } from '../../support/reportSchema.js';
import { TLS_FAULTS } from './tlsFaults.js';
import { WAYS } from './waysThere.js';

type Overrides = NonNullable<Parameters<typeof planFor>[1]>;

const jwt = (claims: object) =>
  ['{"alg":"none"}', JSON.stringify(claims), 'x'].map((part) => Buffer.from(part).toString('base64url')).join('.');
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;
const EXPIRED_JWT = jwt({ exp: 1_000_000_000 });
const HELLO = { send: 'hello', expect: 'echo', samples: 1 } as const;
const BOTH = { subprotocols: ['chat.v1', 'chat.v2'] };

/** A server that really does it, and the headline of the report. */
const PATHS: [path: string, headline: string, overrides?: Overrides][] = [
  ['/fin-before-response', 'upgrade.closed'],
  ['/rst-before-response', 'tcp.reset'],
  ['/never', 'upgrade.timeout', { timeouts: { upgradeMs: 60 } }],
  ['/trickle?ms=5&part=status', 'upgrade.timeout', { timeouts: { upgradeMs: 60 } }],
  ['/not-http?kind=ssh', 'upgrade.not-http'],
  ['/not-http?kind=html', 'upgrade.not-http'],
  ['/not-http?kind=h2', 'upgrade.not-http'],
  ['/not-http?kind=icy', 'upgrade.not-http'],
  ['/not-http?kind=smtp', 'upgrade.not-http'],
  ['/not-http?kind=redis', 'upgrade.not-http'],
  ['/not-http?kind=tls-alert', 'tls.required'],
  ['/random?seed=7', 'upgrade.not-http'],
  ['/malformed?kind=bare-lf', 'upgrade.malformed'],
  ['/malformed?kind=nul', 'upgrade.malformed'],
  ['/malformed?kind=no-colon', 'upgrade.malformed'],
  ['/malformed?kind=http2-version', 'upgrade.malformed'],
  ['/large-headers?bytes=100000', 'upgrade.headers-too-large'],
  ['/endless-headers', 'upgrade.headers-too-large'],
  ['/status/431', 'upgrade.headers-too-large'],
  ['/status/400?kind=header-too-large', 'upgrade.headers-too-large'],
  ['/status/400?kind=plain-http-to-https', 'tls.required'],
  ['/status/400?kind=session-unknown', 'upgrade.session-unknown'],
  ['/status/400?kind=missing-key', 'upgrade.headers-stripped'],
  ['/status/400', 'upgrade.bad-request'],
  ['/status/426?server=nginx', 'upgrade.headers-stripped'],
  ['/status/426?server=apache', 'upgrade.headers-stripped'],
  ['/status/404?kind=express-behind-nginx', 'upgrade.headers-stripped'],
  ['/status/200', 'upgrade.not-websocket'],
  ['/redirect?status=301', 'upgrade.redirect'],
  ['/redirect?status=307', 'upgrade.redirect'],
  ['/status/401', 'upgrade.unauthorized'],
  ['/auth/bearer', 'upgrade.unauthorized'],
  ['/status/407', 'proxy.auth-required'],
  ['/status/403', 'upgrade.forbidden'],
  ['/status/403?kind=origin', 'upgrade.origin-refused', { origin: 'https://elsewhere.example' }],
  ['/origin', 'upgrade.origin-refused', { origin: 'https://elsewhere.example' }],
  ['/status/404', 'upgrade.not-found'],
  ['/no-such-path', 'upgrade.not-found'],
  ['/status/405', 'upgrade.method'],
  ['/status/408', 'upgrade.request-timeout'],
  ['/status/421', 'upgrade.misdirected'],
  ['/status/429', 'upgrade.rate-limited'],
  ['/status/500', 'upgrade.server-error'],
  ['/status/502', 'upgrade.bad-gateway'],
  ['/status/502?server=apache', 'upgrade.bad-gateway'],
  ['/status/503', 'upgrade.unavailable'],
  ['/status/504', 'upgrade.gateway-timeout'],
  ['/status/520', 'upgrade.cdn-error'],
  ['/status/526', 'upgrade.cdn-error'],
  ['/upgrade/missing-upgrade', 'upgrade.missing-header'],
  ['/upgrade/missing-connection', 'upgrade.missing-header'],
  ['/upgrade/h2c', 'upgrade.wrong-upgrade'],
  ['/accept/wrong', 'upgrade.accept-mismatch'],
  ['/accept/lowercase', 'upgrade.accept-mismatch'],
  ['/accept/missing', 'upgrade.accept-missing'],
  ['/accept/duplicated', 'upgrade.accept-duplicated'],
  ['/body-on-101', 'upgrade.body-on-101'],
  ['/subprotocol/none', 'subprotocol.none-selected', BOTH],
  ['/subprotocol/other', 'subprotocol.not-offered', BOTH],
  ['/subprotocol/case', 'subprotocol.case', BOTH],
  ['/subprotocol/several', 'subprotocol.several', BOTH],
  ['/subprotocol/duplicated', 'subprotocol.several', BOTH],
  ['/subprotocol/unrequested', 'subprotocol.unrequested'],
  ['/subprotocol/first', 'subprotocol.unexpected', { ...BOTH, expect: { subprotocol: 'chat.v2' } }],
  ['/extension/unrequested', 'extension.unrequested', { compression: false }],
  ['/extension/unknown', 'extension.unrequested'],
  ['/extension/bad-parameter', 'extension.invalid'],
  ['/html-after-101', 'frame.http-after-upgrade'],
  ['/http-after-101', 'frame.http-after-upgrade'],
  ['/masked', 'frame.masked'],
  ['/rsv?bit=1', 'frame.reserved-bits', { compression: false }],
  ['/rsv?bit=2', 'frame.reserved-bits'],
  ['/bad-opcode?opcode=11', 'frame.invalid-opcode'],
  ['/orphan-continuation', 'frame.unexpected-continuation'],
  ['/interrupted-fragments', 'frame.expected-continuation'],
  ['/fragmented-ping', 'frame.invalid-control'],
  ['/long-ping', 'frame.invalid-control'],
  ['/close-one-byte', 'frame.invalid-close'],
  ['/close/999', 'frame.invalid-close'],
  ['/close/1005', 'frame.invalid-close'],
  ['/bad-utf8', 'frame.invalid-utf8'],
  ['/bad-utf8-fragments', 'frame.invalid-utf8'],
  ['/close-bad-utf8', 'frame.invalid-utf8'],
  ['/bad-deflate', 'frame.bad-deflate'],
  ['/declared?bytes=1099511627776', 'limit.message-size'],
  ['/big?bytes=5000', 'limit.message-size', { limits: { maxMessageBytes: 1000 } }],
  ['/bomb?bytes=5000000', 'limit.message-size', { limits: { maxMessageBytes: 1_000_000 }, expect: { holdMs: 2_000 } }],
  ['/ping-flood?count=2000', 'limit.ping-flood', { expect: { holdMs: 300 } }],
  ['/no-pong', 'ping.unanswered', { timeouts: { closeMs: 30 } }],
  ['/never-close', 'limit.close-timeout', { timeouts: { closeMs: 30 } }],
  ['/silence', 'message.timeout', { message: HELLO, timeouts: { messageMs: 30 } }],
  ['/echo', 'message.mismatch', { message: { ...HELLO, expect: { contains: 'world' } }, timeouts: { messageMs: 300 } }],
  ['/refuse-login?as=graphql-transport-ws', 'message.auth-refused', { message: HELLO, timeouts: { messageMs: 300 } }],
  [
    `/reply?text=${encodeURIComponent('{"error":"Room not found"}')}`,
    'message.error',
    { message: { ...HELLO, expect: 'any' } },
  ],
  ['/close/4401?reason=token%20expired', 'close.rejected'],
  ['/close/3000', 'close.rejected'],
  ['/close/1000', 'close.rejected'],
  ['/close-empty', 'close.rejected'],
  ['/close/1001', 'close.going-away'],
  ['/close/1012', 'close.overloaded'],
  ['/close/1013', 'close.overloaded'],
  ['/close/1008', 'close.policy'],
  ['/close/1011', 'close.internal-error'],
  ['/close/1009', 'close.too-big'],
  ['/fin?after=0', 'close.dropped'],
  ['/rst?after=0', 'close.reset'],
  ['/echo', 'expectation.failed', { expect: { headers: { 'x-served-by': { matches: '^edge' } } } }],
  ['/slow-upgrade?ms=30', 'budget.exceeded', { expect: { budgets: { upgrade: { degradedMs: 5, downMs: null } } } }],
  ['/auth/bearer', 'auth.token-expired', { auth: { type: 'bearer', token: EXPIRED_JWT }, secrets: [EXPIRED_JWT] }],
  ['/close/1008', 'auth.token-expired', { cookies: { session: EXPIRED_JWT } }],
  ['/auth/bearer', 'auth.token-not-yet-valid', { subprotocols: [jwt({ exp: inSeconds(7200), nbf: inSeconds(3600) })] }],
  [
    '/echo',
    'auth.token-expires-soon',
    {
      // Made when the test asks, however long the tests before it took.
      get headers(): [string, string][] {
        return [['X-Token', jwt({ exp: inSeconds(120) })]];
      },
    },
  ],
];

const CERTIFICATES: [variant: string, headline: string, overrides?: Overrides['tls']][] = [
  ['expired', 'tls.expired'],
  ['notYetValid', 'tls.not-yet-valid'],
  ['selfSigned', 'tls.self-signed'],
  ['wrongName', 'tls.name-mismatch'],
  ['missingIntermediate', 'tls.incomplete-chain'],
  ['expiresSoon', 'tls.expires-soon'],
  ['clientCertificate', 'tls.client-certificate-required'],
  ['alpnH2', 'tls.alpn'],
  ['tls12', 'tls.version', { minVersion: 'TLSv1.3' }],
  ['expired', 'tls.verification-off', { rejectUnauthorized: false }],
];

/** Faults of the network, each injected: no packet leaves. */
const NETWORKS: [headline: string, Partial<Network>][] = [
  ['dns.not-found', { lookup: () => Promise.reject(systemError('ENOTFOUND')) }],
  ['dns.unavailable', { lookup: () => Promise.reject(systemError('EAI_AGAIN')) }],
  ['dns.unavailable', { lookup: () => new Promise(() => {}) }],
  ['tcp.refused', { connect: () => failing('ECONNREFUSED') }],
  ['tcp.unreachable', { connect: () => failing('ENETUNREACH') }],
  ['tcp.unreachable', { connect: () => failing('EHOSTUNREACH') }],
  ['tcp.reset', { connect: () => failing('ECONNRESET') }],
  ['tcp.timeout', { connect: () => new Socket() }],
  ['local.exhausted', { connect: () => failing('EMFILE') }],
  ['local.exhausted', { connect: () => failing('EADDRNOTAVAIL') }],
  ['guard.metadata-address', { lookup: () => Promise.resolve([{ address: '169.254.169.254', family: 4 }]) }],
];

/** Ids whose fault no probe can meet here (sessions have tests of their own); test/unit/diagnosis proves their rules on evidence. */
const BY_EVIDENCE_ONLY = [
  'session.half-open',
  'session.pong-missing',
  'session.heartbeat-missing',
  'session.backpressure',
  'close.idle-timeout',
  'close.lifetime',
  'tls.revoked',
  'tls.unknown-authority',
  'tls.verification-failed',
  'limit.fragments',
  'latency.unstable',
  'upgrade.upgrade-required',
  'guard.restricted-mode',
  // The user who tests may be one who may everything.
  'socket.denied',
];

describe('findings', () => {
  let playground: Playground;
  const seen = new Set<string>();
  before(async () => {
    playground = await startPlayground({ port: 0 });
  });
  after(() => playground.stop());

  const check = (report: Report, headline: string) => {
    assertMatchesSchema(report);
    for (const { id } of report.findings) seen.add(id);
    const said = report.findings.map(({ id }) => id).join(', ');
    assert.equal(report.findings[0]?.id, headline, `found: ${said}; error: ${JSON.stringify(report.error)}`);
    const first = report.findings[0];
    assert.ok(first.evidence.length > 0, 'no evidence');
    if (first.severity === 'error') assert.ok(first.fixes.length > 0, 'no fix');
  };

  for (const [path, headline, overrides] of PATHS) {
    it(`${headline}: ${path}`, async () => {
      // What ends by itself ends soon, but on a busy machine not within the short hold of these plans.
      const endsItself = /^(close|frame)\.|^limit\.message-size/.test(headline);
      const expect = { ...(endsItself ? { holdMs: 3_000 } : {}), ...overrides?.expect };
      check(await runProbe(planFor(`${playground.ws}${path}`, { ...overrides, expect })), headline);
    });
  }

  for (const [variant, headline, tls] of CERTIFICATES) {
    it(`${headline}: TLS, ${variant}`, async () => {
      const plan = planFor(`${playground.tls[variant as keyof Playground['tls']]}/echo`, {
        tls: { ca: [playground.caPem], ...tls },
      });
      check(await runProbe(plan), headline);
    });
  }

  for (const [headline, network] of NETWORKS) {
    it(`${headline}: a network that ${Object.keys(network)[0] === 'lookup' ? 'resolves' : 'connects'} so`, async () => {
      const lookup = () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
      const connect = () => assert.fail('no packet may leave');
      const plan = planFor('ws://host.test/', { timeouts: { connectMs: 30 } });
      check(await runProbe(plan, { network: { ...systemNetwork, lookup, connect, ...network } }), headline);
    });
  }

  for (const [headline, name, run] of [...WAYS, ...TLS_FAULTS]) {
    it(`${headline}: ${name}`, async () => check(await run(playground), headline));
  }

  it('tls.plain-port: wss to a port that speaks plain HTTP', async () => {
    check(await runProbe(planFor(playground.ws.replace('ws:', 'wss:'))), 'tls.plain-port');
  });

  it('tls.required: ws to a port that speaks TLS and hangs up', async () => {
    check(await runProbe(planFor(playground.wss.replace('wss:', 'ws:'))), 'tls.required');
  });

  it('close.after-ping: a server that ends the connection at a ping', async () => {
    const server = await ByteServer.start({
      onFrame: ({ opcode }, socket) => (opcode === 8 || opcode === 9) && socket.end(),
    });
    check(await runProbe(planFor(server.url())), 'close.after-ping');
    await server.stop();
  });

  it('tls.timeout: a server that takes the TLS hello and stays silent', async () => {
    const server = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const report = await runProbe(planFor(`wss://127.0.0.1:${port}/`, { timeouts: { connectMs: 60 } }));
    check(report, 'tls.timeout');
    assert.deepEqual(
      report.looks?.map(({ reason, response }) => [reason, response]),
      [['plain', null]],
    );
    server.close();
  });

  it('tls.closed: a server that hangs up on the TLS hello', async () => {
    const server = createServer((socket) => socket.once('data', () => socket.end())).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    check(await runProbe(planFor(`wss://127.0.0.1:${port}/`)), 'tls.closed');
    server.close();
  });

  it('tls.no-shared-cipher: a server without a cipher in common', async () => {
    const { certPem, keyPem } = playground.client;
    const server = createTlsServer({ cert: certPem, key: keyPem, maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA' });
    server.on('tlsClientError', () => {});
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    check(await runProbe(planFor(`wss://127.0.0.1:${port}/`)), 'tls.no-shared-cipher');
    server.close();
  });

  it('tls.self-signed or unknown-authority: a private root that nobody named', async () => {
    const report = await runProbe(planFor(`${playground.wss}/echo`));
    check(report, 'tls.unknown-authority');
  });

  it('profile.invalid-header: a header that Node refuses to send', async () => {
    const plan = planFor(`${playground.ws}/echo`, { headers: [['X-Bad', 'a\r\nX-Injected: b']] });
    check(await runProbe(plan), 'profile.invalid-header');
  });

  it('profile.invalid-subprotocol: a token twice', async () => {
    check(
      await runProbe(planFor(`${playground.ws}/echo`, { subprotocols: ['a', 'a'] })),
      'profile.invalid-subprotocol',
    );
  });

  it('profile.unreadable-file, profile.invalid-certificate: TLS material that cannot be used', async () => {
    check(
      await runProbe(planFor(`${playground.wss}/echo`, { tls: { cert: './none.pem' } })),
      'profile.unreadable-file',
    );
    const key = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n';
    check(await runProbe(planFor(`${playground.wss}/echo`, { tls: { key } })), 'profile.invalid-certificate');
  });

  it('profile.invalid-payload: a message that its format has no bytes for', async () => {
    const steps = [{ send: { mqtt: { cmd: 'subscribe', subscriptions: [] } } }];
    check(await runProbe({ ...planFor(`${playground.ws}/echo`), steps }), 'profile.invalid-payload');
  });

  after('every finding is proved by a server or listed', function () {
    // With `--grep` only some of the proofs have run.
    let all = true;
    this.test?.parent?.eachTest((test) => (all &&= test.state !== undefined));
    if (!all) return;
    const proved = new Set([...seen, ...BY_EVIDENCE_ONLY, 'profile.invalid-url']);
    assert.deepEqual(
      // What only an experiment sees is proved by its tests.
      ALL_FINDING_IDS.filter((id) => !proved.has(id) && !id.startsWith('lab.')),
      [],
    );
  });
});

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code });
}

function failing(code: string): Socket {
  const socket = new Socket();
  process.nextTick(() => socket.destroy(systemError(code)));
  return socket;
}
