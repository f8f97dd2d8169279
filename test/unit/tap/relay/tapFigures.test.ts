import assert from 'node:assert/strict';
import { TapFigures } from '../../../../src/core/tap/relay/tapFigures.js';

const MINUTE = 60_000;

describe('what a tap counts', () => {
  /** So many new connections in each minute, one after another. */
  function came(...perMinute: readonly number[]): TapFigures {
    const figures = new TapFigures();
    for (const [minute, count] of perMinute.entries())
      for (let index = 0; index < count; index++)
        figures.began(`10.0.${index >> 8}.${index & 255}:1`, minute * MINUTE + (index * MINUTE) / count);
    return figures;
  }

  it('calls ten times as many as in a usual minute a storm, and nothing before a minute has passed', () => {
    assert.equal(came(300).isStorm(MINUTE - 1), false);
    assert.equal(came(3, 3, 3, 40).isStorm(4 * MINUTE - 1), true);
    assert.equal(came(3, 3, 3, 30).isStorm(4 * MINUTE - 1), false, 'ten times is not more than ten times');
    assert.equal(came(40, 40, 40, 200).isStorm(4 * MINUTE - 1), false);
    assert.equal(came(0, 0, 19).isStorm(3 * MINUTE - 1), false, 'a handful');
    assert.equal(came(3, 3, 3, 40).isStorm(6 * MINUTE), false, 'it is over');
  });
});
