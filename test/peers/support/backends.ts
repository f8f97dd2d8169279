import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import type { Pki } from './pki.js';
import { quietPort } from './ports.js';

/** What stands behind the proxies, by the names that the configurations use: each is a port. */
export interface Backends {
  readonly ports: {
    /** A WebSocket server: echoes, takes permessage-deflate, chooses the first subprotocol offered. */
    readonly echo: number;
    /** The same over TLS. */
    readonly tlsEcho: number;
    /** A web application that knows nothing of upgrades: `200` at `/page`, else `404`, and says that it is Express. */
    readonly web: number;
    /** Takes connections and never says a word. */
    readonly silent: number;
    /** Hangs up on every connection once something has come. */
    readonly abrupt: number;
    /** Says something that is not HTTP. */
    readonly rubbish: number;
    /** Nobody listens there. */
    readonly refused: number;
  };
  /** Connections taken by `echo` so far. */
  readonly connections: () => number;
  stop(): Promise<void>;
}

export async function startBackends(pki: Pki): Promise<Backends> {
  const sockets = new Set<Socket>();
  const servers: Server[] = [];
  let connections = 0;
  const keep = (socket: Socket) => {
    sockets.add(socket.on('error', () => {}).once('close', () => sockets.delete(socket)));
  };
  const listen = async (server: Server): Promise<number> => {
    servers.push(server.on('connection', keep).listen(0, '127.0.0.1'));
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const raw = (answer: (socket: Socket) => void) => listen(createServer((socket) => answer(socket.resume())));

  const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: { threshold: 0 } });
  webSockets.on('connection', (socket) => {
    connections += 1;
    socket.on('error', () => {}).on('message', (data, binary) => socket.send(data, { binary }));
  });
  const upgradeOnly: RequestListener = (_, response) => {
    response.writeHead(426, { 'Content-Type': 'text/plain' }).end('Upgrade Required');
  };
  const upgrade = (request: IncomingMessage, socket: Socket, head: Buffer) => {
    webSockets.handleUpgrade(request, socket, head, (open) => webSockets.emit('connection', open, request));
  };
  const credential = { cert: readFileSync(pki.path('good.pem')), key: readFileSync(pki.path('good.key')) };
  const web = createHttpServer((request, response) => {
    const found = request.url?.startsWith('/page') ?? false;
    response.writeHead(found ? 200 : 404, { 'X-Powered-By': 'Express', 'Content-Type': 'text/html' });
    response.end(found ? '<!doctype html><title>App</title>' : `<pre>Cannot GET ${request.url ?? ''}</pre>`);
  });
  const refused = await quietPort();
  const ports = {
    echo: await listen(createHttpServer(upgradeOnly).on('upgrade', upgrade)),
    tlsEcho: await listen(createHttpsServer(credential, upgradeOnly).on('upgrade', upgrade)),
    web: await listen(web),
    silent: await raw(() => {}),
    abrupt: await raw((socket) => socket.once('data', () => socket.destroy())),
    rubbish: await raw((socket) => socket.once('data', () => socket.end('+OK ready\r\n'))),
    refused,
  };
  return {
    ports,
    connections: () => connections,
    stop: async () => {
      const closed = servers.map((server) => once(server, 'close'));
      for (const server of servers) server.close();
      for (const socket of sockets) socket.destroy();
      await Promise.all(closed);
    },
  };
}
