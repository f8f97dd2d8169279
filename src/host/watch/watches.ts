import { randomUUID } from 'node:crypto';
import { ProbeError } from '../../core/base/errors.js';
import type { Report } from '../../core/base/model.js';
import type { Timeline, TimelineRange } from '../../core/base/series.js';
import type { EngineClient, Job } from '../../engine/client.js';
import { Coalescer } from '../../protocol/coalescer.js';
import { type PreparedPlan, refOf } from '../../protocol/prepared.js';
import type { Localizer } from '../localizer.js';
import { Watched, type WatchJobEvent, type WatchSummary } from './watched.js';

/** One process looks at no more in time. */
export const MAX_WATCHED = 200;
const REFRESH_MS = 250;

/** What is to be watched, before it is ready. */
export interface WatchTarget {
  readonly key: string;
  readonly file: string | null;
  /** Rejects where it cannot be watched. */
  readonly prepare: () => Promise<PreparedPlan>;
}

export interface WatchesParts {
  readonly engine: Pick<EngineClient, 'start'>;
  readonly list: { add(watched: Watched): void; delete(watched: Watched): void; touch(): void };
  readonly vantage: Report['vantage'];
  /** Folder of the history; null: none is kept. */
  readonly history: () => string | null;
  readonly l10n: Localizer;
  readonly onEvent: (watched: Watched, event: WatchJobEvent) => void;
  /** It has ended, and this is what it came to. Never rejects: who stops it waits for that too. */
  readonly onEnd: (watched: Watched, summary: WatchSummary) => void | Promise<void>;
  /** It ended without being asked to. */
  readonly onFault: (watched: Watched, error: unknown) => void;
}

interface Running {
  readonly watched: Watched;
  readonly job: Job<'watch'>;
  /** Its result, once it is no longer shown. */
  readonly ended: Promise<WatchSummary>;
  isStopping: boolean;
}

/** The watches of this window, a job of the engine each. One that ends, however that comes, is not begun again. */
export class Watches {
  readonly #parts: WatchesParts;
  readonly #running = new Map<string, Running>();
  /** By key: two that ask at once get the same. */
  readonly #starting = new Map<string, Promise<Watched>>();

  constructor(parts: WatchesParts) {
    this.#parts = parts;
  }

  get all(): readonly Watched[] {
    return [...this.#running.values()].map(({ watched }) => watched);
  }

  /** Begins to watch a target, or gives the watch that it has. `afterMs`: before its first look. */
  start(target: WatchTarget, afterMs = 0): Promise<Watched> {
    const known = [...this.#running.values()].find(
      ({ isStopping, watched }) => !isStopping && watched.key === target.key,
    );
    if (known) return Promise.resolve(known.watched);
    const starting = this.#starting.get(target.key) ?? this.#start(target, afterMs);
    this.#starting.set(target.key, starting);
    const forget = () => this.#starting.delete(target.key);
    starting.then(forget, forget);
    return starting;
  }

  /** What was seen of it by then. Rejects with `watch.unknown` where it has ended. */
  async stop(id: string): Promise<WatchSummary> {
    const running = this.#running.get(id);
    if (!running) throw new ProbeError('watch.unknown', this.#parts.l10n.t('This is not watched, or no longer.'));
    running.isStopping = true;
    // One that ends in that moment needs no telling.
    await running.job.act('stop').catch(() => undefined);
    return running.ended;
  }

  /** Rejects with `watch.unknown` where it has ended. */
  async timeline(id: string, range: TimelineRange): Promise<Timeline> {
    return this.#job(id).act('timeline', range);
  }

  /** As it stands now. Rejects as `timeline` does. */
  async summary(id: string): Promise<WatchSummary> {
    return this.#job(id).act('summary');
  }

  /** Those that are still there. Rejects as `timeline` does. */
  async reports(id: string): Promise<readonly Report[]> {
    return this.#job(id).act('reports');
  }

  #job(id: string): Job<'watch'> {
    const running = this.#running.get(id);
    if (!running) throw new ProbeError('watch.unknown', this.#parts.l10n.t('This is not watched, or no longer.'));
    return running.job;
  }

  async #start({ file, key, prepare }: WatchTarget, afterMs: number): Promise<Watched> {
    const { l10n } = this.#parts;
    if (this.#running.size + this.#starting.size >= MAX_WATCHED)
      throw new ProbeError('watch.too-many', l10n.t('No more than {0} targets are watched at once.', MAX_WATCHED), {
        hint: l10n.t('For more, let Prometheus scrape "wsprobe exporter".'),
      });
    const plan = await prepare();
    const watched = new Watched({ id: randomUUID(), key, file, name: plan.name, url: plan.url });
    this.#begin(watched, plan, afterMs);
    return watched;
  }

  #begin(watched: Watched, plan: PreparedPlan, afterMs: number): void {
    const { engine, history, list, onEnd, onEvent, onFault, vantage } = this.#parts;
    const refresh = new Coalescer<void>(REFRESH_MS, () => void this.#refresh(watched));
    const params = {
      plan: refOf(plan),
      profile: watched.file === null ? null : plan.name,
      vantage,
      history: history(),
      afterMs,
    };
    const job = engine.start('watch', params, {
      onEvent: (event) => {
        if (event.kind === 'sample') refresh.push();
        else onEvent(watched, event);
      },
    });
    const over = job.done.finally(() => {
      refresh.dispose();
      this.#running.delete(watched.id);
      list.delete(watched);
    });
    const ended = over.then(async (summary) => {
      await onEnd(watched, summary);
      return summary;
    });
    const running: Running = { watched, job, ended, isStopping: false };
    this.#running.set(watched.id, running);
    list.add(watched);
    ended.catch((error: unknown) => {
      if (!running.isStopping) onFault(watched, error);
    });
  }

  async #refresh(watched: Watched): Promise<void> {
    const running = this.#running.get(watched.id);
    // One that ends in that moment has no summary to show.
    const summary = await running?.job.act('summary').catch(() => null);
    if (!summary || !this.#running.has(watched.id)) return;
    watched.summary = summary;
    this.#parts.list.touch();
  }
}
