import type { SeriesSummary, Change, Alert } from '../base/series.js';
import { setMaxListeners } from 'node:events';
import { hostname } from 'node:os';
import type { Report, Verdict } from '../base/model.js';
import type { ProbePlan } from '../base/plan.js';
import { quoteText } from '../base/plainText.js';
import { pauseSample, type Rollup, type Sample, type SampleSubject, sampleOf } from '../base/sample.js';
import { runProbe } from '../probe/runProbe.js';
import { Redactor } from '../redaction/redactor.js';
import type { Network } from '../transport/network.js';
import { HeldConnection } from './held.js';
import { Lateness, PAUSE_AFTER_MS, systemTimes, type Times } from './lateness.js';
import { Series } from './series.js';
import { offsetOf, Slots, Turns } from './slots.js';

export interface WatchTarget {
  /** `watch` says how often, and whether it is held. */
  readonly plan: ProbePlan;
  /** As it was named; null for an address alone. */
  readonly profile: string | null;
}

export type WatchEvent =
  | { readonly kind: 'sample'; readonly sample: Sample }
  /** Told of the first look too, where that is not healthy. */
  | ({ readonly kind: 'verdict'; readonly at: string; readonly title: string } & SampleSubject & Turn)
  | { readonly kind: 'alert'; readonly alert: Alert }
  | { readonly kind: 'change'; readonly change: Change }
  /** Our own failure; the watch goes on. */
  | ({ readonly kind: 'fault'; readonly at: string; readonly message: string } & SampleSubject);

interface Turn {
  readonly from: Verdict | null;
  readonly to: Verdict;
}

export interface WatchSummary {
  readonly startedAt: string;
  readonly durationMs: number;
  readonly targets: readonly SeriesSummary[];
}

export interface WatchOptions {
  readonly targets: readonly WatchTarget[];
  /** Looks at each target, pauses not counted; null: no end. */
  readonly count?: number | null;
  readonly forMs?: number | null;
  /** Before the first look at the first of them. */
  readonly afterMs?: number;
  /** Ends it, with a summary. */
  readonly signal: AbortSignal;
  /** A target is looked at again when what its last look brought about was taken. */
  readonly onEvent: (event: WatchEvent) => void | Promise<void>;
  readonly vantage?: Report['vantage'];
  /** What was kept of a target before. */
  readonly remembered?: (subject: SampleSubject) => readonly Rollup[];
  readonly network?: Network;
  /** `runProbe`, or one that is traced. */
  readonly probe?: typeof runProbe;
  readonly random?: () => number;
  readonly times?: Times;
  readonly pauseAfterMs?: number;
}

/** Of all watches of this process: their beats are the same. */
const turns = new Turns();

/** After a pause: until the timers that are over and the network are heard. */
const SETTLE_MS = 200;

/** Probes, or holds, each target again and again until it is told to end. Its summary can be asked for at any time. */
export class Watch {
  readonly #options: WatchOptions;
  readonly #times: Times;
  readonly #vantage: Report['vantage'];
  readonly #series: readonly (readonly [target: WatchTarget, series: Series])[];
  readonly #startedAt: string;
  readonly #startedMs: number;
  readonly #ending = new AbortController();
  /** Grows with each pause of ours. */
  #pauses = 0;

  constructor(options: WatchOptions) {
    this.#options = options;
    // As many targets listen as there are.
    setMaxListeners(0, this.#ending.signal);
    this.#times = options.times ?? systemTimes;
    this.#vantage = options.vantage ?? { host: hostname(), remote: null };
    this.#series = options.targets.map((target) => [target, this.#seriesOf(target)]);
    this.#startedAt = this.#at();
    this.#startedMs = this.#times.now();
  }

  /** Settles when it was told to end, or all looks were taken, and every socket is closed. Runs once. */
  async run(): Promise<WatchSummary> {
    const { afterMs = 0, forMs = null, pauseAfterMs = PAUSE_AFTER_MS, signal } = this.#options;
    const end = () => this.#ending.abort();
    if (signal.aborted) end();
    signal.addEventListener('abort', end);
    const limit = forMs === null ? null : setTimeout(end, forMs);
    const lateness = new Lateness(this.#times, pauseAfterMs, (pausedMs) => this.#paused(pausedMs));
    const { length } = this.#series;
    const followed = this.#series.map(([target, series], index) =>
      this.#follow(target, series, afterMs + offsetOf(index, length, target.plan.watch.everyMs), lateness),
    );
    try {
      await Promise.all(followed);
    } finally {
      end();
      await Promise.allSettled(followed);
      lateness.stop();
      if (limit !== null) clearTimeout(limit);
      signal.removeEventListener('abort', end);
    }
    return this.summary();
  }

  stop(): void {
    this.#ending.abort();
  }

  /** Of each target, in the order given. */
  get series(): readonly Pick<Series, 'subject' | 'reports' | 'lately'>[] {
    return this.#series.map(([, series]) => series);
  }

  summary(): WatchSummary {
    return {
      startedAt: this.#startedAt,
      durationMs: Math.round(this.#times.now() - this.#startedMs),
      targets: this.#series.map(([, series]) => series.summary()),
    };
  }

  #seriesOf({ plan, profile }: WatchTarget): Series {
    const subject = { target: new Redactor(plan.secrets).url(plan.url), profile };
    const series = new Series(plan, subject);
    for (const rollup of this.#options.remembered?.(subject) ?? []) series.remember(rollup);
    return series;
  }

  async #follow({ plan }: WatchTarget, series: Series, offsetMs: number, lateness: Lateness): Promise<void> {
    const { count = null, random = Math.random } = this.#options;
    const signal = this.#ownEnding();
    const slots = new Slots(this.#startedMs + offsetMs, plan.watch.everyMs, random);
    const look = plan.watch.hold ? await this.#hold(plan, series, slots, signal) : this.#probing(plan, series, signal);
    try {
      let looks = 0;
      for (let dueMs = slots.firstMs; ; dueMs = slots.after(this.#times.now())) {
        await until(dueMs - this.#times.now(), signal);
        if (signal.aborted) return;
        const looked = await this.#look(look, plan, series, lateness);
        if (typeof looked === 'object') {
          if (looked.report) series.note(looked.report);
          await this.#tell(series, looked.sample);
        }
        if (looked !== 'paused') looks += 1;
        if (signal.aborted || (count !== null && looks >= count)) return;
      }
    } finally {
      await look.end();
    }
  }

  async #look(look: Look, plan: ProbePlan, series: Series, lateness: Lateness): Promise<Looked> {
    lateness.check();
    const pauses = this.#pauses;
    try {
      const looked = await look.take();
      lateness.check();
      return pauses === this.#pauses ? looked : 'paused';
    } catch (error) {
      const message = new Redactor(plan.secrets).text(error instanceof Error ? error.message : String(error));
      await this.#options.onEvent({
        kind: 'fault',
        at: this.#at(),
        ...series.subject,
        message: quoteText(message, 300),
      });
      return 'failed';
    }
  }

  /** Of one target alone: whoever listens is looked for among all that listen to the same signal, of every phase of every look. */
  #ownEnding(): AbortSignal {
    const { signal } = this.#ending;
    const own = new AbortController();
    if (signal.aborted) own.abort();
    else signal.addEventListener('abort', () => own.abort(), { once: true });
    return own.signal;
  }

  #probing(plan: ProbePlan, series: Series, signal: AbortSignal): Look {
    const { host, remote } = this.#vantage;
    const { network, probe = runProbe } = this.#options;
    return {
      take: async () => {
        const report = await turns.take(plan.watch.everyMs, () =>
          probe(plan, { signal, host, remote, ...(network ? { network } : {}) }),
        );
        if (signal.aborted || report.error?.code === 'cancelled') return 'paused';
        return { sample: sampleOf(report, series.subject), report };
      },
      end: async () => {},
    };
  }

  async #hold(plan: ProbePlan, series: Series, slots: Slots, signal: AbortSignal): Promise<Look> {
    await until(slots.firstMs - this.#times.now(), signal);
    const held = new HeldConnection({
      plan,
      ...series.subject,
      vantage: this.#vantage,
      network: this.#options.network,
      now: () => this.#times.now(),
      onReport: (report) => series.note(report),
    });
    let isOpened = false;
    let pauses = this.#pauses;
    const unlessEnded = async (work: () => Promise<void>) => {
      const abort = () => void held.close(0);
      signal.addEventListener('abort', abort);
      try {
        if (!signal.aborted) await work();
      } finally {
        signal.removeEventListener('abort', abort);
      }
    };
    return {
      take: async () => {
        if (!isOpened) await unlessEnded(() => held.open());
        isOpened = true;
        if (signal.aborted) return 'paused';
        if (pauses === this.#pauses) return { sample: held.take(this.#at()), report: null };
        // What ended meanwhile, and ends now that our timers and the network are heard again, ended because we were not there.
        pauses = this.#pauses;
        await until(SETTLE_MS, signal);
        await unlessEnded(() => held.forget());
        return 'paused';
      },
      end: () => held.close(plan.timeouts.closeMs),
    };
  }

  async #tell(series: Series, sample: Sample): Promise<void> {
    const { onEvent } = this.#options;
    const { alerts, before, changes, turned, why } = series.add(sample, this.#times.now());
    await onEvent({ kind: 'sample', sample });
    const { at, verdict } = sample;
    if (turned && verdict !== null && (before !== null || verdict !== 'healthy'))
      await onEvent({ kind: 'verdict', ...series.subject, at, title: why, from: before, to: verdict });
    for (const change of changes) await onEvent({ kind: 'change', change });
    for (const alert of alerts) await onEvent({ kind: 'alert', alert });
  }

  #paused(pausedMs: number): void {
    this.#pauses += 1;
    for (const [, series] of this.#series) void this.#tell(series, pauseSample(series.subject, this.#at(), pausedMs));
  }

  #at(): string {
    return new Date(this.#times.wall()).toISOString();
  }
}

/** `paused`: nothing can be said, for it was told to end, or our own clock stood still. `failed`: we did ourselves. */
type Looked = { readonly sample: Sample; readonly report: Report | null } | 'paused' | 'failed';

interface Look {
  take(): Promise<Looked>;
  end(): Promise<void>;
}

/** Early when the signal aborts. */
function until(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, Math.max(0, ms));
    signal.addEventListener('abort', done);
  });
}
