import { formatMs } from '../facts.js';
import type { Evidence, Rule, SessionEvidence } from '../../base/evidence.js';
import { finding } from '../finding.js';
import { profileFix } from '../snippets/profile.js';
import { shellFix } from '../snippets/shell.js';

/** The heartbeat went unanswered, and what still worked tells whose fault it is. */
export const missedHeartbeat: Rule = {
  ids: ['session.half-open', 'session.pong-missing', 'session.heartbeat-missing'],
  diagnose: (evidence) => {
    const { session } = evidence;
    if (!session?.missedHeartbeat) return null;
    const inTime = session.silentMs !== null && session.silentMs < (session.heartbeatTimeoutMs ?? 0);
    const heard = inTime || heardAfterPing(evidence);
    if (session.missedHeartbeat === 'ping') return heard ? pongMissing(session) : halfOpen(evidence, session);
    return session.pongsReceived > 0 || heard ? beatMissing(session) : halfOpen(evidence, session);
  },
};

/** As many frames as a report keeps: the last ping may be none of them. */
const KEPT_FRAMES = 200;

/** A frame behind our last ping: the end may have come later than the heartbeat was given up. */
function heardAfterPing({ report }: Evidence): boolean {
  if (report.frames.length >= KEPT_FRAMES) return false;
  const ping = report.frames.findLastIndex(({ direction, opcode }) => direction === 'sent' && opcode === 9);
  return ping !== -1 && report.frames.slice(ping).some(({ direction }) => direction === 'received');
}

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
      shellFix('Is the server frozen?', ['wsprobe', 'probe', evidence.report.url]),
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
