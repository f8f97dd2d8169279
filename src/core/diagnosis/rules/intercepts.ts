import type { Certificate } from '../../model.js';
import { quoteText } from '../../plainText.js';
import type { Evidence, Rule } from '../evidence.js';
import { headerOf } from '../facts.js';
import { finding } from '../finding.js';
import { bypassFix, describeRoute, directFix, inspectionFix } from '../snippets/forwardProxy.js';
import { profileFix } from '../snippets/profile.js';
import { shellFix } from '../snippets/shell.js';
import { publicAuthority } from './certificate.js';

/** Software that opens TLS on the way and signs for every host with an authority of its own, as it names itself there. */
const products = new RegExp(
  [
    'zscaler|netskope|goskope|forti(net|gate|guard)|palo alto|globalprotect|blue ?coat|proxysg|symantec (wss|web|cloud)',
    'cisco umbrella|opendns|mcafee|skyhigh|trellix|sophos|kaspersky|avast|\\bavg (web|mail|tech|anti)|\\beset ssl|bitdefender',
    'forcepoint|websense|barracuda|check ?point|sonicwall|watchguard|iboss|untangle|securly|lightspeed|contentkeeper',
    'cloudflare for teams|gateway ca - cloudflare|\\bsquid\\b|mitmproxy|charles proxy|fiddler|portswigger|burp|proxyman',
    'http toolkit|owasp zap|zed attack proxy|(ssl|tls|https) (inspection|interception|decryption)',
  ].join('|'),
  'i',
);

/** The certificate was signed on the way: whoever did it reads everything, and decides what passes. */
export const interceptsTls: Rule = {
  ids: ['proxy.intercepts-tls'],
  diagnose: (evidence) => {
    const { plan, report } = evidence;
    const chain = report.tls?.chain ?? [];
    const sign = signOf(evidence, chain);
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

interface Sign {
  /** Null: nothing names itself. */
  readonly who: string | null;
  readonly line: string;
}

function signOf({ plan, report }: Evidence, chain: readonly Certificate[]): Sign | null {
  for (const { issuer } of chain) {
    const product = products.exec(issuer)?.[0];
    const named = product !== undefined || (plan.proxy !== null && namesProxy(issuer, plan.proxy.host));
    if (named) return { who: quoteText(commonName(issuer), 80), line: `Issuer: ${quoteText(issuer, 200)}` };
  }
  // Squid signs what it adds to an answer, and adds nothing to what stays inside TLS.
  const via = plan.proxy && headerOf(report.response?.headers, 'via');
  const signer = chain.at(-1)?.issuer;
  if (signer !== undefined && !publicAuthority.test(signer) && via && /\(squid/i.test(via)) {
    return {
      who: quoteText(commonName(signer), 80),
      line: `Inside TLS: Via: ${quoteText(via, 160)}`,
    };
  }
  const untrusted = report.tls?.authorizationError === 'SELF_SIGNED_CERT_IN_CHAIN';
  if (!plan.proxy || !untrusted) return null;
  return {
    who: null,
    line: `Root of the chain: ${quoteText(chain.at(-1)?.subject ?? '', 200)}, self-signed and not trusted`,
  };
}

/** As a proxy, or by its host: a name with a dot, since a bare word or an address would fit too much. */
function namesProxy(issuer: string, host: string): boolean {
  if (/\b(proxy|inspect(ion|ing|or)?|intercept(ion|ing|or)?)\b/i.test(issuer)) return true;
  if (!host.includes('.') || !/[a-z]/i.test(host)) return false;
  return issuer.toLowerCase().includes(host.toLowerCase());
}

function commonName(name: string): string {
  return /\bCN=([^,]+)/.exec(name)?.[1] ?? /\bO=([^,]+)/.exec(name)?.[1] ?? name;
}
