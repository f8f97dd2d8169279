import type { TimerOwner } from '../../close/timers.js';
import type { Finding, Fix } from '../../base/model.js';
import type { Evidence, Rule } from '../../base/evidence.js';
import { OPCODE } from '../../base/frame.js';
import { failedIn, formatMs, phaseOf } from '../facts.js';
import { finding } from '../finding.js';
import { identifyServers, type Software } from '../identifyServer.js';
import { profileFix } from '../snippets/profile.js';
import { idleOwners, isRound, lifetimeOwners, listOf, namesSeen } from '../timerOwners.js';
import { gkeTimeoutFix, timeoutFixes } from '../snippets/proxy.js';
import { http2Facts } from './http2.js';

/** Shorter than this an end without a Close frame fits no timer in earnest. */
export const SHORTEST_TIMER_MS = 4_700;
/** A report keeps this many frames: with more, the last one is not known. */
const MAX_FRAMES = 200;

/**
 * The connection ended without a Close frame just when a timer would have ended it: a session, or a probe's hold. Who answered comes
 * first; a number alone names nobody.
 */
export const endedByTimer: Rule = {
  ids: ['close.idle-timeout', 'close.lifetime'],
  diagnose: (evidence) => {
    const { stream } = evidence;
    if (!failedIn(evidence, 'message', 'end', 'reset') || stream.closeReceived) return null;
    const idleMs = idleBeforeEnd(evidence);
    return (idleMs === null ? null : idleTimeout(evidence, idleMs)) ?? lifetimeOver(evidence, stream.openForMs ?? 0);
  },
};

/** The silence before an end that an idle timer may have brought; null where it was none of whole seconds. */
export function timedSilence(evidence: Evidence): number | null {
  const idleMs = idleBeforeEnd(evidence);
  return idleMs !== null && idleMs >= SHORTEST_TIMER_MS && isRound(idleMs) ? idleMs : null;
}

/** Below it no heartbeat of whole seconds comes in time. */
const SHORTEST_BEATEN_MS = 1_900;

/** A heartbeat that such an idle timer never outlasts; a probe that holds longer than the timer shows whether it helps. */
export function heartbeatFix(idleMs: number): Fix | null {
  if (idleMs < SHORTEST_BEATEN_MS) return null;
  const everyMs = Math.max(1_000, Math.floor(idleMs / 2_000) * 1_000);
  return profileFix('Keep it open with a heartbeat; a probe that holds longer shows whether it helps (profile)', {
    session: { heartbeat: { every: everyMs, send: 'ping' } },
  });
}

/** From the last frame, or without one from the handshake, to the end or the Close that brought it; null when it is not known. */
export function idleBeforeEnd({ session, stream, report }: Evidence): number | null {
  const { closeReceived } = stream;
  if (session) return closeReceived ? null : (session.idleMs ?? stream.openForMs);
  const upgrade = phaseOf({ report }, 'upgrade');
  if (stream.openForMs === null || !upgrade || report.frames.length >= MAX_FRAMES) return null;
  const openMs = upgrade.startMs + upgrade.durationMs;
  const endMs = closeReceived?.atMs ?? openMs + stream.openForMs;
  const before = report.frames.filter(({ atMs, opcode }) => opcode !== OPCODE.close || atMs < endMs);
  return Math.max(0, endMs - Math.max(openMs, ...before.map(({ atMs }) => atMs)));
}

function softwareOf({ report }: Evidence): readonly Software[] {
  return report.response ? identifyServers(report.response) : [];
}

function idleTimeout(evidence: Evidence, idleMs: number): Finding | null {
  if (idleMs < SHORTEST_TIMER_MS) return null;
  const software = softwareOf(evidence);
  const seen = namesSeen(software, evidence.host, evidence.report.dialect);
  const { named, settable, unnamed } = idleOwners(idleMs, seen);
  const suspects = named.length > 0 ? named : settable;
  if (suspects.length === 0 && unnamed.length === 0) return null;
  const since = evidence.session?.idleMs === null ? 'handshake' : 'last frame';
  return finding('close.idle-timeout', {
    title: `The connection was cut ${formatMs(idleMs)} after the ${since}: an idle timer${suspects[0] ? `, as ${suspects[0].name} is` : ''}`,
    explanation: `No Close frame came; the other side ended TCP after ${isRound(idleMs) ? 'whole seconds' : 'a time'} without a frame in either direction. ${whose(named, settable)} A heartbeat of less than half that time keeps such a connection open; raising one timer only brings out the next longer one in the path.`,
    evidence: [
      `Silent before the end: ${formatMs(idleMs)}, in both directions`,
      software[0] && `The opening handshake was answered by ${software[0].name}: ${software[0].sign}`,
      named.length > 0 && `Its default fits: ${listOf(named)}`,
      settable.length > 0 && `It has such a timer, of a length that is set: ${listOf(settable)}`,
      unnamed.length > 0 && `Nothing names them here, but of this length by default: ${listOf(unnamed)}`,
      ...(evidence.stream.http2 ? http2Facts(evidence) : []),
    ],
    fixes: [heartbeatFix(idleMs), ...timeoutFixes(software)],
  });
}

function whose(named: readonly TimerOwner[], settable: readonly TimerOwner[]): string {
  if (named.length > 0) return `That is the default of ${listOf(named)}, which had a hand in the answer.`;
  if (settable.length > 0) return `${listOf(settable)} ends idle connections like this, and had a hand in the answer.`;
  return 'Proxies and load balancers end idle connections like this; which one it was, nothing in the answer tells.';
}

function lifetimeOver(evidence: Evidence, openForMs: number): Finding | null {
  if (openForMs < SHORTEST_TIMER_MS) return null;
  const seen = namesSeen(softwareOf(evidence), evidence.host, evidence.report.dialect);
  const named = lifetimeOwners(openForMs, seen);
  if (named.length === 0) return null;
  const google = named.some(({ name }) => name.startsWith('Google'));
  const idleMs = idleBeforeEnd(evidence);
  const busy = idleMs !== null && idleMs < SHORTEST_TIMER_MS;
  return finding('close.lifetime', {
    title: `The connection was cut after ${formatMs(openForMs)}${busy ? ', whatever its traffic' : ''}: a limit on its lifetime`,
    explanation: `No Close frame came${busy ? ', and frames had passed shortly before' : ''}. The time is the limit of who had a hand in the answer (${listOf(named)}) on how long a connection may live: no heartbeat helps against that.`,
    evidence: [`Open for: ${formatMs(openForMs)}`, `The limit that fits: ${listOf(named)}`],
    fixes: [
      profileFix('Come back by itself (profile)', {
        session: { reconnect: { initialMs: 1000, maxMs: 30000, jitter: 0.5 } },
      }),
      google && gkeTimeoutFix,
    ],
  });
}
