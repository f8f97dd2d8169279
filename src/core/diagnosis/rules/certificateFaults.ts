import type { Evidence } from '../../base/evidence.js';
import type { Certificate, Fix } from '../../base/model.js';
import { quoteText } from '../../base/plainText.js';
import { hostPort } from '../facts.js';
import type { FindingText } from '../finding.js';
import type { FindingId } from '../findingIds.js';
import { shellFix, shellQuote, textFix } from '../snippets/shell.js';

/** What is wrong with a certificate itself: somebody has to issue it anew. */
export const FAULT_IDS = [
  'tls.wrong-purpose',
  'tls.invalid-authority',
  'tls.name-constraints',
  'tls.weak-certificate',
  'tls.bad-signature',
  'tls.verification-failed',
] as const satisfies readonly FindingId[];

export const fetchFix = (evidence: Evidence): Fix =>
  shellFix(
    'See the chain the server sends',
    `openssl s_client -connect ${shellQuote(hostPort(evidence))} -showcerts </dev/null`,
  );

/** The first of those that signed another and are no authority. */
export function unfitIssuer(chain: readonly Certificate[]): Certificate | null {
  return chain.slice(1).find(({ authority }) => authority === false) ?? null;
}

/** Why OpenSSL refused a certificate, and who must issue what anew; what it does not name is told in its own words. */
export function certificateFault(id: FindingId, evidence: Evidence, code: string, message: string): FindingText {
  const chain = evidence.report.tls?.chain ?? [];
  const look = lookAt(evidence);
  switch (id) {
    case 'tls.wrong-purpose':
      return wrongPurpose(evidence, chain[0]);
    case 'tls.invalid-authority':
      return { ...invalidAuthority(chain, code), fixes: [look, fetchFix(evidence)] };
    case 'tls.name-constraints':
      return {
        title: 'An authority of the chain may not sign for the names on this certificate',
        explanation: `The authority was itself limited to certain names when it was made (name constraints, RFC 5280 4.2.1.10), and the certificate names one that ${code === 'EXCLUDED_VIOLATION' ? 'it is forbidden' : 'lies outside of them'}. Either the certificate is issued anew by an authority that may, or the authority is made anew with wider limits by whoever runs it.`,
        evidence: [chain[0] && `Names on the certificate: ${quoteText(chain[0].altNames.join(', '), 400)}`],
        fixes: [look],
      };
    case 'tls.weak-certificate':
      return { ...weak(code), fixes: [look, newKeyFix(code)] };
    case 'tls.bad-signature':
      return {
        title: 'A signature in the chain is wrong: the certificate was not signed by the key of its issuer',
        explanation:
          'The certificate names an issuer, and the signature was not made with the key of that issuer. It was changed after it was signed, the authority has a new key under its old name, or the server sends an intermediate that belongs to another certificate.',
        fixes: [fetchFix(evidence), look],
      };
    default:
      return {
        title: `The certificate was refused: ${quoteText(message || code, 160)}`,
        explanation: `These are the words of OpenSSL for ${quoteText(code, 80)}, which wsprobe has no better ones for. They are about the chain that the server sends, or about the authorities that this machine trusts.`,
        fixes: [fetchFix(evidence)],
      };
  }
}

function wrongPurpose(evidence: Evidence, leaf: Certificate | undefined): FindingText {
  const uses = leaf?.uses ?? [];
  const unfit = uses.length > 0 && !uses.some((use) => use === 'serverAuth' || use === 'any');
  return {
    title: unfit
      ? `The certificate is not for servers: it may be used for ${quoteText(uses.join(', '), 100)} alone`
      : 'A certificate of the chain may not be used for a server',
    explanation: unfit
      ? 'The extended key usage of a server certificate must name serverAuth. This one was made for something else, most often for clients (mutual TLS): whoever signed it must issue one for the server. Trusting its authority does not help.'
      : 'The extended key usage of the certificate, or of an authority above it, leaves TLS servers out. Whoever signed it must issue it anew with serverAuth; trusting its authority does not help.',
    evidence: [unfit && `Extended key usage: ${quoteText(uses.join(', '), 200)}`],
    fixes: [
      textFix('Ask the authority for a server certificate', 'extendedKeyUsage = serverAuth', sanLine(evidence)),
      lookAt(evidence),
    ],
  };
}

/** The line of an OpenSSL configuration that names this host as clients compare it. */
export function sanLine({ host }: Pick<Evidence, 'host'>): string {
  const kind = /^[\d.]+$|:/.test(host) ? 'IP' : 'DNS';
  return `subjectAltName = ${kind}:${quoteText(host, 200)}`;
}

function invalidAuthority(chain: readonly Certificate[], code: string): Pick<FindingText, 'title' | 'explanation'> {
  if (code === 'PATH_LENGTH_EXCEEDED')
    return {
      title: 'More authorities stand in the chain than one of them allows below it (path length)',
      explanation:
        'An authority of the chain was made with a limit on how many may stand below it (pathlen in basicConstraints), and one more signed. The certificate of the server must be signed by the authority with the limit itself, or that one made anew by the authority above it.',
    };
  if (code === 'CERT_CHAIN_TOO_LONG')
    return {
      title: 'The chain of certificates is too long',
      explanation:
        'More certificates stand between the server and a root than OpenSSL follows. The server sends some that do not belong to its chain, or the authorities sign each other.',
    };
  const unfit = unfitIssuer(chain);
  return {
    title: unfit
      ? `${quoteText(unfit.subject, 100)} signed the certificate and is no authority`
      : 'A certificate of the chain signed another and is no authority',
    explanation:
      'Only a certificate with CA:TRUE in its basicConstraints may sign others, and with keyCertSign where it has a key usage. An ordinary certificate was used as an authority, or the authority was made without that extension: it must be made anew with it, and everything that it signed too.',
  };
}

function weak(code: string): Pick<FindingText, 'title' | 'explanation'> {
  if (code === 'CA_MD_TOO_WEAK')
    return {
      title: 'A certificate of the chain is signed with a hash that is broken (SHA-1 or MD5)',
      explanation:
        'Signatures with SHA-1 and MD5 can be forged, so clients refuse them. The authority must sign that certificate again with SHA-256; nothing on the server itself helps, and a key may stay.',
    };
  const whose = code === 'EE_KEY_TOO_SMALL' ? 'The key of the certificate' : 'The key of an authority in the chain';
  return {
    title: `${whose} is too short to be trusted`,
    explanation: `RSA keys need 2,048 bits at least, elliptic ones 224. ${code === 'EE_KEY_TOO_SMALL' ? 'The server needs a new key, and a certificate for it from the authority.' : 'The authority must be made anew with a longer key, and everything that it signed too.'}`,
  };
}

function newKeyFix(code: string): Fix | null {
  return code === 'EE_KEY_TOO_SMALL'
    ? shellFix(
        'A new key, and the request for its certificate',
        'openssl req -new -newkey rsa:2048 -nodes -keyout server.key -out server.csr',
      )
    : null;
}

function lookAt(evidence: Evidence): Fix {
  return shellFix(
    'Look at the certificate: uses, limits, key and signature',
    `openssl s_client -connect ${shellQuote(hostPort(evidence))} </dev/null | openssl x509 -noout -text`,
  );
}
