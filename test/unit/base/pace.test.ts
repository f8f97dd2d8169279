import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { gapsBetween, PACE_GAPS, paceOf } from '../../../src/core/base/pace.js';

describe('the pace of what comes again and again', () => {
  const gap = fc.double({ min: 1, max: 1e6, noNaN: true });

  it('is told of eight gaps and more, by the latest of them', () => {
    assert.equal(paceOf(Array<number>(7).fill(5)), null);
    assert.deepEqual(paceOf(Array<number>(8).fill(5)), { earlierMs: 5, laterMs: 5, quickens: false });
    fc.assert(
      fc.property(fc.array(gap), fc.array(gap, { minLength: PACE_GAPS, maxLength: PACE_GAPS }), (before, latest) => {
        assert.deepEqual(paceOf([...before, ...latest]), paceOf(latest));
      }),
    );
  });

  it('quickens where gaps shrink, whatever their unit, and not where they grow or stay', () => {
    const ratio = fc.double({ min: 0.3, max: 0.8, noNaN: true });
    const count = fc.integer({ min: 8, max: PACE_GAPS });
    fc.assert(
      fc.property(ratio, count, gap, (shrinks, length, first) => {
        const gaps = Array.from({ length }, (_, index) => first * shrinks ** index);
        assert.equal(paceOf(gaps)?.quickens, true);
        assert.equal(paceOf(gaps.toReversed())?.quickens, false);
        assert.equal(paceOf(gaps.map(() => first))?.quickens, false);
      }),
    );
  });

  it('calls a single leap no trend', () => {
    assert.equal(paceOf([9, 9, 9, 9, 9, 9, 1, 1, 1, 1, 1, 1])?.quickens, false);
  });

  it('seldom finds one in chance', () => {
    let state = 1;
    const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    const found = Array.from({ length: 2_000 }, () => paceOf(Array.from({ length: 12 }, random))?.quickens);
    assert.ok(found.filter(Boolean).length < 20);
  });

  it('is of what lies between times', () => {
    assert.deepEqual(gapsBetween([1, 4, 9]), [3, 5]);
    assert.deepEqual(gapsBetween([]), []);
  });
});
