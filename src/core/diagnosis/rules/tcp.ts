import { formatAuthority } from '../../base/address.js';
import { quoteText } from '../../base/plainText.js';
import { parseUrl } from '../../base/url.js';
import type { Evidence, Failure, Rule } from '../../base/evidence.js';
import { atPlace, attemptLines, failedIn, formatMs, hostPort, phaseOf } from '../facts.js';
import { finding } from '../finding.js';
import { wantsProxyLine } from './hangsUp.js';
import { usualPort } from '../usualPorts.js';
import { profileFix } from '../snippets/profile.js';
import { labFix, shellFix, textFix } from '../snippets/shell.js';

const exhaustedCodes = new Set(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'EADDRINUSE', 'ENOBUFS', 'ENOMEM']);
const resetCodes = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED']);

export function isExhausted(failure: Failure | null): boolean {
  return failure?.kind === 'error' && exhaustedCodes.has(failure.code ?? '');
}

/** Our own machine ran out of sockets, ports or memory. */
export const localExhausted: Rule = {
  ids: ['local.exhausted'],
  diagnose: (evidence) => {
    const { failure } = evidence;
    if (!failure || !isExhausted(failure)) return null;
    const ports = failure.code === 'EADDRNOTAVAIL' || failure.code === 'EADDRINUSE';
    return finding('local.exhausted', {
      title: `This machine has no ${ports ? 'local port' : 'room'} left for another connection (${failure.code})`,
      explanation:
        'The fault is on this side: the limit of open files or of local ports is used up. Nothing was learned about the server.',
      evidence: [`System error: ${failure.code}`, quoteText(failure.message), ...attemptLines(evidence)],
      fixes: [
        shellFix(
          'Look at the limits and what uses them',
          'ulimit -n',
          'ss -s',
          'cat /proc/sys/net/ipv4/ip_local_port_range',
        ),
      ],
    });
  },
};

/** No TCP connection: refused, unanswered, no way there, or reset. */
export const tcp: Rule = {
  ids: ['tcp.refused', 'tcp.timeout', 'tcp.unreachable', 'tcp.reset'],
  diagnose: (probe) => {
    const evidence = atPlace(probe);
    const failure = failedIn(evidence, 'tcp', 'error', 'timeout', 'reset', 'end');
    if (!failure || isExhausted(failure) || parseUrl(probe.plan.url)?.protocol === 'ws+unix:') return null;
    if (failure.kind === 'timeout' || failure.code === 'ETIMEDOUT') return timedOut(evidence, failure);
    if (failure.code === 'ECONNREFUSED') return refused(evidence, failure);
    if (failure.kind !== 'error' || resetCodes.has(failure.code ?? '')) return reset(evidence);
    return unreachable(evidence, failure);
  },
};

/** RST so soon after the connection that the server can hardly have read the request. */
export function isResetAtOnce(evidence: Evidence): boolean {
  const { stream, secure } = evidence;
  // Who answers a plain GET reads requests.
  if (secure || stream.answersTls || stream.bytesReceived > 0 || stream.getAnswer !== null) return false;
  if (!failedIn(evidence, 'upgrade', 'reset')) return false;
  return (phaseOf(evidence, 'upgrade')?.durationMs ?? 0) < 1000;
}

export const tcpReset: Rule = {
  ids: ['tcp.reset'],
  diagnose: (evidence) => (isResetAtOnce(evidence) ? (wantsProxyLine(evidence, 'tcp.reset') ?? reset(evidence)) : null),
};

function refused(evidence: Evidence, failure: Failure) {
  const { host, port } = evidence;
  const { listensAt } = evidence.stream;
  const other = listensAt && formatAuthority(listensAt, port);
  return finding('tcp.refused', {
    title:
      other !== null
        ? `Nothing listens on ${hostPort(evidence)}, but something does on ${other}: the other loopback address of this machine`
        : `Nothing listens on ${hostPort(evidence)}: the connection was refused`,
    explanation:
      'The machine answered, but no program accepts connections on this port. The server is not running, listens on another port, or listens on another address only (127.0.0.1 is not ::1, and neither is reachable from outside).',
    evidence: [
      failure.code && `System error: ${failure.code}`,
      other !== null && `This machine lists a listening socket for ${other}`,
      ...attemptLines(evidence),
    ],
    fixes: [
      other !== null && profileFix('Ask at that address (profile)', { url: atHost(evidence, other) }),
      shellFix('On the server: is anything listening there?', `ss -ltnp 'sport = :${port}'`),
      onlyOneFamily(evidence) &&
        textFix(
          'On the server',
          'Let it listen on addresses of both families: on "::" and on "0.0.0.0", or on ::1 and on 127.0.0.1.',
        ),
      other === null && shellFix('From here: try the port', ['nc', '-vz', host, String(port)]),
    ],
  });
}

/** The address of the probe, with another host and port. */
const atHost = ({ plan }: Evidence, place: string) =>
  plan.url.replace(/^(wss?:\/\/(?:[^/?#@]*@)?)[^/?#]+/i, `$1${place}`);

function timedOut(evidence: Evidence, failure: Failure) {
  const waited = phaseOf(evidence, 'tcp')?.durationMs;
  return finding('tcp.timeout', {
    title: `${hostPort(evidence)} did not answer the connection attempt${waited ? ` within ${formatMs(waited)}` : ''}`,
    explanation:
      'Not even a refusal came back, which is what a firewall or security group does that drops packets, or an address where no machine is. A server that is merely stopped would have refused at once.',
    evidence: [
      failure.code && `System error: ${failure.code}`,
      `timeouts.connectMs: ${evidence.plan.timeouts.connectMs}`,
      ...attemptLines(evidence),
    ],
    fixes: [
      shellFix('Does any packet get there?', ['nc', '-vz', '-w', '5', evidence.host, String(evidence.port)]),
      shellFix('On the server: let the port through', `sudo ufw allow ${evidence.port}/tcp`),
      profileFix('Wait longer (profile)', {
        timeouts: { connectMs: Math.max(30000, evidence.plan.timeouts.connectMs * 2) },
      }),
    ],
  });
}

function unreachable(evidence: Evidence, failure: Failure) {
  const blocked = failure.code === 'EACCES' || failure.code === 'EPERM';
  return finding('tcp.unreachable', {
    title: blocked
      ? `This machine does not allow connections to ${hostPort(evidence)} (${failure.code})`
      : `There is no way to ${hostPort(evidence)} from here${failure.code ? ` (${quoteText(failure.code, 40)})` : ''}`,
    explanation: blocked
      ? 'A local firewall or sandbox refused the connection before a packet left.'
      : 'No route leads to the address. The network or VPN is down, or the address is IPv6 and this machine has no IPv6.',
    evidence: [failure.code && `System error: ${failure.code}`, quoteText(failure.message), ...attemptLines(evidence)],
    fixes: [
      shellFix('Which way would packets take?', [
        'ip',
        'route',
        'get',
        evidence.report.attempts[0]?.address ?? evidence.host,
      ]),
      shellFix('Which addresses does the name have?', ['getent', 'ahosts', evidence.host]),
    ],
  });
}

function reset(evidence: Evidence) {
  const usual = usualPort(evidence.port);
  return finding('tcp.reset', {
    title: `The connection was reset before the server sent a single byte${usual === null ? '' : `; ${usual}`}`,
    explanation:
      'TCP was accepted and at once torn down (RST). Load balancers without a healthy target and forwarded ports (Docker, kubectl port-forward) without a listener do this, as do ports for another protocol (MQTT without WebSocket, the PROXY protocol first), IP filters, and servers whose handler crashes.',
    evidence: [`Target: ${hostPort(evidence)}`, 'Received: 0 bytes, then RST', ...attemptLines(evidence)],
    fixes: [
      shellFix('Ask in plain HTTP what is there', [
        'curl',
        '-sv',
        '-o',
        '/dev/null',
        `${evidence.secure ? 'https' : 'http'}://${hostPort(evidence)}/`,
      ]),
      labFix(evidence),
    ],
  });
}

function onlyOneFamily(evidence: Evidence): boolean {
  return new Set(evidence.report.attempts.map(({ family }) => family)).size === 1;
}
