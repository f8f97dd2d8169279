import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';

export interface Visit {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly socket: Duplex;
  readonly request: IncomingMessage;
  /** A complete answer, and FIN behind it. */
  refuse(status: number, headers?: Readonly<Record<string, string>>, body?: string): void;
  /** Opens the WebSocket by `ws`, with the server's options. */
  accept(): Promise<WebSocket>;
}

export interface UpgradeServerOptions {
  readonly host?: string;
  readonly port?: number;
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly webSocket?: ServerOptions;
}

/** An HTTP server whose answers to upgrade requests a test decides; it keeps what it was asked. */
export class UpgradeServer {
  /** Heads of the upgrade requests, in order. */
  readonly asked: { readonly path: string; readonly headers: IncomingHttpHeaders }[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Duplex>();
  readonly #secure: boolean;
  readonly #host: string;

  private constructor(options: UpgradeServerOptions, onVisit: (visit: Visit) => void) {
    const { tls, host = '127.0.0.1', webSocket } = options;
    this.#secure = tls !== undefined;
    this.#host = host;
    this.#server = tls ? createSecureServer(tls) : createServer();
    const acceptor = new WebSocketServer({ ...webSocket, noServer: true });
    this.#server.on('connection', (socket) => this.#track(socket));
    // As ws answers whoever does not ask for an upgrade.
    this.#server.on('request', (_request, response) => response.writeHead(426).end());
    this.#server.on('upgrade', (request, socket, head) => {
      this.#track(socket);
      const path = request.url ?? '';
      const { headers } = request;
      this.asked.push({ path, headers });
      onVisit({
        path,
        headers,
        socket,
        request,
        refuse: (status, more = {}, body = '') => {
          const lines = Object.entries({ 'Content-Length': String(Buffer.byteLength(body)), ...more });
          const text = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
          socket.end(Buffer.from(`HTTP/1.1 ${status} Said\r\n${text}\r\n${body}`, 'latin1'));
        },
        accept: () =>
          new Promise((resolve) => {
            acceptor.handleUpgrade(request, socket, head, (client) => {
              client.on('error', () => {});
              resolve(client);
            });
          }),
      });
    });
  }

  static async start(
    onVisit: (visit: Visit) => void = (visit) => void visit.accept(),
    options: UpgradeServerOptions = {},
  ): Promise<UpgradeServer> {
    const server = new UpgradeServer(options, onVisit);
    server.#server.listen(options.port ?? 0, server.#host);
    await once(server.#server, 'listening');
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** `host:port`. */
  get authority(): string {
    return `${this.#host.includes(':') ? `[${this.#host}]` : this.#host}:${this.port}`;
  }

  url(path = '/'): string {
    return `${this.#secure ? 'wss' : 'ws'}://${this.authority}${path}`;
  }

  /** As a server would write it in a Location. */
  http(path = '/'): string {
    return this.url(path).replace('ws', 'http');
  }

  /** Connections that are still there. */
  get connections(): number {
    return [...this.#sockets].filter((socket) => !socket.destroyed).length;
  }

  /** Settles when every connection is gone. */
  async idle(): Promise<void> {
    // A reset ends a connection as well: `once` would reject.
    for (const socket of this.#sockets) {
      if (!socket.destroyed) await new Promise((resolve) => socket.once('close', resolve));
    }
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #track(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    // HTTP servers leave sockets half open.
    socket.once('end', () => socket.end());
  }
}
