import type { Failure, PingEvidence } from '../base/evidence.js';
import type {
  Budget,
  ExpectationResult,
  Phase,
  PhaseName,
  ReportError,
  RoundTrips,
  StepResult,
  Verdict,
} from '../base/model.js';
import type { Expectations } from '../base/plan.js';
import { percentile } from '../base/percentiles.js';

type Level = 'ok' | 'degraded' | 'failed';

function judgeBudget(budget: Budget | undefined, ms: number): Level {
  if (budget?.downMs != null && ms > budget.downMs) return 'failed';
  if (budget?.degradedMs != null && ms > budget.degradedMs) return 'degraded';
  return 'ok';
}

/** Phases with their budgets drawn in, and what exceeds them marked. The message phase is judged by its round trips. */
export function applyBudgets(phases: readonly Phase[], expect: Expectations, roundTrips: RoundTrips | null): Phase[] {
  return phases.map((phase) => {
    const budget = expect.budgets[phase.name];
    if (!budget) return phase;
    const ms = phase.name === 'message' ? messageMs(expect, roundTrips) : phase.durationMs;
    const level = phase.status === 'ok' && ms !== null ? judgeBudget(budget, ms) : phase.status;
    const judged = phase.name === 'message' && ms !== null ? { percentile: percentileOf(expect), roundTripMs: ms } : {};
    return {
      ...phase,
      detail: { ...phase.detail, ...judged },
      status: level,
      budget: { degradedMs: budget.degradedMs, downMs: budget.downMs },
    };
  });
}

/** The percentile of the round trips that the message budget speaks of. */
function messageMs(expect: Expectations, roundTrips: RoundTrips | null): number | null {
  if (!roundTrips) return null;
  const sorted = [...roundTrips.samplesMs].sort((a, b) => a - b);
  return percentile(sorted, percentileOf(expect));
}

function percentileOf(expect: Expectations): number {
  return expect.budgets.message?.percentile ?? 50;
}

export interface Judged {
  readonly phases: readonly Phase[];
  readonly roundTrips: RoundTrips | null;
  readonly expectations: readonly ExpectationResult[];
  readonly failure: Failure | null;
  readonly expect: Expectations;
  readonly readyMs: number;
  readonly ping: PingEvidence | null;
  readonly steps: readonly StepResult[];
}

/**
 * Down: no connection, a broken one, a failed expectation, a budget's `downMs`. Degraded: slower than `degradedMs`, a closing
 * handshake that went wrong, a ping that was not answered, a certificate too near its end.
 */
export function judge(judged: Judged): { readonly verdict: Verdict; readonly error: ReportError | null } {
  const error = findError(judged);
  if (error) return { verdict: 'down', error };
  const { expect, expectations, failure, phases, ping, readyMs, roundTrips, steps } = judged;
  const degraded =
    failure !== null ||
    ping?.answered === false ||
    steps.some(({ overBudget }) => overBudget === true) ||
    expectations.some(({ passed }) => !passed) ||
    phases.some(({ status }) => status === 'degraded') ||
    judgeBudget(expect.budgets.message, messageMs(expect, roundTrips) ?? 0) === 'degraded' ||
    judgeBudget(expect.budgets.total, readyMs) === 'degraded';
  return { verdict: degraded ? 'degraded' : 'healthy', error: null };
}

function findError({ expect, expectations, failure, phases, readyMs, roundTrips }: Judged): ReportError | null {
  if (failure && failure.phase !== 'close') {
    const code = failure.kind === 'cancelled' ? 'cancelled' : (failure.code ?? `${failure.phase}.${failure.kind}`);
    return { code, message: failure.message, phase: failure.phase };
  }
  const slow = phases.find((phase) => phase.status === 'failed' && phase.budget !== null);
  if (slow) return overBudget(slow.name);
  if (judgeBudget(expect.budgets.message, messageMs(expect, roundTrips) ?? 0) === 'failed')
    return overBudget('message');
  if (judgeBudget(expect.budgets.total, readyMs) === 'failed') return overBudget('message');
  const missed = expectations.find((row) => !row.passed && !DEGRADES.some((name) => row.name.startsWith(name)));
  return missed
    ? { code: 'expectation.failed', message: `Expected: ${missed.name}. Got: ${missed.actual}.`, phase: 'message' }
    : null;
}

/** Expectations that make a probe degraded, not down: certificates near their end, a total beyond `degradedMs` only. */
const DEGRADES = ['certificates are valid', 'is ready within'];

function overBudget(phase: PhaseName): ReportError {
  return { code: 'budget.exceeded', message: `The ${phase} phase took longer than its budget allows.`, phase };
}
