import { quoteText } from '../base/plainText.js';
import type { Evidence } from '../base/evidence.js';
import { headerOf } from './facts.js';

/** Issuers whose certificates every client knows. */
export const publicAuthority =
  /let'?s encrypt|digicert|sectigo|comodo|globalsign|google trust|amazon|godaddy|starfield|entrust|zerossl|buypass|certum|actalis|identrust|geotrust|rapidssl|thawte|swisssign|quovadis|harica|telia|microsoft|cloudflare/i;

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

/** What shows that TLS was opened on the way. */
export interface Sign {
  /** Null: nothing names itself. */
  readonly who: string | null;
  readonly line: string;
}

/** Who issued the chain, where that is not an authority of the server; null: nothing shows it. */
export function interceptionSign({ plan, report }: Evidence): Sign | null {
  const chain = report.tls?.chain ?? [];
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
