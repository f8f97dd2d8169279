import type { Evidence } from '../../base/evidence.js';
import type { Finding, Fix } from '../../base/model.js';
import { quoteText } from '../../base/plainText.js';
import { formatMs, pathOf } from '../facts.js';
import { profileFix } from '../snippets/profile.js';
import { labFix, textFix } from '../snippets/shell.js';
import { isRound } from '../timerOwners.js';
import { heartbeatFix, idleBeforeEnd } from './timers.js';

/** What a close without a word says by its moment alone. */
interface UnsaidReason {
  readonly title: string;
  readonly why: string;
  readonly fixes: readonly (Fix | null)[];
}

/** Whoever gives a client longer than this to introduce itself cannot be told from an idle timer. */
const LONGEST_WAIT_MS = 15_000;
const AT_ONCE_MS = 950;

/** Null where a message passed, where the server said why, or where the moment tells nothing. */
export function unsaidReason(
  evidence: Evidence,
  close: {
    readonly code: number;
    readonly words: string;
    readonly afterMs: number | null;
    readonly isOfDialect: boolean;
  },
): UnsaidReason | null {
  const { code, words, afterMs, isOfDialect } = close;
  const { frames } = evidence.report;
  // The frames of a session are not all in its report; what our ping brought about is told as that.
  if (evidence.session !== null || evidence.stream.ping?.withoutIt === 'held') return null;
  if (words !== '' || isOfDialect || afterMs === null || evidence.stream.hasTalked) return null;
  if (frames.some(({ direction, opcode }) => direction === 'sent' && opcode < 8)) return null;
  if (code === 1002 && afterMs < AT_ONCE_MS && evidence.plan.subprotocols.length === 0) return unoffered(evidence);
  const isTurnedAway = code >= 3000 || [1000, 1001, 1002, 1005, 1008].includes(code);
  const timer = isTurnedAway ? timerBehind(evidence, afterMs) : null;
  const how =
    code === 1005 ? 'closed the connection with a Close frame without a code' : `closed the connection with ${code}`;
  return timer && timerReason(timer, `The server ${how}`);
}

/** A timer that ended what nobody spoke on. */
interface SilentTimer {
  readonly afterMs: number;
  readonly idleMs: number;
  /** Counted from the opening, and not from the last frame, though one passed. */
  readonly fromOpening: boolean;
  /** Counted from the last frame, which was not the opening. */
  readonly fromLast: boolean;
}

/** Null where a message passed, or where no whole seconds lie before the end. */
function timerBehind(evidence: Evidence, afterMs: number): SilentTimer | null {
  const { report, session, stream } = evidence;
  if (session !== null || stream.hasTalked) return null;
  if (report.frames.some(({ direction, opcode }) => direction === 'sent' && opcode < 8)) return null;
  const idleMs = idleBeforeEnd(evidence) ?? afterMs;
  const opened = isRound(afterMs) && afterMs <= LONGEST_WAIT_MS;
  const last = isRound(idleMs);
  return opened || last ? { afterMs, idleMs, fromOpening: opened && !last, fromLast: last && !opened } : null;
}

/** What ended without a Close frame and without a word, where its moment tells of a timer. */
export function unsaidEnd(evidence: Evidence, how: string): UnsaidReason | null {
  const { openForMs, ping } = evidence.stream;
  if (openForMs === null || ping?.withoutIt === 'held') return null;
  const timer = timerBehind(evidence, openForMs);
  return timer && timerReason(timer, how, ', without a Close frame');
}

/** A 1002 after frames that break nothing. */
export const UNOFFERED =
  'No frame of ours can have broken the protocol, so the code is about the handshake: Mercurius and subscriptions-transport-ws take every connection, and close those without a subprotocol that they know.';

/** By the path; null for any other. */
export const ofGraphql = (evidence: Evidence) =>
  /graphql|subscriptions/i.test(pathOf(evidence))
    ? profileFix('Offer the subprotocol of GraphQL (profile)', { subprotocols: ['graphql-transport-ws'] })
    : null;

function unoffered(evidence: Evidence): UnsaidReason {
  return {
    title:
      'The server opened the WebSocket and closed it at once with 1002 (Protocol Error), before a message was sent: no subprotocol was offered, and it wants one, as it seems',
    why: UNOFFERED,
    fixes: [ofGraphql(evidence) ?? labFix(evidence)],
  };
}

const introduce = textFix(
  'What to do',
  'Send what this server wants first, right after opening: a login, a handshake or an initialisation in its own protocol.',
);

const FIRST_MESSAGE = 'it waited for a first one (a login, a handshake of its own)';

function timerReason({ afterMs, idleMs, fromOpening, fromLast }: SilentTimer, how: string, rest = ''): UnsaidReason {
  if (fromLast)
    return {
      title: `${how} ${formatMs(idleMs)} after the last frame${rest}: an idle timer, as it seems`,
      why: `Whole seconds in which nothing passed are a timer, of the server or of a proxy before it (socat -T). A heartbeat of half that time keeps such a connection open. An end by chance at this moment would look the same.`,
      fixes: [heartbeatFix(idleMs)],
    };
  // An application that waits for a login says so with a Close; what is idle is cut.
  const beat = fromOpening ? null : heartbeatFix(idleMs);
  const idleFirst = rest !== '' && beat !== null;
  return {
    title: `${how}${rest}, ${formatMs(afterMs)} after it opened, in which the client sent no message: ${idleFirst ? `an idle timer ran out, or ${FIRST_MESSAGE}` : `${FIRST_MESSAGE}${fromOpening ? '' : ', or an idle timer ran out'}`}, as it seems`,
    why: `Whole seconds in which nothing passed are a timer, and one as short as this gives clients the time to introduce themselves (SocketCluster waits for "#handshake", nes for "hello"). ${fromOpening ? 'It did not begin anew with the frames that passed.' : 'An idle timer of the server, or of a proxy before it, would look the same: a heartbeat keeps that one from running out.'}`,
    fixes: idleFirst ? [beat, introduce] : [introduce, beat],
  };
}

const LOST_BEHIND =
  /\b(ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)\b|\b(failed|failure|unable|can(no|')t|could( not|n't)|error)\b.{0,20}\b(connect|reach|contact)\w*\b.{0,30}\b(downstream|upstream|backend|target|remote|origin)\b|\b(error|failed|failure|unable)\b.{0,20}\b(to|while|when) (trying to )?proxy(ing)?\b|\b(downstream|upstream|backend) (server |host )?(is )?(unavailable|unreachable|refused|down|timed out|not (available|reachable))/i;

/** A proxy that takes the WebSocket first and then looks for the server (websockify, @fastify/http-proxy); null for other words. */
export function lostBehind(words: string): Pick<Finding, 'layer' | 'title' | 'explanation' | 'fixes'> | null {
  if (!LOST_BEHIND.test(words)) return null;
  return {
    layer: 'proxy',
    title: `What took the WebSocket could not reach the server behind it: "${quoteText(words, 160).replaceAll('"', "'")}"`,
    explanation:
      'A proxy or a bridge opened the WebSocket before it asked for the server. The address that it has for that server is wrong, or nothing listens there.',
    fixes: [
      textFix(
        'On what asked',
        'Compare the address that it has for the server (the words name it, or its log), and see whether that runs.',
      ),
    ],
  };
}
