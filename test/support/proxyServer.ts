import { once } from 'node:events';
import net, { type Server, type Socket } from 'node:net';
import tls from 'node:tls';
import { makeCertificates } from '../../src/core/playground/certificates.js';
import type { ProxyRoute } from '../../src/core/base/plan.js';
import type { ProxyOptions, ProxyRequest } from './proxyOptions.js';
import { ProxyVisit } from './proxyVisit.js';

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
