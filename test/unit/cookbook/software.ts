import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { Aedes } from 'aedes';
import { buildSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { Server as SocketIoServer } from 'socket.io';
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws';
import { startPlayground } from '../../../src/core/playground/index.js';
import { servePrices } from './prices.js';
import { serveSignalr } from './signalr.js';
import { StompBroker } from './stompBroker.js';

export interface Software {
  readonly url: string;
  /** Of the playground alone. */
  readonly playground: string;
  stop(): Promise<void>;
}

const PLAYGROUND = /^\/(login|chat|echo)\b/;

/** Everything that the cookbook talks to behind one address: real software where there is some, small servers elsewhere. */
export async function startSoftware(): Promise<Software> {
  const playground = await startPlayground({ port: 0 });
  const server = createServer();
  const socketIo = serveSocketIo(new SocketIoServer(server, { destroyUpgrade: false }));
  const graphql = graphqlServer();
  const broker = await Aedes.createBroker();
  const stomp = new StompBroker();
  const plain = new WebSocketServer({ noServer: true, handleProtocols: (offered) => [...offered][0] ?? false });
  const serve: readonly (readonly [RegExp, (socket: WebSocket, request: IncomingMessage) => void])[] = [
    [/^\/mqtt$/, (socket, request) => void broker.handle(createWebSocketStream(socket), request)],
    [/^\/hub$/, serveSignalr],
    [/^\/stomp\/websocket$/, (socket) => stomp.serve(socket, false)],
    [/^\/stomp\/\d{3}\/\w+\/websocket$/, (socket) => stomp.serve(socket, true)],
    [/^\/prices$/, servePrices],
  ];
  server.on('upgrade', (request, socket, head) => {
    const { url = '/' } = request;
    if (url.startsWith('/socket.io/')) return;
    if (PLAYGROUND.test(url)) {
      passOn(request, socket, playground.ws);
    } else if (url === '/graphql') {
      graphql.sockets.handleUpgrade(request, socket, head, (open) => graphql.sockets.emit('connection', open, request));
    } else {
      const found = serve.find(([path]) => path.test(url));
      if (found) plain.handleUpgrade(request, socket, head, (open) => found[1](open, request));
      else socket.destroy();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    playground: playground.ws,
    stop: async () => {
      await graphql.dispose();
      await socketIo.close();
      await new Promise<void>((done) => broker.close(done));
      await playground.stop();
    },
  };
}

function serveSocketIo(server: SocketIoServer): SocketIoServer {
  server.on('connection', (socket) => {
    socket.on('order', (order: { readonly count: number }, acknowledge: (answer: object) => void) => {
      acknowledge({ ok: true });
      socket.emit('ordered', order);
    });
  });
  return server;
}

function graphqlServer() {
  const schema = buildSchema('type Query { nothing: Int } type Subscription { count: Int }');
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'graphql-transport-ws' });
  const subscription = {
    async *count() {
      for (let count = 1; count <= 3; count++) yield { count };
    },
  };
  const { dispose } = useServer({ schema, roots: { subscription } }, sockets);
  return { sockets, dispose };
}

/** The same bytes to another server. */
function passOn({ method, url, rawHeaders }: IncomingMessage, socket: Duplex, to: string): void {
  const { hostname, port } = new URL(to);
  const upstream = connect(Number(port), hostname);
  const lines = rawHeaders.flatMap((text, index) => (index % 2 === 0 ? [`${text}: ${rawHeaders[index + 1]}`] : []));
  upstream.write([`${method} ${url} HTTP/1.1`, ...lines, '', ''].join('\r\n'));
  upstream.on('error', () => socket.destroy());
  socket.on('error', () => upstream.destroy());
  upstream.pipe(socket).pipe(upstream);
}
