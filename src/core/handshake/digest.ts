import { createHash, randomBytes } from 'node:crypto';
import type { Challenge } from './challenges.js';

/** Who answers a Digest challenge (RFC 7616), and to what. */
export interface DigestRequest {
  readonly username: string;
  readonly password: string;
  readonly method: string;
  /** The request target as it is sent: path and query, or `host:port` of a CONNECT. */
  readonly uri: string;
  /** How often the nonce of the challenge was answered, this time included. */
  readonly count: number;
  /** A test's own; by default a random one. */
  readonly cnonce?: string;
}

/** What an answer is sent as, and the parts of it that prove the password. */
export interface DigestAnswer {
  readonly value: string;
  readonly secrets: readonly string[];
}

/** By the name of `algorithm` in lower case, without `-sess`: what Node calls it. */
const HASHES: Readonly<Record<string, string>> = {
  md5: 'md5',
  'sha-256': 'sha256',
  'sha-512-256': 'sha512-256',
};

/** Longer than any that servers make: a nonce is sent back. */
const MAX_ECHOED = 2_048;

/** The first challenge of Digest that can be answered, as the peer prefers them (RFC 7616 3.7); null: there is none. */
export function digestChallenge(challenges: readonly Challenge[]): Challenge | null {
  return challenges.find((challenge) => isDigest(challenge) && isAnswerable(challenge)) ?? null;
}

export function isDigest({ scheme }: Challenge): boolean {
  return scheme.toLowerCase() === 'digest';
}

/** The nonce was too old, the credentials may be right (RFC 7616 3.3). */
export function isStaleNonce({ parameters }: Challenge): boolean {
  return parameters.get('stale')?.toLowerCase() === 'true';
}

function isAnswerable({ parameters }: Challenge): boolean {
  const echoed = ['realm', 'nonce', 'opaque'].map((name) => parameters.get(name) ?? '');
  return (
    parameters.has('realm') &&
    (parameters.get('nonce') ?? '') !== '' &&
    echoed.every((value) => value.length <= MAX_ECHOED && !/[^\t\x20-\x7e\x80-\xff]/.test(value)) &&
    hashNamed(parameters.get('algorithm') ?? 'MD5') !== null &&
    qopOf(parameters.get('qop')) !== undefined
  );
}

/** `Authorization` or `Proxy-Authorization` of a request without a body; null where the crypto of this machine lacks the hash. */
export function answerDigest({ parameters }: Challenge, request: DigestRequest): DigestAnswer | null {
  const algorithm = parameters.get('algorithm');
  const hash = hashNamed(algorithm ?? 'MD5');
  const qop = qopOf(parameters.get('qop'));
  if (hash === null || qop === undefined) return null;
  const [realm = '', nonce = '', opaque] = ['realm', 'nonce', 'opaque'].map((name) => parameters.get(name));
  const { cnonce = randomBytes(16).toString('hex'), count, method, password, uri, username } = request;
  const encoding =
    parameters.get('charset')?.toLowerCase() === 'utf-8' || !isLatin1(username + password) ? 'utf8' : 'latin1';
  // What came from the wire stands in latin1, byte for byte.
  const bytes = (text: string) => Buffer.from(text, encoding).toString('latin1');
  const hidesUser = parameters.get('userhash')?.toLowerCase() === 'true';
  try {
    const h = (text: string) => createHash(hash).update(text, 'latin1').digest('hex');
    const own = h(`${bytes(username)}:${realm}:${bytes(password)}`);
    const a1 = /-sess$/i.test(algorithm ?? '') ? h(`${own}:${nonce}:${cnonce}`) : own;
    const a2 = h(qop === 'auth-int' ? `${method}:${uri}:${h('')}` : `${method}:${uri}`);
    const nc = count.toString(16).padStart(8, '0');
    const response = h(qop === null ? `${a1}:${nonce}:${a2}` : `${a1}:${nonce}:${nc}:${cnonce}:${qop}:${a2}`);
    const user = hidesUser
      ? `username="${h(`${bytes(username)}:${realm}`)}"`
      : userParameter(username, bytes(username), encoding);
    const fields = [
      user,
      `realm="${quoted(realm)}"`,
      `nonce="${quoted(nonce)}"`,
      `uri="${quoted(uri)}"`,
      ...(algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
      `response="${response}"`,
      ...(qop === null ? [] : [`qop=${qop}`, `nc=${nc}`, `cnonce="${cnonce}"`]),
      ...(opaque === undefined ? [] : [`opaque="${quoted(opaque)}"`]),
      ...(hidesUser ? ['userhash=true'] : []),
    ];
    const value = fields.join(', ');
    return { value: `Digest ${value}`, secrets: [value, response] };
  } catch {
    // OpenSSL in FIPS mode has no MD5.
    return null;
  }
}

function hashNamed(algorithm: string): string | null {
  const name = algorithm.toLowerCase().replace(/-sess$/, '');
  return Object.hasOwn(HASHES, name) ? (HASHES[name] ?? null) : null;
}

/** `auth` where it is offered; null: as before RFC 2617; undefined: nothing that can be spoken. */
function qopOf(offered: string | undefined): 'auth' | 'auth-int' | null | undefined {
  if (offered === undefined) return null;
  const all = offered.split(',').map((each) => each.trim().toLowerCase());
  if (all.includes('auth')) return 'auth';
  return all.includes('auth-int') ? 'auth-int' : undefined;
}

/** A name that no quoted text of ASCII can hold is written as RFC 5987 has it, where the peer reads that. */
function userParameter(username: string, bytes: string, encoding: 'utf8' | 'latin1'): string {
  const isAscii = /^[\x20-\x7e]*$/.test(username);
  if (isAscii || encoding === 'latin1') return `username="${quoted(bytes)}"`;
  const encoded = encodeURIComponent(username).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `username*=UTF-8''${encoded}`;
}

function quoted(text: string): string {
  return text.replace(/["\\]/g, '\\$&');
}

function isLatin1(text: string): boolean {
  return !/[^\x00-\xff]/.test(text);
}
