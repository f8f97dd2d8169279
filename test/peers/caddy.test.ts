import { BCRYPT, PASSWORD, USER } from './support/accounts.js';
import { type Case, describePeer, probeCases } from './support/cases.js';
import { ECHO, HEALTHY, TRUSTED, trusting } from './support/plans.js';

const PLAIN: readonly Case[] = [
  { name: 'reverse_proxy', url: 'ws://{plain}/right', plan: ECHO, findings: [], check: HEALTHY },
  {
    name: 'Upgrade and Connection deleted',
    url: 'ws://{plain}/stripped',
    phase: 'upgrade',
    findings: ['upgrade.headers-stripped @ proxy'],
    shows: ['Caddy', '426', 'reverse_proxy'],
  },
  {
    name: 'a web application behind',
    url: 'ws://{plain}/app',
    phase: 'upgrade',
    findings: ['upgrade.not-found @ application'],
    shows: ['Caddy', 'Express'],
  },
  {
    name: 'nobody listens behind',
    url: 'ws://{plain}/refused',
    phase: 'upgrade',
    findings: ['upgrade.bad-gateway @ proxy'],
    shows: ['Caddy', '502'],
  },
  {
    name: 'the server behind hangs up',
    url: 'ws://{plain}/abrupt',
    phase: 'upgrade',
    findings: ['upgrade.bad-gateway @ proxy'],
    shows: ['Caddy'],
  },
  {
    name: 'the server behind speaks no HTTP',
    url: 'ws://{plain}/rubbish',
    phase: 'upgrade',
    findings: ['upgrade.bad-gateway @ proxy'],
    shows: ['Caddy'],
  },
  {
    name: 'the server behind never answers the upgrade',
    url: 'ws://{plain}/silent',
    phase: 'upgrade',
    findings: ['upgrade.gateway-timeout @ proxy'],
    shows: ['Caddy', /after 3\d\d(\.\d+)? ms/],
  },
  {
    name: '401 without credentials',
    url: 'ws://{plain}/basic',
    phase: 'upgrade',
    findings: ['upgrade.unauthorized @ application'],
    shows: ['none were sent', 'Basic realm=', 'Caddy'],
  },
  {
    name: 'the right password',
    url: 'ws://{plain}/basic',
    plan: { ...ECHO, auth: { type: 'basic', username: USER, password: PASSWORD }, secrets: [PASSWORD] },
    findings: [],
    check: HEALTHY,
  },
  {
    name: '301 to the TLS port',
    url: 'ws://{plain}/moved',
    phase: 'upgrade',
    findings: ['upgrade.redirect @ application'],
    shows: ['wss://127.0.0.1', 'Caddy'],
  },
  {
    name: '403',
    url: 'ws://{plain}/forbidden',
    phase: 'upgrade',
    findings: ['upgrade.forbidden @ application'],
    shows: ['Caddy'],
  },
  {
    name: '404',
    url: 'ws://{plain}/missing',
    phase: 'upgrade',
    findings: ['upgrade.not-found @ application'],
    shows: ['Caddy'],
  },
  {
    name: 'a page',
    url: 'ws://{plain}/page',
    phase: 'upgrade',
    findings: ['upgrade.not-websocket @ application'],
    shows: ['Caddy'],
  },
  {
    name: '503',
    url: 'ws://{plain}/busy',
    phase: 'upgrade',
    findings: ['upgrade.unavailable @ proxy'],
    shows: ['Caddy'],
  },
  {
    name: 'a path without a handler',
    url: 'ws://{plain}/nothing-here',
    phase: 'upgrade',
    // What Caddy says where nothing is configured: 200 without a body.
    findings: ['upgrade.not-found @ proxy'],
    shows: ['Caddy', '200'],
  },
];

const TLS: readonly Case[] = [
  { name: 'wss', url: 'wss://localhost{:tls}/', plan: TRUSTED, findings: [], check: HEALTHY },
  {
    name: 'wss to an address that no site has',
    url: 'wss://{tls}/',
    plan: trusting({ tls: { serverName: 'localhost' } }),
    phase: 'upgrade',
    findings: ['upgrade.not-found @ proxy'],
    shows: ['Caddy', '200'],
  },
  {
    name: 'client_auth, and a Host other than the name of TLS',
    url: 'wss://{mutual}/',
    plan: trusting(({ pki }) => ({
      tls: { serverName: 'localhost', cert: pki.path('client.pem'), key: pki.path('client.key') },
    })),
    phase: 'upgrade',
    findings: ['upgrade.misdirected @ application'],
    shows: ['421', 'SNI: localhost', 'Caddy'],
  },
  {
    name: 'ws to the TLS port',
    url: 'ws://{tls}/',
    phase: 'upgrade',
    findings: ['tls.required @ tls'],
    shows: ['Client sent an HTTP request to an HTTPS server'],
  },
  {
    name: 'wss to the plain port',
    url: 'wss://{plain}/right',
    phase: 'tls',
    findings: ['tls.plain-port @ tls'],
  },
  {
    name: 'a name without a certificate',
    url: 'wss://{tls}/',
    plan: trusting({ tls: { serverName: 'nobody.example' } }),
    phase: 'tls',
    findings: ['tls.closed @ tls'],
    shows: ['nobody.example'],
  },
  {
    name: 'client_auth, no certificate sent',
    url: 'wss://localhost{:mutual}/',
    plan: TRUSTED,
    phase: 'tls',
    findings: ['tls.client-certificate-required @ tls'],
  },
  {
    name: 'client_auth, a certificate of another authority',
    url: 'wss://localhost{:mutual}/',
    plan: trusting(({ pki }) => ({ tls: { cert: pki.path('selfSigned.pem'), key: pki.path('selfSigned.key') } })),
    phase: 'tls',
    findings: ['tls.client-certificate-refused @ tls'],
  },
  {
    name: 'client_auth, the right certificate',
    url: 'wss://localhost{:mutual}/',
    plan: trusting(({ pki }) => ({ ...ECHO, tls: { cert: pki.path('client.pem'), key: pki.path('client.key') } })),
    findings: [],
    check: HEALTHY,
  },
];

const HTTP2: readonly Case[] = [
  {
    name: 'http auto: h2 is there, RFC 8441 is not',
    url: 'wss://localhost{:tls}/',
    plan: trusting({ ...ECHO, http: 'auto' }),
    verdict: 'healthy',
    findings: ['http2.downgraded @ handshake'],
    check: HEALTHY,
  },
  {
    name: 'http 2',
    url: 'wss://localhost{:tls}/',
    plan: trusting({ http: '2' }),
    phase: 'upgrade',
    findings: ['http2.not-supported @ handshake'],
  },
];

describePeer(
  'Caddy',
  ({ backends, pki }) => ({
    software: 'caddy',
    ports: ['plain', 'tls', 'mutual'],
    configs: ['Caddyfile'],
    values: { ...backends.ports, pki: pki.folder, bcrypt: BCRYPT },
    args: (fill) => ['run', '--config', fill('{{folder}}/Caddyfile'), '--adapter', 'caddyfile'],
  }),
  'caddy',
  (scene) => probeCases(scene, [...PLAIN, ...TLS, ...HTTP2]),
);
