import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { constants, deflateRawSync } from 'node:zlib';
import * as fc from 'fast-check';
import { WebSocket, WebSocketServer } from 'ws';
import type { ProbePlan } from '../../../../src/core/base/plan.js';
import { encodeFrame } from '../../../../src/core/frames/frameEncoder.js';
import { startPlayground as startServer } from '../../../../src/core/playground/index.js';
import { ObservedSource } from '../../../../src/core/session/observedSource.js';
import type { Fault } from '../../../../src/core/base/fault.js';
import { parseFaults } from '../../../../src/core/tap/faults/faults.js';
import { InflatedReader } from '../../../../src/core/tap/relay/inflatedReader.js';
import { Relay, type RelayOptions } from '../../../../src/core/tap/relay/relay.js';
import { ByteServer, type ByteScript } from '../../../support/byteServer.js';
import { receivedFrame } from '../../../support/frames.js';
import { planFor } from '../../../support/plan.js';

interface Tapped {
  readonly url: string;
  readonly relay: Relay;
  readonly source: ObservedSource;
  readonly faults: unknown[];
  readonly rows: () => Promise<readonly string[]>;
}

async function tapped(
  plan: ProbePlan,
  work: (tap: Tapped) => Promise<void>,
  options: Partial<RelayOptions> = {},
): Promise<void> {
  const source = new ObservedSource({ sessionId: 'tap', name: 'tap', url: plan.url, spillDir: null });
  const faults: unknown[] = [];
  const relay = new Relay({
    plan,
    host: '127.0.0.1',
    port: 0,
    tls: null,
    removedHeaders: [],
    faults: [],
    seed: 1,
    interactive: false,
    vantage: { host: 'here', remote: null },
    source,
    onFault: (error) => faults.push(error),
    ...options,
  });
  const url = await relay.start();
  const rows = async () => {
    const view = source.log.openView({ mode: 'messages', filter: '' });
    const all = await view.rows(0, 1000);
    view.close();
    return all.map((row) => `${row.connection} ${row.kind === 'event' ? 'event' : row.direction} ${row.preview}`);
  };
  try {
    await work({ url, relay, source, faults, rows });
    deepStrictEqual(faults, []);
  } finally {
    await relay.stop();
    await source.dispose();
  }
}

async function withPlayground(work: (ws: string, h2c: string) => Promise<void>): Promise<void> {
  const server = await startServer({ port: 0 });
  try {
    await work(server.ws, server.http2.h2c);
  } finally {
    await server.stop();
  }
}

async function opened(url: string, protocols: string[] = [], options: object = {}): Promise<WebSocket> {
  const socket = new WebSocket(url, protocols, options);
  await once(socket, 'open');
  return socket;
}

async function closed(socket: WebSocket, code = 1000): Promise<number> {
  const over = once(socket, 'close') as Promise<[number]>;
  if (socket.readyState === WebSocket.OPEN) socket.close(code);
  return (await over)[0];
}

const next = async (socket: WebSocket): Promise<string> => String(((await once(socket, 'message')) as [Buffer])[0]);

describe('a relay', () => {
  it('passes a conversation on, and has all of it in one log', () =>
    withPlayground((ws) =>
      tapped(planFor(`${ws}/`), async ({ rows, source, url }) => {
        const socket = await opened(`${url}/echo?x=1`);
        socket.send('hello');
        strictEqual(await next(socket), 'hello');
        strictEqual(await closed(socket), 1000);
        const shown = await rows();
        ok(shown.includes('1 sent hello') && shown.includes('1 received hello'), shown.join('\n'));
        strictEqual(source.connections[0]?.url, `${ws}/echo?x=1`);
        strictEqual(source.connections[0]?.request?.target, '/echo?x=1');
      }),
    ));

  it('shows what compressed messages hold, and passes them as they are', () =>
    withPlayground((ws) =>
      tapped(planFor(`${ws}/`), async ({ rows, url }) => {
        const socket = await opened(`${url}/echo`, [], { perMessageDeflate: { threshold: 0 } });
        match(socket.extensions, /permessage-deflate/);
        for (const text of ['the same words', 'the same words again']) {
          socket.send(text);
          strictEqual(await next(socket), text);
        }
        await closed(socket);
        const shown = await rows();
        deepStrictEqual(shown.filter((row) => !row.includes('event')).slice(0, 4), [
          '1 sent the same words',
          '1 received the same words',
          '1 sent the same words again',
          '1 received the same words again',
        ]);
      }),
    ));

  it('passes on what a server refuses with, and says why where there is none', async () => {
    await withPlayground((ws) =>
      tapped(planFor(`${ws}/`), async ({ rows, url }) => {
        const socket = new WebSocket(`${url}/status/503`);
        const [, response] = (await once(socket, 'unexpected-response')) as [
          unknown,
          { statusCode: number; resume(): void },
        ];
        strictEqual(response.statusCode, 503);
        response.resume();
        socket.on('error', () => undefined);
        socket.terminate();
        ok((await rows()).some((row) => row.includes('503')));
      }),
    );
    await tapped(planFor('ws://127.0.0.1:1/'), async ({ url }) => {
      const socket = new WebSocket(url);
      const [, response] = (await once(socket, 'unexpected-response')) as [
        unknown,
        { statusCode: number; headers: Record<string, string> } & NodeJS.ReadableStream,
      ];
      strictEqual(response.statusCode, 502);
      strictEqual(response.headers['x-wsprobe-finding'], 'tcp.refused');
      let text = '';
      for await (const part of response) text += String(part);
      match(text, /refused|listens/i);
      socket.on('error', () => undefined);
      socket.terminate();
    });
  });

  it('chooses the subprotocol that the server chooses, and has headers added and left out', () =>
    withServer({ handleProtocols: (offered: Set<string>) => [...offered][1] ?? false }, async (server, base) => {
      const plan = { ...planFor(base), headers: [['X-Added', 'yes']] as const };
      await tapped(
        plan,
        async ({ url }) => {
          const upgrade = once(server, 'connection') as Promise<[WebSocket, { headers: Record<string, string> }]>;
          const socket = await opened(url, ['one', 'two'], { headers: { 'X-Left-Out': '1', 'X-Kept': '2' } });
          strictEqual(socket.protocol, 'two');
          const [, { headers }] = await upgrade;
          deepStrictEqual([headers['x-added'], headers['x-left-out'], headers['x-kept']], ['yes', undefined, '2']);
          await closed(socket);
        },
        { removedHeaders: ['x-left-out'] },
      );
    }));

  it('passes every byte of any frames, in any split, both ways', async () => {
    const frame = fc.record({
      opcode: fc.constantFrom(0, 1, 2, 9, 10),
      fin: fc.boolean(),
      payload: fc.uint8Array({ maxLength: 300 }),
      rsv1: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { maxLength: 12 }), fc.integer({ min: 1, max: 400 }), async (frames, cut) => {
        const small = frames.map((each) =>
          each.opcode > 8 ? { ...each, fin: true, payload: each.payload.slice(0, 125) } : each,
        );
        const fromServer = Buffer.concat(small.map((each) => encodeFrame(each)));
        const fromClient = Buffer.concat(
          small.map((each, index) => encodeFrame({ ...each, maskKey: 0x01020304 + index })),
        );
        const heard: Buffer[] = [];
        const script: ByteScript = {
          onOpen: (socket) => {
            socket.on('data', (chunk: Buffer) => heard.push(chunk));
            for (let at = 0; at < fromServer.length; at += cut) socket.write(fromServer.subarray(at, at + cut));
          },
        };
        const server = await ByteServer.start(script);
        try {
          await tapped(planFor(server.url()), async ({ url }) => {
            const client = await rawClient(url);
            const got: Buffer[] = [client.rest];
            client.socket.on('data', (chunk: Buffer) => got.push(chunk));
            for (let at = 0; at < fromClient.length; at += cut) client.socket.write(fromClient.subarray(at, at + cut));
            const size = (parts: readonly Buffer[]) => parts.reduce((sum, { length }) => sum + length, 0);
            while (size(got) < fromServer.length || size(heard) < fromClient.length)
              await new Promise((resolve) => setImmediate(resolve));
            strictEqual(Buffer.concat(got).toString('hex'), fromServer.toString('hex'));
            strictEqual(Buffer.concat(heard).toString('hex'), fromClient.toString('hex'));
            client.socket.destroy();
          });
        } finally {
          await server.stop();
        }
      }),
      { numRuns: 15 },
    );
  });

  it('refuses what is no opening handshake, and pages of another origin where it adds credentials', () =>
    withPlayground(async (ws) => {
      const plan = { ...planFor(`${ws}/`), headers: [['Authorization', 'Bearer secret-token']] as const };
      await tapped(plan, async ({ url }) => {
        const status = async (lines: readonly string[]) => {
          const { hostname, port } = new URL(url);
          const socket = connect(Number(port), hostname);
          socket.write(`GET /echo HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\n${lines.join('\r\n')}\r\n\r\n`);
          let text = '';
          for await (const part of socket) text += String(part);
          return Number(text.slice(9, 12));
        };
        const good = ['Upgrade: websocket', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==', 'Sec-WebSocket-Version: 13'];
        strictEqual(await status(['Upgrade: websocket', 'Sec-WebSocket-Version: 13']), 400);
        strictEqual(await status([...good, 'Origin: https://evil.example']), 403);
        strictEqual(await status([...good, `X-Large: ${'a'.repeat(100_000)}`]), 431);
        strictEqual(await status([...good, '\u0001: x']), 400);
      });
    }));

  it('passes a conversation on over HTTP/2, both ways', () =>
    withPlayground((_ws, h2c) =>
      tapped(planFor(`${h2c}/`, { http: '2' }), async ({ rows, url }) => {
        const socket = await opened(`${url}/echo`);
        socket.send('hello');
        strictEqual(await next(socket), 'hello');
        strictEqual(await closed(socket), 1000);
        const shown = await rows();
        ok(shown.includes('1 sent hello') && shown.includes('1 received hello'), shown.join('\n'));
      }),
    ));

  // A look at all fragments for each of them would take hours.
  for (const interactive of [false, true])
    it(`passes a message of 60,000 fragments, ${interactive ? 'message by message' : 'as bytes'}`, async () => {
      const server = new WebSocketServer({ port: 0, host: '127.0.0.1', maxFragments: 0 });
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const arrived = new Promise<string>((resolve) =>
        server.on('connection', (socket) => socket.on('message', (data) => resolve((data as Buffer).toString()))),
      );
      await tapped(
        planFor(`ws://127.0.0.1:${port}/`),
        async ({ url }) => {
          const socket = await opened(url);
          const count = 60_000;
          for (let at = 0; at < count; at++) socket.send(String(at % 10), { fin: at === count - 1 });
          const text = await arrived;
          strictEqual(text.length, count);
          ok(text.startsWith('0123456789') && text.endsWith('6789'));
          await closed(socket);
        },
        { interactive },
      );
      server.close();
    }).timeout(180_000);

  it('reads a compressed message of 200,000 fragments', () => {
    const text = randomBytes(100_000).toString('hex');
    const compressed = deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
    const contents: string[] = [];
    const reader = new InflatedReader(true, (bytes) => contents.push(Buffer.from(bytes ?? []).toString()));
    for (let at = 0; at < compressed.length; at++) {
      const first = at === 0;
      const fin = at === compressed.length - 1;
      reader.push(receivedFrame(compressed.subarray(at, at + 1), { opcode: first ? 1 : 0, rsv1: first, fin }));
    }
    deepStrictEqual(contents, [text]);
  });

  it('counts the bytes of all fragments of a message', () =>
    withPlayground((ws) =>
      tapped(planFor(`${ws}/`), async ({ relay, url }) => {
        const socket = await opened(`${url}/echo`, [], { perMessageDeflate: false });
        socket.send('12345', { fin: false });
        socket.send('678');
        strictEqual(await next(socket), '12345678');
        await closed(socket);
        const { bytes, messages } = relay.summary();
        deepStrictEqual([messages.toServer, bytes.toServer, bytes.toClient], [1, 8, 8]);
      }),
    ));

  it('counts what passed, and tells ends apart', () =>
    withPlayground((ws) =>
      tapped(planFor(`${ws}/`), async ({ relay, url }) => {
        const sockets = await Promise.all(Array.from({ length: 20 }, () => opened(`${url}/echo`)));
        strictEqual(relay.summary().active, 20);
        for (const socket of sockets) socket.send('x');
        await Promise.all(sockets.map(next));
        await Promise.all(sockets.map((socket) => closed(socket)));
        const going = await opened(`${url}/close/1001`).catch(() => null);
        if (going && going.readyState !== WebSocket.CLOSED) await once(going, 'close');
        while (relay.summary().active > 0) await new Promise((resolve) => setImmediate(resolve));
        const { connections, disconnects, messages, reconnects } = relay.summary();
        deepStrictEqual([connections, disconnects.normal, messages.toServer, messages.toClient], [21, 20, 20, 20]);
        strictEqual(disconnects.going_away, 1);
        strictEqual(reconnects, 1);
      }),
    ));
});

describe('faults of a relay', () => {
  const FAULTS: readonly (readonly [string, Fault, readonly string[], readonly string[]])[] = [
    ['drop', { when: { every: 2 }, direction: 'toServer', do: { drop: true } }, ['a', 'b', 'c'], ['a', 'c']],
    ['duplicate', { direction: 'toClient', do: { duplicate: true } }, ['a'], ['a', 'a']],
    [
      'reorder',
      { when: { match: { equals: 'a' } }, direction: 'toServer', do: { reorder: true } },
      ['a', 'b'],
      ['b', 'a'],
    ],
    [
      'replace',
      { when: { match: { contains: 'b' } }, direction: 'toServer', do: { replace: { x: 1 } } },
      ['a', 'b'],
      ['a', '{"x":1}'],
    ],
    ['delay', { direction: 'toClient', do: { delayMs: 20, jitterMs: 5 } }, ['a', 'b'], ['a', 'b']],
    ['throttle', { direction: 'toClient', do: { bytesPerSecond: 1000 } }, ['a', 'b'], ['a', 'b']],
  ];
  for (const [name, fault, says, hears] of FAULTS) {
    it(`${name}: ${says.join()} becomes ${hears.join()}`, () =>
      withPlayground((ws) =>
        tapped(
          planFor(`${ws}/`),
          async ({ rows, url }) => {
            const socket = await opened(`${url}/echo`);
            const heard: string[] = [];
            const all = new Promise<void>((resolve) =>
              socket.on('message', (data: Buffer) => {
                if (heard.push(String(data)) === hears.length) resolve();
              }),
            );
            for (const text of says) socket.send(text);
            await all;
            await closed(socket);
            deepStrictEqual(heard, hears);
            ok((await rows()).some((row) => row.includes('Fault 1')));
          },
          { faults: [fault] },
        ),
      ));
  }

  it('corrupt: one bit of the payload is another', () =>
    withPlayground((ws) =>
      tapped(
        planFor(`${ws}/`),
        async ({ url }) => {
          const socket = await opened(`${url}/echo`);
          socket.send(Buffer.from('00000000', 'hex'));
          const [data] = (await once(socket, 'message')) as [Buffer];
          strictEqual(
            [...data].reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0),
            1,
          );
          await closed(socket);
        },
        { faults: [{ direction: 'toServer', do: { corrupt: true } }] },
      ),
    ));

  it('ends: a Close of its own, a reset, a FIN, a refusal', async () => {
    const codes: number[] = [];
    const heard: string[] = [];
    const run = (does: Fault['do'], when: Fault['when'] = { afterMessages: 1 }) =>
      withPlayground((ws) =>
        tapped(
          planFor(`${ws}/`),
          async ({ url }) => {
            const socket = new WebSocket(`${url}/echo`);
            socket.on('error', () => undefined);
            socket.on('open', () => socket.send('x'));
            socket.on('message', (data: Buffer) => heard.push(String(data)));
            codes.push(((await once(socket, 'close')) as [number])[0]);
          },
          { faults: [{ ...(when ? { when } : {}), direction: 'toClient', do: does }] },
        ),
      );
    await run({ close: { code: 4000, reason: 'fault' } });
    await run({ cut: 'rst' });
    await run({ cut: 'fin' });
    await run({ close: { code: 1012 } }, { afterMs: 20 });
    deepStrictEqual(codes, [4000, 1006, 1006, 1012]);
    // What has passed has arrived, but where TCP was reset behind it.
    ok(heard.length >= 2, heard.join());
    await withPlayground((ws) =>
      tapped(
        planFor(`${ws}/`),
        async ({ url }) => {
          const socket = new WebSocket(url);
          socket.on('error', () => undefined);
          const [, { statusCode }] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
          strictEqual(statusCode, 429);
          socket.terminate();
        },
        { faults: [{ do: { refuseUpgrade: { status: 429 } } }] },
      ),
    );
  });

  it('refusePong: pings of one side stay unanswered, as often as it says', () =>
    withPlayground((ws) =>
      tapped(
        planFor(`${ws}/`),
        async ({ rows, url }) => {
          const socket = await opened(`${url}/echo`);
          const pongs: string[] = [];
          socket.on('pong', (data: Buffer) => pongs.push(String(data)));
          for (const mark of ['1', '2', '3', '4']) socket.ping(mark);
          socket.send('after');
          strictEqual(await next(socket), 'after');
          deepStrictEqual(pongs, ['1', '3']);
          await closed(socket);
          strictEqual((await rows()).filter((row) => row.includes('kept a pong from the client')).length, 2);
        },
        { faults: [{ when: { every: 2 }, direction: 'toClient', do: { refusePong: true } }] },
      ),
    ));

  it('stopReading and halfOpen: nothing more arrives, and the connection stays', async () => {
    for (const does of [{ stopReading: true }, { halfOpen: true }] as const)
      await withPlayground((ws) =>
        tapped(
          planFor(`${ws}/`),
          async ({ rows, source, url }) => {
            const socket = await opened(`${url}/echo`);
            socket.send('first');
            strictEqual(await next(socket), 'first');
            socket.send('second');
            while (!(await rows()).some((row) => row.includes('sent second') || row.includes('Fault 1')))
              await new Promise((resolve) => setImmediate(resolve));
            strictEqual(socket.readyState, WebSocket.OPEN);
            strictEqual(source.snapshot().received.messages, 1);
            socket.terminate();
          },
          { faults: [{ when: { afterMessages: 1 }, direction: 'toServer', do: does }] },
        ),
      );
  });

  it('says what would never happen', () => {
    const problems = (text: string) => parseFaults(text).problems.map(({ message }) => message);
    match(problems('[{ "when": { "every": 5 }, "do": { "cut": "fin" } }]')[0] ?? '', /happens once/);
    match(
      problems('[{ "when": { "match": { "equals": "x" } }, "do": { "refusePong": true } }]')[0] ?? '',
      /no message/,
    );
    match(problems('[{ "do": { "delayMs": 1 } }, { "do": { "drop": false } }]')[0] ?? '', /true, or not there/);
    match(
      problems('[{ "when": { "afterMs": 1 }, "do": { "refuseUpgrade": { "status": 503 } } }]')[0] ?? '',
      /no messages/,
    );
    match(problems('[{ "do": { "drop": true, "jitterMs": 1 } }]')[0] ?? '', /jitterMs/);
    match(problems('{ "do": {} }')[0] ?? '', /list/);
    deepStrictEqual(problems('[] // none'), []);
  });

  it('a held message waits until it is let go, as it is or as another', () =>
    withPlayground(async (ws) => {
      const waiting: { readonly id: number; readonly connection: number }[] = [];
      let isHeld: () => void = () => {};
      await tapped(
        planFor(`${ws}/`),
        async ({ relay, url }) => {
          relay.setBreakpoints([{ contains: 'stop', lane: 'toServer' }]);
          const socket = await opened(`${url}/echo`);
          const held = new Promise<void>((resolve) => (isHeld = resolve));
          socket.send('stop here');
          socket.send('behind');
          await held;
          const [one] = waiting;
          ok(one);
          const both = new Promise<string[]>((resolve) => {
            const got: string[] = [];
            socket.on('message', (data: Buffer) => {
              if (got.push(String(data)) === 3) resolve(got);
            });
          });
          ok(relay.release(one.connection, 'toServer', one.id, { binary: false, bytes: Buffer.from('go on') }));
          ok(!relay.release(one.connection, 'toServer', one.id));
          ok(relay.inject(one.connection, 'toClient', { binary: false, bytes: Buffer.from('from the relay') }));
          deepStrictEqual((await both).toSorted(), ['behind', 'from the relay', 'go on']);
          await closed(socket);
        },
        {
          interactive: true,
          onHeld: ({ id }, connection) => {
            waiting.push({ id, connection });
            isHeld();
          },
        },
      );
    }));
});

async function withServer(
  options: object,
  work: (server: WebSocketServer, url: string) => Promise<void>,
): Promise<void> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, ...options });
  await once(server, 'listening');
  try {
    await work(server, `ws://127.0.0.1:${(server.address() as { port: number }).port}/`);
  } finally {
    for (const client of server.clients) client.terminate();
    await new Promise((resolve) => server.close(resolve));
  }
}

async function rawClient(url: string): Promise<{ readonly socket: Socket; readonly rest: Buffer }> {
  const { hostname, pathname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(
    `GET ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n`,
  );
  let head = Buffer.alloc(0);
  while (!head.includes('\r\n\r\n')) head = Buffer.concat([head, ((await once(socket, 'data')) as [Buffer])[0]]);
  const end = head.indexOf('\r\n\r\n') + 4;
  match(head.subarray(0, end).toString(), /^HTTP\/1\.1 101/);
  return { socket, rest: head.subarray(end) };
}
