import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import * as fc from 'fast-check';
import { clusters } from '../../../src/core/lab/measure/clusters.js';
import { ByteServer, type ByteScript, closeFrame, serverFrame } from '../../support/byteServer.js';
import { experiment, findingIds } from '../../support/experiments.js';

describe('clusters', () => {
  const times = fc.array(fc.double({ min: 0, max: 1e7, noNaN: true }), { maxLength: 60 });

  it('groups what lies within 1 % or 0.3 s, each time once at most, the largest group first', () => {
    fc.assert(
      fc.property(times, (all) => {
        const found = clusters(all);
        for (const { count, maxMs, medianMs, minMs } of found) {
          assert.ok(
            count >= 3 && maxMs - minMs <= Math.max(minMs / 100, 300) && minMs <= medianMs && medianMs <= maxMs,
          );
          assert.ok(all.filter((ms) => ms >= minMs && ms <= maxMs).length === count);
        }
        assert.ok(found.every(({ count }, index) => count <= (found[index - 1]?.count ?? Infinity)));
        assert.ok(found.reduce((sum, { count }) => sum + count, 0) <= all.length);
      }),
    );
  });

  it('finds the limit that many share, among others', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_000, max: 1e6 }),
        fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 4, maxLength: 20 }),
        (limitMs, jitters) => {
          const [cluster] = clusters([...jitters.map((jitter) => limitMs + jitter), limitMs * 3, limitMs / 3]);
          assert.equal(cluster?.count, jitters.length);
        },
      ),
    );
  });
});

describe('lab lifetime', () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()));
  });
  const run = async (script: ByteScript, forMs: number, connections = 4) => {
    const server = await ByteServer.start({
      onFrame: ({ opcode, payload }, socket) => {
        if (opcode === 8) socket.end(closeFrame(1000));
        if (opcode === 9) socket.write(serverFrame(10, payload));
      },
      ...script,
    });
    cleanups.push(() => server.stop());
    return experiment('lifetime', server.url(), { connections, forMs });
  };

  it('finds a limit on the lifetime of busy connections', async () => {
    const record = await run({ onOpen: (socket) => void setTimeout(() => socket.end(), 700) }, 6_000);
    assert.equal(record.verdict, 'warn');
    assert.deepEqual(findingIds(record), ['lab.lifetime-limit'], record.conclusion);
    const { clustered, lifetimeMs } = record.numbers;
    assert.equal(clustered, 4);
    assert.ok(lifetimeMs !== null && lifetimeMs !== undefined && lifetimeMs >= 600, `${lifetimeMs}`);
    assert.match(record.conclusion, /4 of 4 connections were ended after .* although they were busy/);
  });

  it('tells one event from a limit', async () => {
    const sockets: Socket[] = [];
    const record = await run(
      {
        onOpen: (socket) => {
          sockets.push(socket);
          if (sockets.length < 4) return;
          setTimeout(() => sockets.forEach((one) => one.end(closeFrame(1012))), 100);
        },
      },
      8_000,
    );
    assert.deepEqual(findingIds(record), ['lab.ended-together'], record.conclusion);
    assert.match(record.findings[0]?.evidence.join('\n') ?? '', /4 times: The peer sent Close 1012 first/);
  });

  it('says that no age is common where none is', async () => {
    let opened = 0;
    const record = await run(
      { onOpen: (socket) => void setTimeout(() => socket.end(), 100 + 1_000 * opened++) },
      4_000,
      2,
    );
    assert.deepEqual(findingIds(record), ['lab.ended-early'], record.conclusion);
  });

  it('has not passed, and claims no time that was not seen, where it is stopped', async () => {
    const controller = new AbortController();
    const server = await ByteServer.start({ onOpen: () => setTimeout(() => controller.abort(), 50) });
    cleanups.push(() => server.stop());
    const { signal } = controller;
    const record = await experiment('lifetime', server.url(), { connections: 1, forMs: 60_000 }, {}, { signal });
    assert.deepEqual([record.verdict, record.stopped], ['warn', 'It was interrupted.']);
    assert.doesNotMatch(record.conclusion, /60\.00 s/);
  });

  it('passes where they stand', async () => {
    const record = await run({}, 300);
    assert.deepEqual([record.verdict, record.numbers['stood']], ['pass', 4], record.conclusion);
  });
});
