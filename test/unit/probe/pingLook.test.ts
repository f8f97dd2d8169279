import assert from 'node:assert/strict';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Report } from '../../../src/core/base/model.js';
import { runProbe } from '../../../src/core/probe/runProbe.js';
import { type ByteScript, ByteServer, closeFrame, serverFrame } from '../../support/byteServer.js';
import { planFor } from '../../support/plan.js';
import { assertMatchesSchema } from '../../support/reportSchema.js';

type Overrides = NonNullable<Parameters<typeof planFor>[1]>;

/** What ends at once ends within this on a busy machine too. */
const HOLD = { holdMs: 250 };
const PING = 9;
const CLOSE = 8;

/** Answers our Close, and does `onPing` at a ping. */
const atPing = (onPing: (socket: Socket) => void): ByteScript => ({
  onFrame: ({ opcode }, socket) => {
    if (opcode === PING) onPing(socket);
    if (opcode === CLOSE) socket.end(closeFrame(1000));
  },
});

async function probing(
  script: ByteScript | ((connection: number) => ByteScript),
  check: (report: Report, server: ByteServer) => void,
  overrides: Overrides = {},
): Promise<void> {
  const server = await ByteServer.start(script);
  try {
    const report = await runProbe(
      planFor(server.url('/live'), { ...overrides, expect: { ...HOLD, ...overrides.expect } }),
    );
    assertMatchesSchema(report);
    check(report, server);
  } finally {
    await server.stop();
  }
}

const ids = ({ findings }: Report) => findings.map(({ id }) => id);

describe('a server that ends the connection at our ping', () => {
  const endings: [how: string, end: (socket: Socket) => void, words: RegExp][] = [
    ['FIN', (socket) => socket.end(), /ended TCP \(FIN\) right after our ping/],
    ['RST', (socket) => socket.resetAndDestroy(), /reset TCP \(RST\) right after our ping/],
    ...[1002, 1003, 1005, 1008, 1011].map((code): [string, (socket: Socket) => void, RegExp] => [
      `Close ${code}`,
      (socket) => socket.end(code === 1005 ? serverFrame(8) : closeFrame(code)),
      new RegExp(`sent Close ${code} right after our ping`),
    ]),
    [
      'a Close that names it',
      (socket) => socket.end(closeFrame(4000, 'unsupported opcode 9')),
      /sent Close 4000 \(unsupported opcode 9\) right after our ping/,
    ],
  ];
  for (const [how, end, words] of endings) {
    it(`by ${how} is held once more without one, and judged by that`, () =>
      probing(atPing(end), (report, server) => {
        assert.equal(report.verdict, 'degraded');
        assert.equal(report.error, null);
        assert.deepEqual(ids(report), ['close.after-ping']);
        const [finding] = report.findings;
        assert.match(finding?.title ?? '', words);
        assert.match(finding?.title ?? '', /without one the connection holds/);
        assert.deepEqual(JSON.parse(finding?.fixes[0]?.snippet ?? ''), { expect: { ping: false } });
        assert.equal(report.close?.clean, true);
        assert.deepEqual(server.opcodes.at(-1), [CLOSE]);
        assert.equal(server.heads.length, 2);
        const [look, ...more] = report.looks ?? [];
        assert.deepEqual(more, []);
        assert.equal(look?.reason, 'no-ping');
        assert.equal(look?.address, `127.0.0.1:${server.port}`);
        assert.equal(look?.request, 'GET /live HTTP/1.1');
        assert.match(look?.response ?? '', /^HTTP\/1\.1 101 Switching Protocols; held \d+ ms without a ping$/);
        assert.equal(look?.error, null);
      }));
  }

  it('is healthy with the fix', () =>
    probing(
      atPing((socket) => socket.end()),
      (report, server) => {
        assert.equal(report.verdict, 'healthy');
        assert.deepEqual(report.findings, []);
        assert.equal(report.looks, undefined);
        assert.deepEqual(server.opcodes, [[CLOSE]]);
      },
      { expect: { ping: false } },
    ));

  it('greets first all the same', () =>
    probing(
      { ...atPing((socket) => socket.end()), onOpen: (socket) => socket.write(serverFrame(1, 'Welcome to the feed')) },
      (report) => {
        assert.equal(report.verdict, 'degraded');
        assert.deepEqual(ids(report), ['close.after-ping']);
      },
    ));

  it('is not blamed for the ping where the second connection ends as well', () =>
    probing(
      (connection) =>
        connection === 0
          ? atPing((socket) => socket.end(closeFrame(1008)))
          : { onOpen: (socket) => socket.end(closeFrame(1008)) },
      (report) => {
        assert.equal(report.verdict, 'down');
        assert.equal(ids(report)[0], 'close.policy');
        assert.ok(!ids(report).includes('close.after-ping'));
        assert.equal(report.looks?.length, 1);
        assert.match(report.looks?.[0]?.response ?? '', /; Closed with 1008$/);
        assert.match(report.findings[0]?.evidence.join('\n') ?? '', /without our ping, it ended as well/);
      },
    ));

  it('is told, with no verdict on the ping, where there is no second connection to be had', async () => {
    const server = await ByteServer.start(
      atPing((socket) => {
        server.refuseMore();
        socket.end();
      }),
    );
    try {
      const report = await runProbe(planFor(server.url(), { expect: HOLD }));
      assertMatchesSchema(report);
      assert.equal(report.verdict, 'down');
      assert.deepEqual(ids(report), ['close.after-ping', 'close.dropped']);
      assert.match(report.looks?.[0]?.error ?? '', /ECONNREFUSED|reset/);
    } finally {
      await server.stop();
    }
  });

  it('says why in a binary message, and is quoted', () =>
    probing(
      { onOpen: (socket) => socket.end(Buffer.concat([serverFrame(2, '{"error":"no such room"}'), closeFrame(1000)])) },
      (report) =>
        assert.match(report.findings[0]?.title ?? '', /said "no such room", then closed the connection with 1000/),
    ));

  it('is seen where a round trip takes longer than the hold', () =>
    probing(
      { ...atPing((socket) => void setTimeout(() => socket.end(), 150)), afterMs: 250 },
      (report) => {
        assert.equal(report.verdict, 'degraded');
        assert.deepEqual(ids(report), ['close.after-ping']);
      },
      { expect: { holdMs: 20 } },
    ));

  it('is cancelled in its second hold, and keeps no connection', async () => {
    const abort = new AbortController();
    const ended: Promise<unknown>[] = [];
    const server = await ByteServer.start((connection) => ({
      ...atPing((socket) => socket.end()),
      onOpen: (socket) => {
        ended.push(new Promise((resolve) => socket.once('close', resolve)));
        if (connection === 1) abort.abort();
      },
    }));
    try {
      const plan = planFor(server.url(), { expect: { holdMs: 60_000 } });
      const report = await runProbe(plan, { signal: abort.signal });
      assert.equal(report.verdict, 'down');
      assert.equal(ids(report)[0], 'close.after-ping');
      assert.equal(ended.length, 2);
      await Promise.all(ended);
    } finally {
      await server.stop();
    }
  });

  const reasons: [what: string, script: ByteScript][] = [
    ['a reason', { onOpen: (socket) => socket.end(closeFrame(1008, 'Unauthorized')) }],
    ['a code of its own', { onOpen: (socket) => socket.end(closeFrame(4001)) }],
    ['that it goes away', { onOpen: (socket) => socket.end(closeFrame(1001)) }],
    [
      'why in a message',
      {
        onOpen: (socket) => socket.end(Buffer.concat([serverFrame(1, '{"error":"token expired"}'), closeFrame(1008)])),
      },
    ],
  ];
  for (const [what, script] of reasons) {
    it(`is taken at its word where it says ${what}: no second look`, () =>
      probing(script, (report, server) => {
        assert.equal(report.verdict, 'down');
        assert.equal(report.looks, undefined);
        assert.equal(server.heads.length, 1);
        assert.ok(!ids(report).includes('close.after-ping'));
      }));
  }

  it('ends neither late nor after a pong: no second look', async () => {
    const pong = (socket: Socket) => {
      socket.write(serverFrame(10, 'wsprobe.1'));
      socket.end();
    };
    await probing(atPing(pong), (report, server) => {
      assert.equal(server.heads.length, 1);
      assert.deepEqual(ids(report), ['close.dropped']);
    });
  });

  it('is not looked at again where it was cancelled', async () => {
    const abort = new AbortController();
    const server = await ByteServer.start(
      atPing((socket) => {
        abort.abort();
        socket.end();
      }),
    );
    try {
      const report = await runProbe(planFor(server.url()), { signal: abort.signal });
      assert.equal(report.looks, undefined);
      assert.equal(server.heads.length, 1);
    } finally {
      await server.stop();
    }
  });

  it('may be the inspector of Node', async function () {
    const child = spawn(process.execPath, ['--inspect=127.0.0.1:0', '-e', 'setInterval(() => {}, 1000)'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    try {
      let said = '';
      while (!/ws:\/\/\S+/.test(said)) said += String((await once(child.stderr, 'data'))[0]);
      const url = /ws:\/\/\S+/.exec(said)?.[0] ?? '';
      const report = await runProbe(planFor(url, { expect: { holdMs: 100 } }));
      assert.equal(report.verdict, 'degraded');
      assert.deepEqual(ids(report), ['close.after-ping']);
      const cured = await runProbe(planFor(url, { expect: { holdMs: 100, ping: false } }));
      assert.equal(cured.verdict, 'healthy');
    } finally {
      child.kill();
      await once(child, 'exit');
    }
  });
});

describe('a ping that nobody answers', () => {
  it('is the reason for down where nothing at all came back, and nobody is told to wait longer', () =>
    probing(
      {},
      (report) => {
        assert.equal(report.verdict, 'down');
        assert.equal(report.error?.code, 'message.timeout');
        assert.deepEqual(ids(report), ['ping.unanswered']);
        assert.match(report.findings[0]?.title ?? '', /nothing came back: no pong, no message, no answer to our Close/);
        assert.doesNotMatch(JSON.stringify(report.findings), /[Ww]ait longer/);
      },
      { timeouts: { closeMs: 40 } },
    ));

  const living: [what: string, script: ByteScript, ids: string[], title: RegExp][] = [
    ['answers a Close', atPing(() => {}), ['ping.unanswered'], /did not answer our ping, though it answered our Close/],
    [
      'sends messages and answers no Close',
      { onOpen: (socket) => socket.write(serverFrame(1, 'tick')) },
      ['ping.unanswered', 'limit.close-timeout'],
      /sends messages but did not answer our ping, nor our Close frame/,
    ],
    [
      'sends binary messages',
      { ...atPing(() => {}), onOpen: (socket) => socket.write(serverFrame(2, 'tick')) },
      ['ping.unanswered'],
      /did not answer our ping/,
    ],
    [
      'ends TCP at our Close',
      { onFrame: ({ opcode }, socket) => opcode === CLOSE && socket.end() },
      ['close.dropped', 'ping.unanswered'],
      /instead of answering our Close/,
    ],
    [
      'answers with a pong of another payload',
      atPing((socket) => socket.write(serverFrame(10, 'other'))),
      ['ping.unanswered'],
      /did not answer our ping/,
    ],
  ];
  for (const [what, script, wanted, title] of living) {
    it(`is a warning of a server that ${what}`, () =>
      probing(
        script,
        (report) => {
          assert.equal(report.verdict, 'degraded');
          assert.deepEqual(ids(report), wanted);
          assert.match(report.findings[0]?.title ?? '', title);
          assert.doesNotMatch(JSON.stringify(report.findings), /[Ww]ait longer/);
        },
        { timeouts: { closeMs: 40 } },
      ));
  }

  it('is nothing where the server closed by itself as the profile expects', () =>
    probing(
      { onOpen: (socket) => socket.end(closeFrame(1000)) },
      (report) => {
        assert.equal(report.verdict, 'healthy');
        assert.deepEqual(report.findings, []);
      },
      { expect: { closeCode: [1000] } },
    ));

  it('is fine when the pong comes late, before the Close is answered', () =>
    probing(
      (() => {
        let pinged = false;
        return {
          onFrame: ({ opcode }, socket) => {
            if (opcode === PING) pinged = true;
            if (opcode !== CLOSE) return;
            if (pinged) socket.write(serverFrame(10, 'wsprobe.1'));
            socket.end(closeFrame(1000));
          },
        } satisfies ByteScript;
      })(),
      (report) => {
        assert.equal(report.verdict, 'healthy');
        assert.equal(report.roundTrips?.samplesMs.length, 1);
      },
    ));
});
