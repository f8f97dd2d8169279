import { once } from 'node:events';
import net, { type Server, type Socket } from 'node:net';
import tls from 'node:tls';
import type { ProxyKind } from '../../src/core/base/model.js';
import { makeCertificates } from '../../src/core/playground/certificates.js';
import type { ProxyRoute } from '../../src/core/base/plan.js';
import { ProxyVisit } from './proxyVisit.js';

/** How a proxy misbehaves once it was asked: an answer of no protocol, half an answer and FIN, FIN, RST, nothing, headers without end. */
export type ProxyBehaviour = 'rubbish' | 'midway' | 'close' | 'reset' | 'silence' | 'endless-headers' | 'drip';

export interface ProxyOptions {
  readonly kind: ProxyKind;
  /** Asked for; without it everybody is let in. SOCKS 4 looks at the user name only. */
  readonly auth?: { readonly username: string; readonly password: string };
  /** Answers this to whoever is let in: an HTTP status, or a SOCKS reply code. */
  readonly refuse?: number;
  /** Of an `https` proxy; the playground's good certificate for localhost and 127.0.0.1 otherwise. */
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly behaviour?: ProxyBehaviour;
  /** Sent behind the answer, in the same write. */
  readonly behind?: Uint8Array;
  /** Names that the proxy knows, and the loopback addresses they lead to. */
  readonly resolve?: Readonly<Record<string, string>>;
}

/** What a client asked for, the bytes as they came. */
export interface ProxyRequest {
  readonly bytes: Buffer;
  /** Host as the client wrote it, without brackets. */
  readonly host: string;
  readonly port: number;
  /** HTTP: value of Proxy-Authorization; SOCKS: `user:password`, `user`. Null: none was sent. */
  readonly credentials: string | null;
}

export interface TestProxy {
  readonly port: number;
  /** Without user info. */
  readonly url: string;
  readonly requests: readonly ProxyRequest[];
  /** Client connections that are still there. */
  readonly live: number;
  /** The route of a plan through this proxy. */
  readonly route: (overrides?: Partial<ProxyRoute>) => ProxyRoute;
  /** Settles when no client is connected any more. */
  idle(): Promise<void>;
  /** Breaks every connection with RST. */
  reset(): void;
  stop(): Promise<void>;
}

/** A proxy on 127.0.0.1 that leads to loopback addresses only. */
export async function startProxy(options: ProxyOptions): Promise<TestProxy> {
  const requests: ProxyRequest[] = [];
  /** By the client's port: what TLS hides of a connection is found here. */
  const raw = new Map<number, Socket>();
  const visits = new Set<ProxyVisit>();
  const onClient = (socket: Socket) => {
    const { remotePort = 0 } = socket;
    const visit = new ProxyVisit(socket, {
      options,
      onRequest: (request) => requests.push(request),
      reset: () => raw.get(remotePort)?.resetAndDestroy(),
    });
    visits.add(visit);
    socket.once('close', () => visits.delete(visit));
  };
  const server = await serverOf(options, onClient);
  let onIdle = () => {};
  server.on('connection', (socket: Socket) => {
    const { remotePort = 0 } = socket;
    raw.set(remotePort, socket);
    socket.on('error', () => {});
    socket.once('close', () => {
      raw.delete(remotePort);
      if (raw.size === 0) onIdle();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    port,
    url: `${options.kind}://127.0.0.1:${port}`,
    requests,
    get live() {
      return raw.size;
    },
    route: (overrides) => ({
      kind: options.kind,
      host: '127.0.0.1',
      port,
      username: null,
      password: null,
      authorization: null,
      rejectUnauthorized: true,
      source: 'profile',
      ...overrides,
    }),
    idle: () =>
      new Promise((resolve) => {
        onIdle = resolve;
        if (raw.size === 0) resolve();
      }),
    reset: () => {
      for (const socket of raw.values()) socket.resetAndDestroy();
    },
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const visit of visits) visit.end();
      for (const socket of raw.values()) socket.destroy();
      await closed;
    },
  };
}

async function serverOf(options: ProxyOptions, onClient: (socket: Socket) => void): Promise<Server> {
  if (options.kind !== 'https') return net.createServer({ noDelay: true }, onClient);
  const { good } = await makeCertificates();
  const { cert, key } = options.tls ?? { cert: good.certPem, key: good.keyPem };
  const server = tls.createServer({ cert, key, ALPNProtocols: ['http/1.1'], noDelay: true }, onClient);
  // A client that refuses the certificate breaks off: that is what tests are after.
  server.on('tlsClientError', () => {});
  return server;
}
