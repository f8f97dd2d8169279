import type { Evidence, Rule } from '../../base/evidence.js';
import type { Finding, Fix, ResponseInfo } from '../../base/model.js';
import { quoteText } from '../../base/plainText.js';
import { identifyProtocol } from '../../handshake/identifyProtocol.js';
import { ResponseHeadReader } from '../../handshake/responseHeadReader.js';
import { failedIn, hostPort, placeOf, responseEvidence, statusLine, statusWords } from '../facts.js';
import { finding } from '../finding.js';
import { inWords } from '../serverWords.js';
import { bypassFix, describeRoute } from '../snippets/forwardProxy.js';
import { profileFix, withScheme } from '../snippets/profile.js';
import { labFix, shellFix, textFix } from '../snippets/shell.js';
import { PROXY_STATUSES } from './proxyAnswer.js';

type Seen = readonly (string | null | false)[];

/** The answer of HTTP that came in the place of TLS; null: none, or not the whole head of it. */
function clearAnswer({ stream }: Evidence): ResponseInfo | null {
  const step = new ResponseHeadReader({ maxBytes: 4_096 }).push(stream.firstBytes);
  if (step.state !== 'head') return null;
  const text = Buffer.from(step.rest).toString('utf8');
  return { ...step.head, body: { text, bytes: step.rest.length, truncated: false } };
}

/**
 * The answer of a proxy, or of a filter behind it, in a tunnel that was opened. A server that is asked in TLS on its plain port
 * says 400, and that alone.
 */
export function answeredInTunnel(evidence: Evidence): ResponseInfo | null {
  if (!evidence.plan.proxy || !evidence.secure || !failedIn(evidence, 'tls', 'error')) return null;
  const answer = clearAnswer(evidence);
  return answer && answer.status !== 400 ? answer : null;
}

/** A filter says 200 to CONNECT, and shows its page where TLS should begin. */
export const tunnelClearText: Rule = {
  ids: ['proxy.forbidden', 'proxy.auth-required', 'proxy.bad-gateway', 'proxy.invalid-response'],
  diagnose: (evidence) => {
    const answer = answeredInTunnel(evidence);
    if (!answer) return null;
    return finding(PROXY_STATUSES[answer.status] ?? 'proxy.invalid-response', {
      layer: 'proxy',
      title: `The proxy ${placeOf(evidence)} opened the tunnel to ${quoteText(hostPort(evidence), 100)} and then answered in it itself, in clear text: ${statusWords(answer)}${inWords(answer)}`,
      explanation:
        'TLS was to begin in the tunnel, and an answer of HTTP came in its place. Nobody but the proxy, or a filter behind it, speaks there: it let the CONNECT pass and refuses what it is for. The server was most likely not asked at all.',
      evidence: [
        evidence.plan.proxy && `Proxy: ${describeRoute(evidence.plan.proxy)}`,
        typeof evidence.report.proxy?.status === 'number' && `Answer to CONNECT: ${evidence.report.proxy.status}`,
        'In the tunnel, in the place of TLS:',
        ...responseEvidence(answer),
      ],
      fixes: [
        textFix(
          'Ask who runs the proxy',
          `Have ${quoteText(hostPort(evidence), 200)} allowed, WebSockets included: the words above are those of their rule.`,
        ),
        bypassFix(evidence),
      ],
    });
  },
};

/** The port answered a TLS hello with something else: what, as far as its bytes tell. */
export function plainPort(evidence: Evidence, seen: Seen, look: Fix): Finding {
  const { port, stream } = evidence;
  const answer = clearAnswer(evidence);
  const isHttp = answer !== null || Buffer.from(stream.firstBytes.subarray(0, 5)).toString('latin1') === 'HTTP/';
  const who = isHttp ? null : identifyProtocol(stream.firstBytes);
  const evidenceLines = [...seen, answer && `Answered the TLS hello with: ${statusLine(answer)}`];
  if (who)
    return finding('tls.plain-port', {
      title: `Port ${port} does not speak TLS: it looks like ${who.name}`,
      explanation:
        'The server answered the TLS hello with bytes of another protocol. The port belongs to another service: neither wss nor ws leads to a WebSocket there.',
      evidence: evidenceLines,
      fixes: [textFix('Next step', who.hint), shellFix('Which program has the port?', `ss -ltnp 'sport = :${port}'`)],
    });
  return finding('tls.plain-port', {
    title: `Port ${port} does not speak TLS, but the address says wss${isHttp ? ': it answered in plain HTTP' : ''}`,
    explanation:
      'The server answered the TLS hello with something that is not TLS. The port is a plain one: TLS may end at a load balancer in front of it, or the scheme or the port is wrong.',
    evidence: evidenceLines,
    fixes: [
      isHttp && profileFix('Connect without TLS (profile)', { url: withScheme(evidence.plan.url, 'ws') }),
      !isHttp && labFix(evidence),
      look,
    ],
  });
}
