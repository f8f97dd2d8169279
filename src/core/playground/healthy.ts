import { IncomingMessage } from 'node:http';
import { WebSocketServer, type ServerOptions, type WebSocket } from 'ws';
import type { Behaviour } from './behaviour.js';
import { encodeFrame } from '../frames/frameEncoder.js';
import { openAndSend, openPeer } from './peer.js';
import type { Visit } from './visit.js';

const MAX_BUFFERED_BYTES = 16_777_216;

const shared: ServerOptions & { maxPendingAutoPongs: number } = {
  noServer: true,
  clientTracking: false,
  maxPayload: 134_217_728,
  maxFragments: 262_144,
  maxPendingAutoPongs: 0,
  handleProtocols: (offered) => [...offered][0] ?? false,
};
const compressing = new WebSocketServer({ ...shared, perMessageDeflate: { threshold: 0 } });
const plain = new WebSocketServer({ ...shared, perMessageDeflate: false });

export const healthy: readonly Behaviour[] = [
  {
    path: '/echo',
    group: 'Healthy',
    summary: 'Sends every message back; takes permessage-deflate and the first subprotocol offered.',
    parameters: 'compression=on|off',
    takes: 'websocket',
    run: echo,
  },
  {
    path: '/welcome',
    group: 'Healthy',
    summary: 'Sends a JSON welcome on open, then echoes.',
    takes: 'websocket',
    run: (visit) =>
      void openAndSend(
        visit,
        textFrame({ type: 'welcome', server: 'playground', server_id: 'playground-1', version: 1 }),
      ),
  },
  {
    path: '/reply',
    group: 'Healthy',
    summary: 'Answers every message with the same text.',
    parameters: 'text=pong',
    takes: 'websocket',
    run: (visit) => {
      const answer = encodeFrame({ opcode: 1, payload: visit.text('text', 'pong') });
      openPeer(visit, { onData: (frame, peer) => frame.fin && peer.write(answer) });
    },
  },
  {
    path: '/silence',
    group: 'Healthy',
    summary: 'Opens and never sends a message; answers pings and Close.',
    takes: 'websocket',
    run: (visit) => void openPeer(visit, { onData: null }),
  },
  {
    path: '/headers',
    group: 'Healthy',
    summary: 'Sends the request headers it received as JSON pairs, in order and case, then echoes.',
    takes: 'websocket',
    run: (visit) => void openAndSend(visit, textFrame(visit.request.headers)),
  },
  {
    path: '/cookie',
    group: 'Healthy',
    summary: 'Sets the cookie session=playground and sends the cookies it received as JSON pairs, then echoes.',
    takes: 'websocket',
    run: (visit) =>
      void openAndSend(visit, textFrame(cookiesOf(visit)), {
        changes: { more: [['Set-Cookie', 'session=playground; Path=/; HttpOnly']] },
      }),
  },
  {
    path: '/ping',
    group: 'Healthy',
    summary: 'Pings again and again, counting in the payload; echoes.',
    parameters: 'every=100',
    takes: 'websocket',
    run: (visit) => {
      const peer = openPeer(visit);
      let count = 0;
      visit.wire.every(visit.number('every', 100, 1, 3_600_000), () =>
        peer.write(encodeFrame({ opcode: 9, payload: String(++count) })),
      );
    },
  },
];

function textFrame(value: unknown): Buffer {
  return encodeFrame({ opcode: 1, payload: JSON.stringify(value) });
}

function cookiesOf(visit: Visit): [string, string][] {
  return (visit.header('cookie') ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      return equals === -1 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
    });
}

/** The one path that is `ws` through and through: the independent voice among frames we write ourselves. */
function echo(visit: Visit): void {
  const socket = visit.wire.handOver();
  const message = new IncomingMessage(socket);
  message.method = visit.request.method;
  message.url = visit.request.target;
  for (const [name, value] of visit.request.headers) {
    const key = name.toLowerCase();
    const before = message.headers[key];
    message.headers[key] = before === undefined ? value : `${String(before)}, ${value}`;
  }
  const server = visit.text('compression', 'on') === 'off' ? plain : compressing;
  server.handleUpgrade(message, socket, visit.early, echoMessages);
}

function echoMessages(client: WebSocket): void {
  client.on('error', () => {});
  const resume = (): void => {
    if (client.isPaused && client.bufferedAmount < MAX_BUFFERED_BYTES) client.resume();
  };
  client.on('message', (data, isBinary) => {
    client.send(data, { binary: isBinary }, resume);
    if (client.bufferedAmount >= MAX_BUFFERED_BYTES) client.pause();
  });
}
