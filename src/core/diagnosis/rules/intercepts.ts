import { interceptionSign } from '../authorities.js';
import { quoteText } from '../../base/plainText.js';
import type { Rule } from '../../base/evidence.js';
import { finding } from '../finding.js';
import { bypassFix, describeRoute, directFix, inspectionFix } from '../snippets/forwardProxy.js';
import { profileFix } from '../snippets/profile.js';
import { shellFix } from '../snippets/shell.js';

/** The certificate was signed on the way: whoever did it reads everything, and decides what passes. */
export const interceptsTls: Rule = {
  ids: ['proxy.intercepts-tls'],
  diagnose: (evidence) => {
    const { plan, report } = evidence;
    const chain = report.tls?.chain ?? [];
    const sign = interceptionSign(evidence);
    if (!sign) return null;
    return finding('proxy.intercepts-tls', {
      title: sign.who
        ? `TLS is opened on the way: the certificate was issued by ${sign.who}, not by an authority of the server`
        : 'TLS seems to be opened by the proxy: the chain that came through it ends in an authority nobody here knows',
      explanation:
        'A proxy or a security product ends TLS, reads the traffic and makes a new certificate for each host. It may refuse WebSockets, buffer them or end them early, and it sees every credential. Clients that do not know its authority refuse the connection.',
      evidence: [
        sign.line,
        plan.proxy && `Proxy: ${describeRoute(plan.proxy)}`,
        ...chain
          .slice(0, 4)
          .map(
            ({ subject, issuer }, depth) =>
              `Chain ${depth}: ${quoteText(subject, 120)}, issued by ${quoteText(issuer, 120)}`,
          ),
      ],
      fixes: [
        profileFix('Trust its authority (profile)', { tls: { ca: ['./inspection-ca.pem'] } }),
        shellFix('For every Node program', 'export NODE_EXTRA_CA_CERTS=/path/to/inspection-ca.pem'),
        plan.proxy && directFix,
        plan.proxy && bypassFix(evidence),
        inspectionFix,
      ],
    });
  },
};
