import type { Stability } from '../base/series.js';
import type { Sample } from '../base/sample.js';
import { handshakeMs, percentileOf } from './recent.js';

const LEAST_SAMPLES = 20;
const JITTERS = 3;
const FLAT = 1.5;
/** Below that nobody notices, and a scheduler explains it. */
const LEAST_APART_MS = 10;

/** Null where too little was seen of one of them. */
export function stabilityOf(samples: readonly Sample[]): Stability | null {
  const both = samples.filter((sample) => sample.roundTripMs !== null && handshakeMs(sample) !== null);
  const trip = spread(both, ({ roundTripMs }) => roundTripMs);
  const shake = spread(both, handshakeMs);
  if (trip === null || shake === null) return null;
  return {
    roundTripSpread: trip.ratio,
    handshakeSpread: shake.ratio,
    unstable: trip.ratio >= JITTERS && trip.apartMs >= LEAST_APART_MS && shake.ratio < FLAT,
  };
}

function spread(samples: readonly Sample[], read: (sample: Sample) => number | null) {
  const p50 = percentileOf(samples, read, 50, LEAST_SAMPLES);
  const p95 = percentileOf(samples, read, 95, LEAST_SAMPLES);
  if (p50 === null || p95 === null || p50 <= 0) return null;
  return { ratio: Math.round((p95 / p50) * 100) / 100, apartMs: p95 - p50 };
}
