import type { IncomingMessage } from 'node:http';
import type { HeaderPair } from '../../base/model.js';
import type { ProbePlan } from '../../base/plan.js';
import { acceptFor } from '../../handshake/accept.js';
import type { ResponseHead } from '../../handshake/handshake.js';
import { hasToken, headerValue } from '../../handshake/headers.js';
import type { TemplateSource } from '../../profile/template.js';
import { profileOf } from '../devtools/seenProfile.js';
import { upstreamUrl } from '../upstreamUrl.js';

/** The client's opening handshake, as it was sent. */
export interface ClientRequest {
  readonly target: string;
  readonly headers: readonly HeaderPair[];
  /** `address:port`. */
  readonly peer: string;
}

/** What stays between two neighbours (RFC 9110 7.6.1), and what each handshake makes anew. */
const OF_ONE_HOP = new Set([
  'connection',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-length',
  'sec-websocket-key',
  'sec-websocket-version',
  'sec-websocket-accept',
]);

export function clientRequestOf(request: IncomingMessage): ClientRequest {
  const { rawHeaders, socket, url = '/' } = request;
  const headers: HeaderPair[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) headers.push([rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '']);
  const { remoteAddress = '', remotePort = 0 } = socket;
  const address = remoteAddress.replace(/^::ffff:(?=\d+\.)/, '');
  return { target: url, headers, peer: `${address.includes(':') ? `[${address}]` : address}:${remotePort}` };
}

/** What a row calls the connection: its path and who it is of. A query may hold credentials. */
export function nameOf({ peer, target }: ClientRequest): string {
  return `${target.replace(/[?#].*$/s, '')} ${peer}`;
}

/** Why this is no opening handshake that a server takes (RFC 6455 4.2.1); null: it is one. */
export function whyNoHandshake({ headers, target }: ClientRequest, method: string): string | null {
  const key = headerValue(headers, 'sec-websocket-key') ?? '';
  if (method !== 'GET') return `An opening handshake is a GET, not a ${method.slice(0, 20)}.`;
  if (!target.startsWith('/')) return 'The request target is no path.';
  if (!/^[A-Za-z0-9+/]{22}==$/.test(key)) return 'Sec-WebSocket-Key is missing, or not 16 bytes in Base64.';
  if (headerValue(headers, 'sec-websocket-version') !== '13') return 'Sec-WebSocket-Version is not 13.';
  return hasToken(headerValue(headers, 'upgrade') ?? '', 'websocket') ? null : 'Upgrade does not name websocket.';
}

export interface HeaderChanges {
  /** Names, in lower case. */
  readonly removed: ReadonlySet<string>;
  /** Compression is not asked for. */
  readonly plain: boolean;
}

/** The plan of the target as this client asks for it: the target's own path stands unless it is `/`, its headers win. */
export function planForClient(base: ProbePlan, { headers, target }: ClientRequest, changes: HeaderChanges): ProbePlan {
  const own = new Set(base.headers.map(([name]) => name.toLowerCase()));
  if (base.origin !== null) own.add('origin');
  if (base.auth !== null && base.auth.type !== 'subprotocol') own.add('authorization');
  const isPassed = ([name]: HeaderPair) => {
    const lower = name.toLowerCase();
    if (OF_ONE_HOP.has(lower) || own.has(lower) || changes.removed.has(lower)) return false;
    if (lower === 'sec-websocket-extensions') return !changes.plain;
    return lower !== 'sec-websocket-protocol' || base.subprotocols.length === 0;
  };
  return {
    ...base,
    url: upstreamUrl(base.url, target),
    headers: [...headers.filter(isPassed), ...base.headers],
    // What the client asked for stands in its own headers.
    compression: false,
    followRedirects: false,
    message: null,
    steps: [],
  };
}

/** What a client asked for as a profile of ours: what the target adds wins, and nothing is said. */
export function askedOf(base: ProbePlan, { headers, target }: ClientRequest): TemplateSource {
  const seen = profileOf({ url: upstreamUrl(base.url, target), request: { headers, isRaw: true } });
  const own = new Set(base.headers.map(([name]) => name.toLowerCase()));
  if (base.auth !== null) own.add('authorization');
  const theirs = (seen.headers ?? []).filter(([name]) => !own.has(name.toLowerCase()));
  const { clients: _, ...rest } = base;
  return {
    ...rest,
    url: seen.url,
    origin: base.origin ?? seen.origin ?? null,
    cookies: { ...seen.cookies, ...base.cookies },
    subprotocols: base.subprotocols.length > 0 ? base.subprotocols : (seen.subprotocols ?? []),
    headers: [...theirs, ...base.headers],
    secrets: [...base.secrets, ...(seen.secrets ?? [])],
    message: null,
    steps: [],
  };
}

/** The 101 for the client: what the server said, with an accept for the client's own key. */
export function acceptance(request: ClientRequest, response: ResponseHead): string {
  const passed = passedOn(response.headers);
  const accept = acceptFor(headerValue(request.headers, 'sec-websocket-key') ?? '');
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${accept}`,
    ...passed.map(([name, value]) => `${name}: ${value}`),
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** An answer of HTTP that ends the connection. */
export function refusal(status: number, reason: string, headers: readonly HeaderPair[], body: string): string {
  const bytes = Buffer.from(body, 'utf8');
  const lines = [
    `HTTP/1.1 ${status} ${reason}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${bytes.length}`,
    'Connection: close',
  ];
  return `${lines.join('\r\n')}\r\n\r\n${bytes.toString('utf8')}`;
}

/** Headers of an answer that mean the same behind a relay. */
export function passedOn(headers: readonly HeaderPair[], isDecoded = false): readonly HeaderPair[] {
  return headers.filter(([name]) => {
    const lower = name.toLowerCase();
    // Over HTTP/2 some names begin with a colon, and none of them is a header.
    return !OF_ONE_HOP.has(lower) && !lower.startsWith(':') && !(isDecoded && lower === 'content-encoding');
  });
}
