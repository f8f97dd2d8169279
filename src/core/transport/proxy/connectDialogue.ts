import { BodyReader, MAX_REFUSAL_BYTES, REFUSAL_TIMEOUT_MS } from '../../handshake/bodyReader.js';
import type { ResponseHead } from '../../handshake/handshake.js';
import { challengesOf } from '../../handshake/challenges.js';
import { answerDigest, type DigestAnswer, digestChallenge, isStaleNonce } from '../../handshake/digest.js';
import { quote } from '../../handshake/headLine.js';
import { parseRequestHead } from '../../handshake/requestHead.js';
import { type ResponseHeadError, ResponseHeadReader } from '../../handshake/responseHeadReader.js';
import type { ProxyRoute } from '../../base/plan.js';
import { formatAuthority } from '../../base/address.js';
import { failed, type Outcome, success } from '../outcome.js';
import { MAX_HEADER_BYTES } from '../webSocketOptions.js';
import type { Dialogue, Peer } from './converse.js';
import type { TunnelOptions, TunnelRecord } from './tunnel.js';

/**
 * A CONNECT for the target (RFC 9110 9.3.6), with the answer to a challenge of the proxy in the place of Basic where there is one.
 * Fails where what would be written could not be read as meant.
 */
export function connectDialogue(options: TunnelOptions, answer: DigestAnswer | null = null): Outcome<Dialogue> {
  const { host, port, route, record } = options;
  const credentials = answer ? success(answer.value) : authorizationOf(route);
  if (!credentials.ok) return credentials;
  const authority = formatAuthority(host, port);
  if (/[^\x21-\x7e]/.test(authority)) {
    return failed('proxy', 'input', `The host ${quote(host)} cannot be written into a CONNECT request.`);
  }
  const lines = [
    `CONNECT ${authority} HTTP/1.1`,
    `Host: ${authority}`,
    ...(credentials.value === null ? [] : [`Proxy-Authorization: ${credentials.value}`]),
  ];
  const head = `${lines.join('\r\n')}\r\n\r\n`;
  return success(new ConnectDialogue(head, record));
}

/** What the proxy's refusal is answered with: Digest (RFC 7616), by the user of the route. Null: it did not ask for it, or there is none. */
export function digestAnswer({ host, port, record, route }: TunnelOptions, stale: boolean): DigestAnswer | null {
  const { request, response } = record;
  if (response?.status !== 407 || route.username === null || route.authorization !== null) return null;
  const challenge = digestChallenge(challengesOf(response.headers, 'proxy-authenticate'));
  const answered = request?.headers.some(([name, value]) => isProxyDigest(name, value)) ?? false;
  if (!challenge || (answered && !(stale && isStaleNonce(challenge)))) return null;
  const { password, username } = route;
  const uri = formatAuthority(host, port);
  return answerDigest(challenge, { username, password: password ?? '', method: 'CONNECT', uri, count: 1 });
}

function isProxyDigest(name: string, value: string): boolean {
  return name.toLowerCase() === 'proxy-authorization' && /^digest /i.test(value);
}

/** Value of `Proxy-Authorization` (Basic: RFC 7617, in UTF-8); null: none is due. */
function authorizationOf({ authorization, username, password }: ProxyRoute): Outcome<string | null> {
  if (authorization !== null) {
    return /[^\t\x20-\x7e\x80-\xff]/.test(authorization)
      ? failed('proxy', 'input', 'The value for Proxy-Authorization holds a character that a header may not have.')
      : success(authorization);
  }
  if (!username && !password) return success(null);
  if (/[\0\r\n]/.test(`${username}${password}`)) {
    return failed('proxy', 'input', "The proxy's user name or password holds a line break or a NUL.");
  }
  if (username?.includes(':')) {
    return failed('proxy', 'input', "The proxy's user name holds a colon, which Basic authentication cannot carry.");
  }
  return success(`Basic ${Buffer.from(`${username ?? ''}:${password ?? ''}`, 'utf8').toString('base64')}`);
}

class ConnectDialogue implements Dialogue {
  readonly opening: Uint8Array;
  readonly #record: TunnelRecord;
  readonly #reader = new ResponseHeadReader({ maxBytes: MAX_HEADER_BYTES });
  #firstBytes = '';
  #body: BodyReader | null = null;

  constructor(head: string, record: TunnelRecord) {
    this.opening = Buffer.from(head, 'latin1');
    this.#record = record;
    record.request = parseRequestHead(head);
  }

  received(chunk: Buffer, peer: Peer): Outcome<Uint8Array> | null {
    if (this.#body) return this.#body.push(chunk) ? this.verdict() : null;
    if (this.#firstBytes.length < 32) this.#firstBytes += chunk.toString('latin1', 0, 32);
    const step = this.#reader.push(chunk);
    if (step.state === 'more') return null;
    if (step.state === 'error') return failed('proxy', step.kind, this.#explain(step));
    return this.#answered(step.head, step.rest, peer);
  }

  verdict(): Outcome<never> | null {
    const { response } = this.#record;
    if (!response || !this.#body) return null;
    this.#body.end();
    this.#record.body = this.#body.body;
    return failed('proxy', 'status', `${response.status} ${response.reason}`.trim(), String(response.status));
  }

  #answered(head: ResponseHead, rest: Uint8Array, peer: Peer): Outcome<Uint8Array> | null {
    this.#record.response = head;
    // Whatever its headers say of a body: there is none (RFC 9110 9.3.6).
    if (head.status >= 200 && head.status < 300) return success(rest);
    this.#body = new BodyReader({ head, maxBytes: MAX_REFUSAL_BYTES });
    if (this.#body.push(rest)) return this.verdict();
    peer.hurry(REFUSAL_TIMEOUT_MS);
    return null;
  }

  #explain({ kind, message }: ResponseHeadError): string {
    if (kind !== 'not-http') return message.replaceAll('The server', 'The proxy');
    const first = this.#firstBytes;
    if (/^(\x05|\0[\x5a-\x5d])/.test(first))
      return 'This is a SOCKS proxy, not an HTTP proxy: use socks5:// or socks4://.';
    if (/^[\x14-\x17]\x03/.test(first)) return 'The proxy speaks TLS: use https:// instead of http://.';
    return `The proxy's first bytes are not HTTP: ${quote(first.slice(0, 32))}`;
  }
}
