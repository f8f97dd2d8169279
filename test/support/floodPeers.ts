// A server that echoes and as many clients as are asked for, in a process of their own: file descriptors are counted by process.
import { connect, createServer, type Socket } from 'node:net';
import { acceptOf } from '../../src/core/playground/upgrade.js';
import { encodeFrame } from '../../src/core/frames/frameEncoder.js';
import { FrameDecoder } from '../../src/core/frames/frameDecoder.js';

/** What a parent asks: clients to an address, each of which says so many messages and waits for all of them. */
export interface FloodOrder {
  readonly url: string;
  readonly clients: number;
  readonly messages: number;
}

/** What came of it. */
export type FloodTold =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'open'; readonly count: number }
  | { readonly kind: 'done'; readonly wrong: readonly string[]; readonly received: number }
  | { readonly kind: 'closed' };

const AT_A_TIME = 50;

const tell = (told: FloodTold) => process.send?.(told);
const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => socket.destroy());
  upgraded(socket, (head) => {
    const key = /sec-websocket-key: (\S+)/i.exec(head)?.[1] ?? '';
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptOf(key)}\r\n\r\n`,
    );
    const decoder = new FrameDecoder({
      direction: 'sent',
      keepPayloadBytes: 1 << 20,
      onFrame: ({ opcode, payload }) => {
        if (socket.writable) socket.write(encodeFrame({ opcode, payload }));
        if (opcode === 8) socket.end();
      },
    });
    return (chunk) => decoder.push(chunk, 0);
  });
});
server.listen({ host: '127.0.0.1', port: 0, backlog: 4_096 }, () => {
  const address = server.address();
  tell({ kind: 'listening', port: typeof address === 'object' && address ? address.port : 0 });
});

/** Hands over what follows a head. */
function upgraded(socket: Socket, onHead: (head: string) => (chunk: Buffer) => void): void {
  let early = Buffer.alloc(0);
  let next: ((chunk: Buffer) => void) | null = null;
  socket.on('data', (chunk: Buffer) => {
    if (next) return next(chunk);
    early = Buffer.concat([early, chunk]);
    const end = early.indexOf('\r\n\r\n');
    if (end < 0) return;
    next = onHead(early.subarray(0, end).toString('latin1'));
    if (early.length > end + 4) next(early.subarray(end + 4));
  });
}

interface Client {
  readonly socket: Socket;
  readonly heard: Promise<string | null>;
  received: number;
}

function open({ messages, url }: FloodOrder, number: number): Promise<Client> {
  const { host, hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.write(
      `GET /flood HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n`,
    );
    upgraded(socket, (head) => {
      if (!head.startsWith('HTTP/1.1 101')) reject(new Error(head.slice(0, 100)));
      let told: (wrong: string | null) => void = () => {};
      const heard = new Promise<string | null>((done) => (told = done));
      const client: Client = { socket, heard, received: 0 };
      const decoder = new FrameDecoder({
        direction: 'received',
        keepPayloadBytes: 1 << 20,
        onFrame: ({ opcode, payload }) => {
          if (opcode !== 1) return;
          const text = Buffer.from(payload).toString();
          if (text !== textOf(number, client.received)) told(`client ${number}: ${text} for ${client.received}`);
          client.received += 1;
          if (client.received === messages) told(null);
        },
      });
      socket.on('close', () => told(`client ${number} was closed after ${client.received}`));
      resolve(client);
      return (chunk) => decoder.push(chunk, 0);
    });
  });
}

const textOf = (client: number, message: number) => `client ${client} message ${message} ${'x'.repeat(message % 200)}`;

let clients: Client[] = [];
process.on('message', (order: FloodOrder | 'close') => void obey(order));
process.on('disconnect', () => process.exit(0));

async function obey(order: FloodOrder | 'close'): Promise<void> {
  if (order === 'close') {
    const closed = clients.map(({ socket }) => new Promise((resolve) => socket.once('close', resolve)));
    for (const { socket } of clients)
      socket.end(encodeFrame({ opcode: 8, payload: Buffer.from([3, 232]), maskKey: 1 }));
    await Promise.all(closed);
    clients = [];
    tell({ kind: 'closed' });
    return;
  }
  for (let from = 0; from < order.clients; from += AT_A_TIME) {
    const count = Math.min(AT_A_TIME, order.clients - from);
    clients.push(...(await Promise.all(Array.from({ length: count }, (_, at) => open(order, from + at)))));
  }
  tell({ kind: 'open', count: clients.length });
  for (let message = 0; message < order.messages; message++) {
    for (const [number, { socket }] of clients.entries())
      socket.write(encodeFrame({ opcode: 1, payload: textOf(number, message), maskKey: message + 1 }));
    if (message % 10 === 9) await new Promise((resolve) => setImmediate(resolve));
  }
  const wrong =
    order.messages === 0 ? [] : (await Promise.all(clients.map(({ heard }) => heard))).filter((each) => each !== null);
  const received = clients.reduce((sum, each) => sum + each.received, 0);
  tell({ kind: 'done', wrong: wrong.slice(0, 10), received });
}
