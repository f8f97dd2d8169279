import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { RowList } from '../../../../src/core/frames/log/rowList.js';

describe('RowList', () => {
  it('is a sorted list of ids, also where they pass 2^32', () => {
    const operation = fc.record({
      type: fc.constantFrom('push', 'push', 'push', 'in', 'out', 'trim'),
      by: fc.nat(2000),
    });
    const starts = fc.constantFrom(0, 2 ** 32 - 1000, 5 * 2 ** 32 - 7);
    fc.assert(
      fc.property(starts, fc.array(operation, { maxLength: 300 }), (start, operations) => {
        const list = new RowList();
        list.clear(start);
        let ids: number[] = [];
        let floor = start;
        let last = start;
        for (const { type, by } of operations) {
          const id = floor + (by % (last - floor + 1));
          if (type === 'push') list.push((last += 1 + by));
          else if (type === 'trim') list.trim((floor = Math.max(floor, id)));
          else list.set(id, type === 'in');
          if (type === 'push') ids.push(last);
          else if (type === 'in') ids = [...new Set([...ids, id])].toSorted((a, b) => a - b);
          else if (type === 'out') ids = ids.filter((other) => other !== id);
          ids = ids.filter((other) => other >= floor);
        }
        assert.deepEqual(
          Array.from({ length: list.length }, (_, at) => list.at(at)),
          ids,
        );
        for (const [at, id] of ids.entries()) assert.equal(list.indexOf(id), at);
      }),
    );
  });
});
