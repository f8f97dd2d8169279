import { quoteText } from '../../base/plainText.js';
import type { Evidence, Rule } from '../../base/evidence.js';
import { failedIn, formatMs, hostPort, phaseTime } from '../facts.js';
import { finding } from '../finding.js';
import { profileFix, withScheme } from '../snippets/profile.js';
import { shellFix } from '../snippets/shell.js';

/** A server may refuse plain HTTP on a TLS port in HTTP itself: that answer is no sign of a plain port. */
const COMPLAINT = /^HTTP\/\S+ 400\b/;

/** A second look was answered in plain HTTP, by what is no complaint of a TLS port. */
export function isPlainPort({ stream: { plainAnswer } }: Evidence): boolean {
  return plainAnswer !== null && !COMPLAINT.test(plainAnswer);
}

/** A TLS handshake that nobody answered: the port speaks plain HTTP, as a second look has shown, or stays silent. */
export const tlsSilent: Rule = {
  ids: ['tls.plain-port', 'tls.timeout'],
  diagnose: (evidence) => {
    const failure = failedIn(evidence, 'tls', 'timeout', 'end', 'reset');
    if (!failure) return null;
    const { plainAnswer } = evidence.stream;
    const { plan, port } = evidence;
    if (plainAnswer !== null && isPlainPort(evidence)) {
      const answer = quoteText(plainAnswer, 120);
      const upgrades = /^HTTP\/\S+ 101\b/.test(plainAnswer);
      return finding('tls.plain-port', {
        title: `Port ${port} does not speak TLS, but the address says wss: in plain HTTP it ${upgrades ? 'opens a WebSocket' : `answers "${answer}"`}`,
        explanation:
          'No TLS handshake came about, and a second connection without TLS was answered at once. The port is a plain one: TLS may end at a load balancer in front of it, or the scheme or the port is wrong.',
        evidence: [
          failure.message,
          `Asked in plain HTTP on a second connection: ${answer}`,
          phaseTime(evidence, 'tls'),
        ],
        fixes: [
          upgrades
            ? profileFix('Connect without TLS (profile)', { url: withScheme(plan.url, 'ws') })
            : shellFix('See the answer', ['curl', '-i', '--max-time', '10', `http://${hostPort(evidence)}/`]),
        ],
      });
    }
    if (failure.kind !== 'timeout') return null;
    return finding('tls.timeout', {
      title: `The server took the connection, but did not answer the TLS handshake within ${formatMs(plan.timeouts.connectMs)}`,
      explanation:
        'TCP works, so a program or a device has the port, but no TLS handshake came about. It hangs or is overloaded, speaks a protocol in which the client must wait or say something else first, or is a firewall that accepts everything and answers nothing.',
      evidence: [failure.message, phaseTime(evidence, 'tls'), `timeouts.connectMs: ${plan.timeouts.connectMs}`],
      fixes: [shellFix('See the TLS handshake for yourself', ['openssl', 's_client', '-connect', hostPort(evidence)])],
    });
  },
};
