import type { Finding, FrameRecord, Report } from '../../src/core/base/model.js';
import type { InspectorState } from '../../src/protocol/inspector.js';
import {
  binaryFrame,
  frame,
  MESSAGE_BUDGET,
  phase,
  STARTED_AT,
  unreached,
  UPGRADE_BUDGET,
} from '../support/reports.js';

export const BIDI = '\u202e';

const DNS = phase('dns', 'ok', 0.112, 3.412, { detail: { addresses: ['203.0.113.10', '2001:db8::10'] } });
const TCP = phase('tcp', 'ok', 3.6, 11.204, { detail: {} });
const TLS = phase('tls', 'ok', 14.9, 24.871, { detail: {} });
const UPGRADE = phase('upgrade', 'ok', 39.9, 21.35, {
  detail: { requestSentMs: 40.1, firstByteMs: 60.912, responseCompleteMs: 61.25, open: true },
  budget: UPGRADE_BUDGET,
});

const LEAF = {
  subject: 'CN=api.example.com',
  issuer: 'C=US, O=Example Trust, CN=Example Issuing CA 3',
  validFrom: '2026-10-22T00:00:00.000Z',
  validTo: '2027-01-20T23:59:59.000Z',
  daysLeft: 61,
  altNames: ['api.example.com', '*.api.example.com'],
  fingerprint256: '5C:1F:9A:0E:77:4B:D2:38:61:AA:9E:4D:FC:02:8B:11:C9:53:7A:B4:60:1D:EE:F8:25:93:4C:7F:A1:0B:D6:42',
};
const ISSUING = {
  subject: 'C=US, O=Example Trust, CN=Example Issuing CA 3',
  issuer: 'C=US, O=Example Trust, CN=Example Root R1',
  validFrom: '2023-03-13T00:00:00.000Z',
  validTo: '2033-03-12T23:59:59.000Z',
  daysLeft: 2304,
  altNames: [],
  fingerprint256: '67:AD:D1:16:6B:02:0A:E6:1B:8F:5F:C9:68:13:C0:4C:2A:A5:89:96:07:96:86:55:72:A3:C7:E7:37:61:3D:FD',
};
const ROOT = {
  ...ISSUING,
  subject: 'C=US, O=Example Trust, CN=Example Root R1',
  issuer: 'C=US, O=Example Trust, CN=Example Root R1',
};

const REQUEST_HEADERS = [
  ['Host', 'api.example.com'],
  ['Upgrade', 'websocket'],
  ['Connection', 'Upgrade'],
  ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
  ['Sec-WebSocket-Version', '13'],
  ['Sec-WebSocket-Protocol', 'graphql-transport-ws'],
  ['Sec-WebSocket-Extensions', 'permessage-deflate; client_max_window_bits'],
  ['Origin', 'https://app.example.com'],
  ['Authorization', '[redacted]'],
  ['X-Tenant-Id', 'acme'],
] as const;

const HEALTHY_FRAMES: FrameRecord[] = [
  frame(0, 61.9, 'sent', 1, '{"type":"connection_init","payload":{"token":"[redacted]"}}'),
  frame(1, 74.204, 'received', 1, '{"type":"connection_ack"}'),
  frame(2, 74.9, 'sent', 1, '{"type":"ping"}'),
  frame(3, 77.012, 'received', 1, '{"type":"pong"}'),
  frame(4, 78.1, 'sent', 1, '{"type":"ping"}'),
  frame(
    5,
    80.6,
    'received',
    1,
    '{"type":"pong","payload":{"id":9007199254740993,"zone":"eu-1","tags":["a","b"],"empty":{}}}',
  ),
  binaryFrame(6, 91.4, 'received', 9, 'deadbeef'),
  binaryFrame(7, 91.6, 'sent', 10, 'deadbeef'),
  binaryFrame(8, 312.3, 'sent', 8, '03e8'),
  binaryFrame(9, 324.9, 'received', 8, '03e8'),
];

export const HEALTHY_REPORT: Report = {
  schema: 'wsprobe.report/1',
  name: 'Orders stream',
  url: 'wss://api.example.com/orders?tenant=acme',
  startedAt: STARTED_AT,
  durationMs: 325.412,
  verdict: 'healthy',
  vantage: { host: 'dev-box', remote: 'WSL: Ubuntu' },
  phases: [
    DNS,
    TCP,
    TLS,
    UPGRADE,
    phase('message', 'ok', 74.9, 16.2, { detail: { samples: 5 }, budget: MESSAGE_BUDGET }),
    phase('close', 'ok', 312.25, 12.8),
  ],
  attempts: [{ address: '203.0.113.10', family: 4, port: 443, startMs: 3.6, durationMs: 11.204, error: null }],
  tls: {
    protocol: 'TLSv1.3',
    cipher: 'TLS_AES_256_GCM_SHA384',
    alpn: 'http/1.1',
    authorized: true,
    authorizationError: null,
    chain: [LEAF, ISSUING, ROOT],
  },
  proxy: null,
  request: {
    httpVersion: '1.1',
    method: 'GET',
    target: '/orders?tenant=acme',
    headers: [...REQUEST_HEADERS],
  },
  response: {
    httpVersion: '1.1',
    status: 101,
    reason: 'Switching Protocols',
    headers: [
      ['Server', 'nginx'],
      ['Date', 'Fri, 20 Nov 2026 12:00:00 GMT'],
      ['Connection', 'upgrade'],
      ['Upgrade', 'websocket'],
      ['Sec-WebSocket-Accept', 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='],
      ['Sec-WebSocket-Protocol', 'graphql-transport-ws'],
      ['Sec-WebSocket-Extensions', 'permessage-deflate; server_no_context_takeover'],
      ['X-Served-By', 'edge-fra-4'],
    ],
    body: { text: '', bytes: 0, truncated: false },
  },
  accept: { expected: 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=', received: 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=', valid: true },
  subprotocol: { offered: ['graphql-transport-ws'], selected: 'graphql-transport-ws' },
  compression: {
    offered: 'permessage-deflate; client_max_window_bits',
    accepted: 'permessage-deflate; server_no_context_takeover',
    enabled: true,
  },
  roundTrips: {
    mode: 'match',
    samplesMs: [2.112, 2.504, 2.018, 3.91, 2.266],
    minMs: 2.018,
    p50Ms: 2.266,
    p95Ms: 3.91,
    p99Ms: 3.91,
    maxMs: 3.91,
  },
  close: {
    code: 1000,
    reason: '',
    initiator: 'client',
    clean: true,
    evidence: 'We sent Close 1000 and the server answered with 1000 after 12.6 ms.',
  },
  expectations: [
    {
      name: 'subprotocol is graphql-transport-ws',
      passed: true,
      expected: 'graphql-transport-ws',
      actual: 'graphql-transport-ws',
    },
    { name: 'stays open for 250 ms', passed: true, expected: 'at least 250 ms', actual: '251 ms' },
    { name: 'certificate is valid for 14 more days', passed: true, expected: 'at least 14 days', actual: '61 days' },
  ],
  steps: [],
  findings: [],
  frames: HEALTHY_FRAMES,
  error: null,
};

const DOWN_BEFORE_UPGRADE = {
  verdict: 'down',
  request: null,
  response: null,
  accept: null,
  subprotocol: { offered: ['graphql-transport-ws'], selected: null },
  compression: { offered: null, accepted: null, enabled: false },
  roundTrips: null,
  close: null,
  expectations: [],
  frames: [],
} as const;

const EXPIRED: Finding = {
  id: 'tls.expired',
  layer: 'tls',
  severity: 'error',
  title: 'The certificate of api.example.com expired 12 days ago',
  explanation:
    'TLS came up, but the server’s own certificate was valid until 8 November 2026. wsprobe refused it before a byte of HTTP was sent, as every browser does. Renewal most likely ran and the server was never reloaded, or the renewal job stopped.',
  evidence: [
    'certificate CN=api.example.com, valid 10 Aug 2026 – 8 Nov 2026 (-12 days left)',
    'verification: CERT_HAS_EXPIRED',
    'clock of this machine: 2026-11-20T12:00:00Z',
  ],
  fixes: [
    {
      title: 'certbot',
      language: 'shell',
      snippet: 'sudo certbot renew --cert-name api.example.com\nsudo systemctl reload nginx',
    },
    {
      title: 'cert-manager',
      language: 'shell',
      snippet:
        'kubectl describe certificate -A | grep -A5 api.example.com\ncmctl renew --namespace default api-example-com',
    },
    {
      title: 'Accept it here, for now',
      language: 'json',
      snippet: '"tls": {\n  // Anyone can read and change this connection.\n  "rejectUnauthorized": false\n}',
    },
  ],
};

export const EXPIRED_REPORT: Report = {
  ...HEALTHY_REPORT,
  ...DOWN_BEFORE_UPGRADE,
  durationMs: 39.912,
  phases: [DNS, TCP, { ...TLS, status: 'failed' }, ...unreached('upgrade', 'message', 'close')],
  attempts: [
    { address: '2001:db8::10', family: 6, port: 443, startMs: 3.55, durationMs: 0.31, error: 'ENETUNREACH' },
    { address: '203.0.113.10', family: 4, port: 443, startMs: 3.9, durationMs: 10.9, error: null },
  ],
  tls: {
    protocol: 'TLSv1.3',
    cipher: 'TLS_AES_256_GCM_SHA384',
    alpn: null,
    authorized: false,
    authorizationError: 'CERT_HAS_EXPIRED',
    chain: [
      { ...LEAF, validFrom: '2026-08-10T00:00:00.000Z', validTo: '2026-11-08T23:59:59.000Z', daysLeft: -12 },
      ISSUING,
      ROOT,
    ],
  },
  findings: [EXPIRED],
  error: { code: 'CERT_HAS_EXPIRED', message: 'certificate has expired', phase: 'tls' },
};

const HTML = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Orders</title>
    <script type="module" src="/assets/index-4f2a1c.js"></script>
  </head>
  <body><div id="app"></div></body>
</html>
`;

const NOT_WEBSOCKET: Finding = {
  id: 'upgrade.headers-stripped',
  layer: 'proxy',
  severity: 'error',
  title: 'nginx answered 200 with a web page: it did not pass the upgrade on to the application',
  explanation:
    'The request asked to switch to WebSocket and got an ordinary HTML page. The response carries both nginx’s and Express’s headers, so the request reached the application as a plain GET: the proxy dropped Upgrade and Connection, which are hop-by-hop headers and have to be set anew.',
  evidence: [
    'status 200 OK instead of 101 Switching Protocols',
    'Server: nginx/1.22.1',
    'X-Powered-By: Express',
    'Content-Type: text/html; charset=utf-8',
    'body starts with <!doctype html>',
  ],
  fixes: [
    {
      title: 'nginx',
      language: 'nginx',
      snippet:
        'location /orders {\n    proxy_pass http://app:8080;\n    proxy_http_version 1.1;\n    proxy_set_header Upgrade $http_upgrade;\n    proxy_set_header Connection "upgrade";\n    proxy_read_timeout 1h;\n}',
    },
    {
      title: 'ingress-nginx',
      language: 'yaml',
      snippet: 'metadata:\n  annotations:\n    nginx.ingress.kubernetes.io/proxy-read-timeout: "3600"',
    },
  ],
};

const PATH_NOTE: Finding = {
  id: 'upgrade.not-websocket',
  layer: 'application',
  severity: 'warning',
  title: 'The path /orders also answers plain HTTP with a page',
  explanation:
    'A single-page application often answers every unknown path with its index page. If the proxy is set up well, check the path.',
  evidence: ['Content-Type: text/html; charset=utf-8'],
  fixes: [],
};

export const NOT_WEBSOCKET_REPORT: Report = {
  ...HEALTHY_REPORT,
  ...DOWN_BEFORE_UPGRADE,
  durationMs: 1184.3,
  phases: [
    DNS,
    TCP,
    TLS,
    {
      ...UPGRADE,
      status: 'failed',
      durationMs: 1143.2,
      detail: { requestSentMs: 40.1, firstByteMs: 1182.4, responseCompleteMs: 1183.1, open: false },
    },
    ...unreached('message', 'close'),
  ],
  request: HEALTHY_REPORT.request,
  response: {
    httpVersion: '1.1',
    status: 200,
    reason: 'OK',
    headers: [
      ['Server', 'nginx/1.22.1'],
      ['Date', 'Fri, 20 Nov 2026 12:00:01 GMT'],
      ['Content-Type', 'text/html; charset=utf-8'],
      ['Content-Length', String(HTML.length)],
      ['Connection', 'keep-alive'],
      ['X-Powered-By', 'Express'],
      ['ETag', 'W/"1c3-Gq8l9OxIu5hV5kYyVd0cFr0r1ZE"'],
    ],
    body: { text: HTML, bytes: HTML.length, truncated: false },
  },
  findings: [NOT_WEBSOCKET, PATH_NOTE],
  error: { code: 'unexpected-status', message: 'HTTP 200 instead of 101', phase: 'upgrade' },
};

const REJECTED: Finding = {
  id: 'close.rejected',
  layer: 'application',
  severity: 'error',
  title: 'The server accepted the upgrade, then closed with 4401: the credentials were refused',
  explanation:
    'The opening handshake succeeded and 38 ms later the server closed the socket. In graphql-transport-ws, 4401 means that an operation was sent before connection_ack, or that the token was refused. The reason it gave: “token expired”.',
  evidence: [
    'Close frame received after 38.2 ms: code 4401, reason "token expired"',
    'subprotocol graphql-transport-ws',
    'no message was received before the close',
  ],
  fixes: [
    {
      title: 'Send connection_init first',
      language: 'json',
      snippet:
        '"steps": [\n  { "send": { "json": { "type": "connection_init", "payload": { "token": "${secret:orders}" } } } },\n  { "expect": { "jsonPath": "$.type", "equals": "connection_ack" } }\n]',
    },
    { title: 'Renew the token', language: 'text', snippet: 'WebSocket: Set Secret…  →  orders' },
  ],
};

export const CLOSED_4401_REPORT: Report = {
  ...HEALTHY_REPORT,
  verdict: 'down',
  durationMs: 99.61,
  phases: [
    DNS,
    TCP,
    TLS,
    UPGRADE,
    phase('message', 'failed', 61.9, 37.1, { budget: MESSAGE_BUDGET }),
    phase('close', 'ok', 99.0, 0.58),
  ],
  roundTrips: null,
  close: {
    code: 4401,
    reason: 'token expired',
    initiator: 'server',
    clean: true,
    evidence: 'The server sent Close 4401 38.2 ms after the 101; we answered it; then it ended TCP with FIN.',
  },
  expectations: [
    {
      name: 'subprotocol is graphql-transport-ws',
      passed: true,
      expected: 'graphql-transport-ws',
      actual: 'graphql-transport-ws',
    },
    { name: 'stays open for 250 ms', passed: false, expected: 'at least 250 ms', actual: 'closed after 38.2 ms' },
  ],
  findings: [REJECTED],
  frames: [
    frame(0, 61.9, 'sent', 1, '{"type":"ping"}'),
    binaryFrame(1, 99.0, 'received', 8, `1131${Buffer.from('token expired').toString('hex')}`),
    binaryFrame(2, 99.3, 'sent', 8, '1131'),
  ],
  error: { code: '4401', message: 'closed with 4401 before the reply came', phase: 'message' },
};

export const PING_REPORT: Report = {
  ...HEALTHY_REPORT,
  name: 'ws://localhost:8080/echo',
  url: 'ws://localhost:8080/echo',
  durationMs: 259.3,
  phases: [
    phase('dns', 'ok', 0.1, 0.42, { detail: { addresses: ['127.0.0.1'] } }),
    phase('tcp', 'ok', 0.6, 0.31),
    phase('tls', 'skipped', 0.95, 0),
    phase('upgrade', 'ok', 1.0, 2.91, {
      detail: { requestSentMs: 1.2, firstByteMs: 3.5, responseCompleteMs: 3.7, open: true },
      budget: UPGRADE_BUDGET,
    }),
    phase('message', 'ok', 4.1, 0.61, { budget: MESSAGE_BUDGET }),
    phase('close', 'ok', 254.2, 4.9),
  ],
  attempts: [{ address: '127.0.0.1', family: 4, port: 8080, startMs: 0.6, durationMs: 0.31, error: null }],
  tls: null,
  subprotocol: { offered: [], selected: null },
  compression: { offered: 'permessage-deflate; client_max_window_bits', accepted: null, enabled: false },
  roundTrips: { mode: 'ping', samplesMs: [0.61], minMs: 0.61, p50Ms: 0.61, p95Ms: 0.61, p99Ms: 0.61, maxMs: 0.61 },
  expectations: [],
  findings: [],
};

export const SLOW_REPORT: Report = {
  ...HEALTHY_REPORT,
  verdict: 'degraded',
  durationMs: 2641.8,
  phases: [
    DNS,
    TCP,
    TLS,
    {
      ...UPGRADE,
      status: 'degraded',
      durationMs: 2210.4,
      detail: { requestSentMs: 40.1, firstByteMs: 2249.8, responseCompleteMs: 2250.2, open: true },
    },
    phase('message', 'ok', 2264.2, 16.2, { budget: MESSAGE_BUDGET }),
    phase('close', 'ok', 2628.1, 12.8),
  ],
  findings: [
    {
      id: 'budget.exceeded',
      layer: 'http',
      severity: 'warning',
      title: 'The upgrade took 2.21 s, more than the 1 s it may take',
      explanation:
        'DNS, TCP and TLS were fast; the time went by between the last byte of the request and the first byte of the answer, so the server (or the application behind its proxy) was busy.',
      evidence: ['request sent at 40.1 ms', 'first byte of the answer at 2249.8 ms', 'budget: degraded above 1000 ms'],
      fixes: [],
    },
  ],
};

export const HOSTILE = `${BIDI}</pre><img src=x onerror="window.pwned=1"><script>window.pwned=1</script>\u0000\u001b[31m`;

/** A conversation of two, whose third step waited in vain. */
export const STEPS_REPORT: Report = {
  ...HEALTHY_REPORT,
  verdict: 'down',
  durationMs: 3112.4,
  steps: [
    { name: 'join', client: 'alice', kind: 'send', status: 'ok', startMs: 61, durationMs: 0.21, error: null, line: 12 },
    {
      name: 'ping',
      client: 'alice',
      kind: 'ping',
      status: 'ok',
      startMs: 61.3,
      durationMs: 104.2,
      error: null,
      line: 13,
      budgetMs: 100,
      overBudget: true,
    },
    {
      name: 'expect $.user equals {"name":"ann","age":4}',
      client: 'bob',
      kind: 'expect',
      status: 'failed',
      startMs: 166,
      durationMs: 3000.1,
      error: 'Nothing that matches came within 3000 ms.',
      line: 14,
      expected: '$.user equals {"name":"ann","age":4}',
      actual: `{"name":"ann","age":3,"note":${JSON.stringify(HOSTILE)}}`,
      differences: [
        { path: '$.user.age', expected: '4', actual: '3' },
        { path: '$.user.note', actual: JSON.stringify(HOSTILE) },
      ],
      passedOver: 2,
      frames: HEALTHY_REPORT.frames.slice(0, 2),
    },
    { name: 'leave', client: 'alice', kind: 'send', status: 'skipped', startMs: 3166, durationMs: 0, error: null },
  ],
  findings: [],
  error: { code: 'step.failed', message: 'Step 3, line 14: nothing that matches came.', phase: 'message' },
};

/** Every text a peer can choose, chosen by somebody with bad intentions. */
export const HOSTILE_REPORT: Report = {
  ...NOT_WEBSOCKET_REPORT,
  name: `Orders ${HOSTILE}`,
  url: `wss://evil.example/${'a'.repeat(400)}?q=${HOSTILE}`,
  response: {
    httpVersion: '1.1',
    status: 101,
    reason: HOSTILE,
    headers: [
      [`X-${BIDI}Evil`, HOSTILE],
      ['Server', 'x'.repeat(2000)],
      ['Sec-WebSocket-Accept', HOSTILE],
      ['Sec-WebSocket-Accept', 'again'],
    ],
    body: { text: HOSTILE.repeat(20), bytes: 100_000, truncated: true },
  },
  accept: { expected: 'abc=', received: HOSTILE, valid: false },
  subprotocol: { offered: ['a'], selected: HOSTILE },
  attempts: [{ address: HOSTILE, family: 4, port: 1, startMs: 1, durationMs: 1, error: HOSTILE }],
  tls: {
    protocol: HOSTILE,
    cipher: HOSTILE,
    alpn: HOSTILE,
    authorized: false,
    authorizationError: HOSTILE,
    chain: [
      { ...LEAF, subject: `CN=${HOSTILE}`, issuer: HOSTILE, altNames: [HOSTILE], validFrom: 'never', validTo: HOSTILE },
    ],
  },
  close: { code: 4999, reason: HOSTILE, initiator: 'server', clean: false, evidence: HOSTILE },
  expectations: [{ name: HOSTILE, passed: false, expected: HOSTILE, actual: HOSTILE }],
  findings: [
    {
      id: 'upgrade.accept-mismatch',
      layer: 'handshake',
      severity: 'error',
      title: `The server said: ${HOSTILE}`,
      explanation: HOSTILE,
      evidence: [HOSTILE, 'y'.repeat(3000)],
      fixes: [{ title: HOSTILE, language: HOSTILE, snippet: HOSTILE }],
    },
  ],
  frames: [
    frame(0, 1, 'received', 1, HOSTILE),
    frame(1, 2, 'received', 1, JSON.stringify({ html: HOSTILE, long: 'z'.repeat(3000) })),
    binaryFrame(2, 3, 'received', 3, 'ff00ff'),
    { ...frame(3, 4, 'received', 8, ''), text: `\u0003\u00e8${HOSTILE}`, payloadBytes: 90 },
  ],
  error: { code: HOSTILE, message: HOSTILE, phase: 'upgrade' },
};

export const BASE: InspectorState = {
  revision: 1,
  id: 'panel-1',
  name: 'Orders stream',
  url: 'wss://api.example.com/orders?tenant=acme',
  status: 'done',
  progress: null,
  report: HEALTHY_REPORT,
  error: null,
  restored: false,
  hasProfile: true,
  session: null,
  savedMessages: [],
  sentMessages: [],
  closeExplanation: {
    name: 'Normal Closure',
    meaning: 'The connection fulfilled its purpose and was closed on purpose.',
    actions: [],
  },
};

const TOKEN = {
  tokenUrl: 'https://login.example.com/oauth2/token',
  status: 200,
  durationMs: 80.4,
  cached: false,
  expiresAt: '2026-11-20T13:00:00.000Z',
} as const;

const TOKEN_REFUSED_REPORT: Report = {
  ...EXPIRED_REPORT,
  phases: unreached('dns', 'tcp', 'tls', 'upgrade', 'message', 'close'),
  attempts: [],
  tls: null,
  credentials: { ...TOKEN, status: 401, expiresAt: null },
  findings: [],
  error: {
    code: 'credentials.refused',
    message: 'No token from https://login.example.com/oauth2/token: 401 Unauthorized, invalid_client.',
    phase: 'upgrade',
  },
};

const PROGRESS = {
  running: 'upgrade',
  elapsedMs: 61.2,
  phases: [DNS, TCP, TLS, phase('upgrade', 'ok', 39.9, 21.3), ...unreached('message', 'close')],
} as const;

export const FIXTURES = {
  healthy: BASE,
  ping: { ...BASE, name: PING_REPORT.name, url: PING_REPORT.url, report: PING_REPORT, hasProfile: false },
  slow: { ...BASE, report: SLOW_REPORT },
  expired: { ...BASE, report: EXPIRED_REPORT, closeExplanation: null },
  credentials: { ...BASE, report: { ...HEALTHY_REPORT, credentials: TOKEN } },
  'credentials-refused': { ...BASE, report: TOKEN_REFUSED_REPORT, closeExplanation: null },
  'not-websocket': { ...BASE, report: NOT_WEBSOCKET_REPORT, closeExplanation: null },
  'closed-4401': {
    ...BASE,
    report: CLOSED_4401_REPORT,
    closeExplanation: {
      name: 'Unauthorized',
      meaning: 'graphql-transport-ws: the client subscribed before connection_ack, or its credentials were refused.',
      actions: [
        'Send connection_init with a valid token and wait for connection_ack.',
        'Do not reconnect before that is mended.',
      ],
    },
  },
  idle: { ...BASE, status: 'idle', report: null },
  running: { ...BASE, status: 'running', report: null, progress: PROGRESS },
  'running-again': { ...BASE, status: 'running', report: EXPIRED_REPORT, progress: PROGRESS },
  failed: {
    ...BASE,
    status: 'failed',
    report: null,
    error: {
      code: 'engine.stopped',
      message: 'The probe engine stopped unexpectedly',
      hint: 'Run again: a fresh one is started. If it stops again, the log (Output › wsprobe) says why.',
    },
  },
  cancelled: { ...BASE, status: 'cancelled', progress: PROGRESS, report: null },
  restored: { ...BASE, restored: true, report: CLOSED_4401_REPORT },
  hostile: {
    ...BASE,
    name: HOSTILE_REPORT.name,
    url: HOSTILE_REPORT.url,
    report: HOSTILE_REPORT,
    closeExplanation: { name: HOSTILE, meaning: HOSTILE, actions: [HOSTILE] },
  },
} as const satisfies Readonly<Record<string, InspectorState>>;

export type FixtureName = keyof typeof FIXTURES;
