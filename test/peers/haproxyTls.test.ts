import assert from 'node:assert/strict';
import { Http2Pool } from '../../src/core/transport/carriers/http2/http2Pool.js';
import { type Case, describePeer, probeCases } from './support/cases.js';
import { ECHO, HEALTHY, IDLE, TRUSTED, trusting, TWO_SECONDS } from './support/plans.js';
import { CALM, openSession } from './support/session.js';
import { haproxySpec } from './support/specs.js';

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
    findings: ['upgrade.forbidden @ proxy'],
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

describePeer('HAProxy with TLS and HTTP/2', haproxySpec, 'haproxy', (scene) => {
  probeCases(scene, [...TLS, ...HTTP2]);

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
