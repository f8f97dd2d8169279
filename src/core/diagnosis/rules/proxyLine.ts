import type { Evidence } from '../../base/evidence.js';
import type { Finding } from '../../base/model.js';
import { quoteText } from '../../base/plainText.js';
import { finding } from '../finding.js';
import { textFix } from '../snippets/shell.js';

/** It hangs up on all but what begins with a line of the PROXY protocol; null where it was not found to. */
export function wantsProxyLine(evidence: Evidence, id: 'upgrade.closed' | 'tcp.reset'): Finding | null {
  const { proxyLineAnswer } = evidence.stream;
  if (proxyLineAnswer === null) return null;
  return finding(id, {
    layer: 'proxy',
    title: `Port ${evidence.port} wants the PROXY protocol first, as a load balancer sends it: it hangs up on a request, and answers one behind that line`,
    explanation:
      'The listener was set to be reached through a load balancer alone, which names the client in a line before the request (HAProxy "accept-proxy", nginx "listen … proxy_protocol" for streams). A client that comes directly, or by a balancer that does not send the line, is dropped without a word.',
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
