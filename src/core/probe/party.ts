import type { Clock } from '../base/clock.js';
import type { Failure } from '../base/evidence.js';
import { ProbeError } from '../base/errors.js';
import { matchesOfPlan } from '../base/matches.js';
import type { ProbePlan } from '../base/plan.js';
import { judgeFor } from '../dialects/dialectJudge.js';
import type { MatchContext } from '../payload/match.js';
import { loadSchemas } from '../payload/schemaFiles.js';
import { Run, type RunOptions } from '../run/run.js';
import { systemNetwork } from '../transport/network.js';
import { failed, type Outcome, success } from '../transport/outcome.js';
import { loadTlsContexts } from '../transport/tlsMaterial.js';
import type { ProbeOptions } from './probeOptions.js';
import { Script } from './script.js';
import { loadPayloadSchemas, StepProblem } from '../payload/payloadSchemas.js';

/** One connection of a probe, and the script that talks through it. */
export interface Party {
  readonly run: Run<Script>;
  readonly script: Script;
  /** Null: it is open, and its message check has passed. */
  readonly failure: Failure | null;
}

export interface PartyOptions {
  readonly probe: ProbeOptions;
  readonly vantage: RunOptions<Script>['vantage'];
  /** That of the conversation it belongs to; absent: its own. */
  readonly clock?: Clock;
  /** The JSON Schemas of its matches; a failure is a reason not to connect at all. */
  readonly schemas: Outcome<NonNullable<MatchContext['schemas']>>;
}

/** Connects as a plan says, along its redirects, and runs its message check. Never rejects for what a peer does. */
export async function openParty(plan: ProbePlan, { probe, vantage, clock, schemas }: PartyOptions): Promise<Party> {
  const { signal } = probe;
  const contexts = schemas.ok ? await loadTlsContexts(plan, signal) : schemas;
  const run = new Run<Script>(plan, {
    contexts,
    signal,
    onProgress: probe.onProgress ?? null,
    vantage,
    network: probe.network ?? systemNetwork,
    pool: null,
    keepPayloadBytes: null,
    checksMessages: true,
    looks: probe.looks ?? true,
    dialectJudge: judgeFor(plan),
    ...(clock ? { clock } : {}),
    listen: (connection) =>
      new Script(connection, { signal, askedUrl: plan.url, ...(schemas.ok ? { schemas: schemas.value } : {}) }),
  });
  const { failure, talker: script } = await run.open();
  const refused = run.connections.at(-1)?.connection.connection.handshake.record.response;
  if (failure && refused) probe.onRefusal?.(refused.headers);
  if (failure) {
    script.refused(failure);
    return { run, script, failure };
  }
  return { run, script, failure: await script.begin() };
}

/** Files are read before anything is sent: nothing is begun that could not be judged. */
export async function schemasOf(plan: ProbePlan, signal: AbortSignal | undefined): Promise<PartyOptions['schemas']> {
  try {
    await loadPayloadSchemas(plan, signal);
    return success(await loadSchemas(matchesOfPlan(plan), plan.baseDir, signal));
  } catch (error) {
    if (signal?.aborted === true) return failed('dns', 'cancelled', 'Cancelled.');
    if (!(error instanceof ProbeError)) throw error;
    const isUnfit = error.code === 'payload-encoding';
    const code = isUnfit ? 'profile.invalid-payload' : 'profile.unreadable-file';
    const { failure } = failed('dns', 'input', error.message, code);
    return { ok: false, failure: error instanceof StepProblem ? { ...failure, line: error.line } : failure };
  }
}
