import assert from 'node:assert/strict';
import { PASSWORD, USER } from './support/accounts.js';
import { type Case, describePeer, probeCases } from './support/cases.js';
import { ECHO, HEALTHY, through, trusting } from './support/plans.js';
import { squidSpec } from './support/specs.js';

const account = { username: USER, password: PASSWORD };

const CONNECT: readonly Case[] = [
  {
    name: 'ws by way of CONNECT',
    url: 'ws://{echo}/',
    plan: through('http', 'open', ECHO),
    findings: [],
    check: THROUGH,
  },
  {
    name: 'wss by way of CONNECT',
    url: 'wss://{tlsEcho}/',
    plan: trusting(through('http', 'open', ECHO)),
    findings: [],
    check: THROUGH,
  },
  {
    name: 'a proxy reached over TLS',
    url: 'ws://{echo}/',
    plan: trusting(through('https', 'secure', ECHO)),
    findings: [],
    check: THROUGH,
  },
  {
    name: 'a proxy over TLS, and a target over TLS in it',
    url: 'wss://{tlsEcho}/',
    plan: trusting(through('https', 'secure', ECHO)),
    findings: [],
    check: THROUGH,
  },
  {
    name: 'a proxy over TLS with an expired certificate',
    url: 'ws://{echo}/',
    plan: trusting(through('https', 'secureExpired')),
    phase: 'proxy',
    findings: ['tls.expired @ proxy'],
    shows: ['The proxy'],
  },
  {
    name: 'plain HTTP to the TLS port of a proxy',
    url: 'ws://{echo}/',
    plan: through('http', 'secure'),
    phase: 'proxy',
    findings: ['proxy.refused @ proxy'],
    shows: ['https://'],
  },
  {
    name: 'TLS to the plain port of a proxy',
    url: 'ws://{echo}/',
    plan: trusting(through('https', 'open')),
    phase: 'proxy',
    findings: ['proxy.invalid-response @ proxy'],
    shows: ['does not speak TLS'],
  },
];

const REFUSED: readonly Case[] = [
  {
    name: 'a port that the rules deny',
    url: 'ws://{web}/',
    plan: through('http', 'open'),
    phase: 'proxy',
    findings: ['proxy.forbidden @ proxy'],
    shows: ['403', 'Squid', 'ERR_ACCESS_DENIED'],
  },
  {
    name: 'a name that the rules deny',
    url: 'ws://chat.forbidden.test{:echo}/',
    plan: through('http', 'open'),
    phase: 'proxy',
    findings: ['proxy.forbidden @ proxy'],
    shows: ['chat.forbidden.test', 'Squid'],
  },
  {
    name: 'a client that the rules deny',
    url: 'wss://{tlsEcho}/',
    plan: trusting(through('http', 'closed')),
    phase: 'proxy',
    findings: ['proxy.forbidden @ proxy'],
    shows: ['403', 'Squid'],
  },
  {
    name: '407 without credentials',
    url: 'ws://{echo}/',
    plan: through('http', 'auth'),
    phase: 'proxy',
    findings: ['proxy.auth-required @ proxy'],
    shows: ['407', 'Basic realm="staff"', 'Squid', 'ERR_CACHE_ACCESS_DENIED'],
  },
  {
    name: '407 with the wrong password',
    url: 'ws://{echo}/',
    plan: through('http', 'auth', {}, { username: USER, password: 'guessed-wrong' }),
    phase: 'proxy',
    findings: ['proxy.auth-required @ proxy'],
    shows: ['407', 'Squid'],
    check: (report) => assert.ok(!JSON.stringify(report).includes('guessed-wrong')),
  },
  {
    name: 'the right password',
    url: 'ws://{echo}/',
    plan: through('http', 'auth', ECHO, account),
    findings: [],
    check: (report, scene) => {
      THROUGH(report, scene);
      assert.ok(!JSON.stringify(report).includes(PASSWORD));
      assert.ok(!JSON.stringify(report).includes(Buffer.from(`${USER}:${PASSWORD}`).toString('base64')));
    },
  },
  {
    name: 'Digest',
    url: 'ws://{echo}/',
    plan: through('http', 'digest', ECHO, account),
    findings: [],
    check: (report, scene) => {
      THROUGH(report, scene);
      assert.ok(!JSON.stringify(report).includes(PASSWORD));
      assert.doesNotMatch(JSON.stringify(report), /response=|cnonce/);
    },
  },
  {
    name: 'Digest, the wrong password',
    url: 'ws://{echo}/',
    plan: through('http', 'digest', {}, { username: USER, password: 'guessed-wrong' }),
    phase: 'proxy',
    findings: ['proxy.auth-required @ proxy'],
    shows: ['did not accept the credentials', 'Squid'],
  },
  {
    name: 'NTLM alone',
    url: 'ws://{echo}/',
    plan: through('http', 'ntlm'),
    phase: 'proxy',
    findings: ['proxy.auth-required @ proxy'],
    shows: ['wants NTLM, which wsprobe does not speak', 'Cntlm', /-l 3129 127\.0\.0\.1:\d+/],
  },
  {
    name: 'a target where nobody listens',
    url: 'ws://{refused}/',
    plan: through('http', 'open'),
    phase: 'proxy',
    findings: ['proxy.bad-gateway @ proxy'],
    shows: ['503', 'Squid', 'ERR_CONNECT_FAIL'],
  },
  {
    name: 'a name that the proxy cannot resolve',
    url: 'ws://nobody.invalid{:echo}/',
    plan: through('http', 'open'),
    phase: 'proxy',
    findings: ['proxy.bad-gateway @ proxy'],
    slow: true,
    shows: ['Squid', /ERR_(CANNOT_FORWARD|DNS_FAIL)/],
  },
  {
    name: 'a target that never answers the upgrade',
    url: 'ws://{silent}/',
    plan: through('http', 'open', { timeouts: { upgradeMs: 500 } }),
    phase: 'upgrade',
    findings: ['upgrade.timeout @ http'],
  },
  {
    name: 'nobody listens where the proxy should be',
    url: 'ws://{echo}/',
    plan: (scene) =>
      through('http', 'open')({ ...scene, peer: { ...scene.peer, ports: { open: scene.backends.ports.refused } } }),
    phase: 'tcp',
    findings: ['proxy.refused @ proxy', 'tcp.refused @ tcp'],
    shows: ['cannot be reached'],
  },
];

const INSPECTED: readonly Case[] = [
  {
    name: 'TLS opened by the proxy',
    url: 'wss://localhost{:tlsEcho}/',
    plan: trusting(through('http', 'inspecting', { timeouts: { connectMs: 10_000 } })),
    phase: 'tls',
    findings: ['tls.unknown-authority @ tls', 'proxy.intercepts-tls @ proxy'],
    shows: ['wsprobe inspecting proxy CA'],
  },
  {
    name: 'TLS opened by the proxy, whose authority is trusted',
    url: 'wss://localhost{:tlsEcho}/',
    plan: (scene) => ({
      ...through('http', 'inspecting', { ...ECHO, timeouts: { connectMs: 10_000 } })(scene),
      tls: { ca: [scene.pki.path('inspector.pem')] },
    }),
    phase: 'upgrade',
    findings: ['upgrade.headers-stripped @ proxy', 'proxy.intercepts-tls @ proxy'],
    shows: ['Squid between here and the WebSocket server', 'http_upgrade_request_protocols'],
  },
  {
    name: 'TLS opened by the proxy, which passes the upgrade on',
    url: 'wss://localhost{:tlsEcho}/',
    plan: (scene) => ({
      ...through('http', 'passing', { ...ECHO, timeouts: { connectMs: 10_000 } })(scene),
      tls: { ca: [scene.pki.path('inspector.pem')] },
    }),
    // Squid adds nothing to this answer: only the name of its authority tells.
    verdict: 'healthy',
    findings: ['proxy.intercepts-tls @ proxy'],
    shows: ['wsprobe inspecting proxy CA'],
    check: THROUGH,
  },
];

function THROUGH(...[report]: Parameters<NonNullable<Case['check']>>): void {
  HEALTHY(report);
  assert.equal(report.proxy?.status, 200);
  assert.equal(report.phases.find(({ name }) => name === 'proxy')?.status, 'ok');
}

describePeer('Squid', squidSpec, 'squid', (scene) => probeCases(scene, [...CONNECT, ...REFUSED, ...INSPECTED]));
