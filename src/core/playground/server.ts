import http2 from 'node:http2';
import net, { type Socket } from 'node:net';
import tls, { type TlsOptions } from 'node:tls';
import { ProbeError } from '../errors.js';
import { RequestHeadReader } from './request.js';
import { respondBare } from './response.js';
import { route } from './router.js';
import { Visit, type Guestbook } from './visit.js';
import { Wire } from './wire.js';

const MAX_CONNECTIONS = 4_096;
const HEAD_TIMEOUT_MS = 60_000;

/** Everything the playground listens on and every connection it holds; `destroy` ends all of it at once. */
export class ListenerSet {
  readonly #servers: net.Server[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #book: Guestbook;
  requests = 0;

  constructor(
    private readonly host: string,
    caPem: string,
  ) {
    this.#book = { guests: 0, caPem: () => caPem };
  }

  get openSockets(): number {
    return this.#sockets.size;
  }

  /** Plain HTTP and WebSocket. Gives the port. */
  async listen(port: number): Promise<number> {
    return this.#listen(
      net.createServer((socket) => this.#serve(new Wire(socket, socket))),
      port,
    );
  }

  async listenTls(port: number, options: TlsOptions): Promise<number> {
    const beneath = new Map<number | undefined, Socket>();
    const server = tls.createServer({ handshakeTimeout: 30_000, ...options }, (socket) =>
      this.#serve(new Wire(socket, beneath.get(socket.remotePort) ?? socket)),
    );
    server.on('connection', (socket: Socket) => {
      const { remotePort } = socket;
      beneath.set(remotePort, socket);
      socket.on('close', () => beneath.delete(remotePort));
    });
    server.on('tlsClientError', () => {});
    return this.#listen(server, port);
  }

  /** Takes `h2` alone; says so to every stream. */
  async listenHttp2(port: number, options: TlsOptions): Promise<number> {
    const server = http2.createSecureServer({ ...options, allowHTTP1: false });
    server.on('stream', (stream) => {
      stream.on('error', () => {});
      stream.respond({ ':status': 404, 'content-type': 'text/plain; charset=utf-8' });
      stream.end('This port speaks HTTP/2 alone and has no WebSocket.\n');
    });
    server.on('sessionError', () => {});
    server.on('tlsClientError', () => {});
    return this.#listen(server, port);
  }

  /** Raw TCP. */
  async listenTcp(port: number, onSocket: (socket: Socket) => void): Promise<number> {
    return this.#listen(net.createServer(onSocket), port);
  }

  async destroy(): Promise<void> {
    const closed = this.#servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
    for (const socket of this.#sockets) {
      closed.push(new Promise<void>((resolve) => void socket.once('close', () => resolve())));
      socket.destroy();
    }
    await Promise.all(closed);
  }

  #listen(server: net.Server, port: number): Promise<number> {
    server.maxConnections = MAX_CONNECTIONS;
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => this.#sockets.delete(socket));
    });
    return new Promise((resolve, reject) => {
      server.once('error', (cause: NodeJS.ErrnoException) => reject(listenError(cause, this.host, port)));
      server.listen({ host: this.host, port, ipv6Only: true }, () => {
        this.#servers.push(server);
        server.on('error', () => {});
        const address = server.address();
        resolve(address !== null && typeof address === 'object' ? address.port : port);
      });
    });
  }

  #serve(wire: Wire): void {
    const reader = new RequestHeadReader();
    const timer = wire.after(HEAD_TIMEOUT_MS, () => respondBare(wire, 408));
    wire.read((chunk) => {
      const read = reader.push(chunk);
      if (read.state === 'more') return;
      wire.cancel(timer);
      wire.read(() => {});
      if (read.state === 'refused') {
        respondBare(wire, read.status);
        return;
      }
      this.requests++;
      route(new Visit(wire, read.request, read.rest, this.#book, () => this.#serve(wire)));
    });
  }
}

function listenError(cause: NodeJS.ErrnoException, host: string, port: number): ProbeError {
  if (cause.code === 'EADDRINUSE') {
    return new ProbeError('playground.port-in-use', `Port ${port} of ${host} is already in use.`, {
      hint: 'Stop the other playground, or choose another port; port 0 takes free ones.',
      cause,
    });
  }
  return new ProbeError(
    'playground.listen-failed',
    `The playground cannot listen on ${host} port ${port}: ${cause.message}`,
    {
      cause,
    },
  );
}
