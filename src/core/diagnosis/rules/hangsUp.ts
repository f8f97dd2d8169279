import type { Evidence } from '../../base/evidence.js';
import type { Finding, Fix } from '../../base/model.js';
import { quoteText } from '../../base/plainText.js';
import { formatMs, phaseOf, sentHeader } from '../facts.js';
import { finding } from '../finding.js';
import { logFix, labFix, shellFix, textFix } from '../snippets/shell.js';
import { usualOwner, usualPort } from '../usualPorts.js';
import { hasClientCertificate } from './tlsAlerts.js';

/** Asked without an upgrade, it gave no answer either. */
export function isMuteToGet({ report, stream }: Evidence): boolean {
  const asked = report.looks?.some(({ reason, response }) => reason === 'get' && response === null) ?? false;
  return asked && stream.getAnswer === null;
}

/** It was no matter of the upgrade. */
export function hangsUpAltogether(evidence: Evidence, reset: boolean) {
  const error = evidence.report.looks?.find(({ reason }) => reason === 'get')?.error ?? '';
  const tls = evidence.secure ? 'TLS comes about, and then the server' : 'The server takes connections and';
  const offered = evidence.plan.subprotocols;
  const dropped = droppedByRule(evidence, reset);
  if (dropped) return dropped;
  const left = error.startsWith('No answer to plain HTTP');
  if (left && (phaseOf(evidence, 'upgrade')?.durationMs ?? 0) >= A_WAIT_MS) return gaveUp(evidence, reset, error);
  const there = someoneThere(evidence);
  const why = there
    ? 'something is there that takes other bytes than these: it speaks another protocol than HTTP, misses something in what is asked, or drops it by a rule, as it seems'
    : 'nobody answers behind the port, it is none of HTTP, a rule drops what is asked, or the program fails at it';
  return finding('upgrade.closed', {
    title: `${tls} ${reset ? 'resets' : 'closes'} the connection without an answer, ${left ? 'to the upgrade, and leaves a plain GET without one' : 'to the upgrade and to a plain GET alike'}: ${usualPort(evidence.port) ?? why}`,
    explanation: evidence.secure
      ? 'Whoever ends TLS took the connection and lost it: nothing listens where it leads (stunnel, hitch, a load balancer for TCP), what listens there wants TLS again or the PROXY protocol first, or speaks HTTP/2 alone (--http 2 tries it), a rule drops the request (nginx "return 444"), or a hook fails that looks at every request.'
      : there
        ? 'It ends connections with a request of HTTP alone. Databases, caches and brokers do so (Redis, memcached, PostgreSQL), servers of WebSockets alone that miss a header or a subprotocol (txWS), and rules that drop requests.'
        : 'A forwarded port (Docker, ssh -L, kubectl port-forward, a proxy for TCP) does so where nobody listens behind it. So do a rule that drops the request (nginx "return 444", HAProxy "reject"), a port that wants the PROXY protocol first or is not for HTTP at all, and a program that fails at every request for this path.',
    evidence: [
      `Received: 0 bytes, then ${reset ? 'RST' : 'FIN'}`,
      `Without an upgrade: ${quoteText(error, 160)}`,
      there,
      offered.length > 0 && `Offered: ${quoteText(offered.join(', '), 200)}`,
      hasClientCertificate(evidence) &&
        'A client certificate was sent: some servers (Node) hang up like this on one that they do not accept',
      upgradeTime(evidence),
    ],
    fixes: [
      portFix(evidence),
      shellFix('On the server: who has the port, and what is behind it?', `ss -ltnp 'sport = :${evidence.port}'`),
      labFix(evidence),
    ],
  });
}

const A_WAIT_MS = 950;

/** It read the request, waited for something, and had enough. */
function gaveUp(evidence: Evidence, reset: boolean, error: string): Finding {
  const took = formatMs(phaseOf(evidence, 'upgrade')?.durationMs ?? 0);
  return finding('upgrade.closed', {
    title: `The server answers nothing, and ${reset ? 'resets' : 'closes'} the connection after ${took}: what should answer the upgrade hangs, and a timer ends the wait, as it seems`,
    explanation:
      'The connection was kept for a while, so a program read the request and had no answer: an application that never accepts (Daphne gives it 5 s), a handler that hangs, or a server behind a proxy that says nothing. A plain GET was left waiting as well.',
    evidence: [
      `Received: 0 bytes, then ${reset ? 'RST' : 'FIN'}`,
      `Without an upgrade: ${quoteText(error, 160)}`,
      upgradeTime(evidence),
    ],
    fixes: [logFix(evidence), labFix(evidence)],
  });
}

/** What it did at a TLS hello on another connection, where that shows somebody who reads; null where it shows nobody. */
function someoneThere({ report, secure, stream }: Evidence): string | null {
  const error = report.looks?.find(({ reason, response }) => reason === 'tls' && response === null)?.error ?? '';
  if (secure || stream.answersTls) return null;
  if (/wrong version number|packet length|unexpected message|unknown protocol/i.test(error))
    return 'It answered a TLS hello, with bytes that are none of TLS';
  return error.startsWith('No answer to the TLS hello') ? 'It took a TLS hello and did not hang up' : null;
}

/** It answers what is no request, so it speaks HTTP, and lets go of what is one. */
function droppedByRule(evidence: Evidence, reset: boolean): Finding | null {
  const complaint = evidence.report.looks?.find(({ reason }) => reason === 'proxy-line')?.response ?? null;
  if (complaint === null) return null;
  const host = quoteText(sentHeader(evidence, 'host') ?? evidence.host, 100);
  return finding('upgrade.closed', {
    layer: 'proxy',
    title: `A rule of the server drops the request without a word, as it seems: it ${reset ? 'resets' : 'closes'} the connection on the upgrade and on a plain GET alike, and answers what is no request (${quoteText(complaint.replace(/^HTTP\/\S+ /, ''), 60)})`,
    explanation: `An HTTP server is there, and it is well. nginx drops what its "return 444" takes, most often as its default server for names that it does not know: the Host that was sent is ${host}. Others have such rules too (HAProxy "http-request reject").`,
    evidence: [
      `Received: 0 bytes, then ${reset ? 'RST' : 'FIN'}`,
      `To a line that is no request: ${quoteText(complaint, 120)}`,
      `Sent: Host: ${host}`,
      upgradeTime(evidence),
    ],
    fixes: [
      textFix('On the server', 'Look which server or rule takes this Host and this path, and why it drops them.'),
      labFix(evidence),
    ],
  });
}

/** It hangs up on all but what begins with a line of the PROXY protocol; null where it was not found to. */
export function wantsProxyLine(evidence: Evidence, id: 'upgrade.closed' | 'tcp.reset'): Finding | null {
  const { proxyLineAnswer } = evidence.stream;
  if (proxyLineAnswer === null) return null;
  return finding(id, {
    layer: 'proxy',
    title: `Port ${evidence.port} wants the PROXY protocol first, as a load balancer sends it: it hangs up on a request, and answers one behind that line`,
    explanation:
      'The listener is to be reached through a load balancer alone, which names the client in a line before the request (HAProxy "accept-proxy", nginx "listen … proxy_protocol"), and drops others without a word.',
    evidence: [
      'Received: 0 bytes, to the upgrade and to a plain GET',
      `Behind "PROXY UNKNOWN": ${quoteText(proxyLineAnswer, 120)}`,
    ],
    fixes: [
      textFix(
        'Next step',
        'Connect to the address of the load balancer, and let that send the line (HAProxy: send-proxy, AWS NLB: proxy protocol v2).',
        'Or let the listener take clients directly (HAProxy: "bind" without accept-proxy).',
      ),
    ],
  });
}

/** Neither with an upgrade nor without one. */
export function silentAltogether(evidence: Evidence, waited: string) {
  const error = evidence.report.looks?.find(({ reason }) => reason === 'get')?.error ?? '';
  const port = usualPort(evidence.port);
  return finding('upgrade.timeout', {
    title: `The server takes connections and answers nothing: no answer to the upgrade within ${waited}, and none to a plain GET${port === null ? '' : `; ${port}`}`,
    explanation:
      'TCP works, so a program is there, but it speaks to nobody at this path. It hangs or is stopped, is busy with as many connections as it takes at once (socat max-children, workers), waits for a server behind it or for other bytes than HTTP, has no handler for this path (servers on Node for Primus, Faye or the like), or is a rule that answers nothing (HAProxy "silent-drop").',
    evidence: [
      'Received: 0 bytes',
      `timeouts.upgradeMs: ${evidence.plan.timeouts.upgradeMs}`,
      `Without an upgrade: ${quoteText(error, 160)}`,
    ],
    fixes: [
      portFix(evidence),
      shellFix(
        'Which program has the port, and do connections wait in its queue (Recv-Q)?',
        `ss -ltnp 'sport = :${evidence.port}'`,
      ),
      labFix(evidence),
    ],
  });
}

function portFix({ port }: Evidence): Fix | null {
  const usual = usualOwner(port);
  if (!usual?.hint) return null;
  const hint = usual.hint.replace(/^[^:]*: u?/, (said) => (said.endsWith('u') ? 'U' : ''));
  return textFix(`If it is ${usual.name}`, hint);
}

export function upgradeTime(evidence: Evidence): string | null {
  const phase = phaseOf(evidence, 'upgrade');
  return phase && `The connection ended ${formatMs(phase.durationMs)} after the upgrade began`;
}
