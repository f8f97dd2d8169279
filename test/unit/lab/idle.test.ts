import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { ByteServer, type ByteScript, closeFrame, serverFrame } from '../../support/byteServer.js';
import { experiment, findingIds } from '../../support/experiments.js';

const CUT_MS = 400;

/** Cuts what is silent for a while, by the timer of a socket; answers pings and Close. */
function cutting(cut: (socket: Socket) => void, { heedsPings = true, headers = [] as string[] } = {}): ByteScript {
  const timers = new WeakMap<Socket, NodeJS.Timeout>();
  const restart = (socket: Socket) => {
    clearTimeout(timers.get(socket));
    timers.set(
      socket,
      setTimeout(() => cut(socket), CUT_MS),
    );
  };
  return {
    headers,
    onOpen: restart,
    onFrame: (frame, socket) => {
      if (frame.opcode === 8) socket.end(closeFrame(1000));
      if (frame.opcode === 9) socket.write(serverFrame(10, frame.payload));
      if (heedsPings) restart(socket);
    },
  };
}

describe('lab idle', () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()));
  });
  const serve = async (script: ByteScript) => {
    const server = await ByteServer.start(script);
    cleanups.push(() => server.stop());
    return server;
  };
  const settings = { connections: 5, forMs: 2_000 };
  /** Within a tenth, as the experiment promises; above, a busy machine takes its time to end and to see it. */
  const assertFound = (cutMs: number | null | undefined) => {
    assert.ok(cutMs !== null && cutMs !== undefined && cutMs > CUT_MS * 0.9, `${cutMs}`);
    assert.ok(cutMs < CUT_MS * 1.5, `${cutMs}`);
  };

  it('finds the cut of silent connections within a tenth, and says that the heartbeat is missing', async () => {
    const server = await serve(cutting((socket) => socket.end()));
    const record = await experiment('idle', server.url(), settings);
    const { idleCutoffMs, outlivedMs } = record.numbers;
    assertFound(idleCutoffMs);
    assert.ok((outlivedMs ?? 0) >= (idleCutoffMs ?? 0) * 0.9, JSON.stringify(record.numbers));
    assert.equal(record.verdict, 'warn');
    assert.equal(record.findings[0]?.id, 'lab.idle-cutoff');
    assert.match(record.conclusion, /^Silent connections are cut after \d+ ms: a heartbeat of 30 s is not enough/);
    assert.match(record.findings[0]?.evidence.join('\n') ?? '', /FIN/);
  });

  it('judges the heartbeat of the profile', async () => {
    const server = await serve(cutting((socket) => socket.resetAndDestroy()));
    const heartbeat = (everyMs: number) => ({
      session: {
        heartbeat: { everyMs, timeoutMs: 1_000, send: 'ping' },
        reconnect: null,
        dialect: 'auto',
        autoPong: true,
        shareConnection: false,
      },
    });
    const enough = await experiment('idle', server.url(), settings, heartbeat(100));
    assert.deepEqual([enough.verdict, enough.findings[0]?.severity], ['pass', 'info'], enough.conclusion);
    assert.match(enough.conclusion, /your heartbeat of 100 ms is enough/);
    const late = await experiment('idle', server.url(), settings, heartbeat(5_000));
    assert.deepEqual([late.verdict, late.findings[0]?.severity], ['fail', 'error'], late.conclusion);
    assert.match(late.conclusion, /your heartbeat of 5\.00 s is not enough/);
  });

  it('names who answered where the timer is of whole seconds', async () => {
    const headers = ['Server: nginx/1.22.1'];
    const server = await serve({
      headers,
      onOpen: (socket) => void setTimeout(() => socket.end(), 1_000),
      onFrame: ({ opcode, payload }, socket) => opcode === 9 && socket.write(serverFrame(10, payload)),
    });
    const record = await experiment('idle', server.url(), { connections: 3, forMs: 4_000 });
    assert.match(record.findings[0]?.evidence.join('\n') ?? '', /nginx: server: nginx\/1\.22\.1/);
    // Pings did not help: it is no idle timer, whoever answered.
    assert.deepEqual(findingIds(record), ['lab.heartbeat-blind']);
    assert.equal(record.verdict, 'fail');
  });

  it('sees a connection that is forgotten without a word', async () => {
    const forgotten = new WeakSet<Socket>();
    const script = cutting((socket) => forgotten.add(socket));
    const server = await serve({
      ...script,
      onFrame: (frame, socket) => {
        if (!forgotten.has(socket)) script.onFrame?.(frame, socket);
      },
    });
    const overrides = { timeouts: { messageMs: 300, closeMs: 100 } };
    const record = await experiment('idle', server.url(), { connections: 5, forMs: 800 }, overrides);
    assertFound(record.numbers['idleCutoffMs']);
    assert.match(record.findings[0]?.evidence.join('\n') ?? '', /Nothing told us of the end/);
  });

  it('passes where nothing is cut, and where the server speaks by itself', async () => {
    const quiet = await serve({
      onFrame: ({ opcode, payload }, socket) => {
        if (opcode === 8) socket.end(closeFrame(1000));
        if (opcode === 9) socket.write(serverFrame(10, payload));
      },
    });
    const record = await experiment('idle', quiet.url(), { connections: 3, forMs: 300 });
    assert.equal(record.verdict, 'pass', record.conclusion);
    assert.match(record.conclusion, /^No connection was cut within 3\d\d ms of silence, the longest that was tried/);
    const chatty = await serve({
      onOpen: (socket) => {
        const timer = setInterval(() => socket.write(serverFrame(1, 'tick')), 60);
        socket.on('close', () => clearInterval(timer));
      },
      onFrame: ({ opcode, payload }, socket) => {
        if (opcode === 8) socket.end(closeFrame(1000));
        if (opcode === 9) socket.write(serverFrame(10, payload));
      },
    });
    const spoken = await experiment('idle', chatty.url(), { connections: 3, forMs: 500 });
    assert.equal(spoken.verdict, 'pass', spoken.conclusion);
    assert.match(spoken.conclusion, /The server speaks by itself/);
  });

  it('tells what it knows where it is stopped', async () => {
    const controller = new AbortController();
    const server = await serve({ onOpen: () => setImmediate(() => controller.abort()) });
    const { signal } = controller;
    const record = await experiment('idle', server.url(), { connections: 2, forMs: 60_000 }, {}, { signal });
    assert.match(record.stopped ?? '', /interrupted/);
    assert.equal(record.numbers['idleCutoffMs'], null);
  });
});
