import { ProbeError } from '../core/base/errors.js';
import type { ObservedSource } from '../core/session/observedSource.js';
import { Coalescer } from '../protocol/coalescer.js';
import { jobNotRunning } from '../protocol/jobs.js';
import type { PlanRef } from '../protocol/prepared.js';
import { type KeptPlan, type Plans, tellNoSecret } from './plans.js';

const EVENT_INTERVAL_MS = 50;

type Acts = Readonly<Record<string, (...args: readonly unknown[]) => Promise<unknown>>>;

interface Started {
  readonly acts: object;
  readonly done: Promise<unknown>;
  readonly source?: ObservedSource;
}

/** Who keeps the log of a job for those who read it; throws when there is no room for it. */
export type AdoptSource = (source: ObservedSource, kept: KeptPlan | null) => Promise<void>;

interface Entry {
  readonly events: 'latest' | 'each';
  start(params: never, emit: (event: unknown) => void, signal: AbortSignal): Promise<Started>;
}

interface JobRequest {
  /** Chosen by who asks; names the job in its acts and events. */
  readonly jobId: number;
  readonly kind: string;
  readonly params: unknown;
}

interface RunOfJob {
  readonly jobId: number;
  readonly entry: Entry;
  readonly params: unknown;
  /** What its messages may name; null: it has no plan. */
  readonly kept: KeptPlan | null;
}

interface ActRequest {
  readonly jobId: number;
  readonly name: string;
  readonly args: readonly unknown[];
}

/** The jobs under way, by id, of the kinds in a table. */
export class Jobs {
  readonly #plans: Pick<Plans, 'get'>;
  readonly #table: Readonly<Record<string, Entry>>;
  readonly #tell: (event: { readonly jobId: number; readonly event: unknown }) => void;
  readonly #adopt: AdoptSource;
  readonly #running = new Map<number, Promise<Started>>();

  constructor(
    table: Readonly<Record<string, Entry>>,
    plans: Pick<Plans, 'get'>,
    tell: (event: { readonly jobId: number; readonly event: unknown }) => void,
    adopt: AdoptSource = nobodyAdopts,
  ) {
    this.#plans = plans;
    this.#table = table;
    this.#tell = tell;
    this.#adopt = adopt;
  }

  /** Settles with the job's result. Nothing is told of it afterwards. */
  async start({ jobId, kind, params }: JobRequest, signal: AbortSignal): Promise<unknown> {
    const entry = Object.hasOwn(this.#table, kind) ? this.#table[kind] : undefined;
    if (!entry) throw new ProbeError('job.unknown-kind', `There is no job of the kind "${kind.slice(0, 80)}".`);
    if (this.#running.has(jobId)) throw new ProbeError('job.exists', 'A job with this id is running already.');
    const ref = (params as { readonly plan?: PlanRef } | null)?.plan;
    if (!ref) return this.#run({ jobId, entry, params, kept: null }, signal);
    const kept = this.#plans.get(ref);
    const { plan } = kept;
    return tellNoSecret(plan, () => this.#run({ jobId, entry, params: { ...(params as object), plan }, kept }, signal));
  }

  async #run(run: RunOfJob, signal: AbortSignal): Promise<unknown> {
    const { entry, jobId } = run;
    const teller = this.#teller(jobId, entry.events);
    const starting = this.#begin(run, teller.emit, signal);
    this.#running.set(jobId, starting);
    try {
      return await (await starting).done;
    } finally {
      this.#running.delete(jobId);
      teller.end();
    }
  }

  /** A log that nobody can read is disposed of, which ends the job. */
  async #begin(
    { entry, kept, params }: RunOfJob,
    emit: (event: unknown) => void,
    signal: AbortSignal,
  ): Promise<Started> {
    const started = await entry.start(params as never, emit, signal);
    const { source } = started;
    if (!source) return started;
    try {
      await this.#adopt(source, kept);
      return started;
    } catch (error) {
      await source.dispose();
      await started.done.catch(() => undefined);
      throw error;
    }
  }

  /** Asks a job for something while it runs, or as soon as it has begun. */
  async act({ jobId, name, args }: ActRequest): Promise<unknown> {
    const started = await this.#running.get(jobId)?.catch(() => undefined);
    if (!started || !this.#running.has(jobId)) throw jobNotRunning();
    const act = Object.hasOwn(started.acts, name) ? (started.acts as Acts)[name] : undefined;
    if (!act) throw new ProbeError('job.unknown-act', `This job knows no "${name.slice(0, 80)}".`);
    return act(...args);
  }

  #teller(jobId: number, events: Entry['events']) {
    let isOver = false;
    const tell = (event: unknown) => {
      if (!isOver) this.#tell({ jobId, event });
    };
    const coalescer = events === 'latest' ? new Coalescer(EVENT_INTERVAL_MS, tell) : null;
    const end = () => {
      isOver = true;
      coalescer?.dispose();
    };
    return { emit: coalescer ? (event: unknown) => coalescer.push(event) : tell, end };
  }
}

function nobodyAdopts(): Promise<void> {
  return Promise.reject(new ProbeError('job.no-home', 'Nobody keeps the log of this job here.'));
}
