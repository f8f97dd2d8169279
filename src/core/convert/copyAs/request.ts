import { resolve } from 'node:path';
import type { ProbePlan } from '../../base/plan.js';
import { socketAddressOf } from '../../base/url.js';
import { isSecretHeader, isSecretParameter } from '../../redaction/redactor.js';
import { copiedProxy, type CopiedProxy } from './proxy.js';
import { joined, literal, type Piece, type SecretNames, type Words } from './words.js';

/** What a plan asks for, its secrets named: the common ground of all commands. */
export interface CopiedRequest {
  /** A local socket, and the address that is asked for behind it: for tools that take the two apart. */
  readonly local: { readonly socketPath: string; readonly url: Words } | null;
  /** ws: or wss:, with the apiKey of the query. */
  readonly url: Words;
  /** Without `Origin`, `Sec-WebSocket-Protocol` and basic credentials, which most tools have options for. */
  readonly headers: readonly { readonly name: string; readonly value: Words }[];
  readonly origin: Words | null;
  readonly subprotocols: readonly Words[];
  /** user:password. */
  readonly basic: Words | null;
  /** The same, by Digest. */
  readonly digest: Words | null;
  /** Of the client's key. */
  readonly passphrase: Words | null;
  readonly proxy: CopiedProxy | 'auto' | 'none';
  readonly notes: readonly string[];
}

type Header = CopiedRequest['headers'][number];

export function copiedRequest(plan: ProbePlan, names: SecretNames): CopiedRequest {
  const notes: string[] = [];
  const { auth } = plan;
  const local = socketAddressOf(new URL(plan.url));
  const subprotocols = plan.subprotocols.map((name) => names.hide(name, 'subprotocol'));
  if (auth?.type === 'subprotocol') {
    subprotocols.push([{ literal: auth.prefix ?? '' }, ...names.secret(auth.token, 'token')]);
  }
  return {
    local: local && { socketPath: local.socketPath, url: urlOf(plan, `ws://localhost${local.target}`, names, notes) },
    url: urlOf(plan, plan.url, names, notes),
    headers: headersOf(plan, names, notes),
    origin: plan.origin === null ? null : names.hide(plan.origin),
    subprotocols,
    basic: auth?.type === 'basic' ? userAndPassword(auth, names) : null,
    digest: auth?.type === 'digest' ? userAndPassword(auth, names) : null,
    passphrase: plan.tls.passphrase === undefined ? null : names.secret(plan.tls.passphrase, 'passphrase'),
    proxy: copiedProxy(plan, names, (raw, decoded) => encodedSecret(raw, decoded, 'proxy', names, notes)),
    notes,
  };
}

function userAndPassword(user: { readonly username: string; readonly password: string }, names: SecretNames): Words {
  return [...names.hide(user.username, 'username'), { literal: ':' }, ...names.secret(user.password, 'password')];
}

/** For tools that send one header of a name: its values stand in it as a list (RFC 9110 5.3), which the notes tell. */
export function listedHeaders({ headers }: CopiedRequest, tool: string, notes: string[]): CopiedRequest['headers'] {
  const byName = new Map<string, Header>();
  const repeated = new Set<string>();
  for (const { name, value } of headers) {
    const key = name.toLowerCase();
    const known = byName.get(key);
    if (known) repeated.add(known.name);
    byName.set(
      key,
      known ? { name: known.name, value: [...known.value, { literal: ', ' }, ...value] } : { name, value },
    );
  }
  if (repeated.size > 0) notes.push(`${tool} sends the values of ${[...repeated].join(', ')} as a list in one header.`);
  return [...byName.values()];
}

/** For tools that answer no challenge. */
export function noteDigest({ digest }: CopiedRequest, tool: string, notes: string[]): void {
  if (digest) notes.push(`${tool} does not speak Digest: the credentials are left out.`);
}

/** Tools that follow redirects take away `Authorization` and `Cookie` at another server's door, and nothing else. */
export function noteRedirects(plan: ProbePlan, { headers, subprotocols }: CopiedRequest, notes: string[]): void {
  const isSecret = (words: Words) => words.some((piece) => 'env' in piece);
  const sent = headers
    .filter(({ name, value }) => !/^(authorization|cookie)$/i.test(name) && isSecret(value))
    .map(({ name }) => name);
  if (subprotocols.some(isSecret)) sent.push('the subprotocol');
  if ((plan.tls.cert ?? plan.tls.pfx) !== undefined) sent.push('the client certificate');
  if (sent.length > 0) {
    notes.push(`A redirect to another server takes along what wsprobe leaves out there: ${sent.join(', ')}.`);
  }
}

/** The files of a profile are named from its folder; a command may run anywhere. */
export function filePath(plan: ProbePlan, path: string): Words {
  return literal(plan.baseDir === null ? path : resolve(plan.baseDir, path));
}

function headersOf(plan: ProbePlan, names: SecretNames, notes: string[]): Header[] {
  const { auth } = plan;
  const replaced = new Set<string>();
  const last: Header[] = [];
  const set = (name: string, value: Words) => {
    replaced.add(name.toLowerCase());
    last.push({ name, value });
  };
  if (auth?.type === 'bearer') set('Authorization', [{ literal: 'Bearer ' }, ...names.secret(auth.token, 'token')]);
  if (auth?.type === 'oauth2') {
    set('Authorization', [{ literal: 'Bearer ' }, ...names.secret(`token of ${auth.tokenUrl}`, 'token')]);
    const place = joined(names.hide(auth.tokenUrl)).map((piece) => ('env' in piece ? piece.env : piece.literal));
    notes.push(`The token comes from ${place.join('')} (OAuth 2 client credentials): fetch one first.`);
  }
  if (auth?.type === 'basic' || auth?.type === 'digest') replaced.add('authorization');
  if (auth?.type === 'apiKey' && auth.in === 'header') set(auth.name, names.secret(auth.value, auth.name));
  const own = plan.headers.filter(([name]) => !replaced.has(name.toLowerCase()));
  const cookies = own.filter(([name]) => isCookie(name)).map(([, value]) => cookieText(value, names));
  cookies.push(...Object.entries(plan.cookies).map(([name, value]) => cookiePair(name, value, names)));
  const headers = own
    .filter(([name]) => !isCookie(name))
    .map(([name, value]) => ({ name, value: headerValue(name, value, names) }));
  const cookie = cookies.flatMap((pair, index): Words => (index === 0 ? pair : [{ literal: '; ' }, ...pair]));
  return [...headers, ...last, ...(cookies.length > 0 ? [{ name: 'Cookie', value: cookie }] : [])];
}

function headerValue(name: string, value: string, names: SecretNames): Words {
  if (!isSecretHeader(name)) return names.hide(value, name);
  const scheme = /^([A-Za-z][\w-]*[ ]+)(\S.*)$/.exec(value);
  if (!scheme) return names.secret(value.trim(), name);
  return [{ literal: scheme[1] ?? '' }, ...names.secret(scheme[2] ?? '', name)];
}

function cookieText(value: string, names: SecretNames): Words {
  return value.split(';').flatMap((pair, index): Words => {
    const at = pair.indexOf('=');
    const name = pair.slice(0, Math.max(at, 0)).trim();
    const words = at < 0 ? names.secret(pair.trim(), 'cookie') : cookiePair(name, pair.slice(at + 1).trim(), names);
    return index === 0 ? words : [{ literal: '; ' }, ...words];
  });
}

function cookiePair(name: string, value: string, names: SecretNames): Words {
  return [{ literal: `${name}=` }, ...names.secret(value, name)];
}

function isCookie(name: string): boolean {
  return name.toLowerCase() === 'cookie';
}

function urlOf(plan: ProbePlan, url: string, names: SecretNames, notes: string[]): Words {
  const [path, query] = splitOnce(url, '?');
  const pieces: Piece[] = [...names.hide(path)];
  for (const [index, pair] of (query?.split('&') ?? []).entries()) {
    pieces.push({ literal: index === 0 ? '?' : '&' }, ...parameterOf(pair, names, notes));
  }
  const { auth } = plan;
  if (auth?.type === 'apiKey' && auth.in === 'query') {
    const name = encodeURIComponent(auth.name);
    const value = encodedSecret(encodeURIComponent(auth.value), auth.value, auth.name, names, notes);
    pieces.push({ literal: `${query === undefined ? '?' : '&'}${name}=` }, ...value);
  }
  return pieces;
}

function parameterOf(pair: string, names: SecretNames, notes: string[]): Words {
  const [name, value] = splitOnce(pair, '=');
  const [decoded] = new URLSearchParams(pair);
  if (value === undefined || value === '' || !decoded || !isSecretParameter(decoded[0])) return names.hide(pair, name);
  return [{ literal: `${name}=` }, ...encodedSecret(value, decoded[1], decoded[0], names, notes)];
}

function encodedSecret(raw: string, decoded: string, name: string, names: SecretNames, notes: string[]): Words {
  if (raw === decoded) return names.secret(raw, name);
  const words = names.secret(raw, `${name}_encoded`);
  for (const piece of words) {
    if ('env' in piece) notes.push(`${piece.env} stands in the URL: its value must be percent-encoded.`);
  }
  return words;
}

function splitOnce(text: string, separator: string): readonly [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
