import type { Certificate, Fix } from '../../base/model.js';
import { interceptionSign, publicAuthority } from '../authorities.js';
import { quoteText } from '../../base/plainText.js';
import type { Evidence, Rule } from '../../base/evidence.js';
import { atPlace, failedIn, hostPort, placeOf } from '../facts.js';
import { finding, type FindingText } from '../finding.js';
import type { FindingId } from '../findingIds.js';
import { proxyAddress } from '../snippets/forwardProxy.js';
import { profileFix } from '../snippets/profile.js';
import { shellFix, shellQuote } from '../snippets/shell.js';

const byCode: Readonly<Record<string, FindingId>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls.self-signed',
  CERT_HAS_EXPIRED: 'tls.expired',
  CERT_NOT_YET_VALID: 'tls.not-yet-valid',
  ERR_TLS_CERT_ALTNAME_INVALID: 'tls.name-mismatch',
  HOSTNAME_MISMATCH: 'tls.name-mismatch',
  CERT_REVOKED: 'tls.revoked',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls.unknown-authority',
};

const missingIssuer = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_GET_ISSUER_CERT',
]);

/** TLS came about, and we refused the certificate before a byte of HTTP was sent. */
export const certificate: Rule = {
  ids: [
    'tls.self-signed',
    'tls.unknown-authority',
    'tls.incomplete-chain',
    'tls.expired',
    'tls.not-yet-valid',
    'tls.name-mismatch',
    'tls.revoked',
  ],
  diagnose: (evidence) => {
    const ofProxy = failedIn(evidence, 'proxy', 'certificate');
    const failure = ofProxy ?? failedIn(evidence, 'tls', 'certificate');
    if (!failure) return null;
    const seen = ofProxy ? proxyTls(evidence) : evidence;
    const code = failure.code ?? seen.report.tls?.authorizationError ?? '';
    return idsFor(code, seen).map((id) => {
      const text = withChain(texts[id]!(seen, ofProxy !== null), seen, code || failure.message);
      return finding(id, ofProxy ? aboutProxy(text, seen) : text);
    });
  },
};

/** The evidence of TLS with an `https:` proxy in the place of that with the target. */
function proxyTls(evidence: Evidence): Evidence {
  const { report, plan } = evidence;
  const { ca } = plan.tls;
  return {
    ...atPlace(evidence),
    report: { ...report, tls: report.proxy?.tls ?? null },
    plan: { ...plan, tls: ca ? { ca } : {} },
  };
}

function aboutProxy(text: FindingText, evidence: Evidence): FindingText {
  return {
    ...text,
    layer: 'proxy',
    title: `The proxy ${placeOf(evidence)} cannot be trusted: ${text.title.replace(/^The (?=[a-z])/, 'the ')}`,
    explanation: `This is the certificate of the proxy itself; the server was never asked. ${text.explanation}`,
  };
}

/** One certificate alone, with an issuer nobody here knows: a missing intermediate or a private authority. */
function idsFor(code: string, { report, plan }: Evidence): readonly FindingId[] {
  const known = Object.hasOwn(byCode, code) ? byCode[code] : undefined;
  if (known) return [known];
  const chain = report.tls?.chain ?? [];
  if (!missingIssuer.has(code) || chain.length > 1) return ['tls.unknown-authority'];
  if (plan.tls.ca !== undefined || publicAuthority.test(chain[0]?.issuer ?? '')) return ['tls.incomplete-chain'];
  return ['tls.unknown-authority', 'tls.incomplete-chain'];
}

const caFix = profileFix('Trust the authority (profile)', { tls: { ca: ['./ca.pem'] } });
const ignoreFix = profileFix('For testing only: do not verify (profile)', { tls: { rejectUnauthorized: false } });

const fetchFix = (evidence: Evidence): Fix =>
  shellFix(
    'See the chain the server sends',
    `openssl s_client -connect ${shellQuote(hostPort(evidence))} -showcerts </dev/null`,
  );

/** Of the keys under `tls` only `ca` is for the proxy too. */
const texts: Partial<Record<FindingId, (evidence: Evidence, ofProxy: boolean) => FindingText>> = {
  'tls.self-signed': (_, ofProxy) => ({
    title: 'The certificate is self-signed, so nobody vouches for it',
    explanation:
      'The certificate was signed with its own key, as development certificates are. A client has no way to know that it belongs to this server unless it is given the certificate beforehand.',
    fixes: [profileFix('Trust this certificate (profile)', { tls: { ca: ['./server.pem'] } }), !ofProxy && ignoreFix],
  }),
  'tls.unknown-authority': (evidence) => ({
    ...unknownAuthority(interceptionSign(evidence)?.who ?? null),
    fixes: [
      caFix,
      fetchFix(evidence),
      shellFix('For every Node program', 'export NODE_EXTRA_CA_CERTS=/path/to/ca.pem'),
    ],
  }),
  'tls.incomplete-chain': (evidence) => ({
    title: 'The server does not send the intermediate certificate',
    explanation:
      'Only the certificate of the server itself came, and its issuer is not a root. Browsers hide this by fetching the missing link; other clients do not. The server must send the whole chain.',
    fixes: [
      {
        title: 'nginx: send the full chain',
        language: 'nginx',
        snippet:
          'ssl_certificate     /etc/ssl/fullchain.pem;   # certificate, then intermediates\nssl_certificate_key /etc/ssl/privkey.pem;',
      },
      fetchFix(evidence),
      profileFix('Give the probe the intermediate (profile)', { tls: { ca: ['./intermediate.pem'] } }),
    ],
  }),
  'tls.expired': (evidence) => {
    const leaf = worst(evidence, (a, b) => a.daysLeft - b.daysLeft);
    return {
      title: leaf
        ? `The certificate expired ${leaf.daysLeft === 0 ? 'today' : `${Math.abs(leaf.daysLeft)} days ago`}`
        : 'The certificate has expired',
      explanation:
        'The certificate is past its last day. The renewal failed, or the server was not reloaded after it. If the dates look right, check the clock of this machine.',
      fixes: [
        shellFix('Renew it and reload the server', 'sudo certbot renew', 'sudo nginx -s reload'),
        shellFix('Check the clock', 'date -u'),
      ],
      evidence: [`Now: ${evidence.now.toISOString()}`],
    };
  },
  'tls.not-yet-valid': (evidence) => ({
    title: 'The certificate is not valid yet',
    explanation:
      'The first day of the certificate is in the future. Most often the clock of this machine is wrong; otherwise the certificate was put in place too early.',
    evidence: [`Now: ${evidence.now.toISOString()}`],
    fixes: [shellFix('Check the clock', 'date -u', 'timedatectl status')],
  }),
  'tls.name-mismatch': (evidence, ofProxy) => {
    const names = evidence.report.tls?.chain[0]?.altNames ?? [];
    const concrete = names.map((alt) => alt.replace(/^DNS:/i, '')).find((alt) => /^[\w.-]+$/.test(alt));
    const name = concrete ?? 'name.on.the.certificate';
    return {
      title: `The certificate is for other names than ${quoteText(evidence.plan.tls.serverName ?? evidence.host, 100)}`,
      explanation:
        'The certificate may be good, but it does not list the name that was asked for. The host is wrong, an address was used instead of a name, or the server chose another virtual host.',
      evidence: [names.length > 0 && `Names on the certificate: ${quoteText(names.slice(0, 20).join(', '), 400)}`],
      fixes: [
        ofProxy
          ? namedFix(evidence, name)
          : profileFix('Ask for the name on the certificate (profile)', { tls: { serverName: name } }),
        fetchFix(evidence),
      ],
    };
  },
  'tls.revoked': (evidence) => ({
    title: 'The certificate was revoked by its authority',
    explanation: 'The authority says that this certificate must not be used any more. It has to be issued anew.',
    fixes: [shellFix('Issue a new one', 'sudo certbot renew --force-renewal'), fetchFix(evidence)],
  }),
};

function namedFix({ plan: { proxy } }: Evidence, host: string): Fix | null {
  return (
    proxy && profileFix('Name the proxy as its certificate does (profile)', { proxy: proxyAddress({ ...proxy, host }) })
  );
}

/** `who` opened TLS on the way, as far as that shows. */
function unknownAuthority(who: string | null): Pick<FindingText, 'title' | 'explanation'> {
  return who === null
    ? {
        title: 'The certificate comes from an authority that this machine does not trust',
        explanation:
          'The chain ends at an authority that is neither among the system roots nor in the profile: a private authority, or a company proxy that opens TLS. Give the probe the certificate of that authority.',
      }
    : {
        title: `TLS is opened on the way by ${who}, and this machine does not trust its certificates`,
        explanation:
          'Not the server but something before it made this certificate, to read what passes. Give the probe the certificate of its authority, or go round it where that is allowed.',
      };
}

function worst(evidence: Evidence, order: (a: Certificate, b: Certificate) => number): Certificate | null {
  return [...(evidence.report.tls?.chain ?? [])].sort(order)[0] ?? null;
}

function withChain(text: FindingText, evidence: Evidence, code: string): FindingText {
  const chain = (evidence.report.tls?.chain ?? []).slice(0, 6);
  return {
    ...text,
    evidence: [`Verification error: ${quoteText(code, 120)}`, ...(text.evidence ?? []), ...chain.map(describe)],
  };
}

function describe(cert: Certificate, depth: number): string {
  const days = cert.daysLeft < 0 ? `expired ${-cert.daysLeft} days ago` : `${cert.daysLeft} days left`;
  return `Chain ${depth}: ${quoteText(cert.subject, 120)}, issued by ${quoteText(cert.issuer, 120)}, ${quoteText(cert.validFrom, 30)} to ${quoteText(cert.validTo, 30)} (${days})`;
}
