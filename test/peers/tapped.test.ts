import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { Server as SocketIoServer } from 'socket.io';
import { WebSocketServer } from 'ws';
import { runCli } from '../../src/cli/main.js';
import { type RecordedConversation, readConversations } from '../../src/core/record/conversations.js';
import { openAnyRecording } from '../../src/core/record/openAny.js';
import { type FakeIo, fakeIo } from '../unit/cli/fakeIo.js';
import { describePeer, programFor } from './support/cases.js';
import { chromiumPage, type Conversation, graphqlWs, mqtt, PAGE, socketIo } from './support/clients.js';

/** A client of somebody else's with its server: tapped, cut, replayed, mocked. */
interface Tapped {
  /** As the tap recognises it. */
  readonly dialect: string | null;
  /** Of the server, without a path. */
  readonly server: () => string;
  /** Behind the address, the path of its WebSockets. */
  readonly path: string;
  readonly client: Conversation;
  /** At a mock, which answers WebSockets alone; the same by default. */
  readonly mocked?: Conversation;
  readonly hears: readonly string[];
  /** What is cut in the middle of the first connection: the n-th message to the client. */
  readonly cutAfter: number;
  /** What the client makes of it; it comes back by itself where there is none. */
  readonly cut?: RegExp;
  /** The recording holds it. */
  readonly recorded: RegExp;
}

/** A command that goes on until it is interrupted, while `work` uses the address that it tells. */
async function serving(argv: readonly string[], work: (url: string) => Promise<void>): Promise<FakeIo> {
  const io = fakeIo();
  const done = runCli(argv, io);
  const address = () => /(wss?:\/\/[^"\s/]+)\S* leads to/.exec(io.err())?.[1] ?? /ws:\/\/[^"\s/]+/.exec(io.out())?.[0];
  let code: number | null = null;
  void done.then((ended) => (code = ended));
  while (address() === undefined) {
    assert.equal(code, null, io.err());
    await new Promise((next) => setImmediate(next));
  }
  try {
    await work(address()!);
  } finally {
    io.signal('SIGINT');
  }
  assert.equal(await done, 0, io.err());
  return io;
}

async function run(...argv: string[]) {
  const io = fakeIo();
  return { exitCode: await runCli(argv, io), out: io.out(), err: io.err() };
}

function tapCases({ client, cut, cutAfter, dialect, hears, mocked = client, path, recorded, server }: Tapped): void {
  let folder: string;
  let recording: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'wsprobe-tapped-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  const tap = async (name: string, options: readonly string[], work: (url: string) => Promise<void>) => {
    const to = join(folder, name);
    const argv = ['tap', '--target', `${server()}/`, '--record', to, ...options];
    const io = await serving(argv, work);
    const [file = ''] = readdirSync(to);
    return { io, file: join(to, file) };
  };
  const conversationsOf = async (file: string) => {
    const { conversations, notes } = await readConversations(await openAnyRecording(file));
    assert.deepEqual(notes, []);
    return conversations;
  };
  const textOf = ({ messages }: RecordedConversation) =>
    messages.map(({ bytes, direction }) => `${direction} ${Buffer.from(bytes).toString('latin1')}`).join('\n');

  it('hears through a tap what it hears without, and all of it is recorded', async () => {
    assert.deepEqual(await client(`${server()}${path}`), hears);
    const { file } = await tap('tapped', [], async (url) => {
      assert.deepEqual(await client(`${url}${path}`), hears);
    });
    recording = file;
    const [conversation, ...more] = (await conversationsOf(file)).filter(({ messages }) => messages.length > 0);
    assert.ok(conversation && more.length === 0);
    assert.equal(conversation.facts.dialect, dialect);
    assert.match(textOf(conversation), recorded);
    assert.equal(conversation.leftOut, 0);
  });

  it('is cut by a fault, and the log says by which', async () => {
    const faults = join(folder, 'cut.jsonc');
    const when = { connection: 1, afterMessages: cutAfter };
    writeFileSync(faults, JSON.stringify([{ when, direction: 'toClient', do: { cut: 'rst' } }]));
    const { file, io } = await tap('cut', ['--faults', faults], async (url) => {
      const heard = await client(`${url}${path}`).then(
        (told) => told.join('\n'),
        (error: Error) => error.message,
      );
      if (cut) assert.match(heard, cut);
      else assert.equal(heard, hears.join('\n'), 'it came back by itself');
    });
    assert.match(io.out(), /Fault 1: reset the connection to the client\./);
    const [first, second] = await conversationsOf(file);
    const received = first?.messages.filter(({ direction }) => direction === 'received') ?? [];
    assert.ok(received.length >= cutAfter);
    if (!cut) assert.ok(second, 'the second connection is there too');
  });

  it('is replayed to its server, which answers as it did', async () => {
    const { exitCode, out } = await run('replay', recording, `${server()}/`, '--connection', 'all');
    assert.equal(exitCode, 0, out);
    assert.match(out, /1 of 1 connection as recorded/);
  });

  it('hears from a mock of the recording what it heard from its server', async () => {
    await serving(['mock', recording], async (url) => {
      assert.deepEqual(await mocked(`${url}${path}`), hears);
    });
  });
}

describe('a page in Chromium, tapped', function () {
  this.timeout(60_000);
  const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end(PAGE));
  before(async () => {
    const sockets = new WebSocketServer({ server, path: '/echo', perMessageDeflate: { threshold: 0 } });
    sockets.on('connection', (socket) => {
      socket.on('error', () => undefined).on('message', (data, binary) => socket.send(data, { binary }));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => {
    server.close();
    server.closeAllConnections();
  });
  const site = () => `127.0.0.1:${(server.address() as AddressInfo).port}`;
  tapCases({
    dialect: null,
    server: () => `ws://${site()}`,
    path: '/',
    // The page itself comes through the tap.
    client: (url) => chromiumPage(url.replace(/^ws/, 'http')),
    mocked: (url) => chromiumPage(`http://${site()}/?ws=${encodeURIComponent(`${url}echo`)}`),
    hears: ['{"type":"hello","from":"a page"}', 'bytes 1,2,3', 'last', 'closed 1000 done'],
    cutAfter: 2,
    cut: /closed 1006/,
    recorded: /sent \{"type":"hello","from":"a page"\}[^]*received last/,
  });
});

describe('the client of graphql-ws, tapped', function () {
  this.timeout(30_000);
  const server = createServer();
  before(async () => {
    const schema = buildSchema('type Query { hello: String } type Subscription { count(to: Int!): Int }');
    const subscription = {
      async *count({ to }: { readonly to: number }) {
        for (let count = 1; count <= to; count++) yield { count };
      },
    };
    useServer({ schema, roots: { subscription } }, new WebSocketServer({ server, path: '/graphql' }));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => {
    server.close();
    server.closeAllConnections();
  });
  tapCases({
    dialect: 'graphql-transport-ws',
    server: () => `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    path: '/graphql',
    client: graphqlWs,
    hears: ['{"count":1}', '{"count":2}', '{"count":3}'],
    // Before the first result: it subscribes again from the beginning.
    cutAfter: 1,
    recorded: /sent \{"type":"connection_init"\}[^]*received [^]*"complete"/,
  });
});

const HEARD = ['heard hi', 'said hi 0102'];

describe('the client of Socket.IO, tapped', function () {
  this.timeout(30_000);
  if (programFor('node-frameworks') === null) return;
  const server = createServer();
  let io: SocketIoServer;
  before(async () => {
    io = new SocketIoServer(server);
    io.on('connection', (socket) => {
      socket.on('say', (text: string, acknowledge: (answer: string) => void) => {
        acknowledge(`heard ${text}`);
        io.emit('said', text, Buffer.from([1, 2]));
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => io.close());
  const address = () => `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  it('begins by polling and goes over to WebSocket, all through a tap', async () => {
    const io = await serving(['tap', '--target', `${address()}/`], async (url) => {
      assert.deepEqual(await socketIo(['polling', 'websocket'])(url), HEARD);
    });
    assert.match(io.out(), /→ 2probe[^]*← 3probe[^]*→ 5/);
  });
  tapCases({
    dialect: 'socket.io',
    server: address,
    path: '/',
    client: socketIo(['websocket']),
    hears: HEARD,
    cutAfter: 1,
    recorded: /sent 42[^]*\["say","hi"\][^]*received 43[^]*heard hi/,
  });
});

describePeer(
  'the client of MQTT.js, tapped',
  ({ backends, pki }) => ({
    software: 'mosquitto',
    ports: ['bare', 'open', 'closed', 'secure'],
    configs: ['mosquitto.conf'],
    files: { passwords: '' },
    values: { ...backends.ports, pki: pki.folder },
    args: (fill) => ['-c', fill('{{folder}}/mosquitto.conf')],
  }),
  'mosquitto',
  (scene) => {
    if (programFor('node-frameworks') === null) return;
    tapCases({
      dialect: 'mqtt',
      server: () => scene().peer.url('ws://{open}'),
      path: '/mqtt',
      client: mqtt,
      hears: ['rooms/a {"n":1}'],
      // The SUBACK: it connects again, and says again what was under way.
      cutAfter: 2,
      recorded: /rooms\/a/,
    });
  },
);
