import type { Certificate } from '../../base/model.js';
import { interceptionSign, publicAuthority } from '../authorities.js';
import { quoteText } from '../../base/plainText.js';
import type { Evidence, Rule } from '../../base/evidence.js';
import { atPlace, failedIn, placeOf } from '../facts.js';
import { finding, type FindingText } from '../finding.js';
import type { FindingId } from '../findingIds.js';
import { isPemText } from '../../profile/pemText.js';
import { profileFix } from '../snippets/profile.js';
import { onServer, shellFix, textFix } from '../snippets/shell.js';
import { certificateFault, FAULT_IDS, fetchFix, unfitIssuer } from './certificateFaults.js';
import { nameMismatch, selfSignedForOthers } from './nameMismatch.js';

const byCode: Readonly<Record<string, FindingId>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls.self-signed',
  CERT_HAS_EXPIRED: 'tls.expired',
  CERT_NOT_YET_VALID: 'tls.not-yet-valid',
  ERR_TLS_CERT_ALTNAME_INVALID: 'tls.name-mismatch',
  HOSTNAME_MISMATCH: 'tls.name-mismatch',
  IP_ADDRESS_MISMATCH: 'tls.name-mismatch',
  CERT_REVOKED: 'tls.revoked',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls.unknown-authority',
  INVALID_PURPOSE: 'tls.wrong-purpose',
  INVALID_CA: 'tls.invalid-authority',
  PATH_LENGTH_EXCEEDED: 'tls.invalid-authority',
  CERT_CHAIN_TOO_LONG: 'tls.invalid-authority',
  PERMITTED_VIOLATION: 'tls.name-constraints',
  EXCLUDED_VIOLATION: 'tls.name-constraints',
  CA_MD_TOO_WEAK: 'tls.weak-certificate',
  CA_KEY_TOO_SMALL: 'tls.weak-certificate',
  EE_KEY_TOO_SMALL: 'tls.weak-certificate',
  CERT_SIGNATURE_FAILURE: 'tls.bad-signature',
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
    ...FAULT_IDS,
  ],
  diagnose: (evidence) => {
    const ofProxy = failedIn(evidence, 'proxy', 'certificate');
    const failure = ofProxy ?? failedIn(evidence, 'tls', 'certificate');
    if (!failure) return null;
    const seen = ofProxy ? proxyTls(evidence) : evidence;
    const code = failure.code ?? seen.report.tls?.authorizationError ?? '';
    return idsFor(code, seen).map((id) => {
      const told = texts[id]?.(seen, ofProxy !== null) ?? certificateFault(id, seen, code, failure.message);
      const text = withChain(told, seen, code || failure.message);
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
function idsFor(code: string, evidence: Evidence): readonly FindingId[] {
  const { report, plan } = evidence;
  const known = Object.hasOwn(byCode, code) ? byCode[code] : undefined;
  const chain = report.tls?.chain ?? [];
  // OpenSSL says "purpose" of an issuer that is no authority too.
  if (known === 'tls.wrong-purpose' && unfitIssuer(chain)) return ['tls.invalid-authority'];
  if (known) return [known];
  if (!missingIssuer.has(code)) return ['tls.verification-failed'];
  if (chain.length > 1) return ['tls.unknown-authority'];
  if (publicAuthority.test(chain[0]?.issuer ?? '')) return ['tls.incomplete-chain'];
  // What opens TLS on the way signs by itself, and has no intermediate to forget.
  if (interceptionSign(evidence)) return ['tls.unknown-authority'];
  return plan.tls.ca === undefined ? ['tls.unknown-authority', 'tls.incomplete-chain'] : ['tls.incomplete-chain'];
}

const caFix = profileFix('Trust the authority (profile)', { tls: { ca: ['./ca.pem'] } });
const ignoreFix = profileFix('For testing only: do not verify (profile)', { tls: { rejectUnauthorized: false } });

/** Of the keys under `tls` only `ca` is for the proxy too. */
const texts: Partial<Record<FindingId, (evidence: Evidence, ofProxy: boolean) => FindingText>> = {
  'tls.self-signed': (evidence, ofProxy) =>
    (ofProxy ? null : selfSignedForOthers(evidence, ignoreFix)) ?? {
      title: 'The certificate is self-signed, so nobody vouches for it',
      explanation:
        'The certificate was signed with its own key, as development certificates are. A client has no way to know that it belongs to this server unless it is given the certificate beforehand.',
      fixes: [profileFix('Trust this certificate (profile)', { tls: { ca: ['./server.pem'] } }), !ofProxy && ignoreFix],
    },
  'tls.unknown-authority': (evidence) => {
    const given = evidence.plan.tls.ca !== undefined;
    return {
      ...unknownAuthority(interceptionSign(evidence)?.who ?? null, given),
      evidence: [given && 'tls.ca: given, and not the authority of this chain'],
      fixes: [
        given ? null : caFix,
        fetchFix(evidence),
        shellFix('For every Node program', 'export NODE_EXTRA_CA_CERTS=/path/to/ca.pem'),
      ],
    };
  },
  'tls.incomplete-chain': (evidence) => ({
    ...incompleteChain(evidence),
    fixes: [
      onServer(
        'Let it send the whole chain: its certificate first, then the intermediates, in one file (fullchain.pem of Certbot).',
      ),
      fetchFix(evidence),
      !evidence.plan.tls.ca?.some(isPemText) &&
        profileFix('Give the probe the certificate of the issuer (profile)', {
          tls: { ca: [...(evidence.plan.tls.ca ?? []), './issuer.pem'] },
        }),
    ],
  }),
  'tls.expired': (evidence) => {
    const expired = worst(evidence, (a, b) => a.daysLeft - b.daysLeft);
    const isLeaf = expired === (evidence.report.tls?.chain[0] ?? null);
    const since = expired && expired.daysLeft < 0 ? ` ${days(-expired.daysLeft)} ago` : '';
    return {
      title: isLeaf
        ? `The certificate ${since ? `expired${since}` : 'has expired'}`
        : `${quoteText(expired?.subject ?? '', 100)}, which signed for the server, expired${since}: the certificate of the server itself has not`,
      explanation: isLeaf
        ? 'The certificate is past its last day. The renewal failed, or the server was not reloaded after it. If the dates look right, check the clock of this machine.'
        : 'An intermediate certificate that the server sends, or the root that it leads to, is past its last day. Renewing the certificate of the server alone does not help if the old chain is sent with it: put the current intermediate of the authority into its place.',
      fixes: [
        isLeaf &&
          (publicAuthority.test(expired?.issuer ?? '')
            ? shellFix('Renew it and reload the server', 'sudo certbot renew', 'sudo nginx -s reload')
            : textFix(
                'On the server',
                'Issue a new certificate by what issued this one, put it into its place, and reload the server.',
              )),
        !isLeaf && fetchFix(evidence),
        shellFix('Check the clock', 'date -u'),
      ],
      evidence: [`Now: ${evidence.now.toISOString()}`],
    };
  },
  'tls.not-yet-valid': (evidence) => {
    const chain = evidence.report.tls?.chain ?? [];
    const future = chain.find(({ validFrom }) => Date.parse(validFrom) > evidence.now.getTime());
    return {
      title: future
        ? `${future === chain[0] ? 'The certificate' : quoteText(future.subject, 100)} is not valid before ${quoteText(future.validFrom, 30)}`
        : 'The certificate is not valid yet',
      explanation:
        'The first day of the certificate is in the future. Most often the clock of this machine is wrong; otherwise the certificate was put in place too early.',
      evidence: [`Now: ${evidence.now.toISOString()}`],
      fixes: [shellFix('Check the clock', 'date -u', 'timedatectl status')],
    };
  },
  'tls.name-mismatch': nameMismatch,
  'tls.revoked': (evidence) => ({
    title: 'The certificate was revoked by its authority',
    explanation: 'The authority says that this certificate must not be used any more. It has to be issued anew.',
    fixes: [shellFix('Issue a new one', 'sudo certbot renew --force-renewal'), fetchFix(evidence)],
  }),
};

function incompleteChain({ plan, report }: Evidence): Pick<FindingText, 'title' | 'explanation'> {
  const issuer = report.tls?.chain[0]?.issuer ?? '';
  if (plan.tls.ca === undefined || publicAuthority.test(issuer))
    return {
      title: 'The server does not send the intermediate certificate',
      explanation:
        'Only the certificate of the server itself came, and its issuer is not a root. Browsers hide this by fetching the missing link; other clients do not. The server must send the whole chain.',
    };
  return {
    title: `The certificate was signed by ${quoteText(issuer, 120)}, whose certificate neither the server sends nor "ca" holds`,
    explanation:
      'Where that is an intermediate authority, the server must send it behind its own certificate: the whole chain. Where it is a root, the file in "ca" (--ca) is that of another authority, or of an older one.',
  };
}

/** `who` opened TLS on the way, as far as that shows. */
function unknownAuthority(who: string | null, given: boolean): Pick<FindingText, 'title' | 'explanation'> {
  if (who === null && given)
    return {
      title: 'The certificate does not come from the authority that the probe was told to trust (tls.ca)',
      explanation:
        'With "ca" in the profile (--ca) that authority alone is trusted, and the chain that the server sent does not lead to it: the file is that of another authority, of an older one with the same name, or the server was given a new certificate from elsewhere.',
    };
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

function days(count: number): string {
  return `${count} ${count === 1 ? 'day' : 'days'}`;
}

function describe(cert: Certificate, depth: number): string {
  const left = cert.daysLeft < 0 ? `expired ${days(-cert.daysLeft)} ago` : `${days(cert.daysLeft)} left`;
  const uses = cert.uses ? `, for ${quoteText(cert.uses.join(', '), 100)}` : '';
  const signs = depth > 0 && cert.authority === false ? ', no authority' : '';
  return `Chain ${depth}: ${quoteText(cert.subject, 120)}, issued by ${quoteText(cert.issuer, 120)}, ${quoteText(cert.validFrom, 30)} to ${quoteText(cert.validTo, 30)} (${left})${uses}${signs}`;
}
