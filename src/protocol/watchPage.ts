import type { SeriesSummary, Timeline, TimelineRange } from '../core/base/series.js';
import type { Verdict } from '../core/base/model.js';
import { type Check, integer, shape, text } from './checks.js';

export type { SeriesSummary, Timeline, TimelinePoint, TimelineRange } from '../core/base/series.js';
/** A report of a watch that can still be opened. */
export interface KeptReport {
  readonly startedAt: string;
  readonly verdict: Verdict;
}

/** What the page of a watched target shows; its charts it asks for by range. */
export interface WatchPageState {
  readonly name: string;
  /** Redacted. */
  readonly url: string;
  /** Null before the first look. */
  readonly summary: SeriesSummary | null;
  /** Oldest first. */
  readonly reports: readonly KeptReport[];
  /** It is no longer watched: nothing more comes. */
  readonly ended: boolean;
}

/** Page to host. */
export interface WatchPageRequests {
  readonly ready: { readonly params: null; readonly result: WatchPageState };
  readonly timeline: { readonly params: TimelineRange; readonly result: Timeline };
  readonly openReport: { readonly params: { readonly startedAt: string }; readonly result: null };
  /** All that is known of it, as text. */
  readonly openDocument: { readonly params: null; readonly result: null };
  /** What is not as it was when it was last healthy. */
  readonly compareHealthy: { readonly params: null; readonly result: null };
  readonly stop: { readonly params: null; readonly result: null };
  readonly copyText: { readonly params: { readonly text: string }; readonly result: null };
}

/** Host to page. */
export interface WatchPageEvents {
  readonly state: WatchPageState;
}

const MAX_COPY_CHARACTERS = 1024 * 1024;
const time = integer(0, 8.64e15);

/** What the page asks for, as what it must be. */
export const watchPageChecks: {
  readonly timeline: Check<TimelineRange>;
  readonly openReport: Check<{ readonly startedAt: string }>;
  readonly copyText: Check<{ readonly text: string }>;
} = {
  timeline: shape({ fromMs: time, toMs: time, points: integer(1, 1_000) }),
  openReport: shape({ startedAt: text(40) }),
  copyText: shape({ text: text(MAX_COPY_CHARACTERS) }),
};
