import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { Histogram, HISTOGRAM_ERROR } from '../../../src/core/base/histogram.js';
import { percentile } from '../../../src/core/base/percentiles.js';

const value = fc.oneof(
  fc.double({ min: 0.001, max: 10_000_000, noNaN: true }),
  fc.double({ min: 0.5, max: 50, noNaN: true }),
);
const values = fc.array(value, { minLength: 1, maxLength: 200 });
const merged = (...parts: readonly Histogram[]) => {
  const all = new Histogram();
  for (const part of parts) all.merge(part.record());
  return all;
};

describe('Histogram', () => {
  it('tells percentiles within its error, and the extremes exactly', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 0, max: 100 }), (given, percent) => {
        const sorted = [...given].sort((a, b) => a - b);
        const exact = percentile(sorted, percent);
        const told = Histogram.of(given).percentile(percent) ?? NaN;
        const error = percent === 0 || percent === 100 ? 0 : HISTOGRAM_ERROR + 1e-9;
        assert.ok(Math.abs(told - exact) <= exact * error, `${told} for ${exact}`);
      }),
    );
  });

  it('merged, is the histogram of all values together, in any order', () => {
    fc.assert(
      fc.property(values, values, values, (a, b, c) => {
        const [x, y, z] = [a, b, c].map((each) => Histogram.of(each)) as [Histogram, Histogram, Histogram];
        const whole = Histogram.of([...a, ...b, ...c]).record();
        for (const { sum, ...record } of [merged(x, y, z).record(), merged(z, merged(y, x)).record()]) {
          assert.deepEqual({ ...record, sum: whole.sum }, whole);
          assert.ok(Math.abs(sum - whole.sum) <= 0.01 + whole.sum * 1e-9);
        }
      }),
    );
  });

  it('comes back whole from its record, through JSON', () => {
    fc.assert(
      fc.property(values, (given) => {
        const record = Histogram.of(given).record();
        const back = new Histogram();
        back.merge(JSON.parse(JSON.stringify(record)) as ReturnType<Histogram['record']>);
        assert.deepEqual(back.record(), record);
      }),
    );
  });

  it('counts what no clock gives: nothing below zero, no number that is none, no bucket without an end', () => {
    const odd = Histogram.of([-5, 0, NaN, Infinity, 1e300, 1e-300]);
    assert.equal(odd.count, 4);
    assert.equal(odd.percentile(0), 0);
    assert.ok(odd.record().buckets.length <= 2);
    assert.equal(new Histogram().percentile(50), null);
  });
});
