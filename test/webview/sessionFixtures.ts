import { EMPTY_LOG } from '../../src/core/base/logRow.js';
import type { Finding } from '../../src/core/base/model.js';
import type { InspectorState } from '../../src/protocol/inspector.js';
import type { LogRow, LogStatus, SessionSnapshot, TapState, Traffic } from '../../src/protocol/session.js';
import { STARTED_AT } from '../support/reports.js';
import { BIDI, FIXTURES, HEALTHY_REPORT } from './fixtures.js';

export const LOG_STATUS: LogStatus = {
  generation: 0,
  frames: 1_000_000,
  messages: 1_000_000,
  droppedFrames: 0,
  droppedPayloads: 0,
  payloadBytesInMemory: 64 * 1024 * 1024,
  payloadBytesOnDisk: 212 * 1024 * 1024,
  spillError: null,
};

/** A row of four bytes of text that the peer sent. */
export function textRow(fields: Pick<LogRow, 'id' | 'atMs' | 'preview'>): LogRow {
  return {
    kind: 'text',
    direction: 'received',
    opcode: 1,
    fin: true,
    rsv1: false,
    rsv2: false,
    rsv3: false,
    masked: false,
    wireBytes: 6,
    payloadBytes: 4,
    inflatedBytes: null,
    frames: 1,
    connection: 1,
    place: 'memory',
    marked: false,
    label: null,
    ...fields,
  };
}

function traffic(messages: number, payloadBytes: number, messagesPerSecond: number): Traffic {
  return {
    messages,
    frames: messages + 12,
    payloadBytes,
    wireBytes: payloadBytes + messages * 4,
    messagesPerSecond,
    bytesPerSecond: messagesPerSecond * 284,
  };
}

const TRIPS = [2.1, 2.4, 2.2, 2.9, 2.3, 2.2, 6.8, 2.4, 2.1, 2.2, 2.5, 2.3, 2.2, 3.4, 2.2, 2.1, 2.3, 2.6, 2.2, 2.3];

export const OPEN_SESSION: SessionSnapshot = {
  sessionId: 'session-1',
  revision: 1,
  name: 'Orders stream',
  url: 'wss://api.example.com/orders?tenant=acme',
  state: 'open',
  startedAt: STARTED_AT,
  elapsedMs: 754_213,
  connections: 1,
  reconnect: null,
  subprotocol: 'graphql-transport-ws',
  dialect: 'graphql-transport-ws',
  sent: traffic(1204, 98_331, 2),
  received: traffic(998_796, 289_431_002, 1347),
  bufferedBytes: 0,
  compressionRatio: { sent: 0.82, received: 0.213 },
  roundTrips: {
    samples: TRIPS.map((ms, index) => ({ atMs: index * 30_000, ms })),
    p50Ms: 2.3,
    p95Ms: 3.4,
    p99Ms: 6.8,
    minMs: 2.1,
    maxMs: 6.8,
  },
  heartbeat: { everyMs: 30_000, timeoutMs: 10_000, answered: 4, missed: 0 },
  paused: false,
  refusesPong: false,
  halfClosed: false,
  repeating: null,
  close: null,
  findings: [],
  log: LOG_STATUS,
  recording: { path: '/home/ada/orders.wsrec', frames: 1_000_012, bytes: 301_442_110, error: null },
};

const LOST: Finding = {
  id: 'close.idle-timeout',
  layer: 'proxy',
  severity: 'error',
  title: 'The connection was cut 60.0 s after the last frame: nginx’s proxy_read_timeout',
  explanation:
    'No Close frame came: the other side ended TCP with FIN 60.0 s after the last frame in either direction. That is the default of nginx’s proxy_read_timeout, and the opening handshake was answered by nginx. A heartbeat of less than 60 s keeps such a connection open; so does a longer timeout.',
  evidence: ['last frame at 12:11:34.213, received', 'FIN received 60.0 s later', 'Server: nginx'],
  fixes: [
    { title: 'nginx', language: 'nginx', snippet: 'location /orders {\n    proxy_read_timeout 1h;\n}' },
    { title: 'profile', language: 'json', snippet: '"session": { "heartbeat": { "every": 25000 } }' },
  ],
};

const STILL = { messagesPerSecond: 0, bytesPerSecond: 0 };

export const LOST_SESSION: SessionSnapshot = {
  ...OPEN_SESSION,
  state: 'closed',
  sent: { ...OPEN_SESSION.sent, ...STILL },
  received: { ...OPEN_SESSION.received, ...STILL },
  recording: null,
  close: {
    code: 1006,
    reason: '',
    initiator: 'network',
    clean: false,
    evidence: 'FIN without a Close frame, 60.0 s after the last frame in either direction.',
  },
  findings: [LOST],
};

const TAPPED: SessionSnapshot = {
  ...OPEN_SESSION,
  connections: 14,
  subprotocol: null,
  roundTrips: null,
  heartbeat: null,
  compressionRatio: null,
  recording: null,
};

const TAPPED_CONNECTIONS = [
  {
    connection: 3,
    name: '/orders 127.0.0.1:50112',
    url: 'wss://api.example.com/orders',
    state: 'open',
    code: null,
    messages: 12,
    isPartial: false,
    client: { peer: '127.0.0.1:50112', path: '/orders', origin: 'https://shop.example', agent: 'Mozilla/5.0' },
  },
  {
    connection: 2,
    name: '/orders 127.0.0.1:50110',
    url: 'wss://api.example.com/orders',
    state: 'open',
    code: null,
    messages: 1_204,
    isPartial: false,
    client: { peer: '127.0.0.1:50110', path: '/orders', origin: null, agent: 'node' },
  },
] as const;

const TAP: TapState = {
  address: 'ws://127.0.0.1:41234',
  isOpen: false,
  lifetimes: [{ count: 6, medianMs: 60_012, timers: ['nginx'] }],
  summary: {
    connections: 14,
    active: 2,
    refused: 1,
    stale: 0,
    perMinute: 4,
    isStorm: false,
    reconnects: 3,
    reconnectAfterMs: 1_204,
    hasty: { client: '10.0.0.7', earlierMs: 4_000, laterMs: 310, refusals: 0 },
    disconnects: {
      normal: 8,
      going_away: 2,
      protocol_error: 0,
      ping_timeout: 0,
      server_error: 0,
      network_loss: 1,
      rate_limited: 0,
    },
    messages: { toClient: 998_796, toServer: 1_204 },
    bytes: { toClient: 289_431_002, toServer: 98_331 },
    session: { count: 11, p50Ms: 61_204, p95Ms: 312_000 },
  },
  alerts: [
    {
      target: 'wss://api.example.com/',
      profile: 'Tap of Orders',
      rule: 'connections-lost',
      state: 'firing',
      at: '2026-11-20T12:00:00.000Z',
      value: 0.8,
      limit: 0.5,
      title: '80 % of the open connections went within a minute',
      headline: null,
      fix: { title: 'See what they had in common', language: 'text', snippet: 'A deploy, a crash, a timer.' },
    },
  ],
  faults: [],
  seed: 7,
  breakpoints: [],
  held: { count: 0, listed: [] },
  answersFrom: null,
};

const BASE: InspectorState = {
  ...FIXTURES.healthy,
  report: HEALTHY_REPORT,
  session: OPEN_SESSION,
  closeExplanation: null,
  savedMessages: [
    {
      name: 'subscribe',
      message: {
        format: 'json',
        content: '{"id":"1","type":"subscribe","payload":{"query":"subscription { newOrders { id } }"}}',
        binary: false,
      },
    },
    { name: 'magic bytes', message: { format: 'hex', content: 'de ad be ef', binary: true } },
  ],
  sentMessages: [
    { format: 'json', content: '{"type":"ping"}', binary: false },
    { format: 'text', content: 'first line\nsecond line', binary: false },
  ],
};

const NOTHING_YET = {
  ...OPEN_SESSION,
  elapsedMs: 1200,
  log: EMPTY_LOG,
  sent: traffic(0, 0, 0),
  received: traffic(0, 0, 0),
  roundTrips: null,
  compressionRatio: null,
  heartbeat: null,
  recording: null,
} as const;

const HOSTILE = `${BIDI}</pre><img src=x onerror="window.pwned=1">\u0000\u001b[31m`;

export const SESSIONS = {
  open: BASE,
  steps: { ...BASE, session: { ...OPEN_SESSION, steps: { count: 4, running: false } } },
  connecting: {
    ...BASE,
    report: null,
    session: { ...NOTHING_YET, state: 'connecting', subprotocol: null, dialect: null },
  },
  silent: { ...BASE, session: NOTHING_YET },
  lost: {
    ...BASE,
    session: LOST_SESSION,
    closeExplanation: {
      name: 'Abnormal Closure',
      meaning: 'The connection ended without a Close frame.',
      actions: ['Look at what stands between the two ends.'],
    },
  },
  reconnecting: {
    ...BASE,
    session: {
      ...LOST_SESSION,
      state: 'reconnecting',
      connections: 2,
      reconnect: { attempt: 2, maxAttempts: 10, dueMs: OPEN_SESSION.elapsedMs + 3000 },
    },
  },
  stopped: {
    ...BASE,
    status: 'failed',
    session: { ...OPEN_SESSION, recording: null },
    error: {
      code: 'engine.stopped',
      message: 'The engine stopped unexpectedly',
      hint: 'Reconnect: a fresh one is started.',
    },
  },
  restored: { ...BASE, restored: true, session: LOST_SESSION },
  observed: {
    ...BASE,
    name: 'Chrome',
    url: 'http://127.0.0.1:9222',
    readOnly: true,
    report: null,
    filter: { text: 'conn:2', number: 1 },
    session: {
      ...OPEN_SESSION,
      connections: 3,
      subprotocol: null,
      roundTrips: null,
      heartbeat: null,
      compressionRatio: null,
      recording: null,
      observed: {
        open: 2,
        listed: [
          {
            connection: 2,
            name: '/orders',
            url: 'ws://shop.test/orders',
            state: 'open',
            code: null,
            messages: 1_204,
            isPartial: false,
          },
        ],
      },
    },
  },
  tap: {
    ...BASE,
    name: 'Tap of Orders',
    url: 'wss://api.example.com/orders',
    readOnly: true,
    report: null,
    session: { ...TAPPED, observed: { open: 2, listed: TAPPED_CONNECTIONS, tap: TAP } },
  },
  'tap-held': {
    ...BASE,
    name: 'Tap of Orders',
    url: 'wss://api.example.com/orders',
    readOnly: true,
    report: null,
    session: {
      ...TAPPED,
      observed: {
        open: 2,
        listed: TAPPED_CONNECTIONS,
        tap: {
          ...TAP,
          isOpen: true,
          faults: [{ number: 2, text: 'delays messages by 500 ms to the client' }],
          breakpoints: [{ contains: '"type":"order"', lane: 'toServer' }],
          held: {
            count: 3,
            listed: [
              {
                held: 4,
                connection: 2,
                lane: 'toServer',
                binary: false,
                bytes: 214,
                preview: `{"type":"order","item":"tea","note":"${BIDI} a long one that does not fit into one line of a narrow panel, and is cut there"}`,
              },
              { held: 5, connection: 3, lane: 'toClient', binary: true, bytes: 12, preview: 'binary, 12 bytes: 0102' },
            ],
          },
        },
      },
    },
  },
  recording: {
    ...BASE,
    readOnly: true,
    report: null,
    session: {
      ...LOST_SESSION,
      findings: [],
      recording: { path: '/home/ada/orders.wsrec', frames: 12, bytes: 0, error: null },
    },
  },
  contract: {
    ...BASE,
    session: {
      ...OPEN_SESSION,
      contract: { name: 'orders.contract.json', messages: 1_204, departing: 0, missed: 0, first: null },
    },
  },
  departing: {
    ...BASE,
    session: {
      ...OPEN_SESSION,
      contract: {
        name: 'orders.contract.json',
        messages: 1_204,
        departing: 2,
        missed: 0,
        first: {
          id: 700_000,
          connection: 1,
          direction: 'received',
          atMs: 1_000,
          type: 'order',
          path: '$.total',
          expected: 'integer',
          actual: '"12.50"',
        },
      },
    },
  },
  busy: {
    ...BASE,
    session: {
      ...OPEN_SESSION,
      paused: true,
      refusesPong: true,
      bufferedBytes: 1_482_113,
      repeating: { sent: 340, total: 1000, everyMs: 50 },
      heartbeat: { everyMs: 30_000, timeoutMs: 10_000, answered: 4, missed: 2 },
      recording: { path: '/mnt/orders.wsrec', frames: 9, bytes: 1, error: 'no space left on device' },
      log: { ...LOG_STATUS, droppedFrames: 214_007, droppedPayloads: 318_233, spillError: 'no space left on device' },
    },
  },
  hostile: {
    ...BASE,
    name: HOSTILE,
    url: `wss://evil.example/?q=${HOSTILE}`,
    session: {
      ...LOST_SESSION,
      name: HOSTILE,
      subprotocol: HOSTILE,
      dialect: HOSTILE,
      close: { code: 4999, reason: HOSTILE, initiator: 'server', clean: false, evidence: HOSTILE },
      findings: [{ ...LOST, title: HOSTILE, explanation: HOSTILE, evidence: [HOSTILE] }],
      recording: { path: HOSTILE, frames: 1, bytes: 1, error: HOSTILE },
      log: { ...LOG_STATUS, spillError: HOSTILE },
      contract: {
        name: HOSTILE,
        messages: 1,
        departing: 1,
        missed: 1,
        first: {
          id: 1,
          connection: 1,
          direction: 'sent',
          atMs: 1,
          type: HOSTILE,
          path: HOSTILE,
          expected: HOSTILE,
          actual: HOSTILE,
        },
      },
    },
  },
} as const satisfies Readonly<Record<string, InspectorState>>;

export type SessionName = keyof typeof SESSIONS;
