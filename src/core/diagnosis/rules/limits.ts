import { quoteText } from '../../base/plainText.js';
import type { Rule } from '../../base/evidence.js';
import { failedIn } from '../facts.js';
import { finding } from '../finding.js';
import { profileFix } from '../snippets/profile.js';
import { onServer } from '../snippets/shell.js';
import { violationBytes } from './frames.js';

/** Our own limit ended the connection: said so, with the setting that moves it. */
export const ownLimit: Rule = {
  ids: ['limit.message-size', 'limit.fragments'],
  diagnose: ({ failure, stream, plan }) => {
    const { violation } = stream;
    if (violation?.id !== 'limit.message-size' && violation?.id !== 'limit.fragments') return null;
    const limit = plan.limits.maxMessageBytes;
    const size = violation.id === 'limit.message-size';
    const larger = Math.min(limit * 4, 2 ** 31 - 1);
    return finding(violation.id, {
      ...(failure?.phase === 'close' ? { severity: 'warning' as const } : {}),
      title: size
        ? `A message of the server is larger than wsprobe's limit of ${limit.toLocaleString('en')} bytes`
        : 'A message of the server comes in more fragments than wsprobe accepts',
      explanation: size
        ? 'The limit is ours, not that of the server: wsprobe ended the connection so that a message cannot fill the memory. Raise limits.maxMessageBytes if such messages are meant to be.'
        : 'The limit is ours, not that of the server: a message in very many tiny fragments costs far more memory than it has bytes. Let the server send larger fragments; the limit goes with limits.maxMessageBytes.',
      evidence: [quoteText(violation.message, 300), `limits.maxMessageBytes: ${limit}`, ...violationBytes(violation)],
      fixes: [profileFix('Raise the limit (profile)', { limits: { maxMessageBytes: Math.max(larger, limit) } })],
    });
  },
};

/** More than 1,000 pings a second from the peer. */
export const pingFlood: Rule = {
  ids: ['limit.ping-flood'],
  diagnose: ({ failure, stream }) => {
    if (!stream.pingFlood) return null;
    return finding('limit.ping-flood', {
      severity: failure === null ? 'warning' : 'error',
      title: `The server sends a flood of pings (${stream.pingsReceived.toLocaleString('en')} so far)`,
      explanation:
        'One ping every 20 to 30 seconds is enough to keep a connection open. Every ping has to be answered, so a flood keeps both sides busy, and some client libraries drop the connection without a word.',
      evidence: [`Pings received: ${stream.pingsReceived}`, 'More than 1,000 pings came within a second'],
      fixes: [onServer('Let it ping each client every 20 to 30 seconds.')],
    });
  },
};

/** We sent Close, and the peer neither answered nor ended TCP within `timeouts.closeMs`. */
export const closeTimeout: Rule = {
  ids: ['limit.close-timeout'],
  diagnose: (evidence) => {
    if (!evidence.stream.closeTimedOut && !failedIn(evidence, 'close', 'timeout')) return null;
    const { closeMs } = evidence.plan.timeouts;
    const hangs = evidence.stream.ping?.answered === false;
    return finding('limit.close-timeout', {
      // The connection did its work: a goodbye without an answer makes a probe degraded, not down.
      severity: evidence.failure?.phase === 'close' ? 'warning' : 'error',
      title: `The server did not answer our Close frame within ${closeMs} ms`,
      explanation:
        'A Close frame must be answered with a Close frame (RFC 6455 5.5.1). wsprobe waited, then ended the connection itself. The server ignores closing handshakes, or is too busy to read.',
      evidence: [`timeouts.closeMs: ${closeMs}`, 'We sent: Close 1000; received: no Close frame'],
      fixes: [
        !hangs && profileFix('Wait longer (profile)', { timeouts: { closeMs: closeMs * 3 } }),
        {
          title: 'A server without a library: answer a Close with the same code',
          language: 'text',
          snippet: 'on frame with opcode 8: send a frame with opcode 8 and the same payload, then end TCP',
        },
      ],
    });
  },
};
