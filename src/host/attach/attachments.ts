import { hostname } from 'node:os';
import * as vscode from 'vscode';
import { ProbeError } from '../../core/base/errors.js';
import type { EngineClient, Job } from '../../engine/client.js';
import { DisposableStore } from '../disposableStore.js';
import type { Log } from '../log.js';
import type { SessionHandle } from '../sessions/sessionHandle.js';
import { logBudget, type Sessions } from '../sessions/sessions.js';

export interface AttachmentsParts {
  readonly engine: Pick<EngineClient, 'start'>;
  readonly sessions: Sessions;
  readonly log: Log;
}

export interface StartAttachment {
  readonly name: string;
  /** As it may be shown. */
  readonly url: string;
  /** Null where targets are added one by one. */
  readonly address: string | null;
  readonly hook: boolean;
}

/** A job of the engine that looks at other programs, with the log that it tells. */
export interface Attached {
  readonly session: SessionHandle;
  readonly job: Job<'attach'>;
}

/** What this window is attached to. */
export class Attachments implements vscode.Disposable {
  readonly #parts: AttachmentsParts;
  readonly #running = new Map<string, Attached>();
  readonly #store = new DisposableStore();

  constructor(parts: AttachmentsParts) {
    this.#parts = parts;
  }

  get all(): readonly Attached[] {
    return [...this.#running.values()];
  }

  /** Settles once everything that is there is looked at; rejects where nobody answers. */
  async start({ name, url, address, hook }: StartAttachment): Promise<Attached> {
    const { engine, sessions, log } = this.#parts;
    const session = await sessions.observe({ name, url });
    const job = engine.start('attach', {
      sessionId: session.id,
      address,
      name,
      hook,
      keepTo: session.keptAt,
      budget: logBudget(),
      vantage: { host: hostname(), remote: vscode.env.remoteName ?? null },
    });
    const attached = { session, job };
    this.#running.set(session.id, attached);
    const ended = job.done.then(
      (why) => log.info(`Detached from ${name}: ${why}`),
      (error: unknown) => log.warn(`Attaching to ${name}: ${String(error)}`),
    );
    void ended.finally(() => this.#running.delete(session.id));
    try {
      // An act waits until the job has begun, and with it until its log is there.
      await Promise.race([job.act('reload', 0), job.done]);
      return attached;
    } catch (error) {
      await sessions.forget(session);
      await job.done;
      throw error;
    }
  }

  /** Of a session's row, or of one of its connections. */
  of(session: SessionHandle): Attached {
    const attached = this.#running.get(session.id);
    if (attached) return attached;
    throw new ProbeError('attach.ended', vscode.l10n.t('This is no longer attached to anything.'), {
      hint: vscode.l10n.t('Attach once more.'),
    });
  }

  async stop({ session, job }: Attached): Promise<void> {
    session.endedByPerson = true;
    await job.act('stop');
  }

  dispose(): void {
    this.#store.dispose();
  }
}
