import type { Certificate, Finding, ProxyInfo, Report, RequestInfo, StepResult } from '../../../src/core/base/model.js';
import { frameRecord, MESSAGE_BUDGET, phase, report, unreached, UPGRADE_BUDGET } from '../../support/reports.js';
import { frame } from '../../support/frameRecord.js';

const LEAF: Certificate = {
  subject: 'CN=orders.example.com, O=Example',
  issuer: 'CN=Example Issuing CA 3, O=Example',
  validFrom: '2026-10-20T00:00:00.000Z',
  validTo: '2027-01-18T00:00:00.000Z',
  daysLeft: 59,
  altNames: ['orders.example.com', '*.orders.example.com'],
  fingerprint256: 'AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89',
};

const TLS_OK = {
  protocol: 'TLSv1.3',
  cipher: 'TLS_AES_256_GCM_SHA384',
  alpn: 'http/1.1',
  authorized: true,
  authorizationError: null,
  chain: [LEAF],
};

/** Nothing was asked of the server. */
const NOT_ASKED = {
  request: null,
  response: null,
  accept: null,
  compression: { offered: null, accepted: null, enabled: false },
  close: null,
  expectations: [],
} satisfies Partial<Report>;

/** It answered, and opened no WebSocket. */
const NOT_OPENED = {
  accept: null,
  compression: { offered: 'permessage-deflate', accepted: null, enabled: false },
  close: null,
  expectations: [],
} satisfies Partial<Report>;

export const healthyEcho = report({
  name: 'Orders stream',
  durationMs: 351.9,
  phases: [
    phase('dns', 'ok', 0, 1.21, { detail: { addresses: ['203.0.113.7', '2001:db8::7'] } }),
    phase('tcp', 'ok', 1.3, 11.4),
    phase('tls', 'ok', 12.8, 31.02),
    phase('upgrade', 'ok', 43.9, 14.2, {
      detail: { open: true, requestSentMs: 44.1, firstByteMs: 57.8, responseCompleteMs: 58.1 },
      budget: UPGRADE_BUDGET,
    }),
    phase('message', 'ok', 58.2, 31.1, { detail: { percentile: 95 }, budget: MESSAGE_BUDGET }),
    phase('close', 'ok', 339.4, 12.5),
  ],
  tls: TLS_OK,
  subprotocol: { offered: ['graphql-transport-ws'], selected: 'graphql-transport-ws' },
  roundTrips: {
    mode: 'echo',
    samplesMs: [12.1, 6.2, 6.1, 6.4],
    minMs: 6.1,
    p50Ms: 6.2,
    p95Ms: 12.1,
    p99Ms: 12.1,
    maxMs: 12.1,
  },
  expectations: [
    { name: 'stays open 250 ms', passed: true, expected: 'open', actual: 'open' },
    {
      name: 'subprotocol is graphql-transport-ws',
      passed: true,
      expected: 'graphql-transport-ws',
      actual: 'graphql-transport-ws',
    },
    { name: 'certificate is valid for 14 days', passed: true, expected: '14', actual: '59' },
  ],
  frames: [
    {
      index: 0,
      atMs: 58.3,
      direction: 'sent',
      opcode: 1,
      fin: true,
      rsv1: false,
      rsv2: false,
      rsv3: false,
      masked: true,
      wireBytes: 21,
      payloadBytes: 15,
      text: '{"type":"ping"}',
      truncated: false,
    },
    {
      index: 1,
      atMs: 70.4,
      direction: 'received',
      opcode: 2,
      fin: true,
      rsv1: false,
      rsv2: false,
      rsv3: false,
      masked: false,
      wireBytes: 6,
      payloadBytes: 4,
      base64: '3q2+7w==',
      truncated: false,
    },
  ],
});

const EXPIRED: Finding = {
  id: 'tls.expired',
  layer: 'tls',
  severity: 'error',
  title: 'The certificate of orders.example.com expired 12 days ago.',
  explanation:
    'TLS came up and the server sent its chain, then the certificate was refused: it was valid until 2026-11-08. Browsers refuse it too.',
  evidence: ['CERT_HAS_EXPIRED', 'validTo 2026-11-08T00:00:00.000Z, clock of this machine 2026-11-20T12:00:00.000Z'],
  fixes: [
    {
      title: 'Renew the certificate and reload the server',
      language: 'shell',
      snippet: 'certbot renew\nsystemctl reload nginx',
    },
    { title: 'Check the clock of this machine', language: 'shell', snippet: 'date -u' },
  ],
};

export const refusedCertificate = report({
  durationMs: 46.1,
  verdict: 'down',
  phases: [
    phase('dns', 'ok', 0, 1.21, { detail: { addresses: ['203.0.113.7'] } }),
    phase('tcp', 'ok', 1.3, 11.4),
    phase('tls', 'failed', 12.8, 33.1),
    ...unreached('upgrade', 'close'),
  ],
  tls: {
    ...TLS_OK,
    authorized: false,
    authorizationError: 'CERT_HAS_EXPIRED',
    chain: [{ ...LEAF, validFrom: '2026-08-10T00:00:00.000Z', validTo: '2026-11-08T00:00:00.000Z', daysLeft: -12 }],
  },
  ...NOT_ASKED,
  findings: [EXPIRED],
  error: { code: 'CERT_HAS_EXPIRED', message: 'certificate has expired', phase: 'tls' },
});

export const notWebSocket = report({
  name: 'ws://localhost:8080/app',
  url: 'ws://localhost:8080/app',
  durationMs: 6.4,
  verdict: 'down',
  attempts: [
    { address: '::1', family: 6, port: 8080, startMs: 0.4, durationMs: 0.21, error: 'ECONNREFUSED' },
    { address: '127.0.0.1', family: 4, port: 8080, startMs: 0.7, durationMs: 0.18, error: null },
  ],
  phases: [
    phase('dns', 'ok', 0, 0.31, { detail: { addresses: ['::1', '127.0.0.1'] } }),
    phase('tcp', 'ok', 0.4, 0.5),
    phase('upgrade', 'failed', 1.0, 5.2, { detail: { open: false }, budget: UPGRADE_BUDGET }),
    ...unreached('close'),
  ],
  response: {
    httpVersion: '1.1',
    status: 200,
    reason: 'OK',
    headers: [
      ['Server', 'nginx/1.22.1'],
      ['X-Powered-By', 'Express'],
      ['Content-Type', 'text/html; charset=utf-8'],
    ],
    body: { text: '<!doctype html>\n<html>\n<head><title>App</title></head>\n</html>\n', bytes: 61, truncated: false },
  },
  ...NOT_OPENED,
  findings: [
    {
      id: 'upgrade.headers-stripped',
      layer: 'proxy',
      severity: 'error',
      title: 'nginx answered 200 with a web page: it did not pass the upgrade on.',
      explanation:
        'The answer carries "X-Powered-By: Express" under "Server: nginx/1.22.1", so the application got a plain GET and served its page. nginx drops Upgrade and Connection unless it is told to keep them.',
      evidence: [
        'HTTP/1.1 200 OK',
        'Server: nginx/1.22.1',
        'X-Powered-By: Express',
        'Content-Type: text/html; charset=utf-8',
      ],
      fixes: [
        {
          title: 'nginx: pass the upgrade on in this location',
          language: 'nginx',
          snippet:
            'proxy_http_version 1.1;\nproxy_set_header Upgrade $http_upgrade;\nproxy_set_header Connection "upgrade";',
        },
        { title: 'Use the path that the WebSocket server listens on', language: 'text', snippet: '' },
      ],
    },
  ],
  error: { code: 'unexpected-status', message: 'HTTP 200 instead of 101', phase: 'upgrade' },
});

export const rejectedAfterOpen = report({
  durationMs: 78.8,
  verdict: 'down',
  phases: [
    phase('dns', 'ok', 0, 1.21, { detail: { addresses: ['203.0.113.7'] } }),
    phase('tcp', 'ok', 1.3, 11.4),
    phase('tls', 'ok', 12.8, 31.02),
    phase('upgrade', 'ok', 43.9, 14.2, { detail: { open: true }, budget: UPGRADE_BUDGET }),
    phase('close', 'failed', 76.2, 2.6),
  ],
  tls: TLS_OK,
  subprotocol: { offered: ['graphql-transport-ws'], selected: 'graphql-transport-ws' },
  close: {
    code: 4401,
    reason: 'Unauthorized',
    initiator: 'server',
    clean: true,
    evidence: 'Close frame 4401 "Unauthorized" received 18.1 ms after the opening handshake.',
  },
  expectations: [
    { name: 'stays open 250 ms', passed: false, expected: 'open for 250 ms', actual: 'closed after 18.1 ms' },
  ],
  findings: [
    {
      id: 'close.rejected',
      layer: 'application',
      severity: 'error',
      title: 'The server accepted the connection and closed it after 18 ms with 4401 Unauthorized.',
      explanation:
        'In graphql-transport-ws 4401 means that an operation came before connection_ack. The network and the handshake are fine: credentials or their order are not.',
      evidence: ['Close 4401 "Unauthorized", 18.1 ms after the opening handshake'],
      fixes: [
        {
          title: 'Send connection_init with the token first and wait for connection_ack',
          language: 'json',
          snippet: '{ "type": "connection_init", "payload": { "Authorization": "Bearer ..." } }',
        },
      ],
    },
  ],
  error: { code: 'closed', message: 'closed with 4401 Unauthorized', phase: 'close' },
});

export const dnsNotFound = report({
  name: 'wss://ordres.example.com/orders',
  url: 'wss://ordres.example.com/orders',
  durationMs: 12.4,
  verdict: 'down',
  phases: [
    phase('dns', 'failed', 0, 12.4, { detail: { addresses: [] } }),
    ...unreached('tcp', 'tls', 'upgrade', 'close'),
  ],
  attempts: [],
  ...NOT_ASKED,
  findings: [
    {
      id: 'dns.not-found',
      layer: 'dns',
      severity: 'error',
      title: 'No such host: ordres.example.com has no address.',
      explanation: 'The resolver of this machine answered that the name does not exist.',
      evidence: ['getaddrinfo ENOTFOUND ordres.example.com'],
      fixes: [
        {
          title: 'Check the spelling, then the VPN or split DNS',
          language: 'shell',
          snippet: 'getent hosts ordres.example.com',
        },
      ],
    },
  ],
  error: { code: 'ENOTFOUND', message: 'getaddrinfo ENOTFOUND ordres.example.com', phase: 'dns' },
});

export const refusedEverywhere = report({
  name: 'ws://localhost:9999/',
  url: 'ws://localhost:9999/',
  durationMs: 1.1,
  verdict: 'down',
  phases: [
    phase('dns', 'ok', 0, 0.42, { detail: { addresses: ['::1', '127.0.0.1'] } }),
    phase('tcp', 'failed', 0.5, 0.6),
    ...unreached('upgrade', 'close'),
  ],
  attempts: [
    { address: '::1', family: 6, port: 9999, startMs: 0.5, durationMs: 0.21, error: 'ECONNREFUSED' },
    { address: '127.0.0.1', family: 4, port: 9999, startMs: 0.75, durationMs: 0.18, error: 'ECONNREFUSED' },
  ],
  ...NOT_ASKED,
  findings: [
    {
      id: 'tcp.refused',
      layer: 'tcp',
      severity: 'error',
      title: 'Nothing listens on localhost:9999.',
      explanation:
        'Both addresses of localhost refused the connection at once, so the machine is there and the port is closed.',
      evidence: ['[::1]:9999 ECONNREFUSED', '127.0.0.1:9999 ECONNREFUSED'],
      fixes: [{ title: 'Start the server, or correct the port', language: 'shell', snippet: 'ss -ltnp | grep 9999' }],
    },
  ],
  error: { code: 'ECONNREFUSED', message: 'connect ECONNREFUSED', phase: 'tcp' },
});

export const degradedByBudget = report({
  durationMs: 1684.2,
  verdict: 'degraded',
  phases: [
    phase('dns', 'ok', 0, 1.21, { detail: { addresses: ['203.0.113.7'] } }),
    phase('tcp', 'ok', 1.3, 11.4, { budget: { degradedMs: 200, downMs: null } }),
    phase('tls', 'ok', 12.8, 31.02),
    phase('upgrade', 'degraded', 43.9, 1371.2, { detail: { open: true }, budget: UPGRADE_BUDGET }),
    phase('close', 'ok', 1671.5, 12.7),
  ],
  tls: TLS_OK,
  roundTrips: { mode: 'ping', samplesMs: [11.8], minMs: 11.8, p50Ms: 11.8, p95Ms: 11.8, p99Ms: 11.8, maxMs: 11.8 },
  findings: [
    {
      id: 'budget.exceeded',
      layer: 'http',
      severity: 'warning',
      title: 'The upgrade took 1371 ms, more than the 1000 ms it may take.',
      explanation: 'DNS, TCP and TLS were quick; the server itself was slow to answer the upgrade.',
      evidence: ['upgrade 1371.2 ms, budget 1000 ms'],
      fixes: [
        {
          title: 'Look at what the server does before it answers: authentication, a cold start',
          language: 'text',
          snippet: '',
        },
      ],
    },
    {
      id: 'tls.verification-off',
      layer: 'tls',
      severity: 'warning',
      title: 'The certificate was not checked: rejectUnauthorized is false.',
      explanation: 'Anybody between here and the server could read and change what is sent.',
      evidence: [],
      fixes: [],
    },
  ],
});

const CONNECT: RequestInfo = {
  httpVersion: '1.1',
  method: 'CONNECT',
  target: 'orders.example.com:443',
  headers: [
    ['Host', 'orders.example.com:443'],
    ['Proxy-Authorization', 'Basic [redacted]'],
  ],
};

const PROXY: ProxyInfo = {
  url: 'http://proxy.example.com:3128',
  kind: 'http',
  source: 'HTTPS_PROXY',
  status: 200,
  reason: 'Connection established',
  headers: [['Via', '1.1 squid']],
  request: CONNECT,
  body: null,
  tls: null,
};

const COMPRESSED = 'qlYKgA==';

export const http2ThroughProxy = report({
  durationMs: 371.2,
  phases: [
    phase('dns', 'ok', 0, 1.21, { detail: { addresses: ['198.51.100.4'] } }),
    phase('tcp', 'ok', 1.3, 4.1),
    phase('proxy', 'ok', 5.5, 19.3, { detail: { kind: 'http', source: 'HTTPS_PROXY' } }),
    phase('tls', 'ok', 24.9, 31.02),
    phase('upgrade', 'ok', 56.0, 18.9, { detail: { open: true, httpVersion: '2' }, budget: UPGRADE_BUDGET }),
    phase('close', 'ok', 356.4, 14.5),
  ],
  attempts: [{ address: '198.51.100.4', family: 4, port: 3128, startMs: 1.3, durationMs: 4.1, error: null }],
  proxy: PROXY,
  tls: { ...TLS_OK, alpn: 'h2' },
  request: {
    httpVersion: '2',
    method: 'CONNECT',
    target: '/orders',
    headers: [
      [':method', 'CONNECT'],
      [':protocol', 'websocket'],
      [':authority', 'orders.example.com'],
    ],
  },
  response: {
    httpVersion: '2',
    status: 200,
    reason: '',
    headers: [[':status', '200']],
    body: { text: '', bytes: 0, truncated: false },
  },
  accept: null,
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
  http2: {
    streamId: 1,
    enableConnectProtocol: true,
    maxConcurrentStreams: 128,
    initialWindowSize: 65_535,
    shared: false,
    goaway: null,
    reset: null,
  },
  redirects: [
    {
      url: 'wss://example.com/orders',
      status: 307,
      location: 'https://orders.example.com/orders',
      target: 'wss://orders.example.com/orders',
      followed: true,
      dropped: ['auth', 'Cookie', 'client certificate'],
      startMs: 0,
      durationMs: 21.7,
    },
  ],
  frames: [
    frameRecord(0, 'sent', 1, { rsv1: true, fin: false, payloadBytes: 40, base64: COMPRESSED }),
    frameRecord(1, 'sent', 9, { payloadBytes: 0, text: '' }),
    frameRecord(2, 'sent', 0, {
      payloadBytes: 60,
      base64: COMPRESSED,
      inflated: { text: '{"type":"subscribe","id":"1"}', bytes: 400, truncated: false },
    }),
    frameRecord(3, 'received', 1, {
      rsv1: true,
      payloadBytes: 13,
      base64: COMPRESSED,
      inflated: { text: '{"ok":1}', bytes: 8, truncated: false },
    }),
  ],
});

export const proxyAsksForPassword = report({
  durationMs: 21.4,
  verdict: 'down',
  phases: [
    phase('dns', 'ok', 0, 1.21, { detail: { addresses: ['198.51.100.4'] } }),
    phase('tcp', 'ok', 1.3, 4.1),
    phase('proxy', 'failed', 5.5, 15.8, { detail: { kind: 'https', source: 'profile' } }),
    ...unreached('tls', 'upgrade', 'close'),
  ],
  attempts: [{ address: '198.51.100.4', family: 4, port: 3128, startMs: 1.3, durationMs: 4.1, error: null }],
  proxy: {
    ...PROXY,
    url: 'https://proxy.example.com:443',
    kind: 'https',
    source: 'profile',
    status: 407,
    reason: 'Proxy Authentication Required',
    headers: [['Proxy-Authenticate', 'Basic realm="Example"']],
    body: { text: '<h1>Access denied</h1>\n', bytes: 23, truncated: false },
    tls: { ...TLS_OK, authorized: false, authorizationError: 'SELF_SIGNED_CERT_IN_CHAIN' },
  },
  ...NOT_ASKED,
  findings: [
    {
      id: 'proxy.auth-required',
      layer: 'proxy',
      severity: 'error',
      title: 'The proxy asks for a user name and a password.',
      explanation: 'It answered CONNECT with 407, so nothing reached the server.',
      evidence: ['407 Proxy Authentication Required', 'Proxy-Authenticate: Basic realm="Example"'],
      fixes: [
        {
          title: 'Give it credentials (profile)',
          language: 'json',
          snippet: '"proxy": "https://user:${secret:proxy}@proxy.example.com:443"',
        },
      ],
    },
  ],
  error: { code: '407', message: 'The proxy answered 407', phase: 'proxy' },
});

export const unfollowedRedirect = report({
  url: 'ws://example.com/orders',
  name: 'ws://example.com/orders',
  durationMs: 31.2,
  verdict: 'down',
  phases: [
    phase('dns', 'ok', 0, 1.21, { detail: { addresses: ['203.0.113.7'] } }),
    phase('tcp', 'ok', 1.3, 11.4),
    phase('proxy', 'skipped', 0, 0, { detail: { unused: 'NO_PROXY lists .example.com', source: 'HTTP_PROXY' } }),
    phase('upgrade', 'failed', 13.0, 18.1, { detail: { open: false }, budget: UPGRADE_BUDGET }),
    ...unreached('close'),
  ],
  response: {
    httpVersion: '1.1',
    status: 301,
    reason: 'Moved Permanently',
    headers: [['Location', 'https://example.com/orders']],
    body: { text: '', bytes: 0, truncated: false },
  },
  ...NOT_OPENED,
  redirects: [
    {
      url: 'ws://example.com/orders',
      status: 301,
      location: 'https://example.com/orders',
      target: 'wss://example.com/orders',
      followed: false,
      dropped: [],
      startMs: 0,
      durationMs: 31.1,
    },
  ],
  differential: {
    variations: [
      {
        id: 'no-compression',
        change: 'compression is not offered',
        passed: false,
        outcome: '301 Moved Permanently',
        durationMs: 14.1,
      },
      {
        id: 'no-header:X-Forwarded-Proto',
        change: 'the header X-Forwarded-Proto is left out',
        passed: false,
        outcome: '301 Moved Permanently',
        durationMs: 15.2,
      },
      { id: 'wss', change: 'wss: instead of ws:', passed: true, outcome: 'opens', durationMs: 41.9 },
    ],
    cure: 'wss',
    stopped: null,
  },
  findings: [
    {
      id: 'upgrade.redirect',
      layer: 'http',
      severity: 'error',
      title: 'The server answered with a redirect: 301 to https://example.com/orders.',
      explanation: 'WebSocket clients follow no redirects.',
      evidence: ['HTTP/1.1 301 Moved Permanently'],
      fixes: [
        { title: 'Connect to the final address', language: 'json', snippet: '"url": "wss://example.com/orders"' },
      ],
    },
    {
      id: 'differential.cured',
      layer: 'application',
      severity: 'info',
      title: 'It opens with one change: wss: instead of ws:.',
      explanation: 'Everything else was left as it is.',
      evidence: [],
      fixes: [{ title: 'Change the scheme', language: 'json', snippet: '"url": "wss://example.com/orders"' }],
    },
  ],
  error: { code: '301', message: 'The server answered 301 Moved Permanently', phase: 'upgrade' },
});

const step = (name: string, startMs: number, durationMs: number, changes: Partial<StepResult> = {}): StepResult => ({
  name,
  client: 'alice',
  kind: 'send',
  status: 'ok',
  startMs,
  durationMs,
  error: null,
  ...changes,
});

export const failedStep = report({
  durationMs: 3112.4,
  verdict: 'down',
  phases: [...healthyEcho.phases.slice(0, 3), phase('message', 'failed', 60, 3010, { detail: { steps: 3 } })],
  steps: [
    step('join', 61, 0.21, { line: 12 }),
    step('ping', 61.3, 104.2, { kind: 'ping', line: 13, budgetMs: 100, overBudget: true }),
    step('expect $.user equals {"name":"ann","age":4}', 166, 3000.1, {
      client: 'bob',
      kind: 'expect',
      status: 'failed',
      line: 14,
      rounds: [2],
      error: 'Nothing that matches came within 3000 ms.',
      expected: '$.user equals {"name":"ann","age":4}',
      actual: '{"name":"ann\u001b","age":3,"tall":true}',
      differences: [
        { path: '$.user.age', expected: '4', actual: '3' },
        { path: '$.user.tall', actual: 'true' },
      ],
      passedOver: 2,
      frames: [
        frame({ atMs: 61.2, direction: 'sent', text: '{"type":"join"}' }),
        frame({ atMs: 80.4, direction: 'received', text: '{"user":{"name":"ann","age":3,"tall":true}}' }),
      ],
    }),
    step('leave', 3166.1, 0, { status: 'skipped', line: 15 }),
  ],
  findings: [],
  error: { code: 'step.failed', message: 'Step 3, line 14: a reply never came.', phase: 'message' },
});

export const FIXTURES = {
  healthyEcho,
  refusedCertificate,
  notWebSocket,
  rejectedAfterOpen,
  dnsNotFound,
  refusedEverywhere,
  degradedByBudget,
  http2ThroughProxy,
  proxyAsksForPassword,
  unfollowedRedirect,
  failedStep,
} as const;
