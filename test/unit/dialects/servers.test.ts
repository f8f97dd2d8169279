import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Aedes } from 'aedes';
import { buildSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import mqttPacket from 'mqtt-packet';
import { Server as SocketIoServer } from 'socket.io';
import { createWebSocketStream, WebSocket, WebSocketServer } from 'ws';
import type { Decoded, DialectMessage, ReadableDialect } from '../../../src/core/dialects/dialect.js';
import { graphqlTransportWs } from '../../../src/core/dialects/graphql/index.js';
import { mqtt } from '../../../src/core/dialects/mqtt/index.js';
import { OperationTracker } from '../../../src/core/dialects/operationTracker.js';
import { judgeDialect } from '../../../src/core/dialects/judgeDialect.js';
import { socketIo } from '../../../src/core/dialects/socketIo/index.js';
import { shown } from './support.js';

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A client of one connection that keeps the conversation as a session would. */
class Talk {
  readonly messages: DialectMessage[] = [];
  readonly #socket: WebSocket;

  constructor(
    private readonly url: string,
    subprotocols: readonly string[] = [],
  ) {
    this.#socket = new WebSocket(url, [...subprotocols]);
    this.#socket.on('message', (data: Buffer, binary) => this.#keep('received', binary, data));
  }

  async open(): Promise<this> {
    await once(this.#socket, 'open');
    return this;
  }

  send(data: string | Buffer): void {
    this.#keep('sent', typeof data !== 'string', Buffer.from(data));
    this.#socket.send(data);
  }

  /** Resolves when so many messages have come. */
  async received(count: number): Promise<void> {
    while (this.messages.filter(({ direction }) => direction === 'received').length < count)
      await once(this.#socket, 'message');
  }

  /** Resolves when the decoder has made one message of each label. */
  async saw(dialect: ReadableDialect, ...labels: readonly string[]): Promise<void> {
    for (;;) {
      const { all } = await this.decoded(dialect);
      if (labels.every((label) => all.some((one) => one.label === label))) return;
      await once(this.#socket, 'message');
    }
  }

  recognised(): string | undefined {
    const subprotocol = this.#socket.protocol || null;
    const hints = { wanted: 'auto', subprotocol, offered: [], url: this.url, messages: this.messages };
    const { dialect } = judgeDialect(hints);
    assert.equal(judgeDialect({ ...hints, url: 'ws://a', subprotocol: null }).dialect, dialect);
    return dialect?.name;
  }

  async decoded(dialect: ReadableDialect): Promise<{ readonly all: Decoded[]; readonly tracker: OperationTracker }> {
    const decoder = await dialect.createDecoder();
    const tracker = new OperationTracker();
    const all = this.messages.flatMap((message, id) => {
      const decoded = decoder.decode(message);
      tracker.record({ id, direction: message.direction, atMs: id }, decoded);
      return [...decoded];
    });
    return { all, tracker };
  }

  close(): void {
    this.#socket.terminate();
  }

  #keep(direction: DialectMessage['direction'], binary: boolean, bytes: Uint8Array): void {
    this.messages.push({ direction, binary, bytes, atMs: this.messages.length });
  }
}

const rates = (tracker: OperationTracker): unknown =>
  tracker.operations().map(({ operation, count, unanswered, failed }) => [operation, count, unanswered, failed]);

describe('real servers', () => {
  let server: Server;
  const closing: (() => unknown)[] = [];
  beforeEach(() => {
    server = createServer();
    closing.push(() => server.close());
  });
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
  });

  it('graphql-ws: a query, a subscription of three, an error', async () => {
    const schema = buildSchema('type Query { hello: String } type Subscription { tick: Int }');
    const roots = {
      query: { hello: () => 'world' },
      subscription: {
        async *tick() {
          for (let i = 0; i < 3; i++) yield { tick: i };
        },
      },
    };
    const sockets = new WebSocketServer({ server, handleProtocols: () => 'graphql-transport-ws' });
    const disposable = useServer({ schema, roots }, sockets);
    closing.push(() => disposable.dispose());
    const talk = await new Talk(await listening(server), ['graphql-transport-ws']).open();
    closing.push(() => talk.close());

    talk.send('{"type":"connection_init"}');
    await talk.received(1);
    talk.send('{"type":"ping"}');
    await talk.received(2);
    talk.send('{"id":"1","type":"subscribe","payload":{"query":"query Hello { hello }"}}');
    await talk.received(4);
    talk.send('{"id":"2","type":"subscribe","payload":{"query":"subscription Ticks { tick }"}}');
    await talk.received(8);
    talk.send('{"id":"3","type":"subscribe","payload":{"query":"{ nothing }"}}');
    await talk.received(9);

    assert.equal(talk.recognised(), 'graphql-transport-ws');
    const { all, tracker } = await talk.decoded(graphqlTransportWs);
    assert.deepEqual(
      all.map(({ label }) => label),
      [
        'connection_init',
        'connection_ack',
        'ping',
        'pong',
        'subscribe #1 Hello',
        'next #1',
        'complete #1',
        'subscribe #2 Ticks',
        'next #2',
        'next #2',
        'next #2',
        'complete #2',
        'subscribe #3 query { nothing }',
        'error #3',
      ],
    );
    assert.ok(all.every(({ problem }) => problem === undefined));
    assert.deepEqual(rates(tracker), [
      ['connection_init', 1, 0, 0],
      ['ping', 1, 0, 0],
      ['Hello', 1, 0, 0],
      ['Ticks', 1, 0, 0],
      ['query { nothing }', 1, 0, 1],
    ]);
    assert.equal(tracker.operations()[3]?.maxMs, 1);
  });

  it('Socket.IO: namespaces, acknowledgements, binary both ways', async () => {
    const io = new SocketIoServer(server, { transports: ['websocket'] });
    closing.push(() => io.close());
    io.on('connection', (socket) => {
      socket.on('add', (a: number, b: number, done: (sum: number) => void) => done(a + b));
      socket.on('upload', (file: Buffer, done: (echo: { file: Buffer }) => void) => done({ file }));
    });
    io.of('/admin').use((_, next) => next(new Error('Unauthorized')));
    const talk = await new Talk(`${await listening(server)}/socket.io/?EIO=4&transport=websocket`).open();
    closing.push(() => talk.close());

    await talk.received(1);
    talk.send('40');
    await talk.received(2);
    talk.send('40/admin,{"token":"x"}');
    await talk.received(3);
    talk.send('420["add",1,2]');
    await talk.received(4);
    talk.send('451-1["upload",{"_placeholder":true,"num":0}]');
    talk.send(Buffer.from('010203', 'hex'));
    await talk.received(6);
    talk.send('422["nobody"]');

    assert.equal(talk.recognised(), 'socket.io');
    const { all, tracker } = await talk.decoded(socketIo);
    assert.deepEqual(
      all.map(({ label }) => label),
      [
        'engine open ping every 25000 ms',
        'CONNECT',
        'CONNECT',
        'CONNECT /admin',
        'CONNECT_ERROR /admin Unauthorized',
        'event add #0 [2 args]',
        'ack 0 [1 value]',
        'event upload #1 [1 arg] +1 binary',
        'attachment 1/1 of upload (3 bytes)',
        'ack 1 [1 value] +1 binary',
        'attachment 1/1 of ack 1 (3 bytes)',
        'event nobody #2 [0 args]',
      ],
    );
    assert.ok(all.every(({ problem }) => problem === undefined));
    assert.deepEqual(shown(all[10]), { namespace: '/', id: '1', data: [{ file: { $binary: '010203', bytes: 3 } }] });
    assert.deepEqual(rates(tracker), [
      ['CONNECT /', 1, 0, 0],
      ['CONNECT /admin', 1, 0, 1],
      ['add', 1, 0, 0],
      ['upload', 1, 0, 0],
      ['nobody', 1, 1, 0],
    ]);
    assert.deepEqual(
      tracker.unanswered().map(({ operation }) => operation),
      ['nobody'],
    );
  });

  async function broker(): Promise<Talk> {
    const aedes = await Aedes.createBroker();
    closing.push(() => new Promise<void>((resolve) => aedes.close(resolve)));
    const sockets = new WebSocketServer({ server, handleProtocols: () => 'mqtt' });
    sockets.on('connection', (socket, request) => {
      aedes.handle(createWebSocketStream(socket), request);
    });
    const talk = await new Talk(await listening(server), ['mqtt']).open();
    closing.push(() => talk.close());
    return talk;
  }

  const connect: mqttPacket.Packet = {
    cmd: 'connect',
    clientId: 'me',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clean: true,
    keepalive: 60,
    username: 'u',
    password: Buffer.from('s3cret'),
  };

  it('aedes: MQTT 3.1.1, packets over frame borders', async () => {
    const talk = await broker();
    talk.send(mqttPacket.generate(connect));
    await talk.saw(mqtt, 'CONNACK');
    const subscribe = mqttPacket.generate({
      cmd: 'subscribe',
      messageId: 1,
      subscriptions: [{ topic: 'sensors/#', qos: 0 }],
    });
    talk.send(subscribe.subarray(0, 3));
    talk.send(subscribe.subarray(3));
    await talk.saw(mqtt, 'SUBACK id 1');
    const publish: mqttPacket.Packet = {
      cmd: 'publish',
      topic: 'sensors/1',
      payload: '{"t":21.5}',
      qos: 1,
      messageId: 7,
      dup: false,
      retain: false,
    };
    talk.send(Buffer.concat([mqttPacket.generate(publish), mqttPacket.generate({ cmd: 'pingreq' })]));
    await talk.saw(mqtt, 'PUBACK id 7', 'PUBLISH sensors/1 QoS0', 'PINGRESP');

    assert.equal(talk.recognised(), 'mqtt');
    const { all, tracker } = await talk.decoded(mqtt);
    // The broker writes a packet as it goes, often a frame for each of its fields.
    const whole = all.filter(({ label }) => !/^part of (CONNACK|SUBACK|PUB)/.test(label));
    assert.deepEqual(
      whole.slice(0, 7).map(({ label }) => label),
      [
        'CONNECT me v3.1.1',
        'CONNACK',
        'part of SUBSCRIBE (3 of 16 bytes)',
        'SUBSCRIBE sensors/# QoS0 id 1',
        'SUBACK id 1',
        'PUBLISH sensors/1 QoS1 id 7',
        'PINGREQ',
      ],
    );
    assert.ok(all.every(({ problem }) => problem === undefined));
    assert.deepEqual(rates(tracker), [
      ['CONNECT', 1, 0, 0],
      ['SUBSCRIBE sensors/#', 1, 0, 0],
      ['PUBLISH sensors/1', 1, 0, 0],
      ['PINGREQ', 1, 0, 0],
    ]);
    const login = JSON.stringify(shown(all[0]));
    assert.ok(login.includes('"clientId":"me"') && !login.includes('s3cret'));
    assert.match(JSON.stringify(shown(whole[5])), /"payload":\{"t":21.5\}/);
  });

  it('aedes: refuses MQTT 5, in the words of 3.1.1', async () => {
    const talk = await broker();
    talk.send(mqttPacket.generate({ ...connect, protocolVersion: 5 }));
    await talk.saw(mqtt, 'CONNACK code 0x01');
    assert.deepEqual(rates((await talk.decoded(mqtt)).tracker), [['CONNECT', 1, 0, 1]]);
  });
});
