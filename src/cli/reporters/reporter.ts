import type { RunItem } from '../run/item.js';
import type { RunResult } from '../run/result.js';
import type { RunSummary } from '../run/tally.js';
import type { Style } from '../render/style.js';

/** A run that begins. */
export interface RunHead {
  readonly total: number;
  /** How often each profile is probed. */
  readonly repeat: number;
  /** Null: none was asked for. */
  readonly environments: readonly (string | null)[];
  /** Columns of the longest title. */
  readonly titleColumns: number;
  readonly startedAt: string;
  /** The machine that the probes leave from. */
  readonly host: string;
}

/** A run that is over, or was interrupted. */
export interface RunEnd {
  readonly summary: RunSummary;
  readonly interrupted: boolean;
  /** What was left out, in order. */
  readonly notRun: Iterable<RunItem>;
}

/** Where a reporter writes. Waits while the reader is slower. */
export interface ReportStream {
  write(text: string): Promise<void>;
}

export interface ReporterOptions {
  readonly style: Style;
  readonly verbose: boolean;
  readonly quiet: boolean;
}

/** Tells a run: once its begin, each result in order, once its end, also of a run that was interrupted. It keeps no result. */
export interface Reporter {
  begin(head: RunHead): Promise<void>;
  result(result: RunResult): Promise<void>;
  end(end: RunEnd): Promise<void>;
}

export type CreateReporter = (stream: ReportStream, options: ReporterOptions) => Reporter;
