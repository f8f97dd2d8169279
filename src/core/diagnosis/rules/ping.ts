import type { Finding, Look } from '../../base/model.js';
import type { Evidence, Rule } from '../../base/evidence.js';
import { quoteText } from '../../base/plainText.js';
import { formatMs } from '../facts.js';
import { finding } from '../finding.js';
import { profileFix } from '../snippets/profile.js';
import { logFix, textFix } from '../snippets/shell.js';
import { unfinishedFrame } from './unfinishedFrame.js';

const answerPings = textFix(
  'A server without a library: answer a ping with the same payload',
  'on frame with opcode 9: send a frame with opcode 10 and the same payload, and go on',
);

/** The connection ended right after our ping, and nothing else explains it: what a second connection without one did decides. */
export const endedAtPing: Rule = {
  ids: ['close.after-ping'],
  diagnose: ({ report, stream: { ping } }) => {
    if (!ping?.end || ping.withoutIt === 'ended') return null;
    const gone = report.looks?.find(({ reason, error }) => reason === 'no-ping' && /ECONNREFUSED/.test(error ?? ''));
    if (gone) return diedMeanwhile(ping.end, gone);
    const held = ping.withoutIt === 'held';
    const { how, afterMs } = ping.end;
    return finding('close.after-ping', {
      severity: held ? 'warning' : 'error',
      title: `The server ${quoteText(how, 120)} right after our ping${held ? '; without one the connection holds' : ''}`,
      explanation: `While wsprobe holds a connection it sends one protocol ping, which every endpoint must answer with a pong (RFC 6455 5.5.2). This one ends the connection instead${held ? ', and stayed on a second one without a ping, which is what this report shows' : ''}. Browsers send no pings by themselves, so clients in a browser are not hurt; libraries and proxies that ping to keep connections alive are.`,
      evidence: [
        `Our ping left; ${formatMs(afterMs)} later the server ${quoteText(how, 200)}, without a pong`,
        held && 'A second connection, to the same address and without a ping, held as long as it should',
        ping.withoutIt === null && 'Whether it holds without a ping could not be seen',
      ],
      fixes: [profileFix('Hold without a ping (profile)', { expect: { ping: false } }), answerPings],
    });
  },
};

/** A server that ends a connection for a ping takes the next one. */
function diedMeanwhile({ how }: { readonly how: string }, gone: Look): Finding {
  return finding('close.after-ping', {
    title: `The server ${quoteText(how, 120)} soon after opening, and nobody listened on the port any more right afterwards: its process ended, or was restarted, as it seems`,
    explanation:
      'The connection opened, so the server took it, and a second one a moment later was refused by the machine. A program that fails at an error nobody handles ends like this, with all its connections; whatever starts it may do so again by itself.',
    evidence: [`The second connection: ${quoteText(gone.error ?? '', 160)}`, 'A ping of ours had just left'],
    fixes: [
      textFix('On the server', 'Look at the end of its log: the error with which the process ended stands there.'),
    ],
  });
}

/** No pong came although the connection stood, or nothing at all. */
export const pingUnanswered: Rule = {
  ids: ['ping.unanswered'],
  diagnose: (evidence) => {
    const { failure } = evidence;
    const { ping } = evidence.stream;
    if (failure?.code === 'heartbeat.missed') return missedBeat(evidence, failure.message);
    if (!ping || ping.answered || ping.end) return null;
    const begun = unfinishedFrame(evidence);
    if (begun) return unfinished(evidence, begun);
    const hangs = failure?.phase === 'message' && failure.kind === 'timeout';
    return hangs ? hanging(evidence) : pongMissing(evidence);
  },
};

/** What comes behind it is taken for a part of it, pongs too. */
function unfinished(
  evidence: Evidence,
  { bytes, came, turned }: NonNullable<ReturnType<typeof unfinishedFrame>>,
): Finding {
  return finding('ping.unanswered', {
    title: `The first frame of the server says that it has ${bytes} bytes, and ${came} bytes came: ${turned ? 'its length stands with the low byte first' : 'nothing behind it can be read'}`,
    explanation:
      'Whatever the server sends is taken for a part of this frame until it is full. The length in its header is wrong (it stands in network order, the high byte first, RFC 6455 5.2), or the rest of it is held back on the way.',
    evidence: received(evidence),
    fixes: [
      textFix(
        'On the server: the length of a frame',
        'up to 125: one byte; up to 65535: the byte 126 and two bytes, the high one first; above: the byte 127 and eight.',
      ),
    ],
  });
}

function hanging(evidence: Evidence): Finding {
  const { closeMs } = evidence.plan.timeouts;
  return finding('ping.unanswered', {
    severity: 'error',
    title: 'The server accepted the connection, then nothing came back: no pong, no message, no answer to our Close',
    explanation: `TCP took our frames; neither our ping nor, within ${formatMs(closeMs)}, our Close frame was answered. Either the process hangs behind its listener (blocked, frozen, waiting for a backend), or something in between answered the upgrade, or lets it through, and drops the frames after it.`,
    evidence: received(evidence),
    fixes: [logFix(evidence)],
  });
}

function pongMissing(evidence: Evidence): Finding {
  const { closeReceived, closeTimedOut } = evidence.stream;
  const talks = evidence.messages.length > 0;
  const rest = closeTimedOut ? 'nor our Close frame' : closeReceived ? 'though it answered our Close frame' : '';
  return finding('ping.unanswered', {
    title: `The server ${talks ? 'sends messages but ' : ''}did not answer our ping${rest && `, ${rest}`}`,
    explanation:
      'Every endpoint must answer a ping with a pong (RFC 6455 5.5.2). A hand-written server that knows no pings, or something in between that keeps control frames to itself, is the usual reason. Clients and proxies that find out by pings whether a connection lives will cut this one.',
    evidence: received(evidence),
    fixes: [answerPings, profileFix('Hold without a ping (profile)', { expect: { ping: false } })],
  });
}

function missedBeat(evidence: Evidence, message: string): Finding {
  return finding('ping.unanswered', {
    severity: 'error',
    title: `The connection opened and a heartbeat went unanswered: ${quoteText(message, 160)}`,
    explanation:
      'The heartbeat is that of the profile (session.heartbeat). A ping is answered by the WebSocket library of the peer, a message by its application: what does not answer hangs, is gone, or does not know this message.',
    evidence: received(evidence),
    fixes: [logFix(evidence)],
  });
}

function received({ report, stream, messages }: Evidence): string[] {
  const frames = report.frames.filter(({ direction }) => direction === 'received').length;
  return [
    `Frames received: ${frames}`,
    `Bytes received in all, the opening handshake included: ${stream.bytesReceived}`,
    ...messages.slice(0, 1).map((text) => `First message received: ${quoteText(text)}`),
  ];
}
