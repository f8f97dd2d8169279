import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import type { Payload } from '../../../src/core/base/plan.js';
import { runProbe } from '../../../src/core/probe/runProbe.js';
import { type ByteScript, ByteServer, serverFrame } from '../../support/byteServer.js';
import { planFor } from '../../support/plan.js';

const PING = 9;
const CLOSE = 8;

const answering: ByteScript = {
  onFrame: ({ opcode, payload }, socket) => {
    if (opcode === PING) socket.write(serverFrame(10, payload));
    if (opcode === 1) socket.write(serverFrame(1, 'pong'));
    if (opcode === CLOSE) socket.end(serverFrame(8, Buffer.from('03e8', 'hex')));
  },
};

/** Ends TCP when it has heard nothing for 250 ms, as proxies do. */
const idling = (): ByteScript => {
  let timer: NodeJS.Timeout | undefined;
  const wait = (socket: Socket) => {
    clearTimeout(timer);
    timer = setTimeout(() => socket.end(), 250);
  };
  return {
    onOpen: (socket) => {
      socket.once('close', () => clearTimeout(timer));
      wait(socket);
    },
    onFrame: (frame, socket) => {
      wait(socket);
      answering.onFrame?.(frame, socket);
    },
  };
};

async function holding(
  script: ByteScript,
  heartbeat: { everyMs: number; timeoutMs: number; send: Payload } | null,
  holdMs = 700,
) {
  const server = await ByteServer.start(script);
  try {
    const session = { ...planFor(server.url()).session, heartbeat };
    const report = await runProbe(planFor(server.url(), { session, expect: { holdMs }, timeouts: { closeMs: 40 } }));
    return { report, opcodes: server.opcodes[0] ?? [] };
  } finally {
    await server.stop();
  }
}

describe('a heartbeat in the hold of a probe', () => {
  it('keeps a connection open that an idle timer would cut, with pings as with messages', async () => {
    assert.equal((await holding(idling(), null)).report.verdict, 'down');
    for (const send of ['ping', 'hello']) {
      const { opcodes, report } = await holding(idling(), { everyMs: 80, timeoutMs: 500, send });
      assert.equal(report.verdict, 'healthy', send);
      assert.ok(opcodes.filter((opcode) => opcode === (send === 'ping' ? PING : 1)).length > 2);
    }
  });

  it('counts its round trips', async () => {
    const { report } = await holding(answering, { everyMs: 50, timeoutMs: 500, send: 'ping' }, 400);
    assert.equal(report.roundTrips?.mode, 'ping');
    assert.ok((report.roundTrips?.samplesMs.length ?? 0) > 1);
  });

  it('that goes unanswered is the reason for down', async () => {
    const silent: ByteScript = { onFrame: ({ opcode }, socket) => opcode === CLOSE && socket.end() };
    for (const send of ['ping', 'hello']) {
      const { report } = await holding(silent, { everyMs: 30, timeoutMs: 60, send }, 5_000);
      assert.equal(report.verdict, 'down');
      assert.equal(report.error?.code, 'heartbeat.missed');
      assert.equal(report.findings[0]?.id, 'ping.unanswered');
      assert.match(
        report.findings[0]?.title ?? '',
        /a heartbeat went unanswered: No answer to the heartbeat within 60 ms/,
      );
      assert.ok(report.durationMs < 4_000);
    }
  });

  it('that cannot be made says so', async () => {
    const { report } = await holding(answering, { everyMs: 30, timeoutMs: 60, send: { file: './none.bin' } }, 5_000);
    assert.equal(report.verdict, 'down');
    assert.match(report.findings[0]?.title ?? '', /none\.bin/);
  });
});
