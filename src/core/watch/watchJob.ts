import type { SeriesSummary, Timeline, TimelineRange } from '../base/series.js';
import { quoteText } from '../base/plainText.js';
import type { Report } from '../base/model.js';
import type { ProbePlan, WatchOptions } from '../base/plan.js';
import { shareHistory } from './history/history.js';
import { recordsOf } from './history/remember.js';
import { timelineOf } from './timeline.js';
import { Watch, type WatchEvent } from './watch.js';

export interface WatchParams {
  readonly plan: ProbePlan;
  /** As its samples name it; null for an address alone. */
  readonly profile: string | null;
  readonly vantage: Report['vantage'];
  /** In place of what the profile says. */
  readonly watch?: Partial<WatchOptions>;
  /** Folder of the history; null: none is kept. */
  readonly history: string | null;
  /** How long to wait before the first look: who starts many spreads them. */
  readonly afterMs?: number;
}

/** What a watch tells, and what there is to say of its history. */
export type WatchJobEvent = WatchEvent | { readonly kind: 'history'; readonly message: string };

/** A watch of one target that goes on until it is stopped or `signal` aborts. Rejects where its history cannot be kept. */
export async function watchJob(
  { afterMs = 0, history: folder, plan, profile, vantage, watch: given }: WatchParams,
  emit: (event: WatchJobEvent) => void,
  signal: AbortSignal,
) {
  const tell = (message: string) => emit({ kind: 'history', message: quoteText(message, 1_000) });
  const history = folder === null ? null : await shareHistory(folder, tell);
  const watch = new Watch({
    targets: [{ plan: { ...plan, watch: { ...plan.watch, ...given } }, profile }],
    afterMs,
    signal,
    vantage,
    remembered: (subject) => history?.of(subject) ?? [],
    onEvent: async (event) => {
      emit(event);
      if (event.kind === 'sample') await history?.append(event.sample);
    },
  });
  const summary = (): SeriesSummary => watch.summary().targets[0] as SeriesSummary;
  const run = async (): Promise<SeriesSummary> => {
    try {
      await watch.run();
    } finally {
      await history?.close();
    }
    return summary();
  };
  const done = run();
  const [only] = watch.series;
  const acts = {
    /** What was kept, or without a history what came lately. */
    timeline: async (range: TimelineRange): Promise<Timeline> => {
      const { lately, subject } = only as NonNullable<typeof only>;
      await history?.flush();
      const records = folder === null ? lately : await recordsOf(folder, subject, range.fromMs);
      return timelineOf(records, subject, range);
    },
    reports: async (): Promise<readonly Report[]> => only?.reports ?? [],
    summary: async (): Promise<SeriesSummary> => summary(),
    stop: async (): Promise<SeriesSummary> => {
      watch.stop();
      return done;
    },
  };
  return { acts, done };
}
