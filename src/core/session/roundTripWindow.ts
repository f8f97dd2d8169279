import { percentile } from '../base/percentiles.js';
import type { SessionSnapshot } from './snapshot.js';

const MAX_SAMPLES = 100;

/** The last hundred ping round trips. */
export class RoundTripWindow {
  readonly #samples: { readonly atMs: number; readonly ms: number }[] = [];

  add(atMs: number, ms: number): void {
    this.#samples.push({ atMs, ms });
    if (this.#samples.length > MAX_SAMPLES) this.#samples.shift();
  }

  snapshot(): SessionSnapshot['roundTrips'] {
    if (this.#samples.length === 0) return null;
    const sorted = this.#samples.map(({ ms }) => ms).sort((a, b) => a - b);
    const [minMs, p50Ms, p95Ms, p99Ms, maxMs] = [0, 50, 95, 99, 100].map((percent) => percentile(sorted, percent));
    return {
      samples: [...this.#samples],
      p50Ms: p50Ms ?? 0,
      p95Ms: p95Ms ?? 0,
      p99Ms: p99Ms ?? 0,
      minMs: minMs ?? 0,
      maxMs: maxMs ?? 0,
    };
  }
}
