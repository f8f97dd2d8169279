import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { inOrder } from '../../../../src/cli/run/inOrder.js';

const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('work in order', () => {
  it('hands on every result in order, and works on no more at a time than it may', async () => {
    const delays = fc.array(fc.nat({ max: 5 }), { maxLength: 150 });
    await fc.assert(
      fc.asyncProperty(delays, fc.integer({ min: 1, max: 9 }), async (ticks, concurrency) => {
        const emitted: number[] = [];
        let running = 0;
        let most = 0;
        const started = await inOrder({
          count: ticks.length,
          concurrency,
          goesOn: () => true,
          work: async (index) => {
            most = Math.max(most, ++running);
            for (let left = ticks[index] ?? 0; left > 0; left--) await tick();
            running -= 1;
            return { index };
          },
          emit: async ({ index }) => {
            await tick();
            emitted.push(index);
          },
        });
        assert.deepEqual(emitted, [...ticks.keys()]);
        assert.equal(started, ticks.length);
        assert.ok(most <= concurrency);
      }),
      { numRuns: 30 },
    );
  });

  it('keeps a bounded number waiting for a slow one', async () => {
    let finish = () => {};
    const slow = new Promise<void>((resolve) => (finish = resolve));
    let started = 0;
    let emitted = 0;
    const done = inOrder({
      count: 500,
      concurrency: 4,
      goesOn: () => true,
      work: async (index) => {
        started += 1;
        if (index === 0) await slow;
        return {};
      },
      emit: async () => void (emitted += 1),
    });
    for (let turn = 0; turn < 2_000; turn++) await tick();
    assert.ok(started < 80, String(started));
    assert.equal(emitted, 0);
    finish();
    await done;
    assert.equal(emitted, 500);
  });

  it('ends when a result cannot be handed on, and says why', async () => {
    const failing = inOrder({
      count: 200,
      concurrency: 4,
      goesOn: () => true,
      work: async (index) => (await tick(), { index }),
      emit: async ({ index }) => {
        if (index === 70) throw new Error('the disk is full');
      },
    });
    await assert.rejects(failing, /the disk is full/);
  });

  it('starts no more when it is told so, and hands on what it had started', async () => {
    const emitted: number[] = [];
    const started = await inOrder({
      count: 100,
      concurrency: 3,
      goesOn: () => emitted.length < 10,
      work: async (index) => ({ index }),
      emit: async ({ index }) => void emitted.push(index),
    });
    assert.deepEqual(emitted, [...Array(started).keys()]);
    assert.ok(started < 15);
  });
});
