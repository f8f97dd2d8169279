import assert from 'node:assert/strict';
import { Coalescer } from '../../../src/protocol/coalescer.js';

describe('Coalescer', () => {
  it('passes the first at once, the last in the end, and few between', async () => {
    const sent: number[] = [];
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const coalescer = new Coalescer<number>(10, (value) => {
      sent.push(value);
      if (value === 999) finish();
    });
    for (let value = 0; value < 1000; value++) coalescer.push(value);
    assert.deepEqual(sent, [0]);
    await finished;
    assert.deepEqual(sent, [0, 999]);
    coalescer.dispose();
  });

  it('says nothing after it was disposed', async () => {
    const sent: number[] = [];
    const coalescer = new Coalescer<number>(1, (value) => sent.push(value));
    coalescer.push(1);
    coalescer.push(2);
    coalescer.dispose();
    coalescer.push(3);
    const later = new Coalescer<number>(1, () => undefined);
    await new Promise<void>((resolve) => {
      const probe = new Coalescer<number>(5, (value) => {
        if (value === 2) resolve();
      });
      probe.push(1);
      probe.push(2);
    });
    later.dispose();
    assert.deepEqual(sent, [1]);
  });
});
