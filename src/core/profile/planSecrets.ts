import { isSecretHeader, isSecretParameter } from '../redaction/redactor.js';
import type { HeaderPair } from '../base/model.js';
import { parseUrl } from '../base/url.js';
import type { Auth, OAuth2, ProbePlan, ProxyRoute } from '../base/plan.js';
import { clientPair, formEncoded } from './clientPair.js';

/**
 * Every value of a plan that must never be shown. What only looks like a credential counts from four characters on:
 * a cookie `consent=1` would otherwise blot out every 1.
 */
export function planSecrets(plan: ProbePlan, used: Iterable<string>, fromUserInfo: boolean): readonly string[] {
  const proxies = [plan.proxy, plan.unusedProxy?.route ?? null].filter((route) => route !== null);
  const sure = [
    ...used,
    ...(plan.auth ? authSecrets(plan.auth, fromUserInfo) : []),
    plan.tls.passphrase ?? '',
    ...[plan.tls.cert ?? '', plan.tls.key ?? ''].filter((text) => /-----BEGIN [A-Z ]*PRIVATE KEY/.test(text)),
    ...proxies.flatMap(proxySecrets),
  ];
  const likely = [
    ...Object.values(plan.cookies),
    ...credentialsIn(plan.url, plan.headers),
    ...offeredSecrets(plan.subprotocols),
    ...proxies.flatMap(({ authorization }) => headerSecrets(['Proxy-Authorization', authorization ?? ''])),
  ];
  const secrets = new Set([
    ...sure.filter((value) => value.trim() !== ''),
    ...likely.filter((value) => value.length >= 4),
  ]);
  return [...secrets].sort((a, b) => b.length - a.length);
}

/** What of an address and of headers is a credential by its name, as it may stand elsewhere too. Null for no address. */
function credentialsIn(url: string | null, headers: ProbePlan['headers']): readonly string[] {
  return [...(url === null ? [] : urlSecrets(url)), ...headers.flatMap(headerSecrets)].filter((text) => text !== '');
}

/** What only looks like a credential and is shorter stands in too many messages by chance. */
const MIN_LEARNED = 8;

/** The credentials of an opening handshake of others, by their names; an address that is none has none. */
export function handshakeSecrets(url: string, ...heads: readonly (readonly HeaderPair[])[]): readonly string[] {
  return credentialsIn(parseUrl(url)?.href ?? null, heads.flat()).filter((secret) => secret.length >= MIN_LEARNED);
}

function authSecrets(auth: Auth, fromUserInfo: boolean): readonly string[] {
  switch (auth.type) {
    case 'bearer':
      return [auth.token];
    case 'apiKey':
      return [auth.value];
    case 'oauth2':
      return clientSecrets(auth);
    case 'subprotocol':
      return [auth.token, `${auth.prefix ?? ''}${auth.token}`];
    case 'digest':
    case 'basic': {
      // A user name is a secret where it is the whole credential, as in wss://token@host.
      const alone = auth.password === '' || (fromUserInfo && auth.username.length >= 8);
      return [auth.password, `${auth.username}:${auth.password}`, ...(alone ? [auth.username] : [])];
    }
  }
}

/** As it is, and as the two ways of RFC 6749 2.3.1 write it. */
function clientSecrets({ clientId, clientSecret }: OAuth2): readonly string[] {
  const pair = clientPair({ clientId, clientSecret });
  return [clientSecret, formEncoded(clientSecret), pair, Buffer.from(pair, 'utf8').toString('base64')];
}

/** A user name alone is a credential where it may be a token; that of SOCKS4 is a name and nothing more. */
function proxySecrets({ kind, username, password }: ProxyRoute): readonly string[] {
  if (username === null || kind === 'socks4' || kind === 'socks4a') return [];
  const pair = `${username}:${password ?? ''}`;
  return [
    ...authSecrets({ type: 'basic', username, password: password ?? '' }, false),
    Buffer.from(pair, 'utf8').toString('base64'),
  ];
}

function urlSecrets(url: string): readonly string[] {
  const query = new URL(url).search.slice(1);
  return query.split('&').flatMap((pair) => {
    const at = pair.indexOf('=');
    const [decoded] = new URLSearchParams(pair);
    if (at < 0 || !decoded || !isSecretParameter(decoded[0])) return [];
    return [decoded[1], pair.slice(at + 1)];
  });
}

function headerSecrets([name, value]: readonly [string, string]): readonly string[] {
  if (name.toLowerCase() === 'sec-websocket-protocol')
    return offeredSecrets(value.split(',').map((each) => each.trim()));
  if (!isSecretHeader(name)) return [];
  if (name.toLowerCase() === 'cookie') {
    return value.split(';').map((pair) => pair.slice(pair.indexOf('=') + 1).trim());
  }
  if (name.toLowerCase() === 'set-cookie') return [/^[^=;]*=([^;]*)/.exec(value)?.[1]?.trim() ?? value];
  const credentials = /^[A-Za-z][\w-]*[ ]+(\S.*)$/.exec(value)?.[1];
  if (credentials === undefined) return [value.trim()];
  const basic = /^basic /i.test(value) ? Buffer.from(credentials, 'base64').toString('utf8') : '';
  return [value, credentials, basic, basic.slice(basic.indexOf(':') + 1)];
}

/** A browser's only way to bring a token: among the subprotocols, behind a name that says so, or as a JSON Web Token. */
function offeredSecrets(offered: readonly string[]): readonly string[] {
  return offered.flatMap((each, at) => {
    const kubernetes = /^base64url\.bearer\.authorization\.k8s\.io\.(.+)$/i.exec(each)?.[1];
    if (kubernetes !== undefined) return [each, kubernetes, Buffer.from(kubernetes, 'base64url').toString()];
    const isToken = /^eyJ[\w-]+\.[\w-]+\.[\w-]*$/.test(each) || TOKEN_FOLLOWS.test(offered[at - 1] ?? '');
    return isToken ? [each] : [];
  });
}

const TOKEN_FOLLOWS = /^(bearer|authorization|jwt|(access|auth|id)?[_.-]?token|api[_-]?key)$/i;
