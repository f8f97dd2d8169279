import { readReason } from '../../close/reasonText.js';
import { explainAbnormal } from '../../close/disconnect.js';
import type { Finding } from '../../base/model.js';
import { quoteText } from '../../base/plainText.js';
import type { Evidence, Rule } from '../../base/evidence.js';
import { failedIn, formatMs, isHttp2 } from '../facts.js';
import { finding } from '../finding.js';
import { identifyServers } from '../identifyServer.js';
import { complains, lastWords } from '../serverWords.js';
import { agreedToDeflate, iisFixes, timeoutFixes } from '../snippets/proxy.js';
import { logFix, labFix, textFix } from '../snippets/shell.js';
import { AT_ONCE_MS, beatAgainst, hasSent, notOurPing } from './close.js';
import { floodedIn, http2Facts } from './http2.js';
import { isRound } from '../timerOwners.js';
import { unsaidEnd } from './closeCause.js';
import { idleBeforeEnd, SHORTEST_TIMER_MS } from './timers.js';
import { unfinishedFrame } from './unfinishedFrame.js';

/** TCP ended after the handshake without a Close frame: FIN or RST. */
export const closeDropped: Rule = {
  ids: ['close.dropped', 'close.reset'],
  diagnose: (evidence) => {
    const failure =
      failedIn(evidence, 'message', 'end', 'reset', 'error') ?? failedIn(evidence, 'close', 'end', 'reset', 'error');
    if (!failure || floodedIn(evidence)) return null;
    const { stream } = evidence;
    const reset =
      failure.kind === 'reset' ||
      stream.endedBy === 'server-reset' ||
      (failure.kind === 'error' && stream.endedBy === null);
    const closing = failure.phase === 'close';
    const end = explainAbnormal({
      endedBy: reset ? 'server-reset' : 'server-fin',
      openForMs: stream.openForMs,
      http2: stream.http2,
      brokeTls: stream.brokeTls,
    });
    return dropped(evidence, reset, closing, end.text);
  },
};

function endingTitle({ stream }: Evidence, reset: boolean, http2: boolean): string {
  if (stream.brokeTls) return 'The TLS under the connection was broken off';
  if (http2)
    return `The server ${reset ? 'reset' : 'ended'} the HTTP/2 stream (${reset ? 'RST_STREAM' : 'END_STREAM'})`;
  return reset ? 'The connection was reset (RST)' : 'The server ended the connection (FIN)';
}

function iisTitle(evidence: Evidence, after: string): string {
  const because = agreedToDeflate(evidence)
    ? 'as ARR does with compression, which it does not carry'
    : 'as it does where its feature WebSocket Protocol is not installed';
  return `IIS took the upgrade and ended the connection (FIN)${after} without a Close frame, ${because}`;
}

function atOnceTitle(evidence: Evidence, reset: boolean, after: string, proxy: string | null): string {
  const behind =
    evidence.stream.bytesSent > 0 && hasSent(evidence)
      ? ', after the message that was sent: it does not take it, or fails at it, as it seems'
      : '';
  const how = reset ? 'connection was reset at once (RST' : 'server hung up at once (FIN';
  return `The WebSocket opened${proxy === null ? '' : ` through ${proxy}`}, and the ${how}${after}), without a Close frame${behind}`;
}

function whyReset(atOnce: boolean): string {
  return atOnce
    ? 'The handshake passed and the reset came at once: the handler crashed or destroyed the socket, the server drops what it does not take (Autobahn a message larger than its limit), or a proxy took the upgrade and lost the server behind it.'
    : 'A process that crashed or was killed, a load balancer that lost its target, a firewall or a NAT that forgot the connection end it like this.';
}

function whyEnded(evidence: Evidence, iis: boolean): string {
  const { openForMs } = evidence.stream;
  if (openForMs === null || openForMs >= AT_ONCE_MS)
    return 'The process exited or ended the socket itself, or a proxy in the path closed it: proxies end idle connections with a plain FIN, and request timers applied to upgraded connections do the same.';
  const causes = [
    hasSent(evidence) &&
      'a server that speaks another protocol than the message (MQTT, STOMP, binary where text was sent) and drops who does not',
    'a handler that returned or failed',
    `a server that turns a client away without a word${evidence.plan.subprotocols.length === 0 ? ' (no subprotocol was offered, which some ask for)' : ''}`,
  ].filter((cause) => cause !== false);
  const ofIis = iis
    ? ' IIS ends it so where its feature WebSocket Protocol is not installed, and ARR where the server behind it agrees to permessage-deflate, which it does not carry.'
    : '';
  return `The handshake passed and the end came at once, so no timer is to blame: ${causes.join(', ')}, or a proxy that took the upgrade before it had reached the server behind it.${ofIis}`;
}

/** No timer of a proxy is shorter by default; whole seconds are what somebody set. */
function shortestTimerMs(idleMs: number): number {
  return isRound(idleMs) ? 1_900 : SHORTEST_TIMER_MS;
}

function dropped(evidence: Evidence, reset: boolean, closing: boolean, saw: string): Finding {
  const { openForMs, bytesReceived, bytesSent, pingsReceived } = evidence.stream;
  const after = openForMs === null ? '' : ` after ${formatMs(openForMs)}`;
  const http2 = evidence.stream.http2 !== null && isHttp2(evidence);
  const how = endingTitle(evidence, reset, http2);
  const last = closing ? null : lastWords(evidence);
  const said = last === null ? '' : `After the message "${last}": `;
  const told = readReason(last ?? '');
  const idleMs = idleBeforeEnd(evidence);
  const software = evidence.report.response ? identifyServers(evidence.report.response) : [];
  const iis = software.some(({ id }) => id === 'iis');
  const begun = unfinishedFrame(evidence);
  const middle = begun ? `, in the middle of a frame (${begun.came} bytes of ${begun.bytes} bytes)` : '';
  const atOnce = !closing && !begun && last === null && openForMs !== null && openForMs < AT_ONCE_MS;
  const early = atOnce && !reset && iis;
  const proxy = software.find(({ intermediary }) => intermediary);
  const unsaid =
    closing || reset || atOnce || begun || http2 || evidence.stream.brokeTls || last !== null
      ? null
      : unsaidEnd(evidence, how);
  return finding(reset ? 'close.reset' : 'close.dropped', {
    severity: closing ? 'warning' : 'error',
    // Networks that lose a connection do not wait for the upgrade to do so.
    ...(atOnce && !evidence.stream.brokeTls && { layer: 'application' as const }),
    title:
      unsaid?.title ??
      (early
        ? iisTitle(evidence, after)
        : atOnce && !http2 && !evidence.stream.brokeTls
          ? atOnceTitle(evidence, reset, after, proxy?.name ?? null)
          : `${said}${how}${after} ${closing ? 'instead of answering our Close frame' : 'without a Close frame'}${middle}`),
    explanation: closing
      ? 'The server takes the end of TCP for the end of the connection. Clients see 1006 instead of 1000, so a clean end cannot be told from a fault.'
      : `Clients see this as 1006. ${unsaid?.why ?? told?.meaning ?? (reset ? whyReset(atOnce) : whyEnded(evidence, iis))}`,
    evidence: [
      saw,
      ...(http2 ? http2Facts(evidence) : []),
      !closing &&
        idleMs !== null &&
        isRound(idleMs) &&
        `Silent for ${formatMs(idleMs)} before the end: whole seconds, as timers count`,
      software[0] && `The opening handshake was answered by ${software[0].name}`,
      `Received in all: ${bytesReceived} bytes; sent: ${bytesSent} bytes`,
      pingsReceived > 0 && `Pings received: ${pingsReceived}`,
      ...notOurPing(evidence),
      ...evidence.messages.slice(0, 2).map((text) => `Message before the end: ${quoteText(text)}`),
    ],
    fixes: [
      ...(unsaid?.fixes ?? []),
      !unsaid && !closing && last === null && beatAgainst(evidence),
      told !== null && textFix('What to do', told.action),
      ...(early ? iisFixes(evidence) : []),
      told === null && (last === null || !complains(last)) && logFix(evidence),
      atOnce && !iis && labFix(evidence),
      // No timer resets.
      ...(closing || reset || told !== null || idleMs === null || idleMs < shortestTimerMs(idleMs)
        ? []
        : timeoutFixes(software)),
    ],
  });
}
