import assert from 'node:assert/strict';
import { createClock } from '../../../src/core/base/clock.js';
import { StallFollower } from '../../../src/core/run/stalls.js';

/** Nothing of this thread runs. */
const block = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

describe('stalls', () => {
  it('are seen by all that follow, each on its own clock, and by nobody who began later or has stopped', () => {
    const clock = createClock();
    const first = new StallFollower(clock);
    const startedMs = clock();
    block(400);
    const own = createClock();
    const second = new StallFollower(own);
    const [stall, ...more] = first.stalls;
    assert.deepEqual([more.length, second.stalls.length], [0, 0]);
    assert.ok(stall && stall.startMs >= startedMs && stall.endMs <= clock(), JSON.stringify(stall));
    assert.ok(stall.endMs - stall.startMs >= 300);
    first.stop();
    block(400);
    second.stop();
    assert.deepEqual([first.stalls.length, second.stalls.length], [1, 1]);
    assert.ok((second.stalls[0]?.endMs ?? 0) <= own());
  });

  it('are none of a moment', () => {
    const follower = new StallFollower(createClock());
    follower.stop();
    assert.deepEqual(follower.stalls, []);
  });
});
