import assert from 'node:assert/strict';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { Http2Pool } from '../../src/core/transport/http2/http2Pool.js';
import { PASSWORD, USER } from './support/accounts.js';
import { type Case, describePeer, probeCases, runRow } from './support/cases.js';
import { ECHO, HEALTHY, IDLE, TRUSTED, trusting, TWO_SECONDS } from './support/plans.js';
import { CALM, openSession } from './support/session.js';
import { haproxySpec } from './support/specs.js';

const PLAIN: readonly Case[] = [
  { name: 'a right configuration', url: 'ws://{plain}/right', plan: ECHO, findings: [], check: HEALTHY },
  { name: 'mode tcp', url: 'ws://{passed}/', plan: ECHO, findings: [], check: HEALTHY },
  {
    name: 'a backend without a server',
    url: 'ws://{plain}/empty',
    phase: 'upgrade',
    findings: ['upgrade.unavailable @ proxy'],
    shows: ['HAProxy', 'No server is available to handle this request', 'timeout tunnel'],
  },
  {
    name: 'a server marked as down',
    url: 'ws://{plain}/down',
    phase: 'upgrade',
    findings: ['upgrade.unavailable @ proxy'],
    shows: ['HAProxy'],
  },
  {
    name: 'nobody listens behind',
    url: 'ws://{plain}/refused',
    phase: 'upgrade',
    findings: ['upgrade.unavailable @ proxy'],
    shows: ['HAProxy', '503'],
  },
  {
    name: 'the server behind hangs up',
    url: 'ws://{plain}/abrupt',
    phase: 'upgrade',
    findings: ['upgrade.bad-gateway @ proxy'],
    shows: ['HAProxy'],
  },
  {
    name: 'the server behind speaks no HTTP',
    url: 'ws://{plain}/rubbish',
    phase: 'upgrade',
    findings: ['upgrade.bad-gateway @ proxy'],
    shows: ['HAProxy'],
  },
  {
    name: 'the server behind never answers the upgrade',
    url: 'ws://{plain}/silent',
    phase: 'upgrade',
    findings: ['upgrade.gateway-timeout @ proxy'],
    shows: ['HAProxy', /after 5\d\d(\.\d+)? ms/, 'timeout tunnel'],
  },
  {
    name: 'Upgrade and Connection deleted',
    url: 'ws://{plain}/stripped',
    phase: 'upgrade',
    findings: ['upgrade.headers-stripped @ proxy', 'upgrade.upgrade-required @ application'],
    shows: ['426'],
  },
  {
    name: 'a web application behind',
    url: 'ws://{plain}/app',
    phase: 'upgrade',
    findings: ['upgrade.not-found @ application'],
    shows: ['Express'],
  },
  {
    name: 'the PROXY protocol sent to a server that does not know it',
    url: 'ws://{plain}/greeted',
    phase: 'upgrade',
    findings: ['upgrade.bad-request @ application'],
  },
  {
    name: 'TLS to a server behind that speaks none',
    url: 'ws://{plain}/nowhere',
    phase: 'upgrade',
    findings: ['upgrade.unavailable @ proxy'],
    shows: ['HAProxy'],
  },
  {
    name: 'http-request deny',
    url: 'ws://{plain}/deny',
    phase: 'upgrade',
    findings: ['upgrade.forbidden @ application'],
    shows: ['HAProxy', '403'],
  },
  {
    name: 'http-request deny with an Origin sent',
    url: 'ws://{plain}/deny',
    plan: { origin: 'https://app.example' },
    phase: 'upgrade',
    findings: ['upgrade.forbidden @ application'],
    shows: ['HAProxy', 'administrative rules'],
  },
  {
    name: 'deny_status 400',
    url: 'ws://{plain}/bad',
    phase: 'upgrade',
    findings: ['upgrade.bad-request @ application'],
    shows: ['HAProxy'],
  },
  {
    name: 'deny_status 503',
    url: 'ws://{plain}/closed',
    phase: 'upgrade',
    findings: ['upgrade.unavailable @ proxy'],
    shows: ['HAProxy'],
  },
  {
    name: 'http-request reject',
    url: 'ws://{plain}/reject',
    phase: 'upgrade',
    findings: ['upgrade.closed @ http'],
    shows: ['HAProxy "reject"'],
  },
  {
    name: 'http-request silent-drop',
    url: 'ws://{plain}/silent-drop',
    plan: { timeouts: { upgradeMs: 600 } },
    phase: 'upgrade',
    // Without the rights of root HAProxy cannot keep the kernel silent, and a reset goes out.
    ...(process.getuid?.() === 0
      ? { findings: ['upgrade.timeout @ http'], shows: ['600 ms'] }
      : { findings: ['tcp.reset @ tcp', 'upgrade.closed @ http'] }),
  },
  {
    name: 'http-request tarpit',
    url: 'ws://{plain}/tarpit',
    phase: 'upgrade',
    findings: ['upgrade.server-error @ application'],
    shows: ['HAProxy', '500'],
  },
  {
    name: 'redirect scheme https',
    url: 'ws://{plain}/moved',
    phase: 'upgrade',
    findings: ['upgrade.redirect @ application'],
    shows: ['301', 'wss://127.0.0.1'],
  },
  {
    name: '401 without credentials',
    url: 'ws://{plain}/basic',
    phase: 'upgrade',
    findings: ['upgrade.unauthorized @ application'],
    shows: ['none were sent', 'Basic realm="staff"', 'HAProxy'],
  },
  {
    name: 'the right password',
    url: 'ws://{plain}/basic',
    plan: { ...ECHO, auth: { type: 'basic', username: USER, password: PASSWORD }, secrets: [PASSWORD] },
    findings: [],
    check: HEALTHY,
  },
  {
    name: 'a header too large',
    url: 'ws://{plain}/right',
    plan: { headers: [['X-Trace', 'x'.repeat(20_000)]] },
    phase: 'upgrade',
    findings: ['upgrade.bad-request @ application'],
    shows: ['HAProxy', /20\d\d\d bytes/],
  },
  {
    name: 'the PROXY protocol wanted and not sent',
    url: 'ws://{proxied}/',
    phase: 'upgrade',
    findings: ['tcp.reset @ tcp', 'upgrade.closed @ http'],
    shows: ['PROXY protocol'],
  },
  {
    name: 'idle for longer than timeout tunnel',
    url: 'ws://{plain}/idle',
    plan: IDLE,
    slow: true,
    phase: 'message',
    findings: ['close.dropped @ network'],
    shows: [TWO_SECONDS, 'whole seconds, as timers count', 'timeout tunnel'],
  },
  {
    name: 'idle for longer than timeout server',
    url: 'ws://{untimed}/',
    plan: IDLE,
    slow: true,
    phase: 'message',
    findings: ['close.dropped @ network'],
    shows: [TWO_SECONDS, 'whole seconds, as timers count', 'timeout tunnel'],
  },
  {
    name: 'idle for longer than timeout tunnel of mode tcp',
    url: 'ws://{passed}/',
    plan: IDLE,
    slow: true,
    phase: 'message',
    findings: ['close.dropped @ network'],
    shows: [TWO_SECONDS, 'whole seconds, as timers count'],
  },
];

const TLS: readonly Case[] = [
  { name: 'wss', url: 'wss://{tls}/', plan: TRUSTED, findings: [], check: HEALTHY },
  {
    name: 'ws to the TLS port',
    url: 'ws://{tls}/',
    phase: 'upgrade',
    findings: ['tls.required @ tls'],
    shows: ['wss://'],
  },
  {
    name: 'wss to the plain port',
    url: 'wss://{plain}/',
    phase: 'tls',
    findings: ['tls.plain-port @ tls'],
    shows: ['ws://'],
  },
  {
    name: 'verify required, no certificate sent',
    url: 'wss://{mutual}/',
    plan: TRUSTED,
    phase: 'tls',
    findings: ['tls.client-certificate-required @ tls'],
  },
  {
    name: 'verify required, a certificate of another authority',
    url: 'wss://{mutual}/',
    plan: trusting(({ pki }) => ({ tls: { cert: pki.path('selfSigned.pem'), key: pki.path('selfSigned.key') } })),
    phase: 'tls',
    findings: ['tls.client-certificate-refused @ tls'],
  },
  {
    name: 'verify required, the right certificate',
    url: 'wss://{mutual}/',
    plan: trusting(({ pki }) => ({ ...ECHO, tls: { cert: pki.path('client.pem'), key: pki.path('client.key') } })),
    findings: [],
    check: HEALTHY,
  },
];

const HTTP2: readonly Case[] = [
  { name: 'http 2', url: 'wss://{tls}/', plan: trusting({ ...ECHO, http: '2' }), findings: [], check: OVER_HTTP2 },
  {
    name: 'http auto',
    url: 'wss://{tls}/',
    plan: trusting({ ...ECHO, http: 'auto' }),
    findings: [],
    check: OVER_HTTP2,
  },
  {
    name: 'http 2 by prior knowledge',
    url: 'ws://{h2c}/',
    plan: { ...ECHO, http: '2' },
    findings: [],
    check: OVER_HTTP2,
  },
  {
    name: 'http 2 where ALPN has http/1.1 alone',
    url: 'wss://{http1}/',
    plan: trusting({ http: '2' }),
    phase: 'upgrade',
    findings: ['http2.not-supported @ handshake'],
    shows: ['ALPN'],
  },
  {
    name: 'http auto where ALPN has http/1.1 alone',
    url: 'wss://{http1}/',
    plan: trusting({ ...ECHO, http: 'auto' }),
    verdict: 'healthy',
    findings: ['http2.downgraded @ handshake'],
    check: HEALTHY,
  },
  {
    name: 'http 2 to a port without TLS that speaks HTTP/1.1 alone',
    url: 'ws://{passed}/',
    plan: { http: '2', timeouts: { upgradeMs: 1_500 } },
    phase: 'upgrade',
    findings: ['http2.not-supported @ handshake'],
  },
  {
    name: 'deny over HTTP/2',
    url: 'wss://{tls}/deny',
    plan: trusting({ http: '2' }),
    phase: 'upgrade',
    findings: ['upgrade.forbidden @ application'],
    shows: ['HTTP/2', 'HAProxy'],
  },
  {
    name: 'nobody listens behind, over HTTP/2',
    url: 'wss://{tls}/refused',
    plan: trusting({ http: '2' }),
    phase: 'upgrade',
    findings: ['upgrade.unavailable @ proxy'],
    shows: ['HTTP/2', 'HAProxy'],
  },
  {
    name: 'idle for longer than timeout tunnel, over HTTP/2',
    url: 'wss://{tls}/idle',
    plan: trusting({ ...IDLE, http: '2' }),
    slow: true,
    phase: 'message',
    findings: ['close.dropped @ network'],
    shows: [TWO_SECONDS, 'END_STREAM'],
  },
  {
    name: 'HTTP/1.1 to a port of HTTP/2 alone',
    url: 'ws://{h2c}/',
    phase: 'upgrade',
    findings: ['upgrade.closed @ http'],
    shows: ['FIN'],
  },
];

function OVER_HTTP2(report: Parameters<typeof HEALTHY>[0]): void {
  HEALTHY(report);
  assert.deepEqual(
    [report.request?.httpVersion, report.request?.method, report.response?.status],
    ['2', 'CONNECT', 200],
  );
}

describePeer('HAProxy', haproxySpec, 'haproxy', (scene) => {
  probeCases(scene, [...PLAIN, ...TLS, ...HTTP2]);

  it('a stick table allows one request a minute: the second gets 429', async () => {
    await runRow(scene(), { url: 'ws://{plain}/rate', plan: ECHO, findings: [] });
    await runRow(scene(), {
      url: 'ws://{plain}/rate',
      phase: 'upgrade',
      findings: ['upgrade.rate-limited @ application'],
      shows: ['429', 'try again after 60 s'],
    });
  });

  it('two sessions share one HTTP/2 connection, and each talks and closes for itself', async () => {
    const pool = new Http2Pool();
    const row = {
      url: 'wss://{tls}/',
      plan: trusting({ http: '2', session: { ...CALM, shareConnection: true } }),
    };
    const talks = [await openSession(scene(), row, { pool }), await openSession(scene(), row, { pool })];
    assert.deepEqual(
      talks.map(({ opened }) => [opened.http2?.shared, opened.http2?.streamId]),
      [
        [false, 1],
        [true, 3],
      ],
    );
    for (const [index, { session, log, until }] of talks.entries()) {
      const text = `message ${index}`;
      await session.send({ format: 'text', content: text, binary: false });
      await until(() => log.inflated.some(([direction, echo]) => direction === 'received' && echo === text));
    }
    const [first, second] = talks;
    first?.session.close(1000, '');
    await first?.until(() => first.session.state === 'closed');
    assert.equal(first?.session.report?.close?.clean, true);
    assert.equal(second?.session.state, 'open');
    second?.session.close(1000, '');
    await second?.until(() => second.session.state === 'closed');
    for (const { session } of talks) session.dispose();
  });

  it('maxconn of the server reached: 503 after timeout queue', async () => {
    const open = new WebSocket(scene().peer.url('ws://{plain}/full'));
    await once(open, 'open');
    await runRow(scene(), {
      url: 'ws://{plain}/full',
      phase: 'upgrade',
      findings: ['upgrade.unavailable @ proxy'],
      shows: ['HAProxy'],
    });
    open.terminate();
  });
});

describePeer(
  'HAProxy without RFC 8441',
  ({ backends, pki }) => ({
    software: 'haproxy',
    ports: ['tls'],
    configs: ['haproxy-no8441.cfg'],
    values: { ...backends.ports, pki: pki.folder },
    args: (fill) => ['-db', '-f', fill('{{folder}}/haproxy-no8441.cfg')],
  }),
  'haproxy',
  (scene) =>
    probeCases(scene, [
      {
        name: 'http 2',
        url: 'wss://{tls}/',
        plan: trusting({ http: '2' }),
        phase: 'upgrade',
        findings: ['http2.not-supported @ handshake'],
        shows: ['ENABLE_CONNECT_PROTOCOL'],
      },
      {
        name: 'http auto',
        url: 'wss://{tls}/',
        plan: trusting({ ...ECHO, http: 'auto' }),
        verdict: 'healthy',
        findings: ['http2.downgraded @ handshake'],
        check: HEALTHY,
      },
    ]),
);
