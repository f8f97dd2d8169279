import { type KnownTimer, nextTimer, timersNear } from '../../close/timers.js';
import type { Finding } from '../../base/model.js';
import type { Evidence, Rule } from '../../base/evidence.js';
import { failedIn, formatMs, phaseOf } from '../facts.js';
import { finding } from '../finding.js';
import { identifyServers, type Software } from '../identifyServer.js';
import { profileFix } from '../snippets/profile.js';
import { gkeTimeoutFix, timeoutFixes } from '../snippets/proxy.js';
import { http2Facts } from './http2.js';

/** Shorter than this an end without a Close frame fits no timer in earnest. */
const SHORTEST_TIMER_MS = 4_700;
/** A report keeps this many frames: with more, the last one is not known. */
const MAX_FRAMES = 200;

/** The connection ended without a Close frame just when a known timer would have ended it: a session, or a probe's hold. */
export const endedByTimer: Rule = {
  ids: ['close.idle-timeout', 'close.lifetime'],
  diagnose: (evidence) => {
    const { stream } = evidence;
    if (!failedIn(evidence, 'message', 'end', 'reset') || stream.closeReceived) return null;
    const idleMs = idleBeforeEnd(evidence);
    const idle = idleMs === null || idleMs < SHORTEST_TIMER_MS ? [] : timersOf(idleMs, 'idle');
    if (idleMs !== null && idle.length > 0) return idleTimeout(evidence, idleMs, idle);
    const openForMs = stream.openForMs ?? 0;
    const lifetime = openForMs < SHORTEST_TIMER_MS ? [] : timersOf(openForMs, 'lifetime');
    return lifetime.length > 0 ? lifetimeOver(openForMs, lifetime) : null;
  },
};

/** From the last frame, or without one from the handshake, to the end; null when it is not known. */
export function idleBeforeEnd({ session, stream, report }: Evidence): number | null {
  if (session) return session.idleMs ?? stream.openForMs;
  const upgrade = phaseOf({ report }, 'upgrade');
  if (stream.openForMs === null || !upgrade || report.frames.length >= MAX_FRAMES) return null;
  const openMs = upgrade.startMs + upgrade.durationMs;
  const lastMs = Math.max(openMs, ...report.frames.map(({ atMs }) => atMs));
  return Math.max(0, openMs + stream.openForMs - lastMs);
}

function timersOf(ms: number, kind: KnownTimer['kind']): KnownTimer[] {
  return timersNear(ms).filter((timer) => timer.kind === kind);
}

function idleTimeout(evidence: Evidence, idleMs: number, timers: readonly KnownTimer[]): Finding {
  const software = evidence.report.response ? identifyServers(evidence.report.response) : [];
  const owners = ownersOf(timers, software);
  const next = nextTimer(timers.at(-1)?.seconds ?? 0, 'idle');
  const everyMs = Math.max(1_000, Math.floor(idleMs / 2_000) * 1_000);
  return finding('close.idle-timeout', {
    title: `The connection was cut ${formatMs(idleMs)} after the ${evidence.session?.idleMs === null ? 'handshake' : 'last frame'}: an idle timer`,
    explanation: `No Close frame came; the other side ended TCP just when a known idle timer runs out (${owners}). Proxies end idle connections like this. A heartbeat of less than half that time keeps such a connection open; raising this one timer only brings out the next longer one in the path.`,
    evidence: [
      `Silent before the end: ${formatMs(idleMs)}, in both directions`,
      `Timers that fit: ${owners}`,
      next && `Next expected, once this one is out of the way: ${next.seconds} s (${next.owner})`,
      software[0] && `The opening handshake was answered by ${software[0].name}`,
      ...(evidence.stream.http2 ? http2Facts(evidence) : []),
    ],
    fixes: [
      profileFix('Keep it open with a heartbeat (profile)', {
        session: { heartbeat: { every: everyMs, send: 'ping' } },
      }),
      ...timeoutFixes(software),
    ],
  });
}

function lifetimeOver(openForMs: number, timers: readonly KnownTimer[]): Finding {
  const owners = ownersOf(timers, []);
  const next = nextTimer(timers.at(-1)?.seconds ?? 0, 'lifetime');
  return finding('close.lifetime', {
    title: `The connection was cut after ${formatMs(openForMs)}, whatever its traffic: a limit on its lifetime`,
    explanation: `No Close frame came, and frames had passed shortly before. The time fits a known limit on how long a connection may live (${owners}): no heartbeat helps against that.`,
    evidence: [
      `Open for: ${formatMs(openForMs)}`,
      `Limits that fit: ${owners}`,
      next && `Next expected, once this one is out of the way: ${next.seconds} s (${next.owner})`,
    ],
    fixes: [
      profileFix('Come back by itself (profile)', {
        session: { reconnect: { initialMs: 1000, maxMs: 30000, jitter: 0.5 } },
      }),
      gkeTimeoutFix,
    ],
  });
}

/** Who runs such timers; alone, where one of them answered the handshake. */
function ownersOf(timers: readonly KnownTimer[], software: readonly Software[]): string {
  const all = timers.map(({ owner }) => owner).join('; ');
  const parts = all.split(/[;,] /);
  const seen = parts.filter((part) => software.some(({ name }) => part.startsWith(name.split(' ', 1)[0] ?? name)));
  return seen.length > 0
    ? `${seen.join(', ')}; also ${parts.filter((part) => !seen.includes(part)).join(', ')}`.replace(/; also $/, '')
    : all;
}
