import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { judgeSequence } from '../../../src/core/lab/measure/sequence.js';
import { ByteServer, type ByteScript, closeFrame, serverFrame } from '../../support/byteServer.js';
import { experiment } from '../../support/experiments.js';

/** Numbers from a start on, of which none next to the first two is left out: the step stays what it is. */
const counts = fc.record({
  first: fc.integer({ min: 0, max: 1e6 }),
  step: fc.integer({ min: 1, max: 100 }),
  length: fc.integer({ min: 4, max: 200 }),
});
const whole = ({ first, length, step }: { first: number; length: number; step: number }) =>
  Array.from({ length }, (_, index) => first + index * step);

describe('judgeSequence', () => {
  it('finds nothing in a whole sequence, whatever its step', () => {
    fc.assert(
      fc.property(counts, (count) => {
        const { duplicates, gaps, missing, reordered, resets, step } = judgeSequence(whole(count));
        assert.deepEqual(
          { duplicates, gaps, missing, reordered, resets, step },
          { duplicates: 0, gaps: [], missing: 0, reordered: 0, resets: 0, step: count.step },
        );
      }),
    );
  });

  it('counts exactly what was left out, repeated and put behind', () => {
    fc.assert(
      fc.property(counts, fc.infiniteStream(fc.constantFrom('keep', 'drop', 'repeat', 'late')), (count, fates) => {
        const sent = whole(count);
        const received: number[] = [];
        const expected = { missing: 0, duplicates: 0, reordered: 0 };
        let late: number | null = null;
        for (const [index, number] of sent.entries()) {
          const fate = index < 2 || index === sent.length - 1 ? 'keep' : (fates.next().value as string);
          if (fate === 'late' && late === null) {
            late = number;
            continue;
          }
          if (fate === 'drop') {
            expected.missing += 1;
            continue;
          }
          received.push(number);
          if (fate === 'repeat') {
            received.push(number);
            expected.duplicates += 1;
          }
          if (late !== null) {
            received.push(late);
            expected.reordered += 1;
            late = null;
          }
        }
        const { duplicates, missing, reordered } = judgeSequence(received);
        assert.deepEqual({ missing, duplicates, reordered }, expected);
      }),
    );
  });

  it('judges a count that begins anew by itself', () => {
    fc.assert(
      fc.property(fc.integer({ min: 70, max: 300 }), fc.integer({ min: 2, max: 60 }), (before, after) => {
        const first = whole({ first: 1_000, length: before, step: 1 });
        const again = whole({ first: 0, length: after, step: 1 });
        const { duplicates, missing, resets } = judgeSequence([...first, ...again]);
        assert.deepEqual({ duplicates, missing, resets }, { duplicates: 0, missing: 0, resets: 1 });
      }),
    );
  });

  it('takes nothing, and one', () => {
    assert.equal(judgeSequence([]).received, 0);
    assert.deepEqual(judgeSequence([7]), {
      received: 1,
      missing: 0,
      duplicates: 0,
      reordered: 0,
      resets: 0,
      step: 1,
      gaps: [],
    });
  });
});

/** Sends each number as `{"d":{"seq":n}}`, then closes. */
function counting(numbers: readonly unknown[]): ByteScript {
  return {
    onOpen: (socket) => {
      for (const seq of numbers) socket.write(serverFrame(1, JSON.stringify({ d: { seq } })));
      socket.write(closeFrame(1000));
    },
    onFrame: ({ opcode }, socket) => {
      if (opcode === 8) socket.end();
    },
  };
}

describe('lab sequence', () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()));
  });
  const listen = async (script: Parameters<typeof ByteServer.start>[0], jsonPath = '$.d.seq', connections = 1) => {
    const server = await ByteServer.start(script);
    cleanups.push(() => server.stop());
    return experiment('sequence', server.url(), { jsonPath, connections, forMs: 5_000 });
  };

  it('passes where every number comes once and in order, as text too', async () => {
    const record = await listen(counting([1, 2, '3', 4]));
    assert.equal(record.verdict, 'pass', record.conclusion);
    const { duplicates, missing, numbered, reordered } = record.numbers;
    assert.deepEqual([numbered, missing, duplicates, reordered], [4, 0, 0, 0]);
  });

  it('fails where numbers are missing, and tells which', async () => {
    const record = await listen(counting([1, 2, 3, 7, 8, 8, 10, 9]));
    assert.equal(record.verdict, 'fail');
    const { duplicates, missing, reordered } = record.numbers;
    assert.deepEqual([missing, duplicates, reordered], [3, 1, 1]);
    assert.equal(record.findings[0]?.id, 'lab.messages-lost');
    assert.match(record.findings[0]?.evidence.join('\n') ?? '', /after 3 came 7/i);
    assert.match(record.conclusion, /3 are missing, 1 came twice, 1 came behind a later one/);
  });

  it('warns where all came, but not as they were sent', async () => {
    const record = await listen(counting([1, 3, 2, 2, 4]));
    assert.equal(record.verdict, 'warn', record.conclusion);
    assert.equal(record.findings[0]?.id, 'lab.messages-disordered');
  });

  it('judges each connection by itself', async () => {
    const record = await listen((connection) => counting(connection === 0 ? [1, 2, 3] : [10, 11, 14]), '$.d.seq', 2);
    assert.deepEqual([record.numbers['missing'], record.numbers['numbered']], [2, 6]);
    assert.deepEqual(
      record.runs.map(({ numbers }) => numbers['missing']),
      [0, 2],
    );
  });

  it('fails where nothing has a number, and says what came', async () => {
    const record = await listen(counting([1, 2]), '$.nowhere');
    assert.equal(record.verdict, 'fail');
    assert.match(record.conclusion, /2 messages came, none with a whole number at \$\.nowhere/);
  });

  it('wants a path that is one', async () => {
    await assert.rejects(experiment('sequence', 'ws://127.0.0.1:9/'), /wants --json-path/);
    await assert.rejects(experiment('sequence', 'ws://127.0.0.1:9/', { jsonPath: '$.[' }), /--json-path: /);
  });
});
