import { median } from './median.mjs';
import { echoes, withWays } from './tapWays.mjs';

const rounds = 15;
const echoesEach = { count: 400, window: 1, payload: 'x'.repeat(64) };

/** An echo through `wsprobe tap` over a direct one: medians of rounds that take turns. */
export function measure() {
  return withWays(async ({ direct, tap }) => {
    const times = { direct: [], tap: [] };
    for (let round = -2; round < rounds; round++)
      for (const [name, socket] of round % 2 === 0
        ? Object.entries({ direct, tap })
        : Object.entries({ tap, direct })) {
        const ms = await echoes(socket, echoesEach);
        if (round >= 0) times[name].push(ms);
      }
    return median(times.tap) / median(times.direct);
  });
}
