import type { Differential, Finding, Http2Info, ProxyInfo, Report, Variation } from '../../src/core/base/model.js';
import { binaryFrame, phase, unreached, UPGRADE_BUDGET } from '../support/reports.js';
import { EXPIRED_REPORT, HEALTHY_REPORT, HOSTILE, HOSTILE_REPORT, NOT_WEBSOCKET_REPORT } from './fixtures.js';

export const PROXY: ProxyInfo = {
  url: 'http://proxy.example.com:3128',
  kind: 'http',
  source: 'http.proxy',
  status: 200,
  reason: 'Connection established',
  headers: [['Via', '1.1 proxy.example.com (squid/5.7)']],
  request: {
    httpVersion: '1.1',
    method: 'CONNECT',
    target: 'api.example.com:443',
    headers: [
      ['Host', 'api.example.com:443'],
      ['Proxy-Authorization', '[redacted]'],
    ],
  },
  body: null,
  tls: null,
};

const PROXIED_PHASES = [
  phase('dns', 'ok', 0.1, 2.3, { detail: { addresses: ['192.0.2.9'] } }),
  phase('tcp', 'ok', 2.5, 1.2, { detail: { remoteAddress: '192.0.2.9', remotePort: 3128 } }),
];

export const ORDERS = JSON.stringify({
  type: 'orders',
  items: Array.from({ length: 12 }, (_, id) => ({ id, state: 'open' })),
});

export const PROXIED_REPORT: Report = {
  ...HEALTHY_REPORT,
  phases: [
    ...PROXIED_PHASES,
    phase('proxy', 'ok', 3.8, 9.1, {
      detail: { kind: 'http', source: 'http.proxy', requestSentMs: 3.9, firstByteMs: 12.6, responseCompleteMs: 12.9 },
    }),
    ...HEALTHY_REPORT.phases.slice(2),
  ],
  attempts: [{ address: '192.0.2.9', family: 4, port: 3128, startMs: 2.5, durationMs: 1.2, error: null }],
  proxy: PROXY,
  compression: {
    offered: 'permessage-deflate; client_max_window_bits',
    accepted: 'permessage-deflate; server_no_context_takeover; client_max_window_bits=12',
    enabled: true,
    parameters: {
      serverContextTakeover: false,
      clientContextTakeover: true,
      serverMaxWindowBits: 15,
      clientMaxWindowBits: 12,
    },
  },
  frames: [
    {
      ...binaryFrame(0, 61.9, 'sent', 1, 'aa562aa92c4855b2522b29cacb4f51b252'),
      rsv1: true,
      inflated: { text: '{"type":"orders","since":"2026-11-20","page":1}', bytes: 46, truncated: false },
    },
    {
      ...binaryFrame(1, 74.2, 'received', 1, 'aa562aa92c4855b2522b29cacb4f51b252aa562aa92c4855b2522b29cacb4f51b252'),
      rsv1: true,
      inflated: { text: ORDERS, bytes: ORDERS.length, truncated: false },
    },
  ],
};

const AUTH_REQUIRED: Finding = {
  id: 'proxy.auth-required',
  layer: 'proxy',
  severity: 'error',
  title: 'The proxy proxy.example.com:3128 wants credentials: it answered 407 to CONNECT',
  explanation:
    'Nothing has reached api.example.com yet. The proxy asks for Basic credentials, and none were sent. It was named by http.proxy.',
  evidence: [
    'CONNECT api.example.com:443 → 407 Proxy Authentication Required',
    'Proxy-Authenticate: Basic realm="corp"',
  ],
  fixes: [
    {
      title: 'VS Code settings',
      language: 'json',
      snippet: '"http.proxy": "http://user@proxy.example.com:3128",\n"http.proxyAuthorization": "Basic …"',
    },
    { title: 'Profile', language: 'json', snippet: '"proxy": "http://user:${secret:proxy}@proxy.example.com:3128"' },
  ],
};

const NOTHING_AFTER = {
  tls: null,
  request: null,
  response: null,
  accept: null,
  roundTrips: null,
  close: null,
  frames: [],
};

export const PROXY_AUTH_REPORT: Report = {
  ...EXPIRED_REPORT,
  ...NOTHING_AFTER,
  durationMs: 13.4,
  phases: [
    ...PROXIED_PHASES,
    phase('proxy', 'failed', 3.8, 9.4, {
      detail: { kind: 'http', source: 'http.proxy', requestSentMs: 3.9, firstByteMs: 12.9, responseCompleteMs: 13.2 },
    }),
    ...unreached('tls', 'upgrade', 'message', 'close'),
  ],
  attempts: PROXIED_REPORT.attempts,
  proxy: {
    ...PROXY,
    status: 407,
    reason: 'Proxy Authentication Required',
    headers: [
      ['Server', 'squid/5.7'],
      ['Proxy-Authenticate', 'Basic realm="corp"'],
      ['Content-Type', 'text/html'],
      ['Content-Length', '61'],
    ],
    request: {
      httpVersion: '1.1',
      method: 'CONNECT',
      target: 'api.example.com:443',
      headers: [['Host', 'api.example.com:443']],
    },
    body: { text: '<html><body>Cache Access Denied: log in first</body></html>\n', bytes: 61, truncated: false },
  },
  findings: [AUTH_REQUIRED],
  error: { code: '407', message: 'The proxy answered 407 Proxy Authentication Required.', phase: 'proxy' },
};

/** A proxy is known and was left out, with the reason. */
export const UNUSED_PROXY_REPORT: Report = {
  ...HEALTHY_REPORT,
  phases: [
    ...HEALTHY_REPORT.phases.slice(0, 2),
    phase('proxy', 'skipped', 0, 0, { detail: { unused: 'NO_PROXY lists .example.com', source: 'HTTPS_PROXY' } }),
    ...HEALTHY_REPORT.phases.slice(2),
  ],
};

/** An https: proxy with a certificate of its own. */
export const HTTPS_PROXY_REPORT: Report = {
  ...PROXIED_REPORT,
  proxy: { ...PROXY, url: 'https://proxy.example.com:8443', kind: 'https', tls: HEALTHY_REPORT.tls },
};

const HTTP2: Http2Info = {
  streamId: 3,
  enableConnectProtocol: true,
  maxConcurrentStreams: 100,
  initialWindowSize: 65_535,
  shared: false,
  goaway: null,
  reset: null,
};

export const HTTP2_REPORT: Report = {
  ...HEALTHY_REPORT,
  tls: HEALTHY_REPORT.tls && { ...HEALTHY_REPORT.tls, alpn: 'h2' },
  request: {
    httpVersion: '2',
    method: 'CONNECT',
    target: '/orders?tenant=acme',
    headers: [
      [':method', 'CONNECT'],
      [':protocol', 'websocket'],
      [':scheme', 'https'],
      [':path', '/orders?tenant=acme'],
      [':authority', 'api.example.com'],
      ['sec-websocket-version', '13'],
      ['sec-websocket-protocol', 'graphql-transport-ws'],
      ['sec-websocket-extensions', 'permessage-deflate; client_max_window_bits'],
      ['origin', 'https://app.example.com'],
    ],
  },
  response: {
    httpVersion: '2',
    status: 200,
    reason: '',
    headers: [
      ['server', 'envoy'],
      ['sec-websocket-protocol', 'graphql-transport-ws'],
    ],
    body: { text: '', bytes: 0, truncated: false },
  },
  accept: null,
  http2: HTTP2,
};

export const HTTP2_SHARED_REPORT: Report = {
  ...HTTP2_REPORT,
  phases: [
    ...(['dns', 'tcp', 'tls'] as const).map((name) => phase(name, 'skipped', 0, 0, { detail: { shared: true } })),
    ...HEALTHY_REPORT.phases.slice(3),
  ],
  http2: { ...HTTP2, streamId: 5, shared: true },
};

const NO_HTTP2: Finding = {
  id: 'http2.not-supported',
  layer: 'http',
  severity: 'error',
  title: 'The server speaks HTTP/2 but allows no WebSocket over it',
  explanation: 'Its SETTINGS lack ENABLE_CONNECT_PROTOCOL, so an extended CONNECT (RFC 8441) may not be sent.',
  evidence: ['SETTINGS without SETTINGS_ENABLE_CONNECT_PROTOCOL'],
  fixes: [{ title: 'Profile', language: 'json', snippet: '"http": "auto"' }],
};

export const HTTP2_REFUSED_REPORT: Report = {
  ...HTTP2_REPORT,
  ...NOTHING_AFTER,
  verdict: 'down',
  tls: HTTP2_REPORT.tls,
  http2: {
    ...HTTP2,
    streamId: null,
    enableConnectProtocol: false,
    goaway: { code: 'ENHANCE_YOUR_CALM', lastStreamId: 1, debug: 'too many pings' },
  },
  phases: [
    ...HEALTHY_REPORT.phases.slice(0, 3),
    phase('upgrade', 'failed', 39.9, 1.2, {
      detail: { httpVersion: '2', settingsMs: 40.9, open: false },
      budget: UPGRADE_BUDGET,
    }),
    ...unreached('message', 'close'),
  ],
  findings: [NO_HTTP2],
  error: { code: 'http2.not-supported', message: NO_HTTP2.title, phase: 'upgrade' },
};

const REDIRECTED: Finding = {
  id: 'upgrade.redirect',
  layer: 'application',
  severity: 'error',
  title: 'The server answered 302 and sends the handshake on to wss://login.example.net/orders',
  explanation:
    'A WebSocket client does not follow redirects by itself. Often the request needs to be signed in first, or the URL has moved.',
  evidence: ['302 Found', 'Location: https://login.example.net/orders'],
  fixes: [{ title: 'Follow them', language: 'json', snippet: '"followRedirects": true' }],
};

export const REDIRECT_REPORT: Report = {
  ...NOT_WEBSOCKET_REPORT,
  response: {
    httpVersion: '1.1',
    status: 302,
    reason: 'Found',
    headers: [
      ['Server', 'nginx'],
      ['Location', 'https://login.example.net/orders'],
    ],
    body: { text: '', bytes: 0, truncated: false },
  },
  redirects: [
    {
      url: 'wss://api.example.com/orders?tenant=acme',
      status: 302,
      location: 'https://login.example.net/orders',
      target: 'wss://login.example.net/orders',
      followed: false,
      dropped: [],
      startMs: 0.1,
      durationMs: 61.2,
    },
  ],
  findings: [REDIRECTED],
  error: { code: '302', message: 'The server answered 302 Found.', phase: 'upgrade' },
};

export const REDIRECT_FOLLOWED_REPORT: Report = {
  ...REDIRECT_REPORT,
  redirects: [
    { ...REDIRECT_REPORT.redirects![0]!, followed: true, dropped: ['auth', 'Cookie', 'X-Tenant-Id'] },
    {
      url: 'wss://login.example.net/orders',
      status: 301,
      location: '/orders',
      target: 'wss://login.example.net/orders',
      followed: false,
      refused: 'the redirects go round in a loop, wss://login.example.net/orders was asked before',
      dropped: [],
      startMs: 61.4,
      durationMs: 44.1,
    },
  ],
  error: {
    code: '301',
    message:
      'The server answered 301. Not followed: the redirects go round in a loop, wss://login.example.net/orders was asked before.',
    phase: 'upgrade',
  },
};

export const VARIATIONS: readonly Variation[] = [
  { id: 'no-compression', change: 'no compression', passed: false, outcome: 'HTTP 403', durationMs: 24.1 },
  { id: 'no-subprotocol', change: 'no subprotocol', passed: false, outcome: 'HTTP 403', durationMs: 22.8 },
  {
    id: 'own-origin',
    change: 'Origin: https://api.example.com',
    passed: true,
    outcome: 'opens: 101 Switching Protocols',
    durationMs: 31.9,
  },
];

const CURED: Finding = {
  id: 'differential.cured',
  layer: 'application',
  severity: 'info',
  title: 'With the server’s own Origin the handshake passes',
  explanation:
    'Everything else was the same, so the server refuses https://app.example.com because of the Origin header.',
  evidence: ['as it was: HTTP 403', 'Origin: https://api.example.com: opens'],
  fixes: [{ title: 'Profile', language: 'json', snippet: '"origin": "https://api.example.com"' }],
};

const FORBIDDEN: Finding = {
  id: 'upgrade.origin-refused',
  layer: 'application',
  severity: 'error',
  title: 'The server answered 403: most likely it does not accept this Origin',
  explanation: 'The answer came from the application and says so in its body.',
  evidence: ['403 Forbidden'],
  fixes: [{ title: 'nginx', language: 'nginx', snippet: 'proxy_set_header Origin $http_origin;' }],
};

const DIFFERENTIAL: Differential = { variations: VARIATIONS, cure: 'own-origin', stopped: null };

export const FORBIDDEN_REPORT: Report = {
  ...NOT_WEBSOCKET_REPORT,
  response: {
    httpVersion: '1.1',
    status: 403,
    reason: 'Forbidden',
    headers: [['Server', 'nginx']],
    body: { text: 'Origin not allowed', bytes: 18, truncated: false },
  },
  findings: [FORBIDDEN],
  error: { code: '403', message: 'The server answered 403 Forbidden.', phase: 'upgrade' },
};

export const CURED_REPORT: Report = {
  ...FORBIDDEN_REPORT,
  findings: [FORBIDDEN, CURED],
  differential: DIFFERENTIAL,
};

export const NOT_CURED_REPORT: Report = {
  ...FORBIDDEN_REPORT,
  differential: {
    variations: VARIATIONS.map((variation) => ({ ...variation, passed: false, outcome: 'HTTP 403' })),
    cure: null,
    stopped: 'Stopped after 60 s: 4 more were not tried.',
  },
};

const LONG = 'a'.repeat(400);

/** What a proxy, a redirect, HTTP/2 and an experiment can say, by somebody who means ill. */
export const HOSTILE_NETWORK_REPORT: Report = {
  ...HOSTILE_REPORT,
  proxy: {
    ...PROXY,
    url: `http://${LONG}.example:3128`,
    source: HOSTILE,
    status: 407,
    reason: HOSTILE,
    headers: [[`X-${HOSTILE}`, `${HOSTILE}${LONG}`]],
    body: { text: HOSTILE, bytes: 90, truncated: false },
  },
  http2: { ...HTTP2, goaway: { code: HOSTILE, lastStreamId: 1, debug: `${HOSTILE}${LONG}` }, reset: HOSTILE },
  redirects: [
    {
      url: `wss://evil.example/${LONG}`,
      status: 302,
      location: `${HOSTILE}${LONG}`,
      target: null,
      followed: false,
      dropped: [],
      startMs: 0.1,
      durationMs: 61.2,
    },
  ],
  findings: [{ ...CURED, title: HOSTILE, explanation: HOSTILE, evidence: [HOSTILE] }, ...HOSTILE_REPORT.findings],
  differential: {
    variations: [
      { id: 'own-origin', change: `${HOSTILE}${LONG}`, passed: true, outcome: `${HOSTILE}${LONG}`, durationMs: 1 },
    ],
    cure: 'own-origin',
    stopped: `${HOSTILE}${LONG}`,
  },
};
