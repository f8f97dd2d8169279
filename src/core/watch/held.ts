import { toThousandths } from '../base/clock.js';
import type { Report, Verdict } from '../base/model.js';
import { percentile } from '../base/percentiles.js';
import { quoteText } from '../base/plainText.js';
import type { ProbePlan, SessionOptions } from '../base/plan.js';
import { factsOf, SAMPLE_SCHEMA, type Sample, type SampleSubject } from '../base/sample.js';
import { Session } from '../session/session.js';
import type { Network } from '../transport/network.js';
import { numberAt } from '../lab/messageNumbers.js';
import { HeldLog } from './heldLog.js';
import { LostMessages } from './lostMessages.js';

export interface HeldOptions extends SampleSubject {
  readonly plan: ProbePlan;
  readonly vantage: Report['vantage'];
  readonly network?: Network | undefined;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** A connection opened, or ended, or could not be opened. */
  readonly onReport: (report: Report) => void;
}

const HEARTBEAT_MS = 30_000;
const HEARTBEAT_TIMEOUT_MS = 10_000;
const RECONNECT = { initialMs: 1_000, maxMs: 30_000, jitter: 0.5, maxAttempts: Number.MAX_SAFE_INTEGER } as const;
const NO_BODY_KEPT = 4_096;

/** What happened since it was last asked. */
interface Since {
  answered: number;
  missed: number;
  reconnects: number;
  drops: number;
  returns: number;
  atFirstTry: number;
  /** Of the connection that ended last, or could not be opened. */
  ended: Report | null;
  /** Of the one that had stood, and ended last. */
  dropped: Report | null;
  /** Of the connection that was begun last. */
  begun: Report | null;
  /** Why the steps of the profile did not get through. */
  failedStep: string | null;
}

const nothing = (): Since => ({
  answered: 0,
  missed: 0,
  reconnects: 0,
  drops: 0,
  returns: 0,
  atFirstTry: 0,
  ended: null,
  dropped: null,
  begun: null,
  failedStep: null,
});

/** One connection that stays, as a user's does: heartbeat, round trips, reconnects. A sample says how it fared since the last. */
export class HeldConnection {
  readonly #options: HeldOptions;
  readonly #session: Session;
  /** Null where the profile does not say where messages are numbered. */
  readonly #lost: LostMessages | null;
  #since = nothing();
  /** Beats answered on the present connection that a sample has told. */
  #told = 0;
  #openedMs: number | null = null;
  #connections = 0;
  /** To come back from the last drop; null: it is not away. */
  #tries: number | null = null;
  #tripsMs = 0;
  /** It is begun anew, by the session or by us. */
  #opening: Promise<unknown> = Promise.resolve();
  #ending = false;
  #talking: Promise<void> = Promise.resolve();
  #onChange = (): void => {};

  constructor(options: HeldOptions) {
    this.#options = options;
    const plan = heldPlan(options.plan);
    const { sequence } = plan.watch;
    const lost = sequence === null ? null : new LostMessages();
    this.#lost = lost;
    this.#session = new Session({
      sessionId: 'held',
      plan,
      log: new HeldLog(({ kind }) => {
        if (kind === 'connecting') this.#connecting();
        else if (kind === 'heartbeat-missed') this.#since.missed += 1;
        else if (kind === 'open') this.#talking = this.#talk();
      }),
      keepPayloadBytes: NO_BODY_KEPT,
      vantage: options.vantage,
      ...(options.network ? { network: options.network } : {}),
      ...(sequence === null || lost === null
        ? {}
        : {
            onMessage: (message) => {
              const number = message.direction === 'received' ? numberAt(sequence, message) : null;
              if (number !== null) lost.take(number);
            },
          }),
      onChange: () => this.#onChange(),
      onConnection: (report, isOpen) => this.#onConnection(report, isOpen),
    });
  }

  /** Settles when the connection is open, or is known not to be. */
  async open(): Promise<void> {
    this.#opening = this.#session.open();
    await this.#opening;
    await this.#talking;
  }

  /** How it fared since it was last asked. One that nothing begins anew any more is begun anew. */
  take(at: string): Sample {
    const { target, profile } = this.#options;
    const since = this.#since;
    const answered = since.answered + this.#answeredNow();
    this.#told = this.#session.snapshot().heartbeat?.answered ?? 0;
    this.#since = nothing();
    const isOpen = this.#session.state === 'open';
    const latest = this.#session.report;
    const seen = since.begun ?? since.ended ?? (isOpen ? latest : null);
    const facts = seen && factsOf(seen);
    const sequence = this.#lost?.since();
    const verdict = verdictOf(isOpen, since, seen, sequence?.lost ?? 0);
    const { dropped, ended } = since;
    // What it went down by is why it is down still.
    const trouble = ended ?? (isOpen ? null : latest);
    const why = trouble && factsOf(trouble);
    const sample: Sample = {
      schema: SAMPLE_SCHEMA,
      kind: 'hold',
      at,
      target,
      profile,
      verdict,
      phases: since.begun ? (facts?.phases ?? {}) : {},
      roundTripMs: this.#roundTripMs(),
      status: facts?.status ?? null,
      closeCode: dropped?.close?.code ?? null,
      clean: dropped?.close?.clean ?? null,
      finding: why?.finding ?? facts?.finding ?? null,
      address: facts?.address ?? null,
      certificateDaysLeft: facts?.certificateDaysLeft ?? null,
      serverFingerprint: facts?.serverFingerprint ?? null,
      error: isOpen ? stepError(since) : (why?.error ?? null),
      connected: isOpen,
      subprotocol: facts?.subprotocol ?? null,
      certificate: facts?.certificate ?? null,
      heldMs: isOpen && this.#openedMs !== null ? toThousandths(this.#options.now() - this.#openedMs) : 0,
      heartbeats: { sent: answered + since.missed, answered },
      reconnects: since.reconnects,
      drops: since.drops,
      returns: { count: since.returns, atFirstTry: since.atFirstTry },
      ...(sequence ? { sequence } : {}),
    };
    this.#revive();
    return sample;
  }

  /** What came about while our own clock stood still says nothing of the target. Settles when it stands again, or is known not to. */
  async forget(): Promise<void> {
    if (this.#session.state !== 'open') this.#opening = this.#session.reconnect().catch(() => {});
    await this.#opening;
    this.#lost?.forget();
    this.#lost?.since();
    this.#tries = null;
    this.#told = this.#session.snapshot().heartbeat?.answered ?? 0;
    this.#since = nothing();
  }

  /** Closes politely where it is open, and lets go. */
  async close(timeoutMs: number): Promise<void> {
    this.#ending = true;
    if (this.#session.state === 'open') {
      this.#session.close(1000, '');
      await this.#closed(timeoutMs);
    }
    this.#session.dispose();
    await this.#opening.catch(() => {});
  }

  /** A session that has given up, or was told not to come back, is asked once more. */
  #revive(): void {
    if (this.#session.state === 'closed') this.#opening = this.#session.reconnect().catch(() => {});
  }

  #closed(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const limit = setTimeout(resolve, timeoutMs);
      this.#onChange = () => {
        if (this.#session.state !== 'closed') return;
        clearTimeout(limit);
        resolve();
      };
      this.#onChange();
    });
  }

  /** What the profile says once it is open, as far as it goes on standing: it may have to log in. */
  async #talk(): Promise<void> {
    const { clients, steps = [] } = this.#options.plan;
    const end = steps.findIndex((step) => 'close' in step || 'expectClose' in step);
    const said = end < 0 ? steps.length : end;
    if (said === 0 || clients) return;
    const rows = await this.#session.runSteps({ to: said }).catch((error: Error) => error.message);
    if (this.#session.state !== 'open') return;
    const failed = typeof rows === 'string' ? rows : rows.find(({ status }) => status === 'failed');
    if (failed === undefined) return;
    this.#since.failedStep = typeof failed === 'string' ? failed : `${failed.name}: ${failed.error ?? 'it failed'}`;
  }

  #connecting(): void {
    this.#connections += 1;
    if (this.#tries !== null) this.#tries += 1;
    this.#lost?.connectionBegan();
    if (this.#connections > 1) this.#since.reconnects += 1;
    this.#told = 0;
  }

  #onConnection(report: Report, isOpen: boolean): void {
    if (this.#ending) return;
    if (isOpen) {
      this.#openedMs = this.#options.now();
      if (this.#tries !== null) {
        this.#since.returns += 1;
        if (this.#tries === 1) this.#since.atFirstTry += 1;
      }
      this.#tries = null;
      this.#since.begun = report;
    } else {
      this.#since.answered += this.#answeredNow();
      this.#told = 0;
      if (this.#openedMs !== null) {
        this.#since.drops += 1;
        this.#since.dropped = report;
        this.#tries = 0;
      }
      this.#openedMs = null;
      this.#since.ended = report;
    }
    this.#options.onReport(report);
  }

  #answeredNow(): number {
    return Math.max(0, (this.#session.snapshot().heartbeat?.answered ?? 0) - this.#told);
  }

  /** The median since the last sample. */
  #roundTripMs(): number | null {
    const { roundTrips } = this.#session.snapshot();
    const fresh = (roundTrips?.samples ?? []).filter(({ atMs }) => atMs > this.#tripsMs);
    this.#tripsMs = fresh.at(-1)?.atMs ?? this.#tripsMs;
    const sorted = fresh.map(({ ms }) => ms).sort((a, b) => a - b);
    return sorted.length === 0 ? null : percentile(sorted, 50);
  }
}

function stepError({ failedStep }: Since): Sample['error'] {
  return failedStep === null ? null : { code: 'step.failed', message: quoteText(failedStep, 300), phase: 'message' };
}

function verdictOf(isOpen: boolean, since: Since, report: Report | null, lost: number): Verdict {
  if (!isOpen || since.failedStep !== null) return 'down';
  if (since.drops > 0 || since.missed > 0 || lost > 0) return 'degraded';
  return since.begun !== null && report?.verdict === 'degraded' ? 'degraded' : 'healthy';
}

/** What keeps it, where the profile does not say. */
function heldPlan(plan: ProbePlan): ProbePlan {
  const { heartbeat, reconnect } = plan.session;
  const session: SessionOptions = {
    ...plan.session,
    heartbeat: heartbeat ?? {
      everyMs: Math.min(HEARTBEAT_MS, plan.watch.everyMs),
      timeoutMs: HEARTBEAT_TIMEOUT_MS,
      send: 'ping',
    },
    reconnect: reconnect ?? RECONNECT,
  };
  return { ...plan, session };
}
