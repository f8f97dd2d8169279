import { timersNear } from '../../close/timers.js';
import { failedIn, formatMs } from '../facts.js';
import { identifyServer } from '../identifyServer.js';
import type { Evidence, Rule, SessionEvidence } from '../evidence.js';
import { finding } from '../finding.js';
import { profileFix } from '../snippets/profile.js';
import { timeoutFixes } from '../snippets/proxy.js';

/** The heartbeat went unanswered, and what still worked tells whose fault it is. */
export const missedHeartbeat: Rule = {
  ids: ['session.half-open', 'session.pong-missing', 'session.heartbeat-missing'],
  diagnose: (evidence) => {
    const { session } = evidence;
    if (!session?.missedHeartbeat) return null;
    const heard = session.silentMs !== null && session.silentMs < (session.heartbeatTimeoutMs ?? 0);
    if (session.missedHeartbeat === 'ping') return heard ? pongMissing(session) : halfOpen(evidence, session);
    return session.pongsReceived > 0 || heard ? beatMissing(session) : halfOpen(evidence, session);
  },
};

function halfOpen(evidence: Evidence, session: SessionEvidence) {
  return finding('session.half-open', {
    title: `The connection was half-open: the peer stayed silent for ${waited(session)} after our heartbeat`,
    explanation:
      'Our bytes were taken by the network, and nothing came back: no answer, no FIN, no RST. The peer is gone or frozen, or something in between (NAT, a firewall, a laptop that slept) forgot the connection without telling either side.',
    evidence: [
      ...facts(session),
      `TCP said nothing: ${evidence.stream.endedBy === 'client' ? 'we ended the connection ourselves' : 'no FIN, no RST'}`,
    ],
    fixes: [
      profileFix('Notice it sooner, and come back (profile)', {
        session: {
          heartbeat: { every: 15000, timeout: 5000, send: 'ping' },
          reconnect: { initialMs: 1000, maxMs: 30000, jitter: 0.5 },
        },
      }),
      {
        title: 'Is the server frozen?',
        language: 'shell',
        snippet: `wsprobe probe '${evidence.report.url.replaceAll("'", '%27')}'`,
      },
    ],
  });
}

function pongMissing(session: SessionEvidence) {
  return finding('session.pong-missing', {
    title: `The peer sends messages but did not answer our ping within ${waited(session)}`,
    explanation:
      'Data goes on coming, so the connection is alive, yet the ping has no pong. Every endpoint must answer pings (RFC 6455 5.5.2): an old library does not, or something in between keeps control frames to itself.',
    evidence: facts(session),
    fixes: [
      profileFix('Beat with a message instead (profile)', {
        session: { heartbeat: { every: 30000, timeout: 10000, send: { json: { type: 'ping' } } } },
      }),
    ],
  });
}

function beatMissing(session: SessionEvidence) {
  return finding('session.heartbeat-missing', {
    title: `The application did not answer the heartbeat message within ${waited(session)}, though the connection lives`,
    explanation:
      'The WebSocket library of the peer still answers, the application behind it does not: it hangs, waits for something, or does not know this message.',
    evidence: facts(session),
    fixes: [
      profileFix('Send what the application answers (profile)', {
        session: { heartbeat: { send: { json: { type: 'ping' } } } },
      }),
    ],
  });
}

/** The peer did not read as fast as we sent. */
export const backpressure: Rule = {
  ids: ['session.backpressure'],
  diagnose: ({ session }) => {
    if (!session?.sendRefused) return null;
    return finding('session.backpressure', {
      title: 'The peer did not read as fast as we sent',
      explanation:
        'What the peer does not read waits in our memory. At 64 MiB waiting we refused to send more. The server is busy, paused on purpose, or waits for something from us.',
      evidence: [`Most bytes waiting to be sent: ${session.maxBufferedBytes}`],
      fixes: [
        {
          title: 'In your own client',
          language: 'javascript',
          snippet: 'if (socket.bufferedAmount < 1 << 20) socket.send(message);',
        },
      ],
    });
  },
};

function waited(session: SessionEvidence): string {
  return formatMs(session.heartbeatTimeoutMs ?? 0);
}

function facts(session: SessionEvidence): string[] {
  return [
    `Heartbeat: ${session.missedHeartbeat}, unanswered for ${waited(session)}`,
    session.silentMs === null
      ? 'The peer never sent a byte after the handshake'
      : `Last byte of the peer: ${formatMs(session.silentMs)} before the end`,
    `Pings sent: ${session.pingsSent}, pongs received: ${session.pongsReceived}`,
    ...(session.paused ? ['Reading was paused by us: an answer could not arrive'] : []),
  ];
}

/** Shorter than this an end without a Close frame fits no timer in earnest. */
const SHORTEST_TIMER_MS = 4_700;

/** The connection ended without a Close frame just when a known timer would have ended it. */
export const endedByTimer: Rule = {
  ids: ['close.idle-timeout', 'close.lifetime'],
  diagnose: (evidence) => {
    const { session, stream } = evidence;
    if (!session || !failedIn(evidence, 'message', 'end', 'reset') || stream.closeReceived) return null;
    const { idleMs } = session;
    const idle = idleMs === null || idleMs < SHORTEST_TIMER_MS ? [] : timersOf(idleMs, 'idle');
    if (idleMs !== null && idle.length > 0) return idleTimeout(evidence, idleMs, idle);
    const openForMs = stream.openForMs ?? 0;
    const lifetime = openForMs < SHORTEST_TIMER_MS ? [] : timersOf(openForMs, 'lifetime');
    return lifetime.length > 0 ? lifetimeOver(openForMs, lifetime) : null;
  },
};

function timersOf(ms: number, kind: 'idle' | 'lifetime'): string[] {
  return timersNear(ms).flatMap((timer) => (timer.kind === kind ? [timer.owner] : []));
}

function idleTimeout(evidence: Evidence, idleMs: number, owners: readonly string[]) {
  const server = evidence.report.response && identifyServer(evidence.report.response);
  const everyMs = Math.max(1_000, Math.floor(idleMs / 2_000) * 1_000);
  return finding('close.idle-timeout', {
    title: `The connection was cut ${formatMs(idleMs)} after the last frame: an idle timer`,
    explanation: `No Close frame came; the other side ended TCP just when a known idle timer runs out (${owners.join('; ')}). Proxies end idle connections like this. A heartbeat of less than half that time keeps such a connection open; raising the proxy's timeout alone only brings out the next shorter timer in the path.`,
    evidence: [
      `Silent before the end: ${formatMs(idleMs)}, in both directions`,
      `Timers that fit: ${owners.join('; ')}`,
      server && `The opening handshake was answered by ${server.name}`,
    ],
    fixes: [
      profileFix('Keep it open with a heartbeat (profile)', {
        session: { heartbeat: { every: everyMs, send: 'ping' } },
      }),
      ...timeoutFixes(),
    ],
  });
}

function lifetimeOver(openForMs: number, owners: readonly string[]) {
  return finding('close.lifetime', {
    title: `The connection was cut after ${formatMs(openForMs)}, whatever its traffic: a limit on its lifetime`,
    explanation: `No Close frame came, and frames had passed shortly before. The time fits a known limit on how long a connection may live (${owners.join('; ')}): no heartbeat helps against that.`,
    evidence: [`Open for: ${formatMs(openForMs)}`, `Limits that fit: ${owners.join('; ')}`],
    fixes: [
      profileFix('Come back by itself (profile)', {
        session: { reconnect: { initialMs: 1000, maxMs: 30000, jitter: 0.5 } },
      }),
      {
        title: 'Google Cloud: raise the backend timeout',
        language: 'yaml',
        snippet: 'apiVersion: cloud.google.com/v1\nkind: BackendConfig\nspec:\n  timeoutSec: 3600',
      },
    ],
  });
}
