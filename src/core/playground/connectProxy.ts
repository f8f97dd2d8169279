import type { HeaderPair } from '../base/model.js';
import type { Credential } from './certificates.js';
import { connectTo, intercept, isOwn, join, type Relay } from './relay.js';
import { headerOf, type PlaygroundRequest, RequestHeadReader } from './request.js';
import { respondBare } from './response.js';
import { formatHead } from './cannedResponse.js';
import type { Wire } from './wire.js';

export interface ConnectProxyOptions {
  /** `user:password` it asks for; null lets everybody in. */
  readonly credential: string | null;
  /** Ends TLS with this; null passes it on. */
  readonly intercepts: Credential | null;
}

/** An HTTP proxy that takes CONNECT (RFC 9110 9.3.6) to this playground's own addresses, and to nothing else. */
export function serveConnect(wire: Wire, relay: Relay, options: ConnectProxyOptions): void {
  const reader = new RequestHeadReader();
  wire.read((chunk) => {
    const read = reader.push(chunk);
    if (read.state === 'more') return;
    wire.read(() => {});
    if (read.state === 'refused') respondBare(wire, read.status);
    else answer(wire, relay, options, read.request, read.rest);
  });
}

function answer(
  wire: Wire,
  relay: Relay,
  { credential, intercepts }: ConnectProxyOptions,
  request: PlaygroundRequest,
  early: Buffer,
): void {
  const [, host = '', port = ''] = /^(.+):(\d{1,5})$/.exec(request.target) ?? [];
  if (request.method !== 'CONNECT') refuse(wire, 405, 'Method Not Allowed', 'This proxy takes CONNECT alone.\n');
  else if (credential !== null && credentialOf(request) !== credential) {
    const challenge: HeaderPair = ['Proxy-Authenticate', 'Basic realm="playground proxy"'];
    refuse(wire, 407, 'Proxy Authentication Required', 'User and password, please.\n', [challenge]);
  } else if (!isOwn(relay, host, Number(port))) {
    refuse(wire, 403, 'Forbidden', 'This proxy leads to its own playground alone.\n');
  } else {
    connectTo(relay, Number(port), (upstream) => {
      if (upstream === null) {
        refuse(wire, 502, 'Bad Gateway', 'Nothing answers there.\n');
        return;
      }
      wire.write(formatHead('HTTP/1.1 200 Connection established', []));
      if (intercepts === null) join(wire, upstream, early);
      else intercept(wire, upstream, early, intercepts);
    });
  }
}

function credentialOf(request: PlaygroundRequest): string | null {
  const [, encoded] = /^basic +(\S+)$/i.exec(headerOf(request, 'proxy-authorization') ?? '') ?? [];
  return encoded === undefined ? null : Buffer.from(encoded, 'base64').toString();
}

function refuse(wire: Wire, status: number, reason: string, body: string, more: readonly HeaderPair[] = []): void {
  const headers: HeaderPair[] = [
    ...more,
    ['Content-Type', 'text/plain'],
    ['Content-Length', String(body.length)],
    ['Connection', 'close'],
  ];
  wire.finish(`${formatHead(`HTTP/1.1 ${status} ${reason}`, headers)}${body}`);
}
