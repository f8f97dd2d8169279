import http2 from 'node:http2';
import net, { type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import tls, { type TlsOptions } from 'node:tls';
import { ProbeError } from '../base/errors.js';
import { type ConnectProxyOptions, serveConnect } from './connectProxy.js';
import type { Relay } from './relay.js';
import { RequestHeadReader } from './request.js';
import { respondBare } from './response.js';
import { route } from './router.js';
import { serveSocks5 } from './socksProxy.js';
import { StreamSocket } from './streamSocket.js';
import { Visit, type Guestbook } from './visit.js';
import { Wire } from './wire.js';

const MAX_CONNECTIONS = 4_096;
const HEAD_TIMEOUT_MS = 60_000;

/** Everything the playground listens on and every connection it holds; `destroy` ends all of it at once. */
export class ListenerSet {
  readonly #servers: net.Server[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #ports = new Set<number>();
  readonly #relay: Relay;
  readonly #book: Guestbook;
  requests = 0;

  constructor(
    private readonly host: string,
    caPem: string,
  ) {
    this.#book = { guests: 0, turns: 0, rooms: new Map(), caPem: () => caPem, origins: { plain: '', secure: '' } };
    this.#relay = { host, ports: this.#ports, own: (socket) => this.#own(socket) };
  }

  get openSockets(): number {
    return this.#sockets.size;
  }

  /** Where redirects to other origins lead. */
  set origins(origins: Guestbook['origins']) {
    this.#book.origins = origins;
  }

  /** Plain HTTP and WebSocket. Gives the port. */
  async listen(port: number): Promise<number> {
    return this.#listen(
      net.createServer((socket) => this.#serve(new Wire(socket, socket))),
      port,
    );
  }

  /** `connect`: whether HTTP/2, where ALPN selects it, takes WebSockets (RFC 8441). */
  async listenTls(port: number, options: TlsOptions, { connect = false } = {}): Promise<number> {
    const beneath = new Map<number | undefined, Socket>();
    const inside = this.#http2Server(connect);
    const server = tls.createServer({ handshakeTimeout: 30_000, ...options }, (socket) => {
      if (socket.alpnProtocol === 'h2') inside.emit('connection', socket);
      else this.#serve(new Wire(socket, beneath.get(socket.remotePort) ?? socket));
    });
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

  /** HTTP/2 by prior knowledge (RFC 9113 3.3), WebSockets included. */
  async listenPriorKnowledge(port: number): Promise<number> {
    const inside = this.#http2Server(true);
    return this.#listen(
      net.createServer((socket) => void inside.emit('connection', socket)),
      port,
    );
  }

  /** An HTTP proxy, or a SOCKS proxy for null. */
  async listenProxy(port: number, options: ConnectProxyOptions | null): Promise<number> {
    return this.#listen(
      net.createServer({ allowHalfOpen: true }, (socket) => {
        const wire = new Wire(socket, socket);
        const giveUp = (): void => {
          if (socket.bytesWritten === 0) wire.finish();
        };
        wire.after(HEAD_TIMEOUT_MS, giveUp);
        // Half-open is for tunnels: who hangs up without one has nothing to wait for.
        socket.once('end', giveUp);
        if (options === null) serveSocks5(wire, this.#relay);
        else serveConnect(wire, this.#relay, options);
      }),
      port,
    );
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
    server.on('connection', (socket: Socket) => this.#own(socket));
    return new Promise((resolve, reject) => {
      server.once('error', (cause: NodeJS.ErrnoException) => reject(listenError(cause, this.host, port)));
      server.listen({ host: this.host, port, ipv6Only: true }, () => {
        this.#servers.push(server);
        server.on('error', () => {});
        const address = server.address();
        const listens = address !== null && typeof address === 'object' ? address.port : port;
        this.#ports.add(listens);
        resolve(listens);
      });
    });
  }

  #own(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
  }

  /** Listens nowhere: connections are handed to it. */
  #http2Server(enableConnectProtocol: boolean): http2.Http2Server {
    const server = http2.createServer({ settings: { enableConnectProtocol } });
    server.on('stream', (stream, headers, _flags, raw: unknown) => {
      const socket = new StreamSocket(stream, headers, raw as string[]) as Duplex as Socket;
      const wire = new Wire(socket, socket);
      this.#serve(wire, () => wire.finish());
    });
    server.on('sessionError', () => {});
    return server;
  }

  /** `again` is for the next request on the same connection. */
  #serve(wire: Wire, again: () => void = () => this.#serve(wire)): void {
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
      route(new Visit(wire, read.request, read.rest, this.#book, again));
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
