export const DIFF_SCHEMA = 'wsprobe.diff/1';

export type Side = 'a' | 'b';

/** One thing that is not as it was; null on the side where it is not at all. */
export interface Change {
  readonly kind: string;
  /** Which of its kind: the name of a header, a finding, a step; null where there is one alone. */
  readonly name: string | null;
  readonly before: string | null;
  readonly after: string | null;
}

/** How long something took on both sides; null where it did not take place. */
export interface Timing {
  readonly name: string;
  readonly beforeMs: number | null;
  readonly afterMs: number | null;
  readonly isBeyondNoise: boolean;
}

/** Two reports, or two recordings, beside each other. */
export interface Comparison {
  readonly title: string;
  /** Of two runs or watches: what is in one of them alone. */
  readonly only: Side | null;
  readonly changes: readonly Change[];
  /** Changes beyond those that are listed. */
  readonly more: number;
  readonly timings: readonly Timing[];
}

export interface Diff {
  readonly schema: typeof DIFF_SCHEMA;
  readonly of: 'report' | 'run' | 'recording' | 'experiment' | 'watch';
  readonly a: string;
  readonly b: string;
  readonly changed: boolean;
  /** What was not looked at, a sentence each. */
  readonly rules: readonly string[];
  readonly comparisons: readonly Comparison[];
}

export function isChanged({ changes, only, timings }: Comparison): boolean {
  return only !== null || changes.length > 0 || timings.some(({ isBeyondNoise }) => isBeyondNoise);
}
