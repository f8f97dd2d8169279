import { hostname } from 'node:os';
import * as vscode from 'vscode';
import { ProbeError } from '../../core/base/errors.js';
import type { EngineClient, Job } from '../../engine/client.js';
import type { JobKinds } from '../../protocol/jobs.js';
import { type PreparedPlan, refOf } from '../../protocol/prepared.js';
import type { Log } from '../log.js';
import type { SessionHandle } from '../sessions/sessionHandle.js';
import { logBudget, type Sessions } from '../sessions/sessions.js';

export interface TapsParts {
  readonly engine: Pick<EngineClient, 'start'>;
  readonly sessions: Sessions;
  readonly log: Log;
}

export type TapAlert = Extract<JobKinds['tap']['event'], { readonly kind: 'alert' }>;
export type TapSettings = Omit<
  JobKinds['tap']['params'],
  'plan' | 'sessionId' | 'name' | 'budget' | 'vantage' | 'keepTo'
>;

/** A relay of the engine, with the log that it tells. */
export interface Tap {
  readonly session: SessionHandle;
  readonly job: Job<'tap'>;
  /** Where clients connect to. */
  readonly url: string;
  /** How they come to trust it; null: they need not. */
  readonly trust: string | null;
}

/** The taps of this window. */
export class Taps {
  readonly #parts: TapsParts;
  readonly #onAlert: (session: SessionHandle, event: TapAlert) => void;
  readonly #running = new Map<string, Tap>();

  constructor(parts: TapsParts, onAlert: (session: SessionHandle, event: TapAlert) => void) {
    this.#parts = parts;
    this.#onAlert = onAlert;
  }

  get all(): readonly Tap[] {
    return [...this.#running.values()];
  }

  /** Settles once it listens; rejects where it cannot. */
  async start(plan: PreparedPlan, settings: TapSettings): Promise<Tap> {
    const { engine, sessions, log } = this.#parts;
    const name = vscode.l10n.t('Tap of {0}', plan.name);
    const session = await sessions.observe({ name, url: plan.url });
    const job = engine.start(
      'tap',
      {
        ...settings,
        plan: refOf(plan),
        sessionId: session.id,
        name,
        keepTo: session.keptAt,
        budget: logBudget(),
        vantage: { host: hostname(), remote: vscode.env.remoteName ?? null },
      },
      {
        onEvent: (event) => {
          if (event.kind === 'alert') this.#onAlert(session, event);
          else log.warn(`${name}: ${event.message}`);
        },
      },
    );
    const ended = job.done.then(
      ({ connections }) => log.info(`${name}: ended after ${connections} connections`),
      (error: unknown) => log.warn(`${name}: ${String(error)}`),
    );
    void ended.finally(() => this.#running.delete(session.id));
    try {
      const { trust, url } = await Promise.race([job.act('where'), job.done.then(stoppedEarly)]);
      const tap = { session, job, url, trust };
      this.#running.set(session.id, tap);
      log.info(`${name}: ${url}`);
      return tap;
    } catch (error) {
      await sessions.forget(session);
      // Why it did not begin says more than that it is not running.
      await job.done;
      throw error;
    }
  }

  /** Of a session's row, or of one of its connections. */
  of(session: SessionHandle): Tap {
    const tap = this.#running.get(session.id);
    if (tap) return tap;
    throw new ProbeError('tap.ended', vscode.l10n.t('This tap is not running.'), {
      hint: vscode.l10n.t('Start one with "WebSocket: Tap…".'),
    });
  }

  async stop({ session, job }: Tap): Promise<JobKinds['tap']['result']> {
    session.endedByPerson = true;
    return job.act('stop');
  }
}

function stoppedEarly(): never {
  throw new ProbeError('tap.stopped', vscode.l10n.t('The tap was stopped before it had started.'));
}
