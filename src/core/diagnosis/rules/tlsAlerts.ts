import { isIP } from 'node:net';
import type { Evidence, Failure } from '../../base/evidence.js';
import type { Finding, Fix } from '../../base/model.js';
import { quoteText } from '../../base/plainText.js';
import { finding, type FindingText } from '../finding.js';
import { profileFix } from '../snippets/profile.js';

type Seen = readonly (string | null | false)[];
type Story = Pick<FindingText, 'title' | 'explanation'>;

/** Whether the profile has a certificate to show to the server. */
export function hasClientCertificate({ plan }: Evidence): boolean {
  return plan.tls.cert !== undefined || plan.tls.pfx !== undefined;
}

/** The name that SNI carried; null: none, since an address is none (RFC 6066 3). */
export function sniOf({ plan, host }: Pick<Evidence, 'plan' | 'host'>): string | null {
  const name = plan.tls.serverName ?? host;
  return isIP(name) === 0 ? name : null;
}

export function sniLine(evidence: Evidence): string {
  const name = sniOf(evidence);
  return name === null ? 'SNI sent: none, the host is an address' : `SNI sent: ${quoteText(name, 100)}`;
}

/** The alert that the peer sent, by its words: "internal error"; null: none. */
function alertOf({ code, message }: Failure): string | null {
  const said = /\balert[ _]([a-z][a-z_ ]*[a-z])/i.exec(message) ?? /ALERT_([A-Z_]+)/.exec(code ?? '');
  return said
    ? quoteText(
        said[1]!
          .replaceAll('_', ' ')
          .toLowerCase()
          .replace(/^alert /, ''),
        60,
      )
    : null;
}

/** Nothing but that the handshake ended, or never did. */
export function brokenHandshake(evidence: Evidence): Story {
  const { failure, plan } = evidence;
  const tunnel = plan.proxy
    ? ' The connection goes through a proxy, which may have let the tunnel open only to end it.'
    : '';
  if (failure?.kind === 'timeout')
    return {
      title: 'The server did not finish the TLS handshake in time',
      explanation: `The connection stayed open, and the handshake did not come to its end. A port that waits for another protocol says nothing to a TLS hello, a server that is overloaded answers late, and some filters swallow it.${tunnel}`,
    };
  const alert = failure ? alertOf(failure) : null;
  if (alert !== null) return alertStory(alert, evidence);
  const how = { end: 'closed the connection', reset: 'reset the connection' }[failure?.kind as 'end' | 'reset'];
  return how
    ? {
        title: `The server ${how} during the TLS handshake`,
        explanation: `The server went away before showing a certificate. It may know no certificate for this name (SNI), not speak TLS on this port, filter this address, or be overloaded.${tunnel}`,
      }
    : {
        title: `The TLS handshake failed: ${quoteText(failure?.message || failure?.code || 'no reason was given', 120)}`,
        explanation: `The words are those of the TLS library of this client, which ended the handshake: what the server sent in it could not be used.${tunnel}`,
      };
}

/** An alert is an answer: who sends one speaks TLS and has a reason, if a short one. */
function alertStory(alert: string, evidence: Evidence): Story {
  const name = sniOf(evidence);
  const nameless =
    name === null ? 'the host is an address, so no name was sent' : `it may have none for ${quoteText(name, 100)}`;
  return {
    title: `The server ended the TLS handshake with the alert "${alert}"`,
    explanation: /internal error/.test(alert)
      ? `Something failed on the server before it showed a certificate. Servers that choose or fetch certificates by name (Caddy for one) answer so where they have none: ${nameless}.`
      : 'The alert is the whole reason that the server gives (RFC 8446 6.2); its log says more.',
  };
}

/** What the server sent for a name that it does not serve (RFC 6066 3). */
export function unrecognizedName(evidence: Evidence, seen: Seen, look: Fix): Finding {
  const name = sniOf(evidence);
  const host = isIP(evidence.host) === 0 ? evidence.host : null;
  return finding('tls.unrecognized-name', {
    title:
      name === null
        ? 'The server wants a name in the TLS handshake (SNI), and an address was asked for'
        : `The server has no certificate for the name ${quoteText(name, 100)} (SNI)`,
    explanation:
      'The server chooses its certificate by the name that the client asks for, knows none for this one, and refuses. The host is wrong, the name is not set up on the server or on the load balancer before it, or the connection reached another server than it should.',
    evidence: seen,
    fixes: [
      evidence.plan.tls.serverName !== undefined &&
        host !== null &&
        host !== name &&
        profileFix('Ask for the host of the address (profile)', { tls: { serverName: host } }),
      look,
    ],
  });
}

/** Our own refusal, while the handshake was still going on. */
export function weakHandshake(evidence: Evidence, seen: Seen, look: Fix): Finding {
  const digest = /md.too.weak/i.test(`${evidence.failure?.code ?? ''} ${evidence.failure?.message ?? ''}`);
  return finding('tls.weak-certificate', {
    title: digest
      ? 'A certificate of the server is signed with a hash that is too weak for TLS here'
      : 'A key in the certificates of the server is too short for TLS here',
    explanation:
      'The TLS library of this client ended the handshake: signatures with SHA-1 or MD5 and RSA keys below 2,048 bits can be forged. The certificate must be issued anew, with SHA-256 and a longer key.',
    evidence: seen,
    fixes: [look],
  });
}

export function noSharedCipher(evidence: Evidence): Story {
  const said = `${evidence.failure?.code ?? ''} ${evidence.failure?.message ?? ''}`;
  if (/dh.key.too.(small|weak)/i.test(said))
    return {
      title: 'This client refused the key exchange of the server: its Diffie-Hellman group is too small',
      explanation:
        'The server offers a group that can be broken (Logjam), most often 1,024 bits. It needs one of 2,048 bits, or better the elliptic curves that every current server has.',
    };
  const none = hasClientCertificate(evidence) ? '' : ', and this profile has none';
  const name = sniOf(evidence);
  const named = name === null ? '' : `no certificate for ${quoteText(name, 80)}, `;
  return {
    title: `The server ended the TLS handshake: no cipher in common, ${named}or it wants a client certificate`,
    explanation: `The alert "handshake failure" says only that the server will not go on. Usually no cipher suite is shared; on TLS 1.2 a missing client certificate gives exactly the same alert${none}; and CDNs answer so to a name that none of their certificates is for, as one two levels below a wildcard.`,
  };
}
