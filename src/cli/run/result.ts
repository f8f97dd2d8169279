import type { Report } from '../../core/base/model.js';
import type { Problem } from '../../core/profile/profile.js';
import { exitCodeOf } from '../../core/text/exitCode.js';
import { EXIT } from '../usage.js';
import type { RunItem } from './item.js';

/** What became of one try that was followed by another. */
export interface FailedTry {
  readonly exitCode: number;
  readonly durationMs: number;
  readonly why: string;
}

/** What a probe came to: a report, what is wrong with the profile, or our own failure. */
export type Outcome =
  | { readonly report: Report; readonly problems?: never; readonly fault?: never }
  | { readonly problems: readonly Problem[]; readonly report?: never; readonly fault?: never }
  | { readonly fault: { readonly message: string }; readonly report?: never; readonly problems?: never };

/** One probe of a run, done. */
export type RunResult = Outcome & {
  readonly item: RunItem;
  /** As of the probe by itself. */
  readonly exitCode: number;
  /** The tries before this one, all failed. */
  readonly failedTries: readonly FailedTry[];
  /** Line of the profile, from 1, that what went wrong has to do with; null: none, or no file. */
  readonly line: number | null;
};

/** The exit code of one probe. */
export function exitCodeOfOutcome({ report, fault }: Outcome, strict: boolean): number {
  if (report !== undefined) return exitCodeOf(report, { strict });
  return fault === undefined ? EXIT.usage : EXIT.fault;
}

/** It passed, but not at the first try. */
export function isFlaky({ exitCode, failedTries }: RunResult): boolean {
  return exitCode === EXIT.ok && failedTries.length > 0;
}

/** Why it failed, or is degraded, in one sentence; empty where nothing is wrong. */
export function reasonOf({ report, problems, fault }: Outcome): string {
  if (fault !== undefined) return fault.message;
  if (problems !== undefined) {
    const [first] = problems.filter(({ severity }) => severity === 'error');
    return first === undefined
      ? ''
      : `${first.message}${problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''}`;
  }
  const [first] = report.findings;
  if (first !== undefined && (first.severity !== 'info' || report.verdict !== 'healthy')) return first.title;
  if (report.error !== null) return report.error.message;
  if (report.verdict === 'healthy') return '';
  const missed = report.expectations.find(({ passed }) => !passed);
  if (missed !== undefined) return `Expected: ${missed.name}. Wanted ${missed.expected}, got ${missed.actual}.`;
  const slow = report.phases.find(({ status }) => status === 'failed' || status === 'degraded');
  return slow === undefined ? '' : `The ${slow.name} phase ${slow.status}.`;
}
