import { tmpdir } from 'node:os';
import { ProbeError } from '../../core/base/errors.js';
import { jsonPathError } from '../../core/base/jsonPath.js';
import { completeFilter, pathAt } from '../../core/frames/log/filter/completeFilter.js';
import { decodedRow } from '../../core/session/decodedRow.js';
import { exportSource, importRecording } from '../../core/session/exportSource.js';
import { LiveSource } from '../../core/session/liveSource.js';
import type { ContractWatch } from '../../core/session/contractWatch.js';
import type { SessionSnapshot } from '../../core/session/snapshot.js';
import type { LogSource } from '../../core/session/logSource.js';
import { ObservedSource } from '../../core/session/observedSource.js';
import { RecordedSource } from '../../core/session/recordedSource.js';
import { rowsOf } from '../../core/session/rowsOf.js';
import { jsonPathsIn } from '../../core/session/jsonPaths.js';
import { rowLine } from '../../core/session/rowLine.js';
import { sentMessage } from '../../core/session/sentMessage.js';
import type { Session } from '../../core/session/session.js';
import type { TapControl } from '../../core/session/tapControl.js';
import { withValues } from '../../core/session/rowValues.js';
import { ShownLog } from '../../core/session/shownLog.js';
import type { LogMode, PathFound } from '../../core/base/logRow.js';
import type { NewProfileText, StoredSecrets } from '../../core/base/newProfile.js';
import { destinations } from '../../core/profile/destinations.js';
import { SecretText } from '../../core/redaction/secretText.js';
import type { ValuesFor } from '../../core/session/tapControl.js';
import { Http2Pool } from '../../core/transport/carriers/http2/http2Pool.js';
import type { Handlers } from '../../protocol/channel.js';
import type { SessionRequests } from '../../protocol/acts.js';
import type { SecretQuestion } from '../../protocol/engine.js';
import type { SessionEvents, SessionOpenParams } from '../../protocol/session.js';
import { conversationOf } from '../convert.js';
import { type KeptPlan, type Plans, tellNoSecret, writtenReferences } from '../plans.js';
import { Announcer } from './announcer.js';
import { LogViews } from './logViews.js';
import { referencesOf } from './references.js';

const ANNOUNCE_MS = 50;
/** Rates fall and countdowns run while nothing happens. */
const IDLE_ANNOUNCE_MS = 1_000;
const MAX_SESSIONS = 64;
/** As much as one request for a payload gives. */
const MAX_PAYLOAD_BYTES = 16 * 1024 * 1024;

export interface Announce {
  session(snapshot: SessionEvents['session']): Promise<unknown>;
  view(view: SessionEvents['view']): Promise<unknown>;
  /** The value of a secret that a message names and the session's plan does not. */
  secret(question: SecretQuestion): Promise<string>;
}

interface Entry {
  readonly source: LogSource;
  /** What its session connects by; null for what somebody else connected. */
  readonly kept: KeptPlan | null;
  /** What messages of ours may name on connections of others. */
  readonly lent?: KeptPlan | null;
  readonly shown: ShownLog;
  readonly announcer: Announcer | null;
  /** What its log is held against. */
  contract: ContractWatch | null;
  /** How often that has moved: the source does not know. */
  moved: number;
  readonly ticker: NodeJS.Timeout | null;
}

function entryOf(parts: Pick<Entry, 'source' | 'kept' | 'lent' | 'announcer' | 'ticker'>): Entry {
  return { ...parts, shown: shownOf(parts.source), contract: null, moved: 0 };
}

/** Every session and opened recording of the engine, by id, and the requests on them. */
export class SessionService {
  readonly #plans: Pick<Plans, 'get'>;
  readonly #announce: Announce;
  readonly #entries = new Map<string, Entry>();
  readonly #views: LogViews;
  readonly #pool = new Http2Pool();

  constructor(plans: Pick<Plans, 'get'>, announce: Announce) {
    this.#plans = plans;
    this.#announce = announce;
    this.#views = new LogViews((event) => announce.view(event));
  }

  handlers(): Handlers<SessionRequests> {
    return {
      sessionOpen: (params) => this.#open(params),
      sessionSnapshot: ({ sessionId }) => this.#snapshot(this.#source(sessionId), sessionId),
      sessionReport: ({ sessionId }) => this.#live(sessionId).report,
      sessionSend: async ({ sessionId, message }) => ({ bytes: await this.#session(sessionId).send(message) }),
      sessionSentRow: ({ sessionId }) => this.#live(sessionId).sentRow,
      sessionRead: async ({ sessionId, ...asked }) => {
        const { readRows } = await import('../../core/session/readRows.js');
        return readRows(this.#live(sessionId), asked);
      },
      sessionResend: async ({ sessionId, id }) => {
        const { log, session, sentRow } = this.#live(sessionId);
        const message = await sentMessage(log, id ?? sentRow);
        await session.sendBytes(message);
        return { bytes: message.bytes.length };
      },
      sessionRepeat: ({ sessionId, message, times, everyMs }) =>
        done(this.#session(sessionId).repeat(message, times, everyMs)),
      sessionStopRepeat: ({ sessionId }) => done(this.#session(sessionId).stopRepeat()),
      sessionSendRaw: async ({ sessionId, frame }) => done(await this.#session(sessionId).sendRaw(frame)),
      sessionSteps: ({ sessionId, ...range }) => this.#session(sessionId).runSteps(range),
      sessionStopSteps: ({ sessionId }) => done(this.#session(sessionId).stopSteps()),
      sessionPing: ({ sessionId, payload }) => done(this.#session(sessionId).ping(payload === '' ? null : payload)),
      sessionPong: ({ sessionId, payload }) => done(this.#session(sessionId).pong(payload)),
      sessionClose: ({ sessionId, code, reason }) => done(this.#session(sessionId).close(code, reason)),
      sessionTerminate: ({ sessionId }) => done(this.#session(sessionId).terminate()),
      sessionHalfClose: ({ sessionId }) => done(this.#session(sessionId).halfClose()),
      sessionReconnect: async ({ sessionId }) => done(await this.#session(sessionId).reconnect()),
      sessionPause: ({ sessionId, paused }) => done(this.#session(sessionId).pause(paused)),
      sessionRefusePong: ({ sessionId, refuse }) => done(this.#session(sessionId).refusePong(refuse)),
      sessionClear: ({ sessionId }) => done(this.#kept(sessionId).clear()),
      sessionMark: ({ sessionId, id, marked }) => done(this.#source(sessionId).log.mark(id, marked)),
      sessionRecord: async ({ sessionId, path, existing }) => done(await this.#kept(sessionId).record(path, existing)),
      sessionOperations: async ({ sessionId }) => {
        const { source, shown } = this.#entry(sessionId);
        await whole(source);
        await source.dialect.caughtUp();
        const named = <T extends { readonly operation: string }>(each: T): T => ({
          ...each,
          operation: shown.text(each.operation),
        });
        return {
          operations: source.dialect.operations().map(named),
          unanswered: source.dialect.unanswered().map(named),
          missed: source.dialect.missed,
        };
      },
      tapFaults: ({ sessionId, text, connection }) => this.#tap(sessionId).addFaults(text, connection),
      tapSetFaults: ({ sessionId, text }) => this.#tap(sessionId).setFaults(text),
      tapEndFault: ({ sessionId, number }) => this.#tap(sessionId).endFault(number),
      tapBreak: ({ sessionId, breakpoints }) => done(this.#tap(sessionId).setBreakpoints(breakpoints)),
      tapInject: ({ sessionId, connection, lane, message }) =>
        this.#tap(sessionId).inject(connection, lane, message, this.#valuesOf(sessionId)),
      tapProfile: ({ sessionId, connection, stored }) => this.#askedOf(sessionId, connection, stored),
      tapReport: ({ sessionId, connection }) => {
        const source = this.#source(sessionId);
        return (source instanceof ObservedSource && source.control?.report(connection)) || null;
      },
      tapHeld: ({ sessionId, held }) => this.#tap(sessionId).heldMessage(held),
      tapReleaseAll: ({ sessionId, fate }) => this.#tap(sessionId).releaseAll(fate),
      tapRelease: async ({ sessionId, held, fate }) =>
        done(await this.#tap(sessionId).release(held, fate, this.#valuesOf(sessionId))),
      sessionConversation: ({ sessionId, ...choice }) => this.#conversation(sessionId, choice),
      sessionExchanges: async ({ sessionId, from, count, operation, viewId }) => {
        const { source, shown } = this.#entry(sessionId);
        await whole(source);
        await source.dialect.caughtUp();
        const { total, exchanges } = source.dialect.exchanges(from, count, {
          operation,
          isShown: this.#views.shows(viewId),
        });
        const rows = await rowsOf(source, shown, exchanges);
        return {
          total,
          exchanges: exchanges.map((each, at) => ({
            ...each,
            operation: shown.text(each.operation),
            row: rows[at] ?? null,
          })),
        };
      },
      sessionRows: ({ sessionId, ids }) => {
        const { source, shown } = this.#entry(sessionId);
        return rowsOf(
          source,
          shown,
          ids.map((id) => ({ id })),
        );
      },
      sessionDispose: ({ sessionId }) => this.#dispose(sessionId),
      recordingOpen: ({ sessionId, path }) => this.#openRecording(sessionId, path),
      recordingImport: ({ from, to }) => importRecording(from, to),
      sessionExport: async ({ sessionId, format, path }) => ({
        frames: await exportSource(await whole(this.#source(sessionId)), format, path),
      }),
      sessionLearnContract: async ({ sessionId, path }) => {
        const { learnToFile } = await import('./contracts.js');
        return learnToFile(await whole(this.#source(sessionId)), path);
      },
      sessionHoldContract: async ({ sessionId, path }) => {
        const entry = this.#entry(sessionId);
        const { holdAgainst } = await import('./contracts.js');
        const watch = await holdAgainst(await whole(entry.source), path, () => moved(entry));
        entry.contract?.stop();
        entry.contract = watch;
        await watch.caughtUp();
        moved(entry);
        const { first: _first, ...state } = watch.state;
        return { ...state, departures: watch.departures };
      },
      sessionReleaseContract: ({ sessionId }) => {
        const entry = this.#entry(sessionId);
        entry.contract?.stop();
        entry.contract = null;
        moved(entry);
        return null;
      },
      contractExport: async ({ from, to }) => (await import('./contracts.js')).exportContract(from, to),
      viewOpen: ({ sessionId, mode, filter }) => this.#views.open(sessionId, this.#source(sessionId).log, mode, filter),
      viewClose: ({ viewId }) => done(this.#views.close(viewId)),
      viewRows: async ({ viewId, from, count, paths }) => {
        const { sessionId, view } = this.#views.entry(viewId);
        const { source, shown } = this.#entry(sessionId);
        const { generation, droppedFrames } = source.log.status();
        const plain = await shown.rows(await view.rows(from, count), view.mode);
        const rows = paths.length === 0 ? plain : await withValues(source, shown, plain, view.mode, paths);
        return { rows, from, total: view.total, generation, droppedFrames };
      },
      viewFind: async ({ viewId, text, from, backwards }) => {
        const { log } = this.#source(this.#views.entry(viewId).sessionId);
        const before = log.generation;
        const row = await this.#views.find(viewId, text, from, backwards);
        const { generation, droppedFrames } = log.status();
        // What was found in rows that were cleared meanwhile is nowhere.
        return { row: generation === before ? row : null, generation, droppedFrames };
      },
      viewRowOf: ({ viewId, id }) => {
        const { sessionId, view } = this.#views.entry(viewId);
        const { generation, droppedFrames } = this.#source(sessionId).log.status();
        return { row: view.rowOf(id), generation, droppedFrames };
      },
      pathProblem: ({ path }) => jsonPathError(path),
      jsonPaths: ({ sessionId }) => this.#paths(sessionId),
      filterComplete: async ({ sessionId, text, cursor }) => {
        const paths = pathAt(text, cursor) === null ? [] : await this.#paths(sessionId);
        const choices = paths.map(({ path, example }) => ({ text: path, detail: example }));
        const items = completeFilter(text, cursor, choices);
        return {
          from: items[0]?.index ?? cursor,
          items: items.map((item) => ({ text: item.text, detail: item.detail })),
        };
      },
      viewPayload: ({ sessionId, id, mode, offset, length }) =>
        this.#entry(sessionId).shown.payload(id, mode, offset, Math.min(length, MAX_PAYLOAD_BYTES)),
      viewLine: async ({ sessionId, id, mode }) => {
        const { source, shown } = this.#entry(sessionId);
        return rowLine(source, shown, id, mode);
      },
      viewPair: async ({ sessionId, id }) => {
        const source = await whole(this.#source(sessionId));
        await source.dialect.caughtUp();
        return source.dialect.pairOf(id);
      },
      viewDecoded: ({ sessionId, id, mode }) => this.#decoded(sessionId, id, mode),
    };
  }

  async #open({ sessionId, ...params }: SessionOpenParams & { readonly sessionId: string }) {
    this.#requireRoom(sessionId);
    const announcer = new Announcer(ANNOUNCE_MS, () => this.#announce.session(this.#snapshot(live, sessionId)));
    const { vantage, budget, recordTo, keepTo } = params;
    const kept = this.#plans.get(params.plan);
    const { plan } = kept;
    const live: LiveSource = new LiveSource({
      sessionId,
      plan,
      vantage,
      budget,
      spillDir: tmpdir(),
      pool: this.#pool,
      references: referencesOf(kept, (name) => this.#announce.secret({ name, hosts: destinations(plan) })),
      onChange: () => {
        announcer.touch();
        this.#entries.get(sessionId)?.contract?.grew();
      },
    });
    const ticker = setInterval(() => {
      if (live.session.state !== 'closed') live.touch();
    }, IDLE_ANNOUNCE_MS);
    this.#entries.set(sessionId, entryOf({ source: live, kept, announcer, ticker }));
    try {
      return await tellNoSecret(plan, () => live.open(recordTo, keepTo));
    } catch (error) {
      // A recording that cannot be begun: nothing connected, and nothing stays.
      await this.#dispose(sessionId);
      throw error;
    }
  }

  /** Takes in the log of a job: everything that is asked of a log is answered by it until it is disposed of. */
  adopt(source: ObservedSource, lent: KeptPlan | null = null): void {
    const { sessionId } = source;
    this.#requireRoom(sessionId);
    const announcer = new Announcer(ANNOUNCE_MS, () => this.#announce.session(this.#snapshot(source, sessionId)));
    source.onChange = () => {
      announcer.touch();
      this.#entries.get(sessionId)?.contract?.grew();
    };
    const ticker = setInterval(() => {
      if (source.snapshot().state !== 'closed') source.touch();
    }, IDLE_ANNOUNCE_MS);
    this.#entries.set(sessionId, entryOf({ source, kept: null, lent, announcer, ticker }));
    announcer.touch();
  }

  /** A target has been allowed its own secrets; a client, whoever it is, has not. */
  #valuesOf(sessionId: string): ValuesFor | undefined {
    const { lent } = this.#entry(sessionId);
    if (!lent) return undefined;
    return (hosts, lane) =>
      referencesOf(lane === 'toServer' ? lent : { ...lent, secrets: {}, shown: new SecretText({}, []) }, (name) =>
        this.#announce.secret({ name, hosts }),
      );
  }

  async #askedOf(sessionId: string, connection: number, stored: StoredSecrets): Promise<NewProfileText> {
    const { lent, source } = this.#entry(sessionId);
    const asked = source instanceof ObservedSource ? source.control?.asked(connection) : null;
    if (!asked || !lent)
      throw new ProbeError('tap.no-handshake', `What connection ${connection} has asked is not known any more.`);
    const { newProfileText } = await import('../../core/profile/newProfileText.js');
    return newProfileText(asked, stored, { hosts: destinations(lent.plan), references: writtenReferences(lent) });
  }

  async #openRecording(sessionId: string, path: string) {
    this.#requireRoom(sessionId);
    let announcer: Announcer | null = null;
    const source = await RecordedSource.open(sessionId, path, { onChange: () => announcer?.touch() });
    announcer = new Announcer(ANNOUNCE_MS, () => this.#announce.session(this.#snapshot(source, sessionId)));
    this.#entries.set(sessionId, entryOf({ source, kept: null, announcer, ticker: null }));
    return source.snapshot();
  }

  #requireRoom(sessionId: string): void {
    if (this.#entries.has(sessionId)) throw new ProbeError('session.exists', 'A session with this id is open already.');
    if (this.#entries.size < MAX_SESSIONS) return;
    throw new ProbeError('session.too-many', `${MAX_SESSIONS} sessions are open already.`, {
      hint: 'Close one of them in the Sessions view.',
    });
  }

  async #conversation(sessionId: string, choice: Parameters<typeof conversationOf>[2]) {
    const { kept, source } = this.#entry(sessionId);
    return conversationOf(
      await whole(source),
      kept && { plan: kept.plan, references: writtenReferences(kept) },
      choice,
    );
  }

  async #decoded(sessionId: string, id: number, mode: LogMode) {
    const { source, shown } = this.#entry(sessionId);
    const decoded = await decodedRow(source, id, mode);
    return decoded ? { ...decoded, json: shown.text(decoded.json) } : null;
  }

  async #dispose(sessionId: string): Promise<null> {
    const entry = this.#entries.get(sessionId);
    if (!entry) return null;
    this.#entries.delete(sessionId);
    entry.announcer?.dispose();
    entry.contract?.stop();
    if (entry.ticker) clearInterval(entry.ticker);
    this.#views.closeOf(sessionId);
    await entry.source.dispose();
    return null;
  }

  #entry(sessionId: string): Entry {
    const entry = this.#entries.get(sessionId);
    if (!entry) throw unknownSession();
    return entry;
  }

  #snapshot(source: LogSource, sessionId: string): SessionSnapshot {
    const { contract = null, moved = 0 } = this.#entries.get(sessionId) ?? {};
    const snapshot = source.snapshot();
    if (moved === 0) return snapshot;
    const revision = snapshot.revision + moved;
    return { ...snapshot, revision, ...(contract === null ? {} : { contract: contract.state }) };
  }

  #paths(sessionId: string): Promise<readonly PathFound[]> {
    const { source, shown } = this.#entry(sessionId);
    return jsonPathsIn(source, shown);
  }

  #source(sessionId: string): LogSource {
    return this.#entry(sessionId).source;
  }

  /** What gains rows, and may be recorded and cleared. */
  #kept(sessionId: string): ObservedSource | (Pick<LiveSource, 'record'> & Pick<Session, 'clear'>) {
    const source = this.#source(sessionId);
    if (source instanceof ObservedSource) return source;
    const live = this.#live(sessionId);
    return { record: (...to) => live.record(...to), clear: () => live.session.clear() };
  }

  #tap(sessionId: string): TapControl {
    const source = this.#source(sessionId);
    const control = source instanceof ObservedSource ? source.control : null;
    if (control && source.snapshot().state !== 'closed') return control;
    throw new ProbeError('tap.none', 'This is no tap that is running.', { hint: 'Start one with "WebSocket: Tap…".' });
  }

  #live(sessionId: string): LiveSource {
    const source = this.#source(sessionId);
    if (source instanceof LiveSource) return source;
    if (source instanceof ObservedSource) throw observedError();
    throw new ProbeError('session.recording', 'This is a recording: there is no connection to act on.');
  }

  #session(sessionId: string): Session {
    return this.#live(sessionId).session;
  }
}

function moved(entry: Entry): void {
  entry.moved += 1;
  entry.announcer?.touch();
}

function shownOf({ log, secrets }: LogSource): ShownLog {
  return new ShownLog(log, secrets);
}

/** Once all that belongs to it is in its log. */
async function whole(source: LogSource): Promise<LogSource> {
  if (source instanceof RecordedSource) await source.loaded;
  return source;
}

function unknownSession(): ProbeError {
  return new ProbeError('session.unknown', 'This session has ended and was forgotten.', { hint: 'Connect again.' });
}

function observedError(): ProbeError {
  return new ProbeError('session.observed', 'These are connections of another program: wsprobe only listens to them.', {
    hint: 'Connect to the same address to send messages of your own.',
  });
}

function done(_result: unknown): null {
  return null;
}
