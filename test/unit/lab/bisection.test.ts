import assert from 'node:assert/strict';
import { array, assert as holds, boolean, double, integer, property, record } from 'fast-check';
import {
  between,
  type Bracket,
  isNarrow,
  ladder,
  narrowed,
  NOTHING_KNOWN,
} from '../../../src/core/lab/measure/bisection.js';

/** Tries the times against a limit that nobody knows, all at once as an experiment does. */
function tried(bracket: Bracket, times: readonly number[], limitMs: number): Bracket {
  return times.reduce((known, ms) => narrowed(known, { ms, cut: ms >= limitMs }), bracket);
}

describe('bisection', () => {
  const counts = integer({ min: 2, max: 50 });
  const times = double({ min: 1, max: 1e7, noNaN: true });

  it('climbs by a factor of two to the longest', () => {
    assert.deepEqual(ladder(800, 4), [100, 200, 400, 800]);
  });

  it('finds any limit within a tenth, in few rounds, and never loses it', () => {
    holds(
      property(counts, times, double({ min: 0.001, max: 1, noNaN: true }), (count, longestMs, part) => {
        const limitMs = longestMs * part;
        let bracket = tried(NOTHING_KNOWN, ladder(longestMs, count), limitMs);
        for (let round = 0; round < 14 && !isNarrow(bracket, 0.1); round++) {
          bracket = tried(bracket, between(bracket, count), limitMs);
          assert.ok(bracket.survivedMs <= limitMs && limitMs <= (bracket.cutMs ?? 0));
        }
        assert.ok(isNarrow(bracket, 0.1));
      }),
    );
  });

  it('says nothing of a limit that was not reached', () => {
    holds(
      property(counts, times, (count, longestMs) => {
        const bracket = tried(NOTHING_KNOWN, ladder(longestMs, count), longestMs * 2);
        assert.deepEqual(bracket, { survivedMs: longestMs, cutMs: null });
        assert.equal(isNarrow(bracket, 0.1), false);
        assert.deepEqual(between(bracket, count), []);
      }),
    );
  });

  it('stays a bracket whatever comes, in whatever order', () => {
    const outcomes = array(record({ ms: times, cut: boolean() }), { minLength: 1 });
    holds(
      property(outcomes, (all) => {
        const { cutMs, survivedMs } = all.reduce(narrowed, NOTHING_KNOWN);
        const cuts = all.filter(({ cut }) => cut).map(({ ms }) => ms);
        assert.equal(cutMs, cuts.length === 0 ? null : Math.min(...cuts));
        assert.ok(survivedMs <= (cutMs ?? Number.POSITIVE_INFINITY));
      }),
    );
  });
});
