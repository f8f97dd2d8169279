import { median } from './median.mjs';
import { echoes, withWays } from './tapWays.mjs';

const rounds = 7;
const echoesEach = { count: 20_000, window: 500, payload: 'x'.repeat(64) };

/** Messages a second through `wsprobe tap` over those through a relay of bare ws: medians of rounds that take turns. */
export function measure() {
  return withWays(async ({ bare, tap }) => {
    const times = { bare: [], tap: [] };
    for (let round = -1; round < rounds; round++)
      for (const [name, socket] of round % 2 === 0 ? Object.entries({ bare, tap }) : Object.entries({ tap, bare })) {
        const ms = await echoes(socket, echoesEach);
        if (round >= 0) times[name].push(ms);
      }
    return median(times.bare) / median(times.tap);
  });
}
