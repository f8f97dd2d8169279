import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { buildSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { Server as SocketIoServer } from 'socket.io';
import { WebSocketServer } from 'ws';
import type { Report } from '../../src/core/base/model.js';
import { runProbe } from '../../src/core/probe/runProbe.js';
import { resolveText } from '../../src/core/profile/resolve.js';
import { assertMatchesSchema } from '../support/reportSchema.js';
import { serveSignalr } from '../unit/cookbook/signalr.js';
import { describePeer } from './support/cases.js';

type Json = Readonly<Record<string, unknown>>;

/** A conversation with software that people run: the profile without its address, and what is not healthy of it. */
interface Talk {
  readonly name: string;
  readonly profile: Json & { readonly steps: readonly Json[] };
  readonly down?: RegExp;
}

const decoded = (jsonPath: string, equals: unknown): Json => ({ in: 'decoded', jsonPath, equals });
const all = (...matches: readonly Json[]): Json => ({ all: matches });
const as = (client: string, ...steps: readonly Json[]): readonly Json[] => steps.map((step) => ({ client, ...step }));

async function converse(url: string, profile: Json): Promise<Report> {
  const text = JSON.stringify({ url, proxy: 'none', expect: { holdMs: 50 }, ...profile }, null, 1);
  const { plan, problems } = resolveText(text, { env: {}, secrets: {}, baseDir: null });
  assert.deepEqual(problems, []);
  const report = await runProbe(plan!);
  assertMatchesSchema(report);
  return report;
}

function talks(url: () => string, rows: readonly Talk[]): void {
  for (const { name, profile, down } of rows) {
    it(name, async () => {
      const report = await converse(url(), profile);
      if (down) assert.match(report.error?.message ?? '', down);
      else assert.deepEqual([report.verdict, report.error], ['healthy', null], JSON.stringify(report.steps));
    });
  }
}

/** Software of this repository's own packages, in this process. */
function describeServer(
  title: string,
  path: string,
  attach: (server: HttpServer) => void,
  rows: readonly Talk[],
): void {
  describe(title, () => {
    const server = createServer();
    before(async () => {
      attach(server);
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
    });
    after(() => {
      server.close();
      server.closeAllConnections();
    });
    talks(() => `ws://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, rows);
  });
}

const joined = [{ send: '40' }, { expect: decoded('$.type', 'CONNECT') }];

describeServer(
  'a conversation with Socket.IO',
  '/socket.io/?EIO=4&transport=websocket',
  (server) => {
    const io = new SocketIoServer(server, { pingInterval: 100, pingTimeout: 100 });
    io.on('connection', (socket) => {
      socket.on('say', (text: string, acknowledge: (answer: string) => void) => {
        acknowledge(`heard ${text}`);
        io.emit('said', text, Buffer.from([1, 2]));
      });
    });
    io.of('/staff').use((socket, next) =>
      next(socket.handshake.auth['token'] === 'good' ? undefined : new Error('no')),
    );
  },
  [
    {
      name: 'lives longer than its pings wait, and acknowledges',
      profile: {
        steps: [
          ...joined,
          { wait: 600 },
          { send: { socketio: { event: 'say', args: ['hi'], ack: 4 } } },
          { expect: all(decoded('$.type', 'ACK'), decoded('$.id', '4'), decoded('$.data[0]', 'heard hi')) },
          { expect: { in: 'decoded', jsonPath: '$.data[2].bytes', equals: 2 } },
        ],
      },
    },
    {
      name: 'ends where pings go unanswered',
      profile: { session: { autoPong: false }, steps: [...joined, { wait: 600 }, { ping: {} }] },
      down: /FIN|Closed with/,
    },
    {
      name: 'refuses a namespace, as the steps expect',
      profile: {
        steps: [
          { send: '40/staff,{"token":"bad"}' },
          { expect: all(decoded('$.type', 'CONNECT_ERROR'), decoded('$.data.message', 'no')) },
          { send: '40/staff,{"token":"good"}' },
          { expect: all(decoded('$.type', 'CONNECT'), decoded('$.namespace', '/staff')) },
        ],
      },
    },
    {
      name: 'says to one what another said',
      profile: {
        clients: { alice: {}, bob: {} },
        steps: [
          ...as('bob', ...joined),
          ...as('alice', ...joined, { send: { socketio: { event: 'say', args: ['hello'], ack: 1 } } }),
          ...as('bob', { expect: all(decoded('$.data[0]', 'said'), decoded('$.data[1]', 'hello')) }),
        ],
      },
    },
    { name: 'is left by its own packet', profile: { steps: [...joined, { send: '1' }] } },
  ],
);

const acknowledged = [
  { send: { json: { type: 'connection_init' } } },
  { expect: { jsonPath: '$.type', equals: 'connection_ack' }, strict: true },
];
const ask = (query: string): Json => ({ send: { json: { type: 'subscribe', id: '1', payload: { query } } } });

describeServer(
  'a conversation with graphql-ws',
  '/graphql',
  (server) => {
    const schema = buildSchema('type Query { hello: String } type Subscription { count(to: Int!): Int }');
    const subscription = {
      async *count({ to }: { readonly to: number }) {
        for (let count = 1; count <= to; count++) yield { count };
      },
    };
    const sockets = new WebSocketServer({ server, handleProtocols: () => 'graphql-transport-ws' });
    useServer(
      { schema, roots: { query: { hello: () => 'hi' }, subscription }, connectionInitWaitTimeout: 200 },
      sockets,
    );
  },
  (
    [
      {
        name: 'subscribes, counts and completes',
        steps: [
          ...acknowledged,
          ask('subscription { count(to: 3) }'),
          { expectCount: { match: { jsonPath: '$.type', equals: 'next' }, min: 3 } },
          { expect: { equals: '{"id":"1","type":"complete"}' }, strict: true },
        ],
      },
      {
        name: 'is told of an error that is waited for',
        steps: [...acknowledged, ask('{ nope }'), { expect: { jsonPath: '$.payload[0].message', matches: 'nope' } }],
      },
      { name: 'closes whoever does not begin', steps: [{ expectClose: { code: 4408 } }] },
      { name: 'closes whoever asks first', steps: [ask('{ hello }'), { expectClose: { code: [4401, 4403] } }] },
    ] as const
  ).map(({ name, steps }) => ({ name, profile: { subprotocols: ['graphql-transport-ws'], steps } })),
);

describeServer(
  'a conversation with a hub of SignalR',
  '/hub',
  (server) => new WebSocketServer({ server }).on('connection', serveSignalr),
  [
    {
      name: 'shakes hands, calls and gets its completion',
      profile: {
        steps: [
          { send: { signalr: { protocol: 'json', version: 1 } } },
          { expectAll: [decoded('$', {}), decoded('$.type', 6)] },
          { send: { signalr: { type: 1, invocationId: '9', target: 'Add', arguments: [2, 3] } } },
          { expect: all(decoded('$.type', 3), decoded('$.invocationId', '9'), decoded('$.result', 5)) },
        ],
      },
    },
  ],
);

const connack = { expect: all(decoded('$.cmd', 'connack'), decoded('$.returnCode', 0)) };
const connect = (more: Json = {}): Json => ({
  send: { mqtt: { cmd: 'connect', clientId: 'wsprobe-${uuid}', keepalive: 30, ...more } },
});

describePeer(
  'a conversation with Mosquitto',
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
    const of = (...steps: readonly Json[]) => ({ subprotocols: ['mqtt'], steps });
    talks(
      () => scene().peer.url('ws://{open}/mqtt'),
      [
        {
          name: 'pings, and says goodbye',
          profile: of(
            connect(),
            connack,
            { send: { mqtt: { cmd: 'pingreq' } } },
            { expect: decoded('$.cmd', 'pingresp') },
            { send: { mqtt: { cmd: 'disconnect' } } },
          ),
        },
        {
          name: 'carries a message of QoS 2 and the will of who is gone',
          profile: {
            subprotocols: ['mqtt'],
            clients: { reader: {}, writer: {} },
            steps: [
              ...as(
                'reader',
                connect(),
                connack,
                { send: { mqtt: { cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'a/#', qos: 2 }] } } },
                { expect: all(decoded('$.cmd', 'suback'), decoded('$.granted', [2])) },
              ),
              ...as(
                'writer',
                connect({ will: { topic: 'a/will', payload: 'gone', qos: 0, retain: false } }),
                connack,
                { send: { mqtt: { cmd: 'publish', topic: 'a/b', payload: { n: 1 }, qos: 2, messageId: 7 } } },
                { expect: decoded('$.cmd', 'pubrec'), capture: { id: '$.messageId' } },
                { send: { mqtt: { cmd: 'pubrel', messageId: '${id}' } } },
                { expect: decoded('$.cmd', 'pubcomp') },
              ),
              ...as(
                'reader',
                { expect: all(decoded('$.cmd', 'publish'), decoded('$.payload.n', 1)), capture: { id: '$.messageId' } },
                { send: { mqtt: { cmd: 'pubrec', messageId: '${id}' } } },
                { expect: decoded('$.cmd', 'pubrel') },
              ),
              ...as('writer', { close: {} }),
              ...as('reader', { expect: all(decoded('$.topic', 'a/will'), decoded('$.payload', 'gone')) }),
            ],
          },
        },
      ],
    );
    it('refuses a client without a password, as the steps expect', async () => {
      const steps = [connect(), { expect: decoded('$.returnCode', 5) }, { expectClose: { code: [1000, 1006] } }];
      const report = await converse(scene().peer.url('ws://{closed}/mqtt'), of(...steps));
      assert.deepEqual([report.verdict, report.error], ['healthy', null], JSON.stringify(report.steps));
    });
  },
);

const frame = (command: string, headers: Json = {}, body = ''): Json => ({ stomp: { command, headers, body } });

describePeer(
  'a conversation with a broker of STOMP',
  () => ({
    software: 'node-frameworks',
    ports: ['plain', 'wrapped'],
    configs: ['stomp_brokers.mjs'],
    values: { modules: resolve('test/peers/node') },
    args: (fill) => [fill('{{folder}}/stomp_brokers.mjs')],
  }),
  'node-frameworks',
  (scene) => {
    const connected = (around: Json): readonly Json[] => [
      { send: { ...frame('CONNECT', { 'accept-version': '1.1', host: 'here', 'heart-beat': '0,0' }), ...around } },
      { expect: decoded('$.command', 'CONNECTED') },
    ];
    // This broker does not give a client what it said itself.
    const profile = (around: Json, opening: readonly Json[]): Json => ({
      clients: { reader: {}, writer: {} },
      steps: [
        ...as('reader', ...opening, ...connected(around)),
        ...as('reader', { send: { ...frame('SUBSCRIBE', { id: 's', destination: '/a' }), ...around } }),
        ...as('reader', { ping: {} }),
        ...as('writer', ...opening, ...connected(around)),
        ...as('writer', { send: { ...frame('SEND', { destination: '/a' }, 'hello: ${seq}'), ...around } }),
        ...as('reader', {
          expect: all(
            decoded('$.command', 'MESSAGE'),
            decoded('$.headers.subscription', 's'),
            decoded('$.body', 'hello: 2'),
          ),
        }),
        ...as('writer', { send: { ...frame('DISCONNECT', { receipt: 'bye' }), ...around } }),
        ...as('writer', { expect: all(decoded('$.command', 'RECEIPT'), decoded("$.headers['receipt-id']", 'bye')) }),
      ],
    });
    it('over plain WebSockets', async () => {
      const report = await converse(scene().peer.url('ws://{plain}/stomp'), profile({}, []));
      assert.deepEqual([report.verdict, report.error], ['healthy', null], JSON.stringify(report.steps));
    });
    it('within SockJS', async () => {
      const of = (id: string) => scene().peer.url(`ws://{wrapped}/stomp/000/${id}/websocket`);
      const wrapped = profile({ wrap: 'sockjs' }, [{ expect: { equals: 'o' } }]);
      const clients = { reader: { url: of('reader') }, writer: { url: of('writer') } };
      const report = await converse(of('any'), { ...wrapped, clients });
      assert.deepEqual([report.verdict, report.error], ['healthy', null], JSON.stringify(report.steps));
    });
  },
);
