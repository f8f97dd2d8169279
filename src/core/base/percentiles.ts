import type { RoundTripMode, RoundTrips } from './model.js';

/** Nearest-rank percentile of sorted samples, `percent` from 0 to 100. */
export function percentile(sorted: readonly number[], percent: number): number {
  const rank = Math.max(1, Math.ceil((percent / 100) * sorted.length));
  return sorted[rank - 1] ?? 0;
}

/** Null when there is no sample. */
export function summarize(mode: RoundTripMode, samplesMs: readonly number[]): RoundTrips | null {
  if (samplesMs.length === 0) return null;
  const sorted = [...samplesMs].sort((a, b) => a - b);
  return {
    mode,
    samplesMs,
    minMs: percentile(sorted, 0),
    p50Ms: percentile(sorted, 50),
    p95Ms: percentile(sorted, 95),
    p99Ms: percentile(sorted, 99),
    maxMs: percentile(sorted, 100),
  };
}
