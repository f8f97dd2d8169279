import assert from 'node:assert/strict';
import { HTDIGEST, HTPASSWD, PASSWORD, USER } from './support/accounts.js';
import { type Case, describePeer, probeCases } from './support/cases.js';
import { ECHO, HEALTHY, IDLE, TRUSTED, through, trusting, TWO_SECONDS } from './support/plans.js';

const PLAIN: readonly Case[] = [
  { name: 'ProxyPass with upgrade=websocket', url: 'ws://{plain}/right', plan: ECHO, findings: [], check: HEALTHY },
  { name: 'mod_proxy_wstunnel', url: 'ws://{plain}/wstunnel', plan: ECHO, findings: [], check: HEALTHY },
  {
    name: 'a plain ProxyPass',
    url: 'ws://{plain}/stripped',
    phase: 'upgrade',
    findings: ['upgrade.headers-stripped @ proxy'],
    shows: ['Apache httpd', '426', 'upgrade=websocket'],
  },
  {
    name: 'a ProxyPass that shares the worker of another',
    url: 'ws://{plain}/shared-ws',
    phase: 'upgrade',
    findings: ['upgrade.headers-stripped @ proxy'],
    shows: ['Apache httpd', 'a second ProxyPass to the same URL shares'],
  },
  {
    name: 'Express behind takes it for a plain GET',
    url: 'ws://{plain}/app',
    phase: 'upgrade',
    findings: ['upgrade.headers-stripped @ proxy', 'upgrade.not-found @ application'],
    shows: ['Express'],
  },
  {
    name: 'nobody listens behind',
    url: 'ws://{plain}/refused',
    phase: 'upgrade',
    findings: ['upgrade.unavailable @ proxy'],
    shows: ['Apache httpd', '503'],
  },
  {
    name: 'the server behind never answers the upgrade',
    url: 'ws://{plain}/silent',
    slow: true,
    phase: 'upgrade',
    findings: ['upgrade.bad-gateway @ proxy'],
    shows: ['Apache httpd', 'Proxy Error'],
  },
  {
    name: 'the server behind hangs up',
    url: 'ws://{plain}/abrupt',
    phase: 'upgrade',
    findings: ['upgrade.bad-gateway @ proxy'],
    shows: ['Apache httpd'],
  },
  {
    name: 'the server behind speaks no HTTP',
    url: 'ws://{plain}/rubbish',
    phase: 'upgrade',
    // Apache takes it for HTTP/0.9, a body without a header, and makes a 200 of it.
    findings: ['upgrade.not-websocket @ application'],
    shows: ['+OK ready', 'Apache httpd'],
  },
  {
    name: 'a scheme for which no module is loaded',
    url: 'ws://{plain}/no-module',
    phase: 'upgrade',
    findings: ['upgrade.server-error @ application'],
    shows: ['Apache httpd', 'mod_proxy_wstunnel'],
  },
  {
    name: 'idle for longer than Timeout',
    url: 'ws://{plain}/idle',
    plan: IDLE,
    slow: true,
    phase: 'message',
    findings: ['close.dropped @ network'],
    shows: [TWO_SECONDS, 'whole seconds, as timers count'],
  },
  {
    name: '301 to the TLS port',
    url: 'ws://{plain}/moved',
    phase: 'upgrade',
    findings: ['upgrade.redirect @ application'],
    shows: ['wss://localhost', 'Apache httpd'],
  },
  {
    name: '401 without credentials',
    url: 'ws://{plain}/basic',
    phase: 'upgrade',
    findings: ['upgrade.unauthorized @ application'],
    shows: ['none were sent', 'Basic realm="staff"', 'Apache httpd'],
  },
  {
    name: 'the right password',
    url: 'ws://{plain}/basic',
    plan: { ...ECHO, auth: { type: 'basic', username: USER, password: PASSWORD }, secrets: [PASSWORD] },
    findings: [],
    check: HEALTHY,
  },
  {
    name: 'Digest without credentials',
    url: 'ws://{plain}/digest',
    phase: 'upgrade',
    findings: ['upgrade.unauthorized @ application'],
    shows: ['none were sent', 'Digest realm="staff"', '"type": "digest"'],
  },
  {
    name: 'Digest, the right password',
    url: 'ws://{plain}/digest?a=%20b&c="',
    plan: { ...ECHO, auth: { type: 'digest', username: USER, password: PASSWORD }, secrets: [PASSWORD] },
    findings: [],
    check: (report) => {
      HEALTHY(report);
      assert.deepEqual(
        report.looks?.map(({ reason, response }) => [reason, response]),
        [['challenge', 'HTTP/1.1 401 Unauthorized']],
      );
      assert.doesNotMatch(JSON.stringify(report), /response=|cnonce/);
    },
  },
  {
    name: 'Digest, the wrong password',
    url: 'ws://{plain}/digest',
    plan: { auth: { type: 'digest', username: USER, password: 'guessed-wrong' }, secrets: ['guessed-wrong'] },
    phase: 'upgrade',
    findings: ['upgrade.unauthorized @ application'],
    shows: ['did not accept the credentials'],
  },
  {
    name: 'Require all denied',
    url: 'ws://{plain}/forbidden',
    phase: 'upgrade',
    findings: ['upgrade.forbidden @ proxy'],
    shows: ['Apache httpd'],
  },
  {
    name: '404',
    url: 'ws://{plain}/missing',
    phase: 'upgrade',
    findings: ['upgrade.not-found @ proxy'],
    shows: ['Apache httpd'],
  },
  { name: '410', url: 'ws://{plain}/gone', phase: 'upgrade', findings: ['upgrade.not-found @ application'] },
  {
    name: 'a header too large',
    url: 'ws://{plain}/right',
    plan: { headers: [['X-Trace', 'x'.repeat(9_000)]] },
    phase: 'upgrade',
    findings: ['upgrade.headers-too-large @ http'],
    shows: ['Size of a request header field exceeds server limit', 'X-Trace: 9000 characters', 'LimitRequestFieldSize'],
  },
  {
    name: 'a target too long',
    url: `ws://{plain}/right?token=${'x'.repeat(9_000)}`,
    phase: 'upgrade',
    findings: ['upgrade.headers-too-large @ http'],
    shows: ['414', 'Apache httpd'],
  },
];

const TLS: readonly Case[] = [
  { name: 'wss', url: 'wss://{tls}/right', plan: TRUSTED, findings: [], check: HEALTHY },
  {
    name: 'ws to the TLS port',
    url: 'ws://{tls}/right',
    phase: 'upgrade',
    findings: ['tls.required @ tls'],
    shows: ['speaking plain HTTP to an SSL-enabled server port', 'wss://'],
  },
  {
    name: 'SSLVerifyClient require over TLS 1.3, no certificate sent',
    url: 'wss://{mutual}/',
    plan: TRUSTED,
    phase: 'tls',
    findings: ['tls.client-certificate-required @ tls'],
    shows: ['client.pem'],
  },
  {
    name: 'SSLVerifyClient require over TLS 1.3, a certificate of another authority',
    url: 'wss://{mutual}/',
    plan: trusting(({ pki }) => ({ tls: { cert: pki.path('selfSigned.pem'), key: pki.path('selfSigned.key') } })),
    phase: 'tls',
    findings: ['tls.client-certificate-refused @ tls'],
  },
  {
    name: 'SSLVerifyClient require over TLS 1.3, the right certificate',
    url: 'wss://{mutual}/',
    plan: trusting(({ pki }) => ({ ...ECHO, tls: { cert: pki.path('client.pem'), key: pki.path('client.key') } })),
    findings: [],
    check: HEALTHY,
  },
  {
    name: 'SSLVerifyClient require over TLS 1.2, no certificate sent',
    url: 'wss://{mutual12}/',
    plan: TRUSTED,
    phase: 'tls',
    findings: ['tls.no-shared-cipher @ tls'],
    shows: ['client certificate', 'client.pem'],
  },
  {
    name: 'SSLVerifyClient require over TLS 1.2, a certificate of another authority',
    url: 'wss://{mutual12}/',
    plan: trusting(({ pki }) => ({ tls: { cert: pki.path('selfSigned.pem'), key: pki.path('selfSigned.key') } })),
    phase: 'tls',
    findings: ['tls.client-certificate-refused @ tls'],
  },
];

const HTTP2: readonly Case[] = [
  { name: 'http 2', url: 'wss://{h2}/right', plan: trusting({ ...ECHO, http: '2' }), findings: [], check: HEALTHY },
  {
    name: 'Digest over http 2',
    url: 'wss://{h2}/digest',
    plan: trusting({
      ...ECHO,
      http: '2',
      auth: { type: 'digest', username: USER, password: PASSWORD },
      secrets: [PASSWORD],
    }),
    findings: [],
    check: HEALTHY,
  },
  {
    name: 'http 2 where only HTTP/1.1 is configured',
    url: 'wss://{tls}/right',
    plan: trusting({ http: '2' }),
    phase: 'upgrade',
    findings: ['http2.not-supported @ handshake'],
    shows: ['ALPN'],
  },
];

const FORWARD: readonly Case[] = [
  {
    name: 'CONNECT to an allowed port',
    url: 'ws://{echo}/',
    plan: through('http', 'forward', ECHO),
    findings: [],
    check: HEALTHY,
  },
  {
    name: 'CONNECT to a port that is not allowed',
    url: 'ws://{web}/',
    plan: through('http', 'forward'),
    phase: 'proxy',
    findings: ['proxy.forbidden @ proxy'],
    shows: ['403', 'Apache httpd'],
  },
  {
    name: 'CONNECT to a port where nobody listens',
    url: 'ws://{refused}/',
    plan: through('http', 'forward'),
    phase: 'proxy',
    findings: ['proxy.bad-gateway @ proxy'],
    shows: ['503', 'Apache httpd'],
  },
  {
    name: 'CONNECT to a web server that is no proxy',
    url: 'ws://{echo}/',
    plan: through('http', 'plain'),
    phase: 'proxy',
    findings: ['proxy.invalid-response @ proxy'],
    shows: ['Apache httpd'],
  },
];

const root = process.getuid?.() === 0;

describePeer(
  'Apache httpd',
  ({ backends, pki }) => ({
    software: 'apache',
    ports: ['plain', 'tls', 'h2', 'mutual', 'mutual12', 'forward'],
    configs: ['apache.conf'],
    files: { htpasswd: HTPASSWD, htdigest: HTDIGEST },
    values: {
      ...backends.ports,
      pki: pki.folder,
      modules: '/usr/lib/apache2/modules',
      // Apache does not run as root.
      user: root ? 'www-data' : `#${process.getuid?.() ?? 0}`,
      group: root ? 'www-data' : `#${process.getgid?.() ?? 0}`,
    },
    args: (fill) => ['-f', fill('{{folder}}/apache.conf'), '-DFOREGROUND'],
  }),
  'apache',
  (scene) => probeCases(scene, [...PLAIN, ...TLS, ...HTTP2, ...FORWARD]),
);
