import { isAllowed } from '../base/allowRules.js';
import { differentialFindings } from '../diagnosis/differentialFindings.js';
import {
  type Differential,
  type Finding,
  type HeaderPair,
  isConnected,
  type Report,
  type Variation,
} from '../base/model.js';
import { plainText } from '../base/plainText.js';
import { type ProbeOptions, runProbe } from '../probe/runProbe.js';
import type { ProbePlan, Timeouts } from '../base/plan.js';
import { Redactor } from '../redaction/redactor.js';
import { type Network, systemNetwork } from '../transport/network.js';
import type { Change, Stage } from './change.js';
import { changesFor } from './changes.js';

export interface DifferentialLimits {
  readonly variations: number;
  readonly totalMs: number;
}

const LIMITS: DifferentialLimits = { variations: 24, totalMs: 60_000 };
/** Of each phase of a variation. */
const MAX_TIMEOUT_MS = 5_000;

export type DifferentialOptions = ProbeOptions & { readonly onVariation?: (variation: Variation) => void };

/**
 * The differential handshake: a probe, and if it fails the same with one thing changed at a time until one passes: up to 24 of them,
 * one after the other, 60 s in all. The report is the probe's; `differential` is null where nothing failed, and its findings
 * come first among those of their severity. Aborting `signal` ends it with what was found by then. `rejectUnauthorized` is never changed.
 */
export async function runDifferential(
  plan: ProbePlan,
  options: DifferentialOptions = {},
  limits: DifferentialLimits = LIMITS,
): Promise<Report> {
  let headers: readonly HeaderPair[] = [];
  const onRefusal = (given: readonly HeaderPair[]) => {
    headers = given;
  };
  const report = await runProbe(plan, { ...options, onRefusal });
  const stage = stageOf(report);
  if (stage === null) return { ...report, differential: null };
  const pointless = whyPointless(report);
  const differential = pointless
    ? { variations: [], cure: null, stopped: pointless }
    : await tryChanges(changesFor(plan, report, stage, headers).filter(mayBeTried), stage, options, limits);
  const findings = [...differentialFindings(differential, plan, stage, report.response), ...report.findings];
  return { ...report, differential, findings: findings.sort((a, b) => rank(a) - rank(b)) };
}

/** A cure is the headline; that there is none must not hide what failed. */
function rank({ severity }: Finding): number {
  return ['error', 'warning', 'info'].indexOf(severity);
}

/** Where the probe failed; null where it did not. An answer in the wrong time or of the wrong kind is no failure to connect. */
function stageOf(report: Report): Stage | null {
  if (!report.error || ['budget.exceeded', 'expectation.failed'].includes(report.error.code)) return null;
  return isConnected(report) ? 'hold' : 'handshake';
}

function whyPointless({ error }: Report): string | null {
  if (error?.code === 'cancelled') return 'Cancelled before anything was changed.';
  if (!/\.(guard|input)$|^(profile|guard)\./.test(error?.code ?? '')) return null;
  return 'The request was refused before it left: no change would help.';
}

/** Who may not name every address gets no further by a change. */
function mayBeTried({ plan: { allowed, url } }: Change): boolean {
  return allowed === undefined || isAllowed(url, allowed);
}

async function tryChanges(
  changes: readonly Change[],
  stage: Stage,
  options: DifferentialOptions,
  limits: DifferentialLimits,
): Promise<Differential> {
  const variations: Variation[] = [];
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), limits.totalMs);
  const signal = options.signal ? AbortSignal.any([options.signal, deadline.signal]) : deadline.signal;
  const end = (cure: string | null, why: string | null): Differential => {
    const left = changes.length - variations.length;
    const stopped = why === null || left === 0 ? null : `${left} of ${changes.length} changes were left out: ${why}.`;
    return { variations, cure, stopped };
  };
  try {
    for (const change of changes.slice(0, limits.variations)) {
      const variation = signal.aborted ? null : await tryChange(change, stage, options, signal);
      if (!variation) {
        return end(null, options.signal?.aborted ? 'cancelled' : `${limits.totalMs / 1000} s are the limit`);
      }
      variations.push(variation);
      options.onVariation?.(variation);
      if (variation.passed) return end(variation.id, null);
    }
    return end(null, `${limits.variations} are the limit`);
  } finally {
    clearTimeout(timer);
  }
}

/** Null when it was cut short. */
async function tryChange(
  { id, change, plan, family }: Change,
  stage: Stage,
  { host, network = systemNetwork, remote }: DifferentialOptions,
  signal: AbortSignal,
): Promise<Variation | null> {
  const report = await runProbe(variationOf(plan, stage), {
    signal,
    looks: false,
    ...(host === undefined ? {} : { host }),
    ...(remote === undefined ? {} : { remote }),
    network: family === undefined ? network : familyOnly(network, family),
  });
  if (report.error?.code === 'cancelled') return null;
  const passed = stage === 'hold' ? stageOf(report) === null && isConnected(report) : isConnected(report);
  // Names of headers and hosts may hold a secret too.
  const redactor = new Redactor(plan.secrets);
  return {
    id: id.includes(':') ? redactor.text(id) : id,
    change: redactor.text(change),
    passed,
    outcome: outcomeOf(report, passed),
    durationMs: report.durationMs,
  };
}

/** Only as much of a probe as shows whether the failure is still there: nothing is said to a server that merely should let us in. */
function variationOf(plan: ProbePlan, stage: Stage): ProbePlan {
  const { closeCode, holdMs, ping } = plan.expect;
  return {
    ...plan,
    timeouts: capped(plan.timeouts),
    message: stage === 'hold' ? plan.message : null,
    expect: {
      holdMs: stage === 'hold' ? holdMs : 0,
      budgets: {},
      ...(ping === undefined ? {} : { ping }),
      ...(closeCode && stage === 'hold' ? { closeCode } : {}),
    },
  };
}

function capped({ connectMs, upgradeMs, messageMs, closeMs }: Timeouts): Timeouts {
  const cap = (ms: number) => Math.min(ms, MAX_TIMEOUT_MS);
  return { connectMs: cap(connectMs), upgradeMs: cap(upgradeMs), messageMs: cap(messageMs), closeMs: cap(closeMs) };
}

/** A status speaks for itself; any other failure is told as its finding tells it. */
function outcomeOf({ error, response, findings }: Report, passed: boolean): string {
  const answer = response ? `${response.status} ${response.reason}`.trim() : '';
  if (passed) return plainText(answer || 'Open', 200);
  const told = response && response.status !== 101 ? null : findings.find(({ severity }) => severity === 'error');
  return plainText(told?.title ?? error?.message ?? answer, 200);
}

function familyOnly(network: Network, family: 4 | 6): Network {
  return {
    lookup: async (host) => (await network.lookup(host)).filter((address) => address.family === family),
    connect: (address, itsFamily, port) => network.connect(address, itsFamily, port),
  };
}
