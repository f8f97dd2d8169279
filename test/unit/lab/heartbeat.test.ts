import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import * as fc from 'fast-check';
import { recogniseHeartbeat } from '../../../src/core/lab/measure/heartbeats.js';
import { ByteServer, type ByteScript, closeFrame, serverFrame } from '../../support/byteServer.js';
import { experiment, findingIds } from '../../support/experiments.js';

describe('recogniseHeartbeat', () => {
  it('knows what dialects beat with, and how often', () => {
    const heard = [
      { text: '0{"sid":"x"}', atMs: 0 },
      { text: '2', atMs: 1_000 },
      { text: '42["news",1]', atMs: 1_200 },
      { text: '2', atMs: 2_010 },
      { text: '2', atMs: 3_000 },
    ];
    assert.deepEqual(recogniseHeartbeat(heard), { dialect: 'Engine.IO', example: '2', count: 3, everyMs: 1_010 });
  });

  it('finds what comes at an even pace but for its digits, among anything that does not', () => {
    const noise = fc.array(
      fc.record({ text: fc.string({ minLength: 30 }), part: fc.double({ min: 0, max: 1, noNaN: true }) }),
    );
    fc.assert(
      fc.property(
        noise,
        fc.integer({ min: 3, max: 20 }),
        fc.integer({ min: 10, max: 60_000 }),
        (others, count, everyMs) => {
          const beats = Array.from({ length: count }, (_, index) => ({
            text: `{"beat":${index}}`,
            atMs: index * everyMs,
          }));
          const heard = [...beats, ...others.map(({ part, text }) => ({ text, atMs: part * count * everyMs }))];
          const found = recogniseHeartbeat(heard.sort((a, b) => a.atMs - b.atMs));
          assert.ok(found && found.count >= count);
          if (found.count === count && found.example === '{"beat":0}') assert.equal(found.everyMs, everyMs);
        },
      ),
    );
  });

  it('takes no uneven traffic for one', () => {
    const heard = [0, 10, 500, 520, 4_000].map((atMs, index) => ({ text: `{"price":${index}}`, atMs }));
    assert.equal(recogniseHeartbeat(heard), null);
  });
});

describe('lab heartbeat', () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()));
  });
  const run = async (script: ByteScript, forMs = 600) => {
    const server = await ByteServer.start(script);
    cleanups.push(() => server.stop());
    return experiment('heartbeat', server.url(), { forMs }, { timeouts: { messageMs: 300, closeMs: 200 } });
  };
  const every = (socket: Socket, ms: number, act: () => void) => {
    const timer = setInterval(act, ms);
    socket.on('close', () => clearInterval(timer));
  };
  const polite = ({ opcode, payload }: { opcode: number; payload: Uint8Array }, socket: Socket) => {
    if (opcode === 8) socket.end(closeFrame(1000));
    if (opcode === 9) socket.write(serverFrame(10, payload));
  };

  it('passes where the server pings, answers, and ends who does not', async () => {
    const alive = new WeakMap<Socket, boolean>();
    const record = await run(
      {
        onOpen: (socket) =>
          every(socket, 100, () => {
            if (alive.get(socket) === false) socket.destroy();
            alive.set(socket, false);
            if (!socket.destroyed) socket.write(serverFrame(9, 'x'));
          }),
        onFrame: (frame, socket) => {
          alive.set(socket, true);
          polite(frame, socket);
        },
      },
      2_000,
    );
    assert.equal(record.verdict, 'pass', record.conclusion);
    const { muteNoticedAfterMs, pongP50Ms, serverPingEveryMs } = record.numbers;
    assert.ok((serverPingEveryMs ?? 0) >= 50, `${serverPingEveryMs}`);
    assert.ok(muteNoticedAfterMs !== null && muteNoticedAfterMs !== undefined && pongP50Ms !== null);
    assert.match(
      record.conclusion,
      /^The server pings every .*, answers ours, and ends a client that answers nothing after/,
    );
  });

  it('warns where nobody looks after the other', async () => {
    const record = await run({ onFrame: ({ opcode }, socket) => opcode === 8 && socket.end(closeFrame(1000)) });
    assert.equal(record.verdict, 'warn');
    assert.deepEqual(findingIds(record), ['ping.unanswered', 'lab.mute-unnoticed']);
    assert.match(record.conclusion, /does not ping, does not answer ours, and did not notice a client/);
  });

  it('recognises the heartbeat of an application, and answers it where a client of it would', async () => {
    const answers: string[] = [];
    const record = await run({
      onOpen: (socket) => every(socket, 60, () => socket.write(serverFrame(1, '2'))),
      onFrame: (frame, socket) => {
        if (frame.opcode === 1) answers.push(Buffer.from(frame.payload).toString());
        polite(frame, socket);
      },
    });
    assert.match(record.conclusion, /sends the heartbeat of Engine\.IO \(2\) every/);
    assert.ok(answers.length > 0 && answers.every((answer) => answer === '3'), answers.join());
  });

  it('takes an end that everybody meets for no notice', async () => {
    const record = await run({
      onOpen: (socket) => void setTimeout(() => socket.end(), 200),
      onFrame: polite,
    });
    assert.equal(record.numbers['muteNoticedAfterMs'], null);
    assert.deepEqual(findingIds(record), ['lab.mute-unnoticed']);
    assert.match(record.conclusion, /ended clients that answer like those that do not/);
  });
});
