import { EventEmitter, once } from 'node:events';
import { createServer as createHttp2Server, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { request } from 'node:http';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer } from 'node:tls';
import type { ProbePlan } from '../../src/core/base/plan.js';
import { planFromUrl } from '../../src/core/profile/resolve.js';
import { ObservedSource } from '../../src/core/session/observedSource.js';
import { Relay, type RelayOptions } from '../../src/core/tap/relay/relay.js';
import { LOCAL, makeCertificate } from '../support/certificates.js';
import { MAX_MESSAGE_BYTES } from './echoClient.js';

/** What a client goes through to a fuzzing server. */
export const WAYS = ['direct', 'tls', 'http2', 'relay', 'relay-messages', 'relay-tls', 'relay-http2'] as const;
export type Way = (typeof WAYS)[number];

export interface OpenWay {
  /** What the client is given in the place of the server's. */
  readonly url: string;
  readonly http: ProbePlan['http'];
  /** What the relay on the way got wrong, a sentence each; asked once no connection is open any more. */
  readonly disagreements: () => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

const MAX_ENDING_MS = 5_000;

interface Front {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Opens a way to a fuzzing server at a `ws:` URL. */
export async function openWay(way: Way, url: string): Promise<OpenWay> {
  const certificate = await makeCertificate({ name: [{ CN: ['localhost'] }], altNames: LOCAL });
  const tls = { cert: certificate.certPem, key: certificate.keyPem };
  const isSecure = way === 'tls' || way === 'relay-tls';
  const isHttp2 = way === 'http2' || way === 'relay-http2';
  const front = isSecure ? await tlsFront(url, tls) : isHttp2 ? await http2Front(url) : { url, close: async () => {} };
  const http = isHttp2 ? '2' : '1.1';
  if (!way.startsWith('relay'))
    return { url: front.url, http, disagreements: async () => [], close: () => front.close() };
  const relayed = await relayTo(front.url, http, {
    tls: isSecure ? tls : null,
    // Something to look for in each message, and nothing that is done to it.
    faults: way === 'relay-messages' ? [{ do: { delayMs: 0 } }] : [],
  });
  return {
    ...relayed,
    http: '1.1',
    close: async () => {
      await relayed.close();
      await front.close();
    },
  };
}

async function relayTo(url: string, http: ProbePlan['http'], options: Pick<RelayOptions, 'tls' | 'faults'>) {
  const { plan } = planFromUrl(url, {
    proxy: 'none',
    http,
    tls: { rejectUnauthorized: false },
    limits: { maxMessageBytes: MAX_MESSAGE_BYTES },
  });
  const source = new ObservedSource({ sessionId: 'autobahn', name: 'autobahn', url, spillDir: null });
  const faults: string[] = [];
  const ends = new EventEmitter();
  const relay = new Relay({
    ...options,
    plan: plan!,
    host: '127.0.0.1',
    port: 0,
    removedHeaders: [],
    seed: 1,
    interactive: false,
    vantage: { host: 'localhost', remote: null },
    source,
    onEnd: () => ends.emit('end'),
    onFault: (error) => faults.push(error instanceof Error ? error.message : String(error)),
  });
  const address = await relay.start();
  return {
    url: address,
    disagreements: async () => {
      // The last of them may still be at it.
      const late = AbortSignal.timeout(MAX_ENDING_MS);
      while (relay.summary().active > 0 && !late.aborted)
        await once(ends, 'end', { signal: late }).catch(() => undefined);
      const { active } = relay.summary();
      return [...faults, ...(active === 0 ? [] : [`the relay still has ${active} connections`])];
    },
    close: async () => {
      await relay.stop();
      await source.dispose();
    },
  };
}

/** Takes TLS off, and passes bytes and ends on. */
async function tlsFront(url: string, credentials: { readonly cert: string; readonly key: string }): Promise<Front> {
  const server = createTlsServer({ ...credentials, allowHalfOpen: true, noDelay: true }, (socket) => {
    join(socket, connect({ host: '127.0.0.1', port: portOf(url), allowHalfOpen: true, noDelay: true }));
  });
  return { url: `wss://127.0.0.1:${await listen(server)}`, close: () => closed(server) };
}

/** Asks in HTTP/1.1 for what it is asked in HTTP/2 (RFC 8441), and passes bytes and ends on. */
async function http2Front(url: string): Promise<Front> {
  const server = createHttp2Server({ settings: { enableConnectProtocol: true } });
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    bridge(stream, headers, portOf(url));
  });
  return {
    url: `ws://127.0.0.1:${await listen(server)}`,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await closed(server);
    },
  };
}

function bridge(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, port: number): void {
  const asked = Object.entries(headers).filter(
    (entry): entry is [string, string] => /^sec-websocket-(?!key)/.test(entry[0]) && typeof entry[1] === 'string',
  );
  const behind = request({
    host: '127.0.0.1',
    port,
    path: headers[':path'] ?? '/',
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-key': 'MDEyMzQ1Njc4OWFiY2RlZg==',
      ...Object.fromEntries(asked),
    },
  }).end();
  behind.on('error', () => stream.close());
  behind.on('upgrade', (response, socket: Socket, head: Buffer) => {
    const told = Object.entries(response.headers).filter(([name]) => /^sec-websocket-(?!accept)/.test(name));
    stream.respond({ ':status': 200, ...Object.fromEntries(told) });
    if (head.length > 0) stream.write(head);
    join(stream, socket);
  });
}

function join(one: Duplex, other: Duplex): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on('error', () => to.destroy());
    from.once('close', () => to.end());
    from.pipe(to);
  }
}

async function listen(server: Pick<Server, 'listen' | 'address' | 'once'>): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server as Server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function closed(server: Pick<Server, 'close'>): Promise<void> {
  await new Promise<void>((resolve) => server.close(() => resolve()));
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
