import type { Timing } from './model.js';

/** What two single measurements may differ by without meaning anything. */
const NOISE_MS = 20;
const NOISE_SHARE = 0.5;

export const TIMING_RULE = `A time has changed when it differs by more than ${NOISE_MS} ms and by more than ${NOISE_SHARE * 100} % of the shorter one.`;

/** How long what has a name took on both sides. */
export function timingsOf(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): Timing[] {
  return [...new Set([...before.keys(), ...after.keys()])].map((name) => {
    const [beforeMs, afterMs] = [before.get(name) ?? null, after.get(name) ?? null];
    return { name, beforeMs, afterMs, isBeyondNoise: isBeyondNoise(beforeMs, afterMs) };
  });
}

function isBeyondNoise(beforeMs: number | null, afterMs: number | null): boolean {
  if (beforeMs === null || afterMs === null) return beforeMs !== afterMs;
  const delta = Math.abs(afterMs - beforeMs);
  return delta > NOISE_MS && delta > NOISE_SHARE * Math.min(beforeMs, afterMs);
}
