import type { Report } from '../../core/base/model.js';
import { EXIT } from '../usage.js';
import { isFlaky, type RunResult } from './result.js';

/** A run in numbers. */
export interface RunSummary {
  readonly total: number;
  readonly healthy: number;
  readonly degraded: number;
  readonly down: number;
  readonly problems: number;
  /** Our own. */
  readonly faults: number;
  /** Of the healthy and degraded: failed before they passed. */
  readonly flaky: number;
  /** The run was interrupted, or stopped at the first failure. */
  readonly notRun: number;
  readonly durationMs: number;
  /** Of the whole run. */
  readonly exitCode: number;
}

/** From the worst: our own fault, a profile with problems, no connection, a failure after it. */
const WORST_FIRST = [EXIT.interrupted, EXIT.fault, EXIT.usage, EXIT.noConnection, EXIT.failed] as const;

/** Counts results, and keeps none. */
export class Tally {
  readonly #codes = new Set<number>();
  readonly #verdicts: Record<Report['verdict'], number> = { healthy: 0, degraded: 0, down: 0 };
  #done = 0;
  #problems = 0;
  #faults = 0;
  #flaky = 0;

  add(result: RunResult): void {
    this.#done += 1;
    this.#codes.add(result.exitCode);
    if (result.report !== undefined) this.#verdicts[result.report.verdict] += 1;
    else if (result.fault === undefined) this.#problems += 1;
    else this.#faults += 1;
    if (isFlaky(result)) this.#flaky += 1;
  }

  get done(): number {
    return this.#done;
  }

  get failed(): number {
    return this.#verdicts.down + this.#problems + this.#faults;
  }

  summary(total: number, durationMs: number, interrupted: boolean): RunSummary {
    const worst = WORST_FIRST.find((code) => this.#codes.has(code)) ?? EXIT.ok;
    return {
      total,
      ...this.#verdicts,
      problems: this.#problems,
      faults: this.#faults,
      flaky: this.#flaky,
      notRun: total - this.#done,
      durationMs: Math.round(durationMs * 1000) / 1000,
      exitCode: interrupted ? EXIT.interrupted : worst,
    };
  }
}
