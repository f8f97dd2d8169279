import { hostname } from 'node:os';
import type { HeaderPair, ProbeProgress, Report } from '../base/model.js';
import type { ProbePlan } from '../base/plan.js';
import { judgeFor } from '../dialects/dialectJudge.js';
import type { Network } from '../transport/network.js';
import { systemNetwork } from '../transport/network.js';
import { loadTlsContexts } from '../transport/tlsMaterial.js';
import { Run } from '../run/run.js';
import { reportHeld } from './reportHeld.js';
import { Script } from './script.js';

export interface ProbeOptions {
  readonly signal?: AbortSignal;
  /** Called as phases begin and end, never more than a few times a phase. */
  readonly onProgress?: (progress: ProbeProgress) => void;
  /** Hears the headers of a refusal as they came: cookies that a report hides. */
  readonly onRefusal?: (headers: readonly HeaderPair[]) => void;
  /** The machine the probe leaves from, and the remote it was reached through; this machine by default. */
  readonly host?: string;
  readonly remote?: string | null;
  /** False: no second look is taken; an experiment makes its connections itself. */
  readonly looks?: boolean;
  /** The ways out of this process; tests of the address guard put their own here. */
  readonly network?: Network;
}

/**
 * One probe: connects, checks, measures, closes, and tells all of it in a report. A failed connection is a report, never a
 * rejection. Every phase has a deadline; aborting `signal` ends the probe at once and leaves no socket behind.
 * Redirects are followed where the plan says so, the report is that of the last connection.
 */
export async function runProbe(plan: ProbePlan, options: ProbeOptions = {}): Promise<Report> {
  const { signal } = options;
  const contexts = await loadTlsContexts(plan, signal);
  const run = new Run(plan, {
    contexts,
    signal,
    onProgress: options.onProgress ?? null,
    vantage: { host: options.host ?? thisHost(), remote: options.remote ?? null },
    network: options.network ?? systemNetwork,
    pool: null,
    keepPayloadBytes: null,
    checksMessages: true,
    looks: options.looks ?? true,
    dialectJudge: judgeFor(plan),
    listen: (connection) => new Script(connection, signal),
  });
  const { failure, talker } = await run.open();
  const refused = run.connections.at(-1)?.connection.connection.handshake.record.response;
  if (failure && refused) options.onRefusal?.(refused.headers);
  if (failure) {
    talker.refused(failure);
    return run.report(talker.told);
  }
  await talker.run();
  return reportHeld(run, talker);
}

let name: string | null = null;

/** Asked of the system once: it does not change, and a probe counts microseconds. */
function thisHost(): string {
  name ??= hostname();
  return name;
}
