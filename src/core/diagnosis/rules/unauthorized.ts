import type { Evidence } from '../../base/evidence.js';
import type { Fix, ResponseInfo } from '../../base/model.js';
import { quoteText } from '../../base/plainText.js';
import {
  credentialsSent,
  otherHeadersSent,
  headerOf,
  pathOf,
  readableText,
  responseEvidence,
  sentHeader,
  statusWords,
} from '../facts.js';
import { challengesOf } from '../../handshake/challenges.js';
import { digestChallenge, isDigest } from '../../handshake/digest.js';
import { isLoginPage, loginPageFix, namedPlace } from '../credentialPlace.js';
import { finding } from '../finding.js';
import { domainServerFixes, isOfDomain } from '../snippets/domainLogin.js';
import { serverWords } from '../serverWords.js';
import { tlsWordsInHttp } from '../tlsWordsInHttp.js';
import { profileFix, tokenFix } from '../snippets/profile.js';
import { textFix } from '../snippets/shell.js';
import { onRefusal } from './refused.js';

/** What is asked for: the schemes, those of them that an account of a domain answers, and what RFC 6750 3 says about a token. */
interface Wanted {
  readonly schemes: readonly string[];
  /** Why no Digest that is asked for can be answered; null: one can, or none is. */
  readonly digest: string | null;
  readonly error: string;
  readonly description: string;
}

const spoken = /^(basic|bearer|digest)$/i;
const unspoken = /^(negotiate|ntlm|kerberos|hoba|mutual|scram-[\w-]+|aws4-hmac-sha256)$/i;

function wantedBy(response: ResponseInfo): Wanted {
  const challenges = challengesOf(response.headers, 'www-authenticate');
  const digests = challenges.filter(isDigest);
  const parameter = (name: string) =>
    challenges
      .map(({ parameters }) => parameters.get(name) ?? '')
      .find((value) => value !== '')
      ?.slice(0, 300) ?? '';
  const named = [...new Set(challenges.map(({ scheme }) => scheme.slice(0, 60)))];
  const known = named.some((scheme) => spoken.test(scheme) || unspoken.test(scheme));
  // A sentence in place of a challenge names the scheme as well.
  const loose = known
    ? null
    : /^[^=]*\b(basic|bearer)\b[^=]*$/i.exec(headerOf(response.headers, 'www-authenticate') ?? '')?.[1];
  return {
    schemes: loose ? [loose] : named,
    digest:
      digests.length === 0 || digestChallenge(digests) ? null : (digests[0]?.parameters.get('algorithm') ?? 'no nonce'),
    error: parameter('error'),
    description: parameter('error_description'),
  };
}

/** 401: what was sent, what is wanted, and what wsprobe does not speak. */
export const unauthorized = onRefusal('upgrade.unauthorized', (response, evidence) => {
  if (response.status !== 401 || tlsWordsInHttp(response, evidence)) return null;
  const challenge = wantedBy(response);
  const sent = credentialsSent(evidence);
  return finding('upgrade.unauthorized', {
    title: titleOf(response, evidence, challenge, sent),
    explanation: explain(challenge, sent),
    evidence: [
      whereSent(sent, otherHeadersSent(evidence)),
      ...evidence.tokens
        .filter(({ expired }) => expired)
        .map(({ where, expiresAt }) => `The token in ${quoteText(where, 60)} expired at ${quoteText(expiresAt, 40)}`),
      ...responseEvidence(response),
    ],
    fixes: fixesOf(response, evidence, challenge, sent),
  });
});

function whereSent(sent: readonly string[], others: readonly string[]): string {
  if (sent.length > 0) return `Credentials sent in: ${sent.join(', ')}`;
  const told = others.slice(0, 5).map((name) => quoteText(name, 60));
  return told.length === 0
    ? 'Credentials sent: none'
    : `Credentials sent: none by their names; other headers: ${told.join(', ')}`;
}

/** What is asked for, where nothing of it is spoken here. */
function notSpoken({ digest, schemes }: Wanted): readonly string[] {
  const isSpoken = (scheme: string) => spoken.test(scheme) && !(digest !== null && /^digest$/i.test(scheme));
  if (schemes.some(isSpoken)) return [];
  return schemes.flatMap((scheme) => {
    if (/^digest$/i.test(scheme)) return [`${scheme} (${quoteText(digest ?? '', 20)})`];
    return unspoken.test(scheme) ? [scheme] : [];
  });
}

/** A scheme of somebody's own; null where a token, a key or what is spoken here is asked for. */
function ownScheme({ schemes }: Wanted): string | null {
  const [scheme] = schemes;
  return schemes.length !== 1 || scheme === undefined || /basic|bearer|digest|oauth|jwt|token|key|cookie/i.test(scheme)
    ? null
    : quoteText(scheme, 40);
}

function titleOf(response: ResponseInfo, evidence: Evidence, challenge: Wanted, sent: readonly string[]): string {
  const status = statusWords(response);
  const foreign = notSpoken(challenge);
  if (foreign.length > 0)
    return `The server wants ${foreign.map((name) => quoteText(name, 50)).join(' or ')}, which wsprobe does not speak: ${status}`;
  if (evidence.tokens.some(({ expired }) => expired))
    return `The server answered ${status}, and the token that was sent has expired`;
  const own = ownScheme(challenge);
  if (sent.length === 0)
    return own !== null
      ? `The server wants credentials of its scheme "${own}", and ${otherHeadersSent(evidence).length > 0 ? 'no header that was sent is known for them' : 'none were sent'}: ${status}`
      : namesWhose(response)
        ? `The server does not know whose address this is, by a part of the path or the query: ${status}`
        : `The server wants credentials, and ${otherHeadersSent(evidence).length > 0 ? 'no header that was sent is known for one' : 'none were sent'}: ${status}`;
  if (challenge.error === 'invalid_token' || challenge.error === 'insufficient_scope') {
    const said = challenge.description === '' ? challenge.error : `${challenge.error}: ${challenge.description}`;
    return `The server refused the token that was sent (${quoteText(said, 120)}): ${status}`;
  }
  const other = namesWhatWasSent(response) ? null : wantsOther(evidence, challenge);
  return other === null
    ? `The server did not accept the credentials: ${status}`
    : `The server wants ${other}, and the credentials were sent in another way: ${status}`;
}

/** The words are about a token or key that was looked at, so it was sent where it belongs. */
const namesWhatWasSent = (response: ResponseInfo) =>
  /\b(token|jwt|(subscription|api)[ _-]?key|signature)\b/i.test(serverWords(response) ?? '') &&
  /\b(expired|revoked|invalid|incorrect|wrong|not (valid|recogni[sz]ed)|unknown|malformed)\b/i.test(
    serverWords(response) ?? '',
  );

/** Keys of projects and apps stand in the address, where nobody takes them for credentials. */
function namesWhose(response: ResponseInfo): boolean {
  return /\b(invalid|unknown|wrong|no such) (project|app(lication)?|site|tenant|workspace|account|organi[sz]ation)( ?(id|key|name))?\b/i.test(
    readableText(response).slice(0, 400),
  );
}

/** The scheme that is wanted, where an Authorization header of another was sent; null where they fit, or nothing tells. */
function wantsOther(evidence: Evidence, { schemes }: Wanted): string | null {
  const used = evidence.plan.auth?.type;
  if (schemes.length === 0 || !used || !spoken.test(used)) return null;
  if (sentHeader(evidence, 'authorization') === null) return null;
  const fits = schemes.some((scheme) => scheme.toLowerCase() === used);
  return fits ? null : schemes.map((scheme) => quoteText(scheme, 20)).join(' or ');
}

function explain(challenge: Wanted, sent: readonly string[]): string {
  const foreign = notSpoken(challenge);
  if (foreign.length > 0)
    return `${foreign.join(' and ')} ${foreign.length > 1 ? 'take' : 'takes'} several requests, or an account of the operating system, to prove who the client is. wsprobe sends Basic, Digest, Bearer, API keys, cookies and headers as they are written. ${foreign.some(isOfDomain) ? 'A client that is signed in to the domain gets in: a ticket of Kerberos can be lent to wsprobe for one request, NTLM belongs to the connection and cannot.' : 'Another client may well get in where it does not.'}`;
  return sent.length === 0
    ? 'The server authenticates before it upgrades. Browsers cannot set an Authorization header on a WebSocket, so servers made for them look for a cookie, a query parameter or a subprotocol instead: send the credentials where this server looks.'
    : 'The server authenticates before it upgrades, and what was sent does not satisfy it: it has expired, was issued for another audience, realm or environment, is malformed, or lies where this server does not look. The log of the server says which.';
}

/** The header that the answer names, for an API key or what else it wants to see; null where it names none. */
function keyName(response: ResponseInfo, { schemes }: Wanted): string | null {
  // As Azure API Management names it: AzureApiManagementKey realm="…",name="…",type="header".
  if (schemes.some((scheme) => /key$/i.test(scheme)))
    return (
      /\bname="([\w-]{1,60})",\s*type="header"/i.exec(headerOf(response.headers, 'www-authenticate') ?? '')?.[1] ?? null
    );
  if (schemes.length > 0) return null;
  return (
    /(?:^|[`'" ])(x-[a-z][\w-]{1,50}|api-key|api_key|apikey)(?:[`'" .,:]|$)/i.exec(readableText(response))?.[1] ?? null
  );
}

/** Whose words are about a password take no token. */
const PASSWORD = /^(?!.*\b(token|key)\b).*\b(password|user ?name)\b/is;

/** OCPP-J, security profiles 1 and 2: Basic, and the name of the charge point, with which the path ends, is the user. */
function ocppFix(evidence: Evidence): Fix {
  const name = decodeURIComponentSafely(pathOf(evidence).split('/').pop() ?? '');
  return profileFix('Send the password of the charge point (profile)', {
    auth: { type: 'basic', username: name === '' ? '${secret:user}' : name, password: '${secret:password}' },
  });
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function fixesOf(
  response: ResponseInfo,
  evidence: Evidence,
  challenge: Wanted,
  sent: readonly string[],
): readonly (Fix | false)[] {
  const foreign = notSpoken(challenge);
  if (sent.length === 0 && namesWhose(response))
    return [
      textFix('In the address', 'Compare the id or key in the path with what the provider shows for this project.'),
    ];
  if (challenge.schemes.length === 0 && isLoginPage(response)) return [loginPageFix(response)];
  if (/\bclient cert/i.test(serverWords(response) ?? ''))
    return [textFix('What to do', 'Connect over TLS (wss), and show a client certificate: "tls.cert" and "tls.key".')];
  if (foreign.length > 0)
    return [
      ...(foreign.some(isOfDomain) ? domainServerFixes(evidence, foreign) : []),
      textFix(
        'On the server',
        `Take another scheme beside ${foreign.join(' and ')} at the path of the WebSocket: a token (Bearer), Digest, or Basic over TLS.`,
      ),
    ];
  const own = sent.length === 0 ? ownScheme(challenge) : null;
  if (own !== null)
    return [
      /^tunnel$/i.test(own)
        ? profileFix('Send the token of the dev tunnel (profile)', {
            headers: { 'X-Tunnel-Authorization': 'tunnel ${secret:tunnel}' },
          })
        : textFix('What to do', `Send what the scheme "${own}" takes, in the header that its documentation names.`),
    ];
  const basic = profileFix('Send a user name and password (profile)', {
    auth: { type: 'basic', username: '${secret:user}', password: '${secret:password}' },
  });
  const digest = profileFix('Send a user name and password by Digest (profile)', {
    auth: { type: 'digest', username: '${secret:user}', password: '${secret:password}' },
  });
  const key = sent.length === 0 ? keyName(response, challenge) : null;
  if (key !== null)
    return [
      profileFix(/key/i.test(key) ? 'Send the API key (profile)' : 'Send the header that it names (profile)', {
        auth: {
          type: 'apiKey',
          name: key,
          value: /key/i.test(key) ? '${secret:apikey}' : '${secret:value}',
          in: 'header',
        },
      }),
    ];
  const named = sent.length === 0 && challenge.schemes.length === 0 ? namedPlace(readableText(response)) : null;
  if (named !== null) return [named];
  if (sent.length === 0 && challenge.schemes.length === 0 && /\bapi[ _-]?key\b/i.test(serverWords(response) ?? ''))
    return [
      textFix(
        'What to do',
        'Send the API key in the header, or the parameter of the query, that its documentation names.',
      ),
    ];
  const wants = (scheme: string) => challenge.schemes.some((name) => name.toLowerCase() === scheme);
  const used = evidence.plan.auth?.type;
  // What was refused is not sent again: only what another scheme or another place asks for.
  const expired =
    evidence.tokens.find((token) => token.expired) !== undefined || /expired/i.test(challenge.description);
  if (sent.length > 0 && namesWhatWasSent(response)) return [];
  if (sent.length > 0)
    return [
      expired &&
        textFix(
          'Send a fresh token',
          'Sign in again where the token came from, and replace the secret or variable that holds it.',
        ),
      wants('digest') && used !== 'digest' && digest,
      wants('basic') && used !== 'basic' && basic,
      wants('bearer') && used !== 'bearer' && sentHeader(evidence, 'authorization') === null && tokenFix,
    ];
  const byName = wants('basic') || wants('digest');
  const charger = evidence.plan.subprotocols.some((token) => /^ocpp\d/i.test(token));
  if (challenge.schemes.length === 0 && (charger || PASSWORD.test(serverWords(response) ?? '')))
    return [charger ? ocppFix(evidence) : basic];
  const cookie = challenge.schemes.length === 0 && /\bcookie\b/i.test(serverWords(response) ?? '');
  if (cookie)
    return [
      profileFix('Send the session cookie of a browser that is signed in (profile)', {
        cookies: { session: '${secret:session}' },
      }),
    ];
  return [
    wants('digest') && digest,
    wants('basic') && basic,
    (!byName || wants('bearer')) && tokenFix,
    !byName &&
      textFix(
        'Where a browser can send it',
        'In a parameter of the query (token, access_token and others), a cookie or a subprotocol: its documentation says in which.',
      ),
  ];
}
