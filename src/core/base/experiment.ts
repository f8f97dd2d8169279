import type { CloseInfo, Finding, Report, ReportError } from './model.js';

export const EXPERIMENT_SCHEMA = 'wsprobe.experiment/1';

/** Experiments with a record of their own; the differential handshake is told by a report. */
export const EXPERIMENT_NAMES = [
  'idle',
  'lifetime',
  'sticky',
  'ramp',
  'reconnect',
  'heartbeat',
  'backpressure',
  'closes',
  'sequence',
] as const;
export type ExperimentName = (typeof EXPERIMENT_NAMES)[number];

export type ExperimentVerdict = 'pass' | 'warn' | 'fail';

/** Flat, the unit in the name: `idleCutoffMs`, `sharePercent`, `memoryBytes`. Null: asked, and not known. */
export type Numbers = Readonly<Record<string, number | null>>;

/** One connection of an experiment. Times are milliseconds since the start of the experiment. */
export interface ExperimentRun {
  /** Counts from 1, in the order in which they were asked for. */
  readonly connection: number;
  readonly startMs: number;
  /** Null: it never opened. */
  readonly openMs: number | null;
  readonly endMs: number | null;
  /** Of the answer to the upgrade. */
  readonly status: number | null;
  readonly close: CloseInfo | null;
  /** Why it did not open, or what went wrong before it was fit for the experiment. */
  readonly error: ReportError | null;
  /** What the experiment saw of it, in few words; empty: nothing of its own. */
  readonly note: string;
  readonly numbers: Numbers;
}

/** What an experiment found (`wsprobe.experiment/1`). */
export interface Experiment {
  readonly schema: typeof EXPERIMENT_SCHEMA;
  readonly experiment: ExperimentName;
  readonly name: string;
  readonly url: string;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly vantage: Report['vantage'];
  readonly connections: { readonly opened: number; readonly failed: number };
  readonly verdict: ExperimentVerdict;
  /** One sentence. */
  readonly conclusion: string;
  readonly numbers: Numbers;
  readonly findings: readonly Finding[];
  /** The first 1,000 connections. */
  readonly runs: readonly ExperimentRun[];
  /** Why it ended before it was through; null: it was. */
  readonly stopped: string | null;
}

/** How far an experiment is: of these only the latest counts. */
export interface ExperimentProgress {
  readonly elapsedMs: number;
  /** No later than then it ends; connections that are being closed aside. */
  readonly boundMs: number;
  readonly opened: number;
  readonly failed: number;
  /** Connections that stand now. */
  readonly open: number;
  /** What it is doing. */
  readonly note: string;
}
