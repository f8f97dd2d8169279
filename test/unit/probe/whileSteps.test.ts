import assert from 'node:assert/strict';
import type { WebSocket } from 'ws';
import type { Report } from '../../../src/core/base/model.js';
import { runProbe } from '../../../src/core/probe/runProbe.js';
import { resolveText } from '../../../src/core/profile/resolve.js';
import { exitCodeOf } from '../../../src/core/text/exitCode.js';
import { assertMatchesSchema } from '../../support/reportSchema.js';
import { UpgradeServer, type Visit } from '../../support/upgradeServer.js';

type Json = Readonly<Record<string, unknown>>;

let onHeard = () => {};

/** What a server does with a connection, by the path that is asked. */
const SERVERS: Readonly<Record<string, (socket: WebSocket, visit: Visit) => void>> = {
  '/quiet': () => {},
  '/echo': (socket) => socket.on('message', (data, binary) => socket.send(data, { binary })),
  '/pings': (socket) => {
    socket.on('pong', () => socket.send('ponged'));
    socket.ping();
  },
  '/socket.io/?EIO=4&transport=websocket': (socket) => {
    socket.on('message', (data: Buffer) => socket.send(`42["heard",${JSON.stringify(data.toString())}]`));
    socket.send('0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}');
    socket.send('2');
  },
  '/heeds': (socket) => socket.once('message', () => onHeard()),
  '/stalls': (socket) =>
    socket.on('message', (data: Buffer) => {
      socket.send(data.toString(), () => {
        for (const until = performance.now() + 300; performance.now() < until; );
      });
    }),
  '/cut': (_socket, { socket: stream }) => void setTimeout(() => stream.destroy(), 20),
  '/stops-reading': (socket) => socket.pause(),
  '/hangs-up': (socket, { socket: stream }) => socket.on('message', () => stream.destroy()),
  '/hangs-up-at-close': (_socket, { socket: stream }) =>
    stream.prependListener('data', (frames: Buffer) => {
      const behind = 6 + ((frames[1] ?? 0) & 0x7f);
      if (frames[0] === 0x88 || frames[behind] === 0x88) stream.destroy();
    }),
  '/refuses': (socket) => socket.send('{"type":"error","id":"1","payload":[{"message":"not you"}]}'),
  '/packed': (socket) => socket.send(Buffer.from('81a16107', 'hex')),
  '/closes-4401': (socket) => socket.close(4401, 'expired'),
};

describe('While steps run', () => {
  let server: UpgradeServer;
  before(async () => {
    server = await UpgradeServer.start((visit) => {
      const serve = SERVERS[visit.path];
      if (serve) void visit.accept().then((socket) => serve(socket, visit));
      else visit.refuse(403);
    });
  });
  after(() => server.stop());

  async function talk(path: string, steps: readonly Json[], more: Json = {}, signal?: AbortSignal): Promise<Report> {
    const profile = { url: server.url(path), proxy: 'none', expect: { holdMs: 1 }, steps, ...more };
    const { plan, problems } = resolveText(JSON.stringify(profile, null, 1), { env: {}, secrets: {}, baseDir: null });
    assert.deepEqual(problems, []);
    const report = await runProbe(plan!, signal ? { signal } : {});
    assertMatchesSchema(report);
    return report;
  }
  const heard = (report: Report) =>
    report.frames.filter(({ direction }) => direction === 'received').map(({ text }) => text);
  const sent = (report: Report) =>
    report.frames.filter(({ direction }) => direction === 'sent').map(({ text }) => text);

  describe('the heartbeat of the profile', () => {
    const beating = (send: unknown) => ({ session: { heartbeat: { every: 20, timeout: 60, send } } });

    it('beats', async () => {
      const report = await talk('/echo', [{ expectCount: { match: { equals: 'beat' }, min: 3 } }], beating('beat'));
      assert.equal(report.error, null, JSON.stringify(report.error));
      assert.equal((await talk('/echo', [{ wait: 150 }], beating('ping'))).roundTrips?.mode, 'ping');
    });

    it('ends the conversation when it goes unanswered', async () => {
      const report = await talk('/quiet', [{ expect: { contains: 'never' } }, { wait: 1 }], beating('beat'));
      assert.equal(report.error?.code, 'heartbeat.missed');
      assert.deepEqual(
        report.steps.map(({ status }) => status),
        ['failed', 'skipped'],
      );
      assert.equal(report.close?.clean, true);
    });
  });

  describe('pings of the server', () => {
    for (const [what, path, answer] of [
      ['the protocol', '/pings', 'ponged'],
      ['Engine.IO', '/socket.io/?EIO=4&transport=websocket', '42["heard","3"]'],
    ] as const) {
      it(`are answered: ${what}`, async () => {
        const report = await talk(path, [{ expect: { equals: answer }, withinMs: 2000 }]);
        assert.equal(report.error, null, JSON.stringify(report.error));
      });

      it(`are not, where the profile says so: ${what}`, async () => {
        const report = await talk(path, [{ expectNone: { equals: answer }, forMs: 60 }], {
          session: { autoPong: false },
        });
        assert.equal(report.error, null, JSON.stringify(report.error));
      });
    }

    it('are none where another dialect is spoken', async () => {
      const report = await talk('/echo', [
        { send: '2' },
        { expect: { equals: '2' } },
        { expectNone: { equals: '3' }, forMs: 30 },
      ]);
      assert.deepEqual([sent(report)[0], heard(report)[0], report.error], ['2', '2', null]);
    });
  });

  it('takes an end without a Close frame for the 1006 that a step waits for', async () => {
    const report = await talk('/cut', [{ expectClose: { code: [1000, 1006] } }]);
    assert.deepEqual([report.verdict, report.close?.code, exitCodeOf(report)], ['healthy', 1006, 0]);
    assert.equal((await talk('/cut', [{ expectClose: { code: 1000 } }])).verdict, 'down');
    assert.equal((await talk('/cut', [{ expectClose: {} }])).verdict, 'down');
    assert.equal((await talk('/closes-4401', [{ expectClose: { code: 1006 } }])).verdict, 'down');
  });

  it('holds back what the peer does not take, and says so', async () => {
    const big = { repeat: { times: 60, steps: [{ send: { text: 'x'.repeat(1_000_000) }, withinMs: 200 }] } };
    const report = await talk('/stops-reading', [big], { timeouts: { closeMs: 50 } });
    assert.match(
      report.steps.find(({ status }) => status === 'failed')?.error ?? '',
      /has not taken what was sent before/,
    );
    assert.ok(report.steps.filter(({ status }) => status === 'ok').length < 40);
  });

  it('hears of an interrupt in the middle of steps that wait for nothing', async () => {
    const many = { repeat: { times: 9_999, steps: [{ send: 'x' }] } };
    const cancel = new AbortController();
    onHeard = () => cancel.abort();
    const report = await talk('/heeds', [{ ping: {} }, many], {}, cancel.signal);
    assert.equal(exitCodeOf(report), 130);
    assert.ok(report.steps.some(({ status }) => status === 'skipped'));
  });

  it('hears what arrived in time, though our own process stood still', async () => {
    const running = talk('/stalls', [{ send: 'late' }, { expect: { equals: 'late' }, withinMs: 100 }]);
    assert.equal((await running).error, null);
  });

  describe('a farewell of the dialect', () => {
    for (const [dialect, send] of [
      ['mqtt', { mqtt: { cmd: 'disconnect' } }],
      ['stomp', { stomp: { command: 'DISCONNECT' } }],
      ['sockjs', { json: ['DISCONNECT\n\n\u0000'] }],
      ['socket.io', '1'],
    ] as const) {
      it(`has the end of the connection for an answer: ${dialect}`, async () => {
        const more = { session: { dialect }, expect: { holdMs: 200 } };
        const report = await talk('/hangs-up', [{ send }], more);
        assert.deepEqual([report.verdict, report.findings], ['healthy', []]);
        assert.equal((await talk('/hangs-up', [{ send }, { send: 'more' }, { wait: 50 }], more)).verdict, 'down');
        assert.equal((await talk('/hangs-up', [{ send }], { ...more, session: { dialect: 'none' } })).verdict, 'down');
        // It crosses our Close on the way.
        const crossed = await talk('/hangs-up-at-close', [{ send }], more);
        assert.deepEqual([crossed.verdict, crossed.findings], ['healthy', []]);
        assert.equal((await talk('/hangs-up-at-close', [{ send: 'more' }], more)).verdict, 'degraded');
      });
    }
  });

  it('takes a refusal that the steps wait for as what was wanted', async () => {
    const wanted = await talk('/refuses', [{ expect: { contains: 'not you' } }]);
    assert.deepEqual([wanted.verdict, wanted.findings[0]?.severity], ['healthy', 'warning']);
    assert.equal((await talk('/refuses', [{ wait: 30 }])).error?.code, 'message.error');
  });

  it('captures from what the parts of a composed match look at', async () => {
    const expect = { all: [{ kind: 'binary', in: 'decoded', jsonPath: '$.a', gt: 6 }] };
    const steps = [{ expect, capture: { a: '$.a' } }, { send: { json: { got: '${a}' } } }];
    const report = await talk('/packed', steps, { decode: ['msgpack'] });
    assert.equal(sent(report)[0], '{"got":7}', JSON.stringify(report.error));
  });

  describe('of several clients', () => {
    const clients = { alice: {}, bob: { url: '' }, carl: { expect: { holdMs: 1, subprotocol: 'chat' } } };
    const told = async (steps: readonly Json[], path = '/no') =>
      talk('/echo', steps, { clients: { ...clients, bob: { url: server.url(path) } } });

    it('what is wrong with one is wrong with the whole, told first and with its name', async () => {
      const report = await told([
        { client: 'alice', wait: 1 },
        { client: 'bob', wait: 1 },
      ]);
      const [first] = report.findings;
      assert.equal(report.verdict, 'down');
      assert.equal(first?.client, 'bob');
      assert.equal(first?.title, `bob: ${report.clients?.[1]?.findings[0]?.title}`);
    });

    it('a step that failed is told with what it expected, whoever it is of', async () => {
      const report = await told(
        [
          { client: 'alice', wait: 1 },
          { client: 'bob', expect: { equals: 'x' }, withinMs: 20 },
        ],
        '/quiet',
      );
      assert.match(report.findings[0]?.title ?? '', /^bob: A step of the conversation failed: Step 2/);
      assert.ok(report.findings[0]?.evidence.some((line) => line.startsWith('expected: ')));
    });

    it('one that is degraded degrades the whole', async () => {
      const report = await told(
        [
          { client: 'alice', wait: 1 },
          { client: 'bob', wait: 20, budgetMs: 1 },
        ],
        '/quiet',
      );
      assert.equal(report.verdict, 'degraded');
    });

    it('an expectation of a further one fails the whole', async () => {
      const report = await told([
        { client: 'alice', wait: 1 },
        { client: 'carl', wait: 1 },
      ]);
      assert.equal(report.verdict, 'down');
      assert.equal(report.findings[0]?.client, 'carl');
    });
  });
});
