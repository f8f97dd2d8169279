import type { Report } from '../core/base/model.js';
import { exitCodeOf } from '../core/run/exitCode.js';
import type { Problem } from '../core/profile/profile.js';
import { EXIT } from './usage.js';

/** One profile of a run: what it reported, why it could not be used, or that we failed. `iteration` counts from 1. */
export type RunResult = { readonly file: string; readonly iteration: number } & (
  | { readonly report: Report; readonly problems?: never; readonly fault?: never }
  | { readonly problems: readonly Problem[]; readonly report?: never; readonly fault?: never }
  | { readonly fault: { readonly message: string }; readonly report?: never; readonly problems?: never }
);

export interface RunSummary {
  readonly total: number;
  readonly healthy: number;
  readonly degraded: number;
  readonly down: number;
  readonly problems: number;
  /** Our own. */
  readonly faults: number;
  /** Not run: the run was interrupted or stopped at the first failure. */
  readonly notRun: number;
  readonly durationMs: number;
}

export function summarise(results: readonly RunResult[], total: number, durationMs: number): RunSummary {
  const count = (verdict: Report['verdict']) => results.filter((result) => result.report?.verdict === verdict).length;
  return {
    total,
    healthy: count('healthy'),
    degraded: count('degraded'),
    down: count('down'),
    problems: results.filter((result) => result.problems !== undefined).length,
    faults: results.filter((result) => result.fault !== undefined).length,
    notRun: total - results.length,
    durationMs: Math.round(durationMs * 1000) / 1000,
  };
}

const WORST_FIRST = [EXIT.interrupted, EXIT.fault, EXIT.usage, EXIT.noConnection, EXIT.failed] as const;

/** The worst of all: our own fault, then a profile with problems, then no connection, then a failure after it. */
export function exitCodeOfRun(results: readonly RunResult[], strict: boolean): number {
  const codes = new Set(
    results.map((result) => {
      if (result.report !== undefined) return exitCodeOf(result.report, { strict });
      return result.fault === undefined ? EXIT.usage : EXIT.fault;
    }),
  );
  return WORST_FIRST.find((code) => codes.has(code)) ?? EXIT.ok;
}
