import { deepStrictEqual, doesNotMatch, match, ok, rejects, strictEqual } from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { readFile, writeFile } from 'node:fs/promises';
import { WebSocket } from 'ws';
import type { ProbePlan } from '../../../../src/core/base/plan.js';
import { JOBS } from '../../../../src/core/jobs.js';
import { type Playground, startPlayground } from '../../../../src/core/playground/index.js';
import type { ObservedSource } from '../../../../src/core/session/observedSource.js';
import type { TapControl } from '../../../../src/core/session/tapControl.js';
import type { TapSummary } from '../../../../src/core/session/tapState.js';
import type { ConnectionEnd } from '../../../../src/core/base/sessionEvent.js';
import { readConversations } from '../../../../src/core/record/conversations.js';
import { openAnyRecording } from '../../../../src/core/record/openAny.js';
import { planFor } from '../../../support/plan.js';
import { frameLine, header } from '../../record/samples.js';
import { useTempFolder } from '../../record/temp.js';

const never = new AbortController().signal;

interface Tapped {
  readonly url: string;
  /** Rules of the alerts that were told. */
  readonly alerts: readonly string[];
  readonly control: TapControl;
  readonly source: ObservedSource;
  readonly rows: () => Promise<readonly string[]>;
  /** Once something in the snapshot fits. */
  readonly until: (fits: () => boolean) => Promise<void>;
  readonly stop: () => Promise<TapSummary>;
}

/** The job of a tap to a playground, or to where `plan` leads. */
async function tapped(
  work: (tap: Tapped) => Promise<void>,
  {
    plan,
    to = ({ ws }) => planFor(`${ws}/`),
    ...more
  }: {
    readonly plan?: ProbePlan;
    readonly to?: (server: Playground) => ProbePlan;
    readonly answerFrom?: string;
    readonly keepTo?: string;
  } = {},
): Promise<void> {
  const server = await startPlayground({ port: 0 });
  const alerts: string[] = [];
  const starting = JOBS.tap.start(
    {
      plan: plan ?? to(server),
      sessionId: 't',
      name: 'Tap',
      host: '127.0.0.1',
      port: 0,
      tls: false,
      seed: 7,
      answerFrom: null,
      pid: null,
      budget: { memoryBytes: 1 << 20, diskBytes: 0 },
      vantage: { host: 'here', remote: null },
      ...more,
    },
    (event) => {
      ok(event.kind === 'alert', JSON.stringify(event));
      alerts.push(event.alert.rule);
    },
    never,
  );
  const { acts, done, source } = await starting.catch(async (error: unknown) => {
    await server.stop();
    throw error;
  });
  ok(source?.control);
  const rows = async () => {
    const view = source.log.openView({ mode: 'messages', filter: '' });
    const all = await view.rows(0, 1000);
    view.close();
    return all.map((row) => `${row.connection} ${row.kind === 'event' ? 'event' : row.direction} ${row.preview}`);
  };
  const until = async (fits: () => boolean) => {
    while (!fits()) await new Promise<void>((resolve) => (source.onChange = resolve));
  };
  const { url } = await acts.where();
  try {
    await work({ url, alerts, control: source.control, source, rows, until, stop: acts.stop });
  } finally {
    await acts.stop();
    await done;
    await source.dispose();
    await server.stop();
  }
}

async function opened(url: string, options: object = {}): Promise<WebSocket> {
  const socket = new WebSocket(url, [], options);
  socket.on('error', () => undefined);
  await once(socket, 'open');
  return socket;
}

const next = async (socket: WebSocket): Promise<string> => String(((await once(socket, 'message')) as [Buffer])[0]);
const text = (content: string) => ({ format: 'text', content, binary: false }) as const;

describe('the job of a tap', () => {
  const folder = useTempFolder();

  it('keeps the end of its log for the next window while it lives, redacted, every connection of it', async () => {
    const path = folder.path('kept.wsrec');
    const kept = () => readFile(path, 'utf8').catch(() => '');
    await tapped(
      async ({ source, url }) => {
        const [one, two] = [
          await opened(`${url}/echo`, { headers: { Cookie: 'sid=cookie-secret-7' } }),
          await opened(`${url}/echo`),
        ];
        one.send('of the first, cookie-secret-7');
        await next(one);
        two.send('of the second');
        await next(two);
        while (!(await kept()).includes('of the second')) await new Promise((resolve) => setImmediate(resolve));
        const { conversations } = await readConversations(await openAnyRecording(path));
        deepStrictEqual(
          conversations.map(({ messages }) => messages.map(({ direction }) => direction)),
          [
            ['sent', 'received'],
            ['sent', 'received'],
          ],
        );
        doesNotMatch(await kept(), /secret-7/);
        source.clear();
        while ((await kept()).includes('of the second')) await new Promise((resolve) => setImmediate(resolve));
      },
      { keepTo: path },
    );
    strictEqual(await kept(), '', 'it goes with the tap');
  });

  it('tells when a rule is broken, and has it in its state until it holds again', () =>
    tapped(async ({ alerts, control, until, url }) => {
      const clients = await Promise.all(Array.from({ length: 25 }, () => opened(`${url}/echo`)));
      for (const client of clients) client.terminate();
      await until(() => alerts.includes('dropped-closes'));
      const alert = control.state().alerts.find(({ rule }) => rule === 'dropped-closes');
      match(alert?.title ?? '', /^100 % of the connections end without a Close frame/);
      ok((alert?.fix.snippet ?? '').length > 0);
      ok(!alerts.includes('memory-growth'));
    }));

  /** A recording of one exchange that ends as `close` says. */
  async function recorded(close: Partial<ConnectionEnd>): Promise<string> {
    const path = folder.path('orders.wsrec');
    const end = { code: 1000, reason: '', initiator: 'client', clean: true, evidence: '', ...close };
    const lines = [
      header,
      frameLine({ index: 0, direction: 'sent', masked: true, text: 'price?', payloadBytes: 6 }),
      frameLine({ index: 1, atMs: 2, text: 'seven', payloadBytes: 5 }),
      { type: 'close', connection: 1, atMs: 3, close: end },
    ];
    await writeFile(path, lines.map((each) => `${JSON.stringify(each)}\n`).join(''));
    return path;
  }

  it('says where it listens, whose connections pass, and in the end what has passed', () =>
    tapped(async ({ source, stop, until, url }) => {
      const headers = { 'User-Agent': 'shop/1', Origin: 'https://shop.test' };
      const socket = await opened(`${url}/echo?token=query-secret-1`, { headers });
      socket.send('hello');
      strictEqual(await next(socket), 'hello');
      const [row] = source.snapshot().observed?.listed ?? [];
      deepStrictEqual(
        [row?.client?.path, row?.client?.origin, row?.client?.agent, row?.messages, row?.state],
        ['/echo', 'https://shop.test', 'shop/1', 2, 'open'],
      );
      match(row?.client?.peer ?? '', /^127\.0\.0\.1:\d+$/);
      doesNotMatch(JSON.stringify(source.snapshot()), /query-secret/);
      strictEqual(source.snapshot().observed?.tap?.address, url);
      const over = once(socket, 'close');
      socket.close(4001);
      await over;
      await until(() => source.snapshot().observed?.open === 0);
      const summary = await stop();
      deepStrictEqual([summary.connections, summary.messages], [1, { toClient: 1, toServer: 1 }]);
      strictEqual(source.snapshot().state, 'closed');
    }));

  it('blots out of messages what handshakes of clients hold of credentials', () =>
    tapped(async ({ source, url }) => {
      const headers = { Authorization: 'Bearer bearer-secret-1' };
      await opened(`${url}/echo`, { headers });
      ok(source.secrets.includes('bearer-secret-1'));
      await once(new WebSocket(`${url}/echo`, ['bearer', 'offered-secret-1']), 'open');
      ok(source.secrets.includes('offered-secret-1'));
    }));

  it('blots out of messages and recordings what logins say, in frames and compressed', () =>
    tapped(async ({ source, url }) => {
      const path = folder.path('logins.wsrec');
      await source.record(path);
      const logins = [
        '{"type":"connection_init","payload":{"authToken":"said-Secret-1"}}',
        'CONNECT\nlogin:me\npasscode:said-Secret-2\n\n\0',
      ];
      for (const perMessageDeflate of [false, { threshold: 0 }]) {
        const socket = await opened(`${url}/echo`, { perMessageDeflate });
        for (const login of logins) {
          socket.send(login);
          strictEqual(await next(socket), login);
        }
      }
      await source.record(null);
      const written = await readFile(path, 'utf8');
      match(written, /connection_init/);
      doesNotMatch(written, /said-Secret/);
    }));

  it('has a report of each connection: the way to the server and both handshakes, without secrets', () =>
    tapped(async ({ control, source, until, url }) => {
      const headers = { Authorization: 'Bearer bearer-secret-1', 'X-Said': 'bearer-secret-1' };
      const socket = await opened(`${url}/echo`, { headers });
      const live = control.report(1);
      deepStrictEqual([live?.response?.status, live?.close], [101, null]);
      deepStrictEqual(
        live?.phases.filter(({ status }) => status === 'ok').map(({ name }) => name),
        ['tcp', 'upgrade'],
      );
      doesNotMatch(JSON.stringify(live), /bearer-secret/);
      const over = once(socket, 'close');
      socket.close(4001, 'bye');
      await over;
      await until(() => source.snapshot().observed?.open === 0);
      const told = control.report(1)?.close;
      deepStrictEqual([told?.code, told?.reason], [4001, 'bye']);
      strictEqual(control.report(2), null);
    }));

  it('sends messages of ours as client and as server, and says so in the log', () =>
    tapped(async ({ control, rows, url }) => {
      const socket = await opened(`${url}/echo`);
      const heard = next(socket);
      deepStrictEqual(await control.inject(1, 'toClient', text('from nobody')), { bytes: 11 });
      strictEqual(await heard, 'from nobody');
      const echoed = next(socket);
      await control.inject(1, 'toServer', text('in its name'));
      strictEqual(await echoed, 'in its name');
      const notes = (await rows()).filter((row) => row.includes('event Sent a message of ours'));
      deepStrictEqual(notes, [
        '1 event Sent a message of ours, 11 bytes, to the client: from nobody',
        '1 event Sent a message of ours, 11 bytes, to the server: in its name',
      ]);
      await rejects(control.inject(9, 'toClient', text('x')), { code: 'tap.not-open' });
    }));

  it('holds what matches, and lets it go as it is, changed, or not at all', () =>
    tapped(async ({ control, rows, source, until, url }) => {
      const socket = await opened(`${url}/echo`);
      const heard: string[] = [];
      socket.on('message', (data: Buffer) => heard.push(String(data)));
      const held = () => source.snapshot().observed?.tap?.held;
      control.setBreakpoints([{ contains: 'stop', lane: 'toServer' }]);
      socket.send('passes');
      for (const each of ['stop 1', 'stop 2', 'stop 3', 'behind']) socket.send(each);
      await until(() => held()?.count === 3);
      deepStrictEqual(
        held()?.listed.map(({ connection, lane, preview }) => [connection, lane, preview]),
        [1, 2, 3].map((number) => [1, 'toServer', `stop ${number}`]),
      );
      const pong = once(socket, 'pong');
      socket.ping();
      await pong;
      deepStrictEqual(control.heldMessage(2), text('stop 2'));
      await control.release(3, 'drop');
      await control.release(2, text('changed'));
      const [first] = [next(socket)];
      await control.release(1, 'pass');
      await first;
      while (heard.length < 4) await once(socket, 'message');
      deepStrictEqual(heard, ['passes', 'stop 1', 'changed', 'behind']);
      strictEqual(held()?.count, 0);
      const notes = (await rows()).join('\n');
      for (const told of [
        /Holds a message of 6 bytes on its way to the server \(held 1\)/,
        /Changed a message of 6 bytes to the server \(held 2\) to one of 7 bytes: changed/,
        /Dropped a message of 6 bytes to the server \(held 3\)/,
        /Let go a message of 6 bytes to the server \(held 1\)/,
      ])
        match(notes, told);
      await rejects(control.release(1, 'pass'), { code: 'tap.not-held' });
      for (const each of ['stop 4', 'stop 5']) socket.send(each);
      await until(() => held()?.count === 2);
      strictEqual(control.releaseAll('pass'), 2);
      while (heard.length < 6) await once(socket, 'message');
      deepStrictEqual(heard.slice(4), ['stop 4', 'stop 5']);
      strictEqual(control.releaseAll('drop'), 0);
    }));

  it('lets a message with a secret be edited without showing it, and forgets what a dead connection held', () =>
    tapped(async ({ control, source, until, url }) => {
      const socket = await opened(`${url}/echo`, { headers: { Authorization: 'Bearer bearer-secret-1' } });
      const count = () => source.snapshot().observed?.tap?.held.count;
      control.setBreakpoints([{ lane: 'toServer' }]);
      socket.send('{"token":"bearer-secret-1","cost":"${5}"}');
      await until(() => count() === 1);
      doesNotMatch(JSON.stringify(source.snapshot()), /bearer-secret/);
      const { content } = control.heldMessage(1);
      strictEqual(content, '{"token":"[redacted]","cost":"$${5}"}');
      await rejects(control.release(1, text(content.replace('[redacted]', 'x'))), { code: 'tap.marks' });
      const heard = next(socket);
      await control.release(1, text(content.replace('cost', 'price')));
      strictEqual(await heard, '{"token":"bearer-secret-1","price":"${5}"}');
      socket.send('another');
      await until(() => count() === 1);
      // A FIN would wait behind what is held, as it would behind any message.
      (Reflect.get(socket, '_socket') as Socket).resetAndDestroy();
      await until(() => count() === 0);
    }));

  it('shows no secret that messages are held by, and keeps it where that comes back as it was shown', () =>
    tapped(async ({ control, source, until, url }) => {
      const socket = await opened(`${url}/echo`, { headers: { Authorization: 'Bearer bearer-secret-1' } });
      const tap = () => source.snapshot().observed?.tap;
      control.setBreakpoints([{ contains: 'my bearer-secret-1' }]);
      const shown = tap()?.breakpoints ?? [];
      deepStrictEqual(shown, [{ contains: 'my [redacted]' }]);
      control.setBreakpoints([...shown, { contains: 'other' }]);
      socket.send('my bearer-secret-1');
      await until(() => tap()?.held.count === 1);
    }));

  it('has faults on one connection or on all while it runs, noted where they were done', () =>
    tapped(async ({ control, rows, source, url }) => {
      const [one, two] = [await opened(`${url}/echo`), await opened(`${url}/echo`)];
      const added = control.addFaults('[{ "direction": "toServer", "do": { "replace": "other" } }]', 2);
      deepStrictEqual(added, { numbers: [1], connections: 1 });
      for (const [socket, wanted] of [
        [one, 'said'],
        [two, 'other'],
      ] as const) {
        const heard = next(socket);
        socket.send('said');
        strictEqual(await heard, wanted);
      }
      deepStrictEqual(source.snapshot().observed?.tap?.faults, [
        { number: 1, text: 'replaces messages by other to the server on connection 2' },
      ]);
      ok(control.endFault(1));
      ok(!control.endFault(1));
      const heard = next(two);
      two.send('again');
      strictEqual(await heard, 'again');
      const ends = Promise.all([one, two].map((socket) => once(socket, 'close')));
      deepStrictEqual(control.addFaults('[{ "do": { "close": { "code": 4010 } } }]', null).connections, 2);
      deepStrictEqual(
        (await ends).map(([code]) => code as number),
        [4010, 4010],
      );
      const third = await opened(`${url}/echo`);
      strictEqual(third.readyState, WebSocket.OPEN, 'what happened once does not happen to those that come');
      match((await rows()).join('\n'), /2 event Fault 2: sent Close 4010 to both sides/);
    }));

  it('does not take for the doing of others what it did itself', async () => {
    await tapped(async ({ control, rows, source, until, url }) => {
      for (const does of ['{ "cut": "rst" }', '{ "cut": "fin" }', '{ "close": { "code": 4010 } }']) {
        const socket = await opened(`${url}/echo`);
        const over = once(socket, 'close');
        control.addFaults(`[{ "do": ${does} }]`, null);
        await over;
        await until(() => source.snapshot().observed?.open === 0);
      }
      const told = (await rows()).filter((row) => row.includes('event Closed'));
      match(told[0] ?? '', /Closed 1006: Fault 1: reset the connection to both sides\.$/);
      match(told[1] ?? '', /Closed 1006: Fault 2: ended the connection to both sides\.$/);
      match(told[2] ?? '', /Closed 4010: .*Fault 3: sent Close 4010 to both sides\.$/);
      deepStrictEqual(source.snapshot().findings, []);
    });
    await tapped(async ({ rows, source, stop, url }) => {
      await opened(`${url}/echo`);
      await stop();
      match((await rows()).join('\n'), /Closed 1006: The tap was stopped\./);
      deepStrictEqual(source.snapshot().findings, []);
    });
  });

  it('takes the faults of a file, those of a time for connections that are open too, and says where it is wrong', () =>
    tapped(async ({ control, source, url }) => {
      const socket = await opened(`${url}/echo`);
      const over = once(socket, 'close');
      deepStrictEqual(control.setFaults('[{ "when": { "afterMs": 1 }, "do": { "cut": "fin" } }]'), { faults: 1 });
      await over;
      await rejects(async () => control.setFaults('[{ "do": { "drop": false } }]'), {
        code: 'tap.faults',
        message: /^Line 1, column \d+: .*true/,
      });
      strictEqual(source.snapshot().observed?.tap?.faults.length, 1, 'those that apply stay');
      await rejects(async () => control.addFaults('[]', 7), { code: 'tap.not-open' });
    }));

  it('tells by a finding why a server is not reached', () =>
    tapped(
      async ({ source, until, url }) => {
        const socket = new WebSocket(url);
        socket.on('error', () => undefined);
        await until(() => source.snapshot().findings.length > 0);
        strictEqual(source.snapshot().findings[0]?.id, 'tcp.refused');
        match(source.snapshot().observed?.listed[0]?.why ?? '', /./);
      },
      { plan: planFor('ws://127.0.0.1:1/') },
    ));

  it('tells of it no more once the server is reached again', async () => {
    const playground = await startPlayground({ port: 0 });
    let isDown = true;
    const front = createServer((socket) => {
      socket.on('error', () => undefined);
      if (isDown) return void socket.destroy();
      const behind = connect(Number(new URL(playground.ws).port), '127.0.0.1').on('error', () => undefined);
      socket.pipe(behind).pipe(socket);
    });
    await once(front.listen(0, '127.0.0.1'), 'listening');
    const { port } = front.address() as AddressInfo;
    try {
      await tapped(
        async ({ source, until, url }) => {
          const refused = new WebSocket(url);
          refused.on('error', () => undefined);
          await until(() => source.snapshot().findings.length > 0);
          isDown = false;
          const socket = await opened(`${url}/echo`);
          deepStrictEqual(source.snapshot().findings, []);
          socket.terminate();
        },
        { plan: planFor(`ws://127.0.0.1:${port}/`) },
      );
    } finally {
      front.close();
      await playground.stop();
    }
  });

  it('says that the end of a side waits behind what is held', () =>
    tapped(async ({ control, rows, source, until, url }) => {
      const socket = await opened(`${url}/echo`);
      control.setBreakpoints([{ contains: 'last words', lane: 'toServer' }]);
      socket.send('last words');
      await until(() => source.snapshot().observed?.tap?.held.count === 1);
      socket.terminate();
      while (!(await rows()).some((row) => row.includes('The client has ended its side')))
        await new Promise<void>((resolve) => (source.onChange = resolve));
      await control.release(1, 'pass');
      await until(() => source.snapshot().observed?.open === 0);
    }));

  it('answers from a recording while the server is down: held, changed and ended as with a server', async () => {
    const down = planFor('ws://127.0.0.1:1/');
    await tapped(
      async ({ control, rows, source, until, url }) => {
        const socket = await opened(`${url}/orders`);
        strictEqual(source.snapshot().observed?.tap?.answersFrom, folder.path('orders.wsrec'));
        control.setBreakpoints([{ lane: 'toClient' }]);
        socket.send('price?');
        await until(() => source.snapshot().observed?.tap?.held.count === 1);
        const [heard, over] = [next(socket), once(socket, 'close')];
        await control.release(1, text('eight'));
        strictEqual(await heard, 'eight');
        strictEqual(((await over) as [number])[0], 4001);
        await until(() => source.snapshot().observed?.open === 0);
        match((await rows()).join('\n'), /1 event .*refused.* orders\.wsrec answers in its place/);
        strictEqual(source.snapshot().findings[0]?.id, 'tcp.refused', 'that the server is down is told all the same');
        deepStrictEqual(source.snapshot().observed?.tap?.summary.connections, 1);
      },
      { plan: down, answerFrom: await recorded({ code: 4001, initiator: 'server' }) },
    );
    await tapped(
      async ({ source, until, url }) => {
        const socket = await opened(`${url}/orders`);
        const over = once(socket, 'close');
        socket.send('price?');
        strictEqual(((await over) as [number])[0], 1006);
        await until(() => source.snapshot().observed?.open === 0);
      },
      { plan: down, answerFrom: await recorded({ code: 1006, initiator: 'network', clean: false }) },
    );
  });

  it('leaves a server alone that is there, be its certificate refused; and says what a file is not', async () => {
    await tapped(
      async ({ rows, url }) => {
        const socket = new WebSocket(url);
        const over = new Promise((resolve) => socket.once('close', resolve));
        socket.on('error', () => undefined);
        await over;
        match((await rows()).join('\n'), /ertificate/);
        ok(!(await rows()).join('\n').includes('in its place'));
      },
      { to: (server) => planFor(server.wss), answerFrom: await recorded({}) },
    );
    await writeFile(folder.path('empty.jsonl'), '');
    await rejects(tapped(async () => undefined, { answerFrom: folder.path('empty.jsonl') }));
    await rejects(tapped(async () => undefined, { answerFrom: folder.path('none.wsrec') }));
  });

  it('rejects where it cannot listen, and leaves nothing behind', () =>
    tapped(async ({ url }) => {
      const { port } = new URL(url);
      const params = {
        plan: planFor(url),
        sessionId: 'u',
        name: 'Tap',
        host: '127.0.0.1',
        port: Number(port),
        tls: false,
        seed: null,
        answerFrom: null,
        pid: null,
        budget: { memoryBytes: 1 << 20, diskBytes: 0 },
        vantage: { host: 'here', remote: null },
      };
      await rejects(
        JOBS.tap.start(params, () => undefined, never),
        { code: 'tap.listen' },
      );
    }));
});
