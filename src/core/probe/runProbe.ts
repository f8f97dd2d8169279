import { hostname } from 'node:os';
import type { ProbeProgress, Report } from '../model.js';
import type { ProbePlan } from '../profile/profile.js';
import type { Network } from '../transport/network.js';
import { systemNetwork } from '../transport/network.js';
import { loadTlsContexts } from '../transport/tlsMaterial.js';
import { ProbeRun } from './probeRun.js';

export interface ProbeOptions {
  readonly signal?: AbortSignal;
  /** Called as phases begin and end, never more than a few times a phase. */
  readonly onProgress?: (progress: ProbeProgress) => void;
  /** The machine the probe leaves from, and the remote it was reached through; this machine by default. */
  readonly host?: string;
  readonly remote?: string | null;
  /** The ways out of this process; tests of the address guard put their own here. */
  readonly network?: Network;
}

/**
 * One probe: connects, checks, measures, closes, and tells all of it in a report. A failed connection is a report, never a
 * rejection. Every phase has a deadline; aborting `signal` ends the probe at once and leaves no socket behind.
 */
export async function runProbe(plan: ProbePlan, options: ProbeOptions = {}): Promise<Report> {
  return new ProbeRun(plan, {
    contexts: await loadTlsContexts(plan),
    signal: options.signal,
    onProgress: options.onProgress ?? null,
    vantage: { host: options.host ?? thisHost(), remote: options.remote ?? null },
    network: options.network ?? systemNetwork,
  }).run();
}

let name: string | null = null;

/** Asked of the system once: it does not change, and a probe counts microseconds. */
function thisHost(): string {
  name ??= hostname();
  return name;
}
