import assert from 'node:assert/strict';
import { failed, success, wait } from '../../../src/core/transport/outcome.js';

/** Nothing of this thread runs. */
const block = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

describe('a wait', () => {
  const options = { phase: 'upgrade', timeoutMs: 20, timeoutMessage: 'No answer.', signal: undefined } as const;

  it('hears what was said while nothing of ours ran, before its deadline counts', async () => {
    const heard = wait<string>(options, (settle) => {
      // As a socket that is read after the timers.
      setTimeout(() => setImmediate(() => settle(success('answer'))), 10);
      return () => {};
    });
    block(700);
    assert.deepEqual(await heard, success('answer'));
  });

  it('ends all the same where nothing was said, however often nothing of ours runs', async () => {
    const ends: number[] = [];
    const silent = wait<string>(options, () => (outcome) => void ends.push(outcome.ok ? 1 : 0));
    block(700);
    setImmediate(() => block(700));
    assert.deepEqual(await silent, failed('upgrade', 'timeout', 'No answer.'));
    assert.deepEqual(ends, [0]);
  });
});
