import { timersNear } from '../../close/timers.js';
import { clusters } from '../../lab/measure/clusters.js';
import type { TapLifetime } from '../../session/tapState.js';

/** Below it a lifetime is a person's or a program's own doing. */
const LEAST_LIFETIME_MS = 4_000;

/** Connections that live as long as each other end by somebody's timer: which one is known to be that long. */
export function sameLifetimes(lifetimesMs: readonly number[]): readonly TapLifetime[] {
  return clusters(lifetimesMs.filter((ms) => ms >= LEAST_LIFETIME_MS)).map(({ count, medianMs }) => {
    const [timer] = [...timersNear(medianMs, 'lifetime'), ...timersNear(medianMs, 'idle')];
    return { count, medianMs, timers: timer?.owners.map(({ name }) => name) ?? [] };
  });
}
