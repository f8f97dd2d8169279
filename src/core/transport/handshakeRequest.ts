import type { ProbePlan } from '../base/plan.js';
import { socketAddressOf } from '../base/url.js';
import { formatAuthority } from '../base/address.js';

/** Where a plan's URL leads, and what its opening handshake asks with. */
export interface HandshakeRequest {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  /** Host, and the port where it is not the scheme's own: the default `Host`, and `:authority` over HTTP/2. */
  readonly authority: string;
  /** The local socket that takes the place of host and port. */
  readonly socketPath?: string;
  /** Request target: path and query, `auth.apiKey` in the query included. */
  readonly target: string;
  /** Name to value, or values where a name repeats; names differing only by case are one (RFC 9110 5.1). */
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly subprotocols: readonly string[];
}

export function handshakeRequestOf(plan: ProbePlan): HandshakeRequest {
  const url = new URL(plan.url);
  const secure = url.protocol === 'wss:';
  const defaultPort = secure ? 443 : 80;
  const port = url.port === '' ? defaultPort : Number(url.port);
  const local = socketAddressOf(url);
  // As every client has it that speaks HTTP over a socket without a name.
  const host = local ? 'localhost' : url.hostname.replace(/^\[|\]$/g, '');
  // For this machine alone: no server is told of it (RFC 6874 3).
  const zone = plan.zone === undefined ? '' : `%${plan.zone}`;
  const { auth } = plan;
  // Appended by hand: URLSearchParams would write the rest of the query anew (%20 as +).
  const key =
    auth?.type === 'apiKey' && auth.in === 'query'
      ? `${url.search === '' ? '?' : '&'}${encodeURIComponent(auth.name)}=${encodeURIComponent(auth.value)}`
      : '';
  const hostPort = formatAuthority(host, port);
  const authority = port === defaultPort ? hostPort.replace(/:\d+$/, '') : hostPort;
  const headers = new HeaderSet();
  headers.add('Host', authority);
  const custom = new HeaderSet();
  for (const [name, value] of plan.headers) custom.add(name, value);
  headers.replaceWith(custom);
  if (auth?.type === 'bearer') headers.set('Authorization', `Bearer ${auth.token}`);
  if (auth?.type === 'basic') headers.set('Authorization', `Basic ${base64(`${auth.username}:${auth.password}`)}`);
  if (auth?.type === 'apiKey' && auth.in === 'header') headers.set(auth.name, auth.value);
  const cookies = Object.entries(plan.cookies).map(([name, value]) => `${name}=${value}`);
  if (cookies.length > 0) headers.join('Cookie', cookies, '; ');
  return {
    host: `${host}${zone}`,
    port,
    secure,
    authority,
    ...(local ? { socketPath: local.socketPath } : {}),
    target: `${local ? local.target : `${url.pathname}${url.search}`}${key}`,
    headers: headers.toObject(),
    subprotocols:
      auth?.type === 'subprotocol' ? [...plan.subprotocols, `${auth.prefix ?? ''}${auth.token}`] : plan.subprotocols,
  };
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

/** Headers in order; the first spelling of a name is kept. */
class HeaderSet {
  readonly #entries = new Map<string, { readonly name: string; readonly values: string[] }>();

  add(name: string, value: string): void {
    const entry = this.#entries.get(name.toLowerCase());
    if (entry) entry.values.push(value);
    else this.#entries.set(name.toLowerCase(), { name, values: [value] });
  }

  set(name: string, value: string): void {
    this.#entries.set(name.toLowerCase(), { name, values: [value] });
  }

  join(name: string, values: readonly string[], separator: string): void {
    const before = this.#entries.get(name.toLowerCase())?.values ?? [];
    this.set(name, [...before, ...values].join(separator));
  }

  replaceWith(other: HeaderSet): void {
    for (const [key, entry] of other.#entries) this.#entries.set(key, entry);
  }

  toObject(): Record<string, string | string[]> {
    return Object.fromEntries(
      [...this.#entries.values()].map(({ name, values }) => [name, values.length === 1 ? (values[0] ?? '') : values]),
    );
  }
}
