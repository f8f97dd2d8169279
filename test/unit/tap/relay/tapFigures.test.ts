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

  /** One client that comes at these times, and each time is let in for a moment or turned away. */
  function visits(atMs: readonly number[], isLetIn: boolean) {
    const figures = new TapFigures();
    for (const nowMs of atMs) {
      figures.began('10.0.0.7:1', nowMs);
      if (isLetIn)
        figures.ended('10.0.0.7:1', { nowMs: nowMs + 1, lifetimeMs: 1, messages: 0, reason: 'normal', code: 1000 });
      else figures.turnedAway('10.0.0.7:1');
    }
    return figures.summary(0, []).hasty;
  }
  const every = (ms: number) => Array.from({ length: 12 }, (_, index) => index * ms);
  const doubling = Array.from({ length: 12 }, (_, index) => 100 * 2 ** index);

  it('tells a client that comes back faster and faster', () => {
    const told = visits([0, 6_400, 9_600, 11_200, 12_000, 12_400, 12_600, 12_700, 12_750], true);
    assert.deepEqual(told, { client: '10.0.0.7', earlierMs: 1_600, laterMs: 100, refusals: 0 });
    assert.equal(visits(every(500), true), null, 'as often as before');
  });

  it('tells one that is refused and does not back off, and no other', () => {
    assert.deepEqual(visits(every(100), false), { client: '10.0.0.7', earlierMs: 100, laterMs: 100, refusals: 11 });
    assert.equal(visits(doubling, false), null, 'it waits longer each time');
  });

  it('forgets it once it behaves', () => {
    const figures = new TapFigures();
    for (const nowMs of [...every(100), ...doubling.map((ms) => 1_100 + ms)]) {
      figures.began('10.0.0.7:1', nowMs);
      figures.turnedAway('10.0.0.7:1');
    }
    assert.equal(figures.summary(0, []).hasty, null);
  });
});
