import type { Evidence } from '../../base/evidence.js';
import type { Fix, ResponseInfo } from '../../base/model.js';
import { quoteText } from '../../base/plainText.js';
import { credentialsSent, headerOf, readableText, responseEvidence, sentHeader, statusWords } from '../facts.js';
import { finding } from '../finding.js';
import { profileFix, tokenFix } from '../snippets/profile.js';
import { textFix } from '../snippets/shell.js';
import { onRefusal } from './refused.js';

/** RFC 9110 11.6.1, as much of it as is needed: the schemes, and what RFC 6750 3 says about a token. */
interface Challenge {
  readonly schemes: readonly string[];
  readonly error: string;
  readonly description: string;
}

function challengeOf(response: ResponseInfo): Challenge {
  const text = response.headers
    .filter(([name]) => name.toLowerCase() === 'www-authenticate')
    .map(([, value]) => value.slice(0, 2_000))
    .join(', ');
  const bare = text.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  const schemes = [...bare.matchAll(/(?:^|,)\s*([A-Za-z][\w-]{1,20})(?=\s+[^\s=,]|\s*,|\s*$)/g)].map(
    ([, name]) => name!,
  );
  const parameter = (name: string) => new RegExp(`\\b${name}="([^"]{1,300})"`, 'i').exec(text)?.[1] ?? '';
  return { schemes: [...new Set(schemes)], error: parameter('error'), description: parameter('error_description') };
}

const spoken = /^(basic|bearer)$/i;
const unspoken = /^(digest|negotiate|ntlm|kerberos|hoba|mutual|scram-[\w-]+|aws4-hmac-sha256)$/i;

/** 401: what was sent, what is wanted, and what wsprobe does not speak. */
export const unauthorized = onRefusal('upgrade.unauthorized', (response, evidence) => {
  if (response.status !== 401) return null;
  const challenge = challengeOf(response);
  const sent = credentialsSent(evidence);
  return finding('upgrade.unauthorized', {
    title: titleOf(response, evidence, challenge, sent),
    explanation: explain(challenge, sent),
    evidence: [
      sent.length > 0 ? `Credentials sent in: ${sent.join(', ')}` : 'Credentials sent: none',
      ...evidence.tokens
        .filter(({ expired }) => expired)
        .map(({ where, expiresAt }) => `The token in ${quoteText(where, 60)} expired at ${quoteText(expiresAt, 40)}`),
      ...responseEvidence(response),
    ],
    fixes: fixesOf(response, evidence, challenge, sent),
  });
});

function notSpoken({ schemes }: Challenge): readonly string[] {
  return schemes.some((scheme) => spoken.test(scheme)) ? [] : schemes.filter((scheme) => unspoken.test(scheme));
}

function titleOf(response: ResponseInfo, evidence: Evidence, challenge: Challenge, sent: readonly string[]): string {
  const status = statusWords(response);
  const foreign = notSpoken(challenge);
  if (foreign.length > 0)
    return `The server wants ${foreign.map((name) => quoteText(name, 20)).join(' or ')}, which wsprobe does not speak: ${status}`;
  if (evidence.tokens.some(({ expired }) => expired))
    return `The server answered ${status}, and the token that was sent has expired`;
  if (sent.length === 0)
    return namesWhose(response)
      ? `The server does not know whose address this is, by a part of the path or the query: ${status}`
      : `The server wants credentials, and none were sent: ${status}`;
  if (challenge.error === 'invalid_token' || challenge.error === 'insufficient_scope') {
    const said = challenge.description === '' ? challenge.error : `${challenge.error}: ${challenge.description}`;
    return `The server refused the token that was sent (${quoteText(said, 120)}): ${status}`;
  }
  const other = wantsOther(evidence, challenge);
  return other === null
    ? `The server did not accept the credentials: ${status}`
    : `The server wants ${other}, and the credentials were sent in another way: ${status}`;
}

/** Keys of projects and apps stand in the address, where nobody takes them for credentials. */
function namesWhose(response: ResponseInfo): boolean {
  return /\b(invalid|unknown|wrong|no such) (project|app(lication)?|site|tenant|workspace|account|organi[sz]ation)( ?(id|key|name))?\b/i.test(
    readableText(response).slice(0, 400),
  );
}

/** The scheme that is wanted, where an Authorization header of another was sent; null where they fit, or nothing tells. */
function wantsOther(evidence: Evidence, { schemes }: Challenge): string | null {
  const used = evidence.plan.auth?.type;
  if (schemes.length === 0 || (used !== 'basic' && used !== 'bearer')) return null;
  if (sentHeader(evidence, 'authorization') === null) return null;
  const fits = schemes.some((scheme) => scheme.toLowerCase() === used);
  return fits ? null : schemes.map((scheme) => quoteText(scheme, 20)).join(' or ');
}

function explain(challenge: Challenge, sent: readonly string[]): string {
  const foreign = notSpoken(challenge);
  if (foreign.length > 0)
    return `${foreign.join(' and ')} ${foreign.length > 1 ? 'take' : 'takes'} several requests, or an account of the operating system, to prove who the client is. wsprobe sends Basic, Bearer, API keys, cookies and headers as they are written. A browser of the domain may well get in where it does not.`;
  return sent.length === 0
    ? 'The server authenticates before it upgrades. Browsers cannot set an Authorization header on a WebSocket, so servers made for them look for a cookie, a query parameter or a subprotocol instead: send the credentials where this server looks.'
    : 'The server authenticates before it upgrades, and what was sent does not satisfy it: it has expired, was issued for another audience, realm or environment, is malformed, or lies where this server does not look. The log of the server says which.';
}

/** The header that the answer names for an API key; null where it names none. */
function keyName(response: ResponseInfo, { schemes }: Challenge): string | null {
  // As Azure API Management names it: AzureApiManagementKey realm="…",name="…",type="header".
  if (schemes.some((scheme) => /key$/i.test(scheme)))
    return (
      /\bname="([\w-]{1,60})",\s*type="header"/i.exec(headerOf(response.headers, 'www-authenticate') ?? '')?.[1] ?? null
    );
  if (schemes.length > 0) return null;
  return /[`'" ](x-api-key|api-key|api_key|apikey)[`'" .,]/i.exec(readableText(response))?.[1] ?? null;
}

function fixesOf(
  response: ResponseInfo,
  evidence: Evidence,
  challenge: Challenge,
  sent: readonly string[],
): readonly (Fix | false)[] {
  const foreign = notSpoken(challenge);
  if (sent.length === 0 && namesWhose(response))
    return [
      textFix('In the address', 'Compare the id or key in the path with what the provider shows for this project.'),
    ];
  if (foreign.length > 0)
    return [
      textFix(
        'On the server',
        `Take another scheme beside ${foreign.join(' and ')} at the path of the WebSocket: a token (Bearer) or Basic over TLS.`,
      ),
    ];
  const basic = profileFix('Send a user name and password (profile)', {
    auth: { type: 'basic', username: '${secret:user}', password: '${secret:password}' },
  });
  const key = sent.length === 0 ? keyName(response, challenge) : null;
  if (key !== null)
    return [
      profileFix('Send the API key (profile)', {
        auth: { type: 'apiKey', name: key, value: '${secret:apikey}', in: 'header' },
      }),
    ];
  const wants = (scheme: string) => challenge.schemes.some((name) => name.toLowerCase() === scheme);
  const used = evidence.plan.auth?.type;
  // What was refused is not sent again: only what another scheme or another place asks for.
  const expired =
    evidence.tokens.find((token) => token.expired) !== undefined || /expired/i.test(challenge.description);
  if (sent.length > 0)
    return [
      expired &&
        textFix(
          'Send a fresh token',
          'Sign in again where the token came from, and replace the secret or variable that holds it.',
        ),
      wants('basic') && used !== 'basic' && basic,
      wants('bearer') && used !== 'bearer' && sentHeader(evidence, 'authorization') === null && tokenFix,
    ];
  return [
    wants('basic') && basic,
    (!wants('basic') || wants('bearer')) && tokenFix,
    !wants('basic') &&
      profileFix('Send it where a browser would (profile)', {
        auth: { type: 'apiKey', name: 'access_token', value: '${secret:token}', in: 'query' },
      }),
  ];
}
