import type { SeriesSummary, Timeline, TimelinePoint, WatchPageState } from '../../src/protocol/watchPage.js';

const FROM_MS = Date.parse('2026-11-20T12:00:00.000Z');
const MINUTE_MS = 60_000;

const percentiles = (p50Ms: number) => ({ count: 2, p50Ms, p95Ms: p50Ms * 1.6, p99Ms: p50Ms * 2.4 });

/** An hour that goes slow at its half, is down for five minutes, and has a gap. */
function pointAt(minute: number): TimelinePoint {
  const isDown = minute >= 35 && minute < 40;
  const isSlow = minute >= 25 && minute < 35;
  const upgrade = 12 + Math.sin(minute / 3) * 3 + (isSlow ? 60 : 0);
  return {
    at: new Date(FROM_MS + minute * MINUTE_MS).toISOString(),
    verdicts: { healthy: isDown || isSlow ? 0 : 2, degraded: isSlow ? 2 : 0, down: isDown ? 2 : 0 },
    phases: isDown ? { dns: 0.8, tcp: 3 } : { dns: 0.8, tcp: 3.1, tls: 9.5, upgrade, message: 4.2 },
    roundTrip: isDown ? null : percentiles(4 + (isSlow ? 22 : Math.cos(minute / 4))),
    closes: [{ code: isDown ? 1006 : 1000, clean: !isDown, count: 2 }],
    findings: isDown ? { 'upgrade.status-502': 2 } : {},
    drops: 0,
    pausedMs: 0,
  };
}

export const TIMELINE: Timeline = {
  fromMs: FROM_MS,
  toMs: FROM_MS + 60 * MINUTE_MS,
  spanMs: MINUTE_MS,
  points: Array.from({ length: 60 }, (_, minute) => minute)
    .filter((minute) => minute < 8 || minute >= 14)
    .map(pointAt),
};

export const EMPTY_TIMELINE: Timeline = { ...TIMELINE, points: [] };

const SUMMARY: SeriesSummary = {
  target: 'wss://orders.example.test/stream',
  profile: 'orders.wsprobe',
  name: 'Orders stream',
  hold: false,
  everyMs: 30_000,
  verdict: 'degraded',
  since: '2026-11-20T12:25:10.000Z',
  looks: 108,
  availability: 0.9074,
  connected: 98,
  reached: true,
  phases: {},
  roundTrip: percentiles(4),
  stability: null,
  closes: [],
  findings: {},
  heartbeats: { sent: 0, answered: 0 },
  reconnects: 0,
  drops: 0,
  returns: { count: 0, atFirstTry: 0 },
  sequence: null,
  heldMs: 0,
  pausedMs: 0,
  changes: [
    {
      target: 'wss://orders.example.test/stream',
      profile: 'orders.wsprobe',
      what: 'address',
      at: '2026-11-20T12:40:02.000Z',
      from: '192.0.2.10',
      to: '192.0.2.11',
    },
  ],
  failures: [
    {
      at: '2026-11-20T12:35:00.000Z',
      until: '2026-11-20T12:39:30.000Z',
      count: 10,
      title: 'The proxy answered 502: it does not reach the server behind it',
      finding: 'upgrade.status-502',
    },
  ],
  alerts: [
    {
      target: 'wss://orders.example.test/stream',
      profile: 'orders.wsprobe',
      rule: 'p95',
      state: 'firing',
      at: '2026-11-20T12:26:00.000Z',
      value: 92,
      limit: 50,
      title: 'The 95th percentile of the upgrade is 92 ms, over its budget of 50 ms',
      headline: null,
      fix: {
        title: 'Look at what the server does before it answers 101',
        language: 'text',
        snippet: 'Time the handler of the upgrade.',
      },
    },
  ],
  recent: [],
};

export const WATCHED: WatchPageState = {
  name: 'Orders stream',
  url: 'wss://orders.example.test/stream',
  summary: SUMMARY,
  reports: [
    { startedAt: '2026-11-20T12:37:10.000Z', verdict: 'down' },
    { startedAt: '2026-11-20T12:59:10.000Z', verdict: 'degraded' },
  ],
  ended: false,
};
