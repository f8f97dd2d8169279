import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import * as vscode from 'vscode';
import { ProbeError } from '../../core/base/errors.js';
import type { Report } from '../../core/base/model.js';
import type { SessionRequests } from '../../protocol/acts.js';
import { type PreparedPlan, refOf } from '../../protocol/prepared.js';
import type { LogBudget, OutgoingMessage, SessionEvents } from '../../protocol/session.js';
import { DisposableStore } from '../disposableStore.js';
import { messageOf } from '../errorText.js';
import type { Log } from '../log.js';
import { sessionBegunLine, sessionEndedLine } from '../logLines.js';
import type { Preparer } from '../prepare.js';
import type { Probes } from '../probes.js';
import { ProbeTarget } from '../target/probeTarget.js';
import { composeSaved } from './composition.js';
import { SessionHandle } from './sessionHandle.js';
import { rememberSent } from './sentMessages.js';
import type { SessionEngine, SessionParams, SessionResult } from './sessionEngine.js';
import { setting } from '../settings.js';

const MAX_ENDED = 20;
const MIB = 1024 * 1024;

type OfSession = { [M in keyof SessionRequests]: SessionParams<M> extends { sessionId: string } ? M : never };
/** Requests that name a session. */
export type SessionMethod = OfSession[keyof OfSession];
/** Requests about a view, or about no session at all. */
export type ViewMethod = Exclude<keyof SessionRequests, SessionMethod>;
type Acts<M extends keyof SessionRequests> = Omit<SessionParams<M>, 'sessionId'>;

export interface ConnectOptions {
  /** A person is there: secrets that have no value yet may be asked for. */
  readonly ask: boolean;
  /** Called once the profile is in order and the connection is about to begin. */
  readonly onReady?: () => void;
}

export interface SessionsParts {
  readonly engine: SessionEngine;
  readonly preparer: Pick<Preparer, 'prepare' | 'secretFor'>;
  readonly probes: Probes;
  readonly log: Log;
  /** Where a session's log is kept for the next window; null for nowhere. */
  readonly keepAt?: (sessionId: string) => Promise<string | null>;
  /** Deletes a log that was kept, which nobody shows any more. */
  readonly dropKept?: (path: string) => Promise<void>;
}

/** The sessions of this window, one for each target. They outlive their panels and end with the window. */
export class Sessions implements vscode.Disposable {
  readonly #engine: SessionEngine;
  readonly #preparer: Pick<Preparer, 'prepare' | 'secretFor'>;
  readonly #probes: Probes;
  readonly #log: Log;
  readonly #keepAt: (sessionId: string) => Promise<string | null>;
  readonly #dropKept: (path: string) => Promise<void>;
  /** Logs that were read again after the engine died: one that it dies of is not read for ever. */
  readonly #readAgain = new Set<string>();
  /** What is shown in the place of a session that the engine took along, by that session's id. */
  readonly #successors = new Map<string, SessionHandle>();
  readonly #sessions = new Map<string, SessionHandle>();
  readonly #subjects = new WeakMap<SessionHandle, ProbeTarget>();
  readonly #connecting = new Map<ProbeTarget, Promise<SessionHandle>>();
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<SessionHandle>());
  readonly #grown = this.#store.add(new vscode.EventEmitter<SessionEvents['view']>());
  readonly #dropped = this.#store.add(new vscode.EventEmitter<SessionHandle>());
  readonly #over = this.#store.add(
    new vscode.EventEmitter<{ readonly subject: ProbeTarget; readonly report: Report }>(),
  );
  /** The last connection of a session has ended, or never was. */
  readonly onDidEnd = this.#over.event;
  /** A session has a newer snapshot, or is new, or is gone. */
  readonly onDidChange = this.#changed.event;
  /** A view of a log has changed. */
  readonly onDidGrow = this.#grown.event;
  /** An open session ended and nobody had asked for it. */
  readonly onDidDrop = this.#dropped.event;

  constructor(parts: SessionsParts) {
    const {
      engine,
      preparer,
      probes,
      log,
      keepAt = () => Promise.resolve(null),
      dropKept = () => Promise.resolve(),
    } = parts;
    this.#engine = engine;
    this.#preparer = preparer;
    this.#probes = probes;
    this.#log = log;
    this.#keepAt = keepAt;
    this.#dropKept = dropKept;
    engine.onSecret(({ hosts, name }) => preparer.secretFor(name, hosts));
    for (const dispose of [
      engine.onEvent('session', (snapshot) => this.#take(snapshot)),
      engine.onEvent('view', (view) => this.#grown.fire(view)),
      engine.onDidCrash((error) => this.#lose(error)),
    ]) {
      this.#store.add({ dispose });
    }
  }

  /** Live ones first, then those that have ended, newest first; of recordings only what is left of a session of this window. */
  get all(): readonly SessionHandle[] {
    const sessions = [...this.#sessions.values()]
      .filter(({ isRecording, isRemnant }) => !isRecording || isRemnant)
      .toReversed();
    return [...sessions.filter(({ isLive }) => isLive), ...sessions.filter(({ isLive }) => !isLive)];
  }

  get open(): readonly SessionHandle[] {
    return this.all.filter(({ isLive }) => isLive);
  }

  find(id: string): SessionHandle {
    const session = this.#sessions.get(id) ?? this.#sessions.get(this.#successors.get(id)?.id ?? '');
    if (session) return session;
    throw new ProbeError('session.unknown', vscode.l10n.t('There is no session "{0}".', id.slice(0, 80)));
  }

  /** The target that a session or recording is of. */
  subjectOf(session: SessionHandle): ProbeTarget {
    const subject = this.#subjects.get(session);
    if (subject) return subject;
    throw new ProbeError('session.unknown', vscode.l10n.t('There is no session "{0}".', session.id));
  }

  /** Shows the live session of a target or opens one; settles once it is open or has failed, which its snapshot says. */
  connect(subject: ProbeTarget, options: ConnectOptions): Promise<SessionHandle> {
    const under = this.#connecting.get(subject);
    if (under) return under;
    if (subject.session.handle?.isLive) {
      options.onReady?.();
      return Promise.resolve(subject.session.handle);
    }
    const connecting = this.#connect(subject, options).finally(() => this.#connecting.delete(subject));
    this.#connecting.set(subject, connecting);
    return connecting;
  }

  /** Connects anew in the same session: its log goes on. */
  async reconnect(session: SessionHandle): Promise<void> {
    // What this ends was meant to end.
    session.endedByPerson = true;
    session.wasOpen = false;
    try {
      await this.request(session, 'sessionReconnect', {});
      await this.#refresh(session);
    } finally {
      session.endedByPerson = false;
    }
  }

  /** The log of other programs' connections: whoever sees them tells it to the engine under the handle's id. */
  async observe(shown: { readonly name: string; readonly url: string }): Promise<SessionHandle> {
    const subject = new ProbeTarget({ kind: 'url', url: shown.url }, { readOnly: true });
    subject.describe(shown);
    const session = new SessionHandle(randomUUID(), subject, null, 'observed');
    this.#subjects.set(session, subject);
    this.#sessions.set(session.id, session);
    subject.session.handle = session;
    session.keptAt = await this.#placeLog(session.id);
    this.#changed.fire(session);
    return session;
  }

  /** Opens a recording as the log of a target; `instead`: in the place of a session that was lost, while it shows that. */
  async openRecording(subject: ProbeTarget, path: string, instead?: SessionHandle): Promise<SessionHandle> {
    const session = new SessionHandle(randomUUID(), subject, null);
    this.#subjects.set(session, subject);
    this.#sessions.set(session.id, session);
    try {
      session.take(await this.#engine.request('recordingOpen', { sessionId: session.id, path }));
    } catch (error) {
      this.#sessions.delete(session.id);
      throw error;
    }
    if (instead) {
      session.isRemnant = true;
      session.keptAt = instead.keptAt;
      this.#successors.set(instead.id, session);
    }
    if (instead && subject.session.handle !== instead) await this.forget(session);
    else await this.#replace(subject, session);
    return session;
  }

  /** One act of a session. */
  async request<M extends SessionMethod>(
    session: SessionHandle,
    method: M,
    params: Acts<M>,
  ): Promise<SessionResult<M>> {
    if (session.isLost || this.#sessions.get(session.id) !== session) throw lostError();
    if (method === 'sessionClose' || method === 'sessionTerminate') session.endedByPerson = true;
    const named: unknown = { ...params, sessionId: session.id };
    return this.#engine.request(method, named as SessionParams<M>);
  }

  /** A request about a view, or about no session at all. */
  requestView<M extends ViewMethod>(method: M, params: SessionParams<M>): Promise<SessionResult<M>> {
    return this.#engine.request(method, params);
  }

  /** The engine fills in what the message names; what a person composed is remembered for the next time. */
  async send(session: SessionHandle, message: OutgoingMessage, composed: boolean): Promise<{ readonly bytes: number }> {
    const result = await this.request(session, 'sessionSend', { message });
    if (composed) this.remember(session, message);
    return result;
  }

  remember(session: SessionHandle, message: OutgoingMessage): void {
    const subject = this.subjectOf(session);
    subject.session.sent = rememberSent(subject.session.sent, message);
    this.#probes.touch(subject);
  }

  /** Ends a session and lets go of its log. */
  async forget(session: SessionHandle): Promise<void> {
    if (this.#sessions.get(session.id) !== session) return;
    this.#sessions.delete(session.id);
    session.endedByPerson = true;
    const subject = this.subjectOf(session);
    if (subject.session.handle === session) {
      subject.session.handle = null;
      this.#probes.touch(subject);
    }
    this.#changed.fire(session);
    try {
      if (!session.isLost) await this.#engine.request('sessionDispose', { sessionId: session.id });
      // A log that is read again goes with its writer otherwise.
      if (session.isRemnant && session.keptAt !== null) await this.#dropKept(session.keptAt);
    } catch (error) {
      this.#log.warn(`Session ${session.snapshot.name}: ${messageOf(error).message}`);
    }
  }

  /** The sockets and logs end with the engine. */
  dispose(): void {
    this.#store.dispose();
    this.#sessions.clear();
  }

  async #connect(subject: ProbeTarget, options: ConnectOptions): Promise<SessionHandle> {
    let session: SessionHandle | null = null;
    try {
      const plan = await this.#preparer.prepare(subject.target, options);
      const ended = subject.session.handle;
      if (ended && !ended.isLost && ended.plan?.planId === plan.planId) {
        options.onReady?.();
        this.#probes.settleFault(subject, null);
        await this.reconnect(ended);
        return ended;
      }
      session = await this.#begin(subject, plan);
      session.keptAt = await this.#placeLog(session.id);
      options.onReady?.();
      const report = await this.#engine.request('sessionOpen', {
        sessionId: session.id,
        plan: refOf(plan),
        recordTo: null,
        keepTo: session.keptAt,
        vantage: { host: hostname(), remote: vscode.env.remoteName ?? null },
        budget: logBudget(),
      });
      await this.#refresh(session);
      this.#probes.showReport(subject, report);
      this.#log.info(sessionBegunLine(subject.name, report));
      return session;
    } catch (error) {
      // A failed connection is a report; this is a fault, and a session that never was.
      if (session) await this.forget(session);
      this.#probes.settleFault(subject, messageOf(error));
      throw error;
    }
  }

  async #begin(subject: ProbeTarget, plan: PreparedPlan): Promise<SessionHandle> {
    subject.resolve(plan);
    subject.session.saved = composeSaved(plan.messages);
    const session = new SessionHandle(randomUUID(), subject, plan);
    this.#subjects.set(session, subject);
    this.#sessions.set(session.id, session);
    this.#log.info(`Session ${subject.name}: connecting to ${subject.url}`);
    await this.#replace(subject, session);
    this.#probes.settleFault(subject, null);
    this.#forgetOldest();
    return session;
  }

  /** A log that cannot be kept is no reason not to connect. */
  async #placeLog(sessionId: string): Promise<string | null> {
    try {
      return await this.#keepAt(sessionId);
    } catch (error) {
      this.#log.warn(`The log is not kept: ${messageOf(error).message}`);
      return null;
    }
  }

  async #replace(subject: ProbeTarget, session: SessionHandle): Promise<void> {
    const before = subject.session.handle;
    subject.session.handle = session;
    if (!session.isRecording) subject.run.markRestored(false);
    this.#probes.touch(subject);
    this.#changed.fire(session);
    if (before) await this.forget(before);
  }

  /** What the engine has not announced yet: who waited for it must find it. */
  async #refresh(session: SessionHandle): Promise<void> {
    this.#take(await this.request(session, 'sessionSnapshot', {}));
  }

  /** Each connection of a session has a report of its own, and another one when it has ended. */
  async #refreshReport(session: SessionHandle, hasEnded: boolean): Promise<void> {
    try {
      const report = await this.request(session, 'sessionReport', {});
      const subject = this.subjectOf(session);
      if (report && subject.session.handle === session) this.#probes.showReport(subject, report);
      if (report && hasEnded) this.#over.fire({ subject, report });
    } catch (error) {
      this.#log.warn(`Session ${session.snapshot.name}: ${messageOf(error).message}`);
    }
  }

  #take(snapshot: SessionEvents['session']): void {
    const session = this.#sessions.get(snapshot.sessionId);
    const before = session?.snapshot.state;
    const wasLive = session?.isLive;
    if (!session?.take(snapshot)) return;
    this.#changed.fire(session);
    const { state } = snapshot;
    if (session.isObserved) return;
    if (state !== before && (state === 'open' || state === 'closed' || state === 'reconnecting')) {
      void this.#refreshReport(session, state === 'closed');
    }
    if (wasLive && !session.isLive) this.#ended(session);
  }

  #ended(session: SessionHandle): void {
    this.#log.info(sessionEndedLine(session.snapshot));
    if (session.wasOpen && !session.endedByPerson) this.#dropped.fire(session);
    this.#forgetOldest();
  }

  /** The engine died: every session ended with it. Of their logs, what was kept is read by the next engine. */
  #lose(error: ProbeError): void {
    // What is opened in the place of one, and comes into the list meanwhile, is not lost.
    const lost = [...this.#sessions.values()];
    for (const session of lost) {
      const { isLive } = session;
      session.isLost = true;
      session.snapshot = { ...session.snapshot, state: 'closed', reconnect: null, repeating: null, paused: false };
      const subject = this.subjectOf(session);
      this.#probes.settleFault(subject, messageOf(error));
      this.#probes.touch(subject);
      this.#changed.fire(session);
      if (isLive && session.wasOpen && !session.endedByPerson && !session.isObserved) this.#dropped.fire(session);
      void this.#showKept(session);
    }
  }

  /** What is known of a lost session, in its place: disconnected, and connecting to nothing. */
  async #showKept(session: SessionHandle): Promise<void> {
    const path = session.keptAt ?? session.snapshot.recording?.path ?? null;
    const subject = this.subjectOf(session);
    if (path === null || this.#readAgain.has(path)) return;
    this.#readAgain.add(path);
    try {
      await this.openRecording(subject, path, session);
    } catch (error) {
      this.#log.warn(`Session ${session.snapshot.name}: ${messageOf(error).message}`);
    }
  }

  #forgetOldest(): void {
    const ended = [...this.#sessions.values()].filter(({ isLive, isRecording }) => !isLive && !isRecording);
    const idle = ended.filter((session) => !this.subjectOf(session).isShown);
    for (const session of idle.slice(0, Math.max(0, ended.length - MAX_ENDED))) void this.forget(session);
  }
}

export function logBudget(): LogBudget {
  return { memoryBytes: setting('session.memoryMB') * MIB, diskBytes: setting('session.diskMB') * MIB };
}

function lostError(): ProbeError {
  return new ProbeError('session.lost', vscode.l10n.t('This session is gone, and its log with it.'), {
    hint: vscode.l10n.t('Connect once more.'),
  });
}
