import { lastWords } from '../diagnosis/serverWords.js';
import { endingWords } from '../close/disconnect.js';
import type { Failure, PingEvidence } from '../base/evidence.js';
import type { ConnectionRun } from '../run/connectionRun.js';

/** What is sent over the wire at once ends at once: this long after the ping, and the time of a round trip. */
const AT_ONCE_MS = 1_000;

/** A Close that speaks of what we sent, or a message that does not speak of the connection, is no reason of its own. */
const ABOUT_FRAMES = /\bpings?\b|\bpongs?\b|opcode|control|frame|protocol|unsupported|unexpected|not supported/i;
const ABOUT_US =
  /error|auth|denied|forbid|invalid|expired|reject|refus|missing|required|limit|clos|allow|fail|policy|token|login|bye/i;
/** The server leaves or is busy; from 3000 on the codes are the application's own. */
const OWN_CODES = new Set([1001, 1012, 1013]);

/** How the peer ended the connection right after our unanswered ping; null where it did not, or gave a reason of its own. */
export function endAtPing(
  connection: ConnectionRun,
  pingedMs: number | null,
  failure: Failure | null,
): PingEvidence['end'] {
  const { endedMs, texts, watch } = connection;
  if (pingedMs === null || endedMs === null || failure?.phase !== 'message') return null;
  const how = endingOf(connection, failure);
  const afterMs = endedMs - pingedMs;
  if (how === null || afterMs < 0 || afterMs > AT_ONCE_MS + roundTripOf(connection)) return null;
  const { code = 1006, reason = '' } = watch.closeReceived ?? {};
  if (!ABOUT_FRAMES.test(reason) && (reason !== '' || code >= 3000 || OWN_CODES.has(code))) return null;
  const words = lastWords({ messages: texts });
  return words !== null && ABOUT_US.test(words) && !ABOUT_FRAMES.test(words) ? null : { how, afterMs };
}

/** How long the answer to the upgrade took: a round trip, and what the server needed. */
export function roundTripOf({ connection }: ConnectionRun): number {
  const { firstByteMs, requestSentMs } = connection.handshake.record;
  return firstByteMs === null || requestSentMs === null ? 0 : firstByteMs - requestSentMs;
}

function endingOf({ connection, watch }: ConnectionRun, { kind }: Failure): string | null {
  const { closeReceived } = watch;
  if (kind === 'closed' && closeReceived) {
    return `sent Close ${closeReceived.code}${closeReceived.reason === '' ? '' : ` (${closeReceived.reason})`}`;
  }
  if (kind !== 'end' && kind !== 'reset') return null;
  return endingWords({ endedBy: kind === 'end' ? 'server-fin' : 'server-reset', http2: connection.http2 });
}
