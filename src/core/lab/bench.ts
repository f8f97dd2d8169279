import { setMaxListeners } from 'node:events';
import { type Clock, createClock } from '../base/clock.js';
import type { ExperimentProgress, ExperimentRun } from '../base/experiment.js';
import { ProbeError } from '../base/errors.js';
import type { Finding, Report } from '../base/model.js';
import type { ProbePlan } from '../base/plan.js';
import { judgeFor } from '../dialects/dialectJudge.js';
import type { MatchContext } from '../payload/match.js';
import { schemasOf } from '../probe/party.js';
import { runProbe } from '../probe/runProbe.js';
import { Run } from '../run/run.js';
import { type Network, systemNetwork } from '../transport/network.js';
import type { Outcome } from '../transport/outcome.js';
import { loadTlsContexts, type TlsContexts } from '../transport/tlsMaterial.js';
import type { ExperimentSettings } from '../base/experimentFacts.js';
import { Held, type HeldListener } from './held.js';

/** An experiment is no load generator: at most 50 connections are begun in a second. */
const BETWEEN_OPENINGS_MS = 20;
const MAX_RUNS = 1_000;

export interface BenchOptions {
  readonly settings: ExperimentSettings & { readonly connections: number; readonly forMs: number };
  readonly boundMs: number;
  /** The user's: aborts what is going on. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ExperimentProgress) => void) | undefined;
  readonly vantage: Report['vantage'];
  readonly network?: Network | undefined;
}

/** Opens, counts and paces the connections of an experiment, and ends those that are left. */
export class Bench {
  readonly plan: ProbePlan;
  readonly clock: Clock = createClock();
  readonly settings: BenchOptions['settings'];
  /** Aborts when the user says so, or the time is over. */
  readonly signal: AbortSignal;
  opened = 0;
  failed = 0;
  /** What the experiment came to know and must not tell: cookies that were set. */
  readonly secrets: string[] = [];
  /** Why connections that opened were none to experiment with: what the profile says first failed. */
  readonly unfit: string[] = [];
  /** Of the first connection that did not open. */
  failureFindings: readonly Finding[] = [];
  readonly #runs: ExperimentRun[] = [];
  readonly #options: BenchOptions;
  readonly #held = new Set<Held>();
  readonly #bound = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #contexts: Outcome<TlsContexts> | null = null;
  #schemas: NonNullable<MatchContext['schemas']> = new Map();
  #asked = 0;
  #nextOpeningMs = 0;
  #note = '';

  constructor(plan: ProbePlan, options: BenchOptions) {
    this.plan = plan;
    this.settings = options.settings;
    this.#options = options;
    const { signal } = options;
    this.signal = signal ? AbortSignal.any([signal, this.#bound.signal]) : this.#bound.signal;
    setMaxListeners(0, this.signal);
    this.#timer = setTimeout(() => this.#bound.abort(), options.boundMs);
  }

  /** Reads the files of the plan; a plan that cannot be used is a `ProbeError`, before anything is sent. */
  async prepare(): Promise<void> {
    if ((this.plan.clients?.length ?? 0) > 0) {
      const hint = 'Take a profile with steps of one client, or none.';
      throw new ProbeError(
        'profile.clients',
        'An experiment holds connections of one client, and the profile has several.',
        { hint },
      );
    }
    const schemas = await schemasOf(this.plan, this.signal);
    if (schemas.ok) this.#schemas = schemas.value;
    this.#contexts = schemas.ok ? await loadTlsContexts(this.plan, this.signal) : schemas;
  }

  get rows(): readonly ExperimentRun[] {
    return [...this.#runs].sort((a, b) => a.connection - b.connection);
  }

  /** Whether the time that was set ended it, not the user. */
  get ranOut(): boolean {
    return this.#bound.signal.aborted && this.#options.signal?.aborted !== true;
  }

  /** What it is doing now. */
  note(text: string): void {
    this.#note = text;
    this.#tell();
  }

  /**
   * Opens a connection and says what the profile says first; `failure` where it is none to experiment with. `plan`: asked with in the
   * place of the bench's.
   */
  async open(listener: HeldListener = {}, plan = this.plan): Promise<Held> {
    this.#contexts ??= await loadTlsContexts(this.plan, this.signal);
    await this.#turn();
    const number = ++this.#asked;
    const run = new Run<Held>(plan, {
      contexts: this.#contexts,
      signal: this.signal,
      onProgress: null,
      vantage: this.#options.vantage,
      network: this.#options.network ?? systemNetwork,
      pool: null,
      keepPayloadBytes: null,
      checksMessages: false,
      looks: false,
      dialectJudge: judgeFor(plan),
      clock: this.clock,
      findings: 'asked',
      listen: (connection) =>
        new Held(number, connection, { askedUrl: plan.url, signal: this.signal, schemas: this.#schemas, listener }),
    });
    const { failure, talker: held } = await run.open();
    held.failure = failure;
    this.#held.add(held);
    if (failure) await this.#refused(run, held);
    else {
      this.opened += 1;
      await held.greet();
      if (held.failure) this.unfit.push(held.failure.message);
    }
    this.#tell();
    return held;
  }

  /** One probe of the profile as it stands, counted as a connection; null where there was no time left. */
  async probe(): Promise<Report | null> {
    await this.#turn();
    if (this.signal.aborted) return null;
    const connection = ++this.#asked;
    const startMs = this.clock();
    const { network, vantage } = this.#options;
    const options = { signal: this.signal, looks: false, ...vantage, ...(network ? { network } : {}) };
    const report = await runProbe(this.plan, options);
    if (report.error?.code === 'cancelled') return null;
    if (report.close) this.opened += 1;
    else {
      this.failed += 1;
      if (this.failureFindings.length === 0) this.failureFindings = report.findings;
    }
    const upgrade = report.phases.find(({ name }) => name === 'upgrade');
    this.#keep({
      connection,
      startMs,
      openMs: report.close && upgrade ? startMs + upgrade.startMs + upgrade.durationMs : null,
      endMs: this.clock(),
      status: report.response?.status ?? null,
      close: report.close,
      error: report.error,
      note: report.findings[0]?.title ?? '',
      numbers: {},
    });
    this.#tell();
    return report;
  }

  /** Closes a connection, and keeps what is to say of it. */
  async finish(held: Held, note?: string, numbers?: ExperimentRun['numbers']): Promise<void> {
    await held.finish();
    this.#let(held, note, numbers);
  }

  /** The same without a Close. */
  drop(held: Held, note?: string, numbers?: ExperimentRun['numbers']): void {
    held.drop();
    this.#let(held, note, numbers);
  }

  /** Waits; false where it was cut short, by the end of the experiment or by whoever asked. */
  sleep(ms: number, given?: AbortSignal): Promise<boolean> {
    const signals = given ? [this.signal, given] : [this.signal];
    return new Promise((resolve) => {
      if (signals.some(({ aborted }) => aborted)) return resolve(false);
      const settle = (whole: boolean) => {
        clearTimeout(timer);
        for (const signal of signals) signal.removeEventListener('abort', onAbort);
        resolve(whole);
      };
      const onAbort = () => settle(false);
      const timer = setTimeout(() => settle(true), Math.max(0, ms));
      for (const signal of signals) signal.addEventListener('abort', onAbort);
    });
  }

  /** Waits for a time, or until the connection is over or something else has happened, if that is sooner. */
  async sleepWith(held: Held, ms: number, ...others: readonly Promise<unknown>[]): Promise<void> {
    const woken = new AbortController();
    await Promise.race([this.sleep(ms, woken.signal), held.over, ...others]);
    woken.abort();
  }

  /** Ends every connection that is left. */
  async end(): Promise<void> {
    clearTimeout(this.#timer);
    await Promise.all([...this.#held].map((held) => this.finish(held)));
  }

  #let(held: Held, note?: string, numbers?: ExperimentRun['numbers']): void {
    if (!this.#held.delete(held)) return;
    this.#keep(held.row(note, numbers));
    this.#tell();
  }

  async #refused(run: Run<Held>, held: Held): Promise<void> {
    const { failure } = held;
    this.#held.delete(held);
    held.drop();
    if (failure?.kind === 'cancelled') return;
    this.failed += 1;
    this.#keep(held.row());
    if (this.failureFindings.length > 0) return;
    run.report({
      failure,
      talk: null,
      heldMs: null,
      readyMs: this.clock(),
      ping: null,
      isLive: false,
      session: null,
    });
    this.failureFindings = (await run.diagnosed())?.findings ?? [];
  }

  #keep(row: ExperimentRun): void {
    if (this.#runs.length < MAX_RUNS) this.#runs.push(row);
  }

  async #turn(): Promise<void> {
    const now = this.clock();
    const mine = Math.max(now, this.#nextOpeningMs);
    this.#nextOpeningMs = mine + BETWEEN_OPENINGS_MS;
    if (mine > now) await this.sleep(mine - now);
  }

  #tell(): void {
    const { boundMs, onProgress } = this.#options;
    const open = [...this.#held].filter(({ isOpen }) => isOpen).length;
    onProgress?.({
      elapsedMs: this.clock(),
      boundMs,
      opened: this.opened,
      failed: this.failed,
      open,
      note: this.#note,
    });
  }
}

/** Works through a list, so many at a time; what is left when `goesOn` says no is left. */
export async function inParallel<T>(
  items: readonly T[],
  concurrency: number,
  goesOn: () => boolean,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < items.length && goesOn()) await work(items[next++] as T);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker));
}
