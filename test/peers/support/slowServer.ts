import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { createSecureContext, TLSSocket } from 'node:tls';
import { ClientFrameReader } from '../../../src/core/playground/frame.js';
import { encodeFrame } from '../../../src/core/frames/frameEncoder.js';
import { headerOf, type PlaygroundRequest, RequestHeadReader } from '../../../src/core/playground/request.js';
import { formatHead } from '../../../src/core/playground/cannedResponse.js';
import { acceptOf } from '../../../src/core/playground/upgrade.js';

/** How long the server waits before each answer, in milliseconds. */
export interface Delays {
  readonly proxy: number;
  /** Before it reads the TLS hello. */
  readonly tls: number;
  readonly upgrade: number;
  /** Between the halves of the 101. */
  readonly secondHalf: number;
  readonly echo: number;
  readonly close: number;
}

export interface SlowServerSetup {
  readonly certPem: string;
  readonly keyPem: string;
  readonly delays: Delays;
}

export interface SlowServerPorts {
  readonly ws: number;
  readonly wss: number;
  /** Takes CONNECT. */
  readonly proxy: number;
}

// A process of its own: what it does must not hold up the clock that is tested.
process.once('message', (setup: SlowServerSetup) => void start(setup));
process.once('disconnect', () => process.exit());

async function start({ certPem, keyPem, delays }: SlowServerSetup): Promise<void> {
  const secureContext = createSecureContext({ cert: certPem, key: keyPem });
  const listen = async (take: (socket: Socket) => Promise<void>, pauseOnConnect: boolean): Promise<number> => {
    const server = createServer({ noDelay: true, pauseOnConnect }, (socket) => {
      socket.on('error', () => {});
      take(socket).catch(() => socket.destroy());
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const ports: SlowServerPorts = {
    ws: await listen((socket) => speak(socket, delays), false),
    wss: await listen(async (socket) => {
      await pause(delays.tls);
      const secured = new TLSSocket(socket, { isServer: true, secureContext });
      secured.on('error', () => socket.destroy());
      await speak(secured, delays);
    }, true),
    proxy: await listen((socket) => tunnel(socket, delays), false),
  };
  process.send?.(ports);
}

async function speak(socket: Socket, delays: Delays): Promise<void> {
  const request = await readHead(socket);
  await pause(delays.upgrade);
  const head = formatHead('HTTP/1.1 101 Switching Protocols', [
    ['Upgrade', 'websocket'],
    ['Connection', 'Upgrade'],
    ['Sec-WebSocket-Accept', acceptOf(headerOf(request, 'sec-websocket-key') ?? '')],
  ]);
  socket.write(head.slice(0, 40), 'latin1');
  await pause(delays.secondHalf);
  const reader = new ClientFrameReader(
    ({ opcode, payload }) => {
      const answer = () => socket.write(encodeFrame({ opcode, payload }));
      if (opcode === 8) setTimeout(() => answer() && socket.end(), delays.close);
      else setTimeout(answer, delays.echo);
    },
    () => socket.destroy(),
  );
  socket.on('data', (chunk: Buffer) => reader.push(chunk));
  socket.write(head.slice(40), 'latin1');
}

async function tunnel(socket: Socket, delays: Delays): Promise<void> {
  const { target } = await readHead(socket);
  const port = Number(target.slice(target.lastIndexOf(':') + 1));
  const onward = connect({ host: '127.0.0.1', port, noDelay: true });
  onward.on('error', () => socket.destroy());
  await Promise.all([once(onward, 'connect'), pause(delays.proxy)]);
  socket.write('HTTP/1.1 200 OK\r\n\r\n');
  socket.pipe(onward).pipe(socket);
}

function readHead(socket: Socket): Promise<PlaygroundRequest> {
  const reader = new RequestHeadReader();
  return new Promise((resolve, reject) => {
    socket.on('data', function onData(chunk: Buffer) {
      const read = reader.push(chunk);
      if (read.state === 'more') return;
      socket.off('data', onData);
      if (read.state === 'head') resolve(read.request);
      else reject(new Error(String(read.status)));
    });
  });
}
