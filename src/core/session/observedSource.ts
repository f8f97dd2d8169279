import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Clock, createClock } from '../base/clock.js';
import type { ProbeError } from '../base/errors.js';
import type { Frame } from '../base/frame.js';
import type { Direction } from '../base/model.js';
import { NOT_TALKING } from '../base/notTalking.js';
import type { ConnectionEnd, SessionEvent } from '../base/sessionEvent.js';
import { FrameLog } from '../frames/log/frameLog.js';
import type { UnframedMessage } from '../frames/log/logStore.js';
import type { DecodingPlan } from '../payload/decoders/decodingReader.js';
import { RECORDING_SCHEMA, type RecordingHeader } from '../record/recording.js';
import type { RecordingStatus, RecordingWriterOptions } from '../record/recordingWriter.js';
import { LoginWatch } from '../redaction/loginWatch.js';
import { Redactor } from '../redaction/redactor.js';
import { renderSessionEvent } from '../text/sessionEventText.js';
import { DialectJudges } from './dialectJudges.js';
import { DialectWatch, type OnLabel } from './dialectWatch.js';
import type { KeptLog } from './keptLog.js';
import { type LogSource, MAX_NOTES, type SourceConnection, type SourceNote } from './logSource.js';
import { endsMessage } from './meters.js';
import { ObservedConnections } from './observedConnections.js';
import type { SessionRecorder, SessionRecorderOptions } from './sessionRecorder.js';
import type { SessionSnapshot } from './snapshot.js';
import type { TapControl } from './tapControl.js';
import { ToldConnections } from './toldConnections.js';
import { TrafficCounter } from './traffic.js';

/** What every recording of a source begins with. */
type StartRecorder = Pick<SessionRecorderOptions, 'header' | 'redactor' | 'describesFirst'>;

/** What an address or a text of another program may have of our memory. */
const MAX_TEXT = 8_192;

/** How a connection of another program began. Headers and URL as they were: they are redacted here. */
export interface ObservedFacts extends Pick<RecordingHeader, 'url' | 'subprotocol' | 'request' | 'response'> {
  /** Who is at the other end, `address:port`; null where nobody tells. */
  readonly peer: string | null;
  /** What a row calls it; by default the path of the URL. */
  readonly name?: string;
  /** It was open before we looked. */
  readonly isPartial?: boolean;
  readonly atMs?: number;
}

/** Who is told of everything beside the log, in its order. Payloads are borrowed; `id` is the row's. */
export interface ObservedListener {
  onMessage?(message: UnframedMessage, connection: number, id: number): void;
  onFrame?(frame: Frame, connection: number, id: number): void;
  onInflated?(connection: number, direction: Direction, bytes: Uint8Array, binary: boolean, atMs: number): void;
  onEvent?(event: SessionEvent, atMs: number, connection: number): void;
  onOpened?(facts: SourceConnection): void;
}

export interface ObservedOptions {
  readonly sessionId: string;
  /** What is looked at, as a person knows it, and its address. */
  readonly name: string;
  readonly url: string;
  readonly budget?: { readonly memoryBytes: number; readonly diskBytes: number };
  /** Where payloads go that have to leave memory; null to drop them. */
  readonly spillDir: string | null;
  /** Values that are secret from the beginning; grows with those that are learned. */
  readonly secrets?: string[];
  /** Spoken on every connection; `auto` (default), `none` or a name. */
  readonly dialect?: string;
  readonly decoding?: DecodingPlan;
  readonly listener?: ObservedListener;
  readonly onLabel?: OnLabel;
  /** The disk refused a recording; all else goes on. */
  readonly onRecordingError?: (error: ProbeError) => void;
}

/**
 * Connections of other programs in one log, told by whoever sees them: a browser, a relay. Rows are kept apart by the number
 * that `began` or `opened` gives. After `dispose` everything that is told is ignored.
 */
export class ObservedSource implements LogSource {
  readonly sessionId: string;
  readonly log: FrameLog;
  readonly dialect: DialectWatch;
  /** Grows with those that handshakes bring: `learn`. */
  readonly secrets: string[];
  readonly notes: SourceNote[] = [];
  /** Milliseconds since the source began: what `atMs` counts in. */
  readonly now: Clock = createClock();
  /** What can be done to what is seen; null: it is only looked at. */
  control: TapControl | null = null;
  /** Something in the snapshot has changed; called often: throttle. */
  onChange: () => void = () => {};
  readonly #options: ObservedOptions;
  readonly #redactor: Redactor;
  readonly #logins: LoginWatch;
  readonly #startedAt = new Date().toISOString();
  readonly #told = new ToldConnections();
  readonly #followed = new ObservedConnections();
  readonly #judges: DialectJudges;
  readonly #traffic = { sent: new TrafficCounter(), received: new TrafficCounter() };
  readonly #disposed = new AbortController();
  #connections = 0;
  #revision = 0;
  #isOver = false;
  #hasNews = false;
  #isListening = false;
  #recorder: SessionRecorder | null = null;
  #kept: KeptLog | null = null;
  /** That, and those that somebody else keeps. */
  readonly #recorders = new Set<SessionRecorder>();

  constructor(options: ObservedOptions) {
    const { budget, onLabel } = options;
    this.#options = options;
    this.sessionId = options.sessionId;
    this.secrets = options.secrets ?? [];
    this.#redactor = new Redactor(this.secrets);
    this.#logins = new LoginWatch(this.secrets);
    this.dialect = new DialectWatch({
      log: () => this.log,
      onRecognised: () => this.touch(),
      ...(onLabel ? { onLabel } : {}),
    });
    this.log = new FrameLog({
      ...(budget ? { payloadBudgetBytes: budget.memoryBytes, diskBudgetBytes: budget.diskBytes } : {}),
      spillDir: options.spillDir,
      labelOf: (message) => this.dialect.label(message),
    });
    this.#judges = new DialectJudges({ log: this.log, watch: this.dialect, decoding: options.decoding });
  }

  get connections(): readonly SourceConnection[] {
    return this.#told.all;
  }

  /** Aborts once nobody wants to hear any more: who tells this source ends then. */
  get disposed(): AbortSignal {
    return this.#disposed.signal;
  }

  /** A value that must not be shown or written from now on. */
  learn(secret: string): void {
    if (!this.secrets.includes(secret)) this.secrets.push(secret);
  }

  /** A connection is being made: gives its number. What is known of it only when it opens is told then. */
  began(facts: ObservedFacts): number {
    const connection = ++this.#connections;
    if (this.#isDisposed) return connection;
    const row = this.#rowOf(connection, facts, null);
    this.#followed.begin(...row);
    this.#event({ kind: 'connecting', connection, url: row[0].url }, connection, facts.atMs);
    return connection;
  }

  /** A connection is open, one that `began` or a further one: gives its number. */
  opened(facts: ObservedFacts, begun?: number): number {
    const connection = begun ?? ++this.#connections;
    if (this.#isDisposed) return connection;
    const atMs = facts.atMs ?? this.now();
    const row = this.#rowOf(connection, facts, atMs);
    const [told] = row;
    this.#followed.begin(...row);
    this.#judges.opened(connection, { ...told, wanted: this.#options.dialect ?? 'auto' });
    const whole: SourceConnection = { ...told, dialect: this.#judges.nameOf(connection), close: null, closedMs: null };
    this.#told.began(whole);
    for (const each of this.#recorders) each.opened(whole, atMs);
    this.#options.listener?.onOpened?.(whole);
    const { subprotocol, url } = told;
    this.#event({ kind: 'open', durationMs: null, subprotocol, url }, connection, atMs);
    return connection;
  }

  /** A connection that `began` did not open. */
  refused(connection: number, why: string, atMs?: number): void {
    if (this.#isDisposed) return;
    const message = this.#clean(why);
    this.#followed.end(connection, 'refused', null, message);
    for (const each of this.#recorders) each.note(connection, atMs ?? this.now(), message);
    this.#event({ kind: 'not-connected', message }, connection, atMs);
  }

  /** A whole message of which no frame is known; its bytes are copied. */
  message(connection: number, message: UnframedMessage): void {
    if (this.#isDisposed) return;
    this.#logins.message(message.bytes, connection);
    this.log.appendMessage(message, connection);
    this.#traffic[message.direction].countMessage(message.payloadBytes, message.atMs);
    this.#followed.count(connection);
    for (const each of this.#recorders) each.message(message, connection);
    this.#options.listener?.onMessage?.(message, connection, this.log.nextId - 1);
    this.#grew();
  }

  /** A frame of the wire; its payload may be borrowed. Gives the id of its row. */
  frame(connection: number, frame: Frame): number {
    if (this.#isDisposed) return -1;
    this.#logins.frame(frame, connection);
    this.log.append(frame, connection);
    const id = this.log.nextId - 1;
    const ends = endsMessage(frame);
    const { headerBytes, payloadBytes, atMs } = frame;
    this.#traffic[frame.direction].count(headerBytes + payloadBytes, payloadBytes, ends, atMs);
    if (ends) this.#followed.count(connection);
    for (const each of this.#recorders) each.frame(frame, connection);
    this.#options.listener?.onFrame?.(frame, connection, id);
    this.#grew();
    return id;
  }

  /** The content of the oldest compressed message of the connection's direction that has none yet. */
  inflated(connection: number, direction: Direction, bytes: Uint8Array, binary: boolean): void {
    if (this.#isDisposed) return;
    this.#logins.message(bytes, connection);
    this.log.attachInflated(direction, bytes, binary, connection);
    for (const each of this.#recorders) each.inflated(connection, direction, bytes, binary);
    this.#options.listener?.onInflated?.(connection, direction, bytes, binary, this.now());
    this.#grew();
  }

  /** That content will not come: what comes next is the next message's. */
  notInflated(connection: number, direction: Direction): void {
    if (this.#isDisposed) return;
    this.log.missInflated(direction, connection);
    for (const each of this.#recorders) each.notInflated(connection, direction);
    this.#grew();
  }

  /** Something that was done beside the traffic; null: to all of it, and it stands with the latest connection. */
  note(about: number | null, text: string, atMs = this.now()): void {
    if (this.#isDisposed) return;
    const connection = about ?? Math.max(1, this.#connections);
    const clean = this.#clean(text);
    if (this.notes.length < MAX_NOTES) this.notes.push({ connection, atMs, text: clean });
    for (const each of this.#recorders) each.note(connection, atMs, clean);
    this.#event({ kind: 'note', text: clean }, connection, atMs);
  }

  /** A connection is over, once: `code` is null where nobody tells it. */
  closed(connection: number, end: ConnectionEnd, atMs = this.now()): void {
    if (this.#isDisposed) return;
    const close = { ...end, reason: this.#clean(end.reason), evidence: this.#clean(end.evidence) };
    this.#followed.end(connection, 'closed', close.code);
    this.#told.ended(connection, close, atMs);
    this.#logins.over(connection);
    for (const each of this.#recorders) each.closed(connection, atMs, close);
    this.#event({ kind: 'closed', close }, connection, atMs);
    this.dialect.ended(connection);
  }

  /** Nothing will be told any more: those that were open end as `end` says. */
  finish(end: ConnectionEnd): void {
    for (const { connection } of this.#followed.open()) this.closed(connection, end);
    this.#isOver = true;
    this.touch();
  }

  /** What was shown is out of date, be it only the time. */
  touch(): void {
    this.#revision += 1;
    this.onChange();
  }

  clear(): void {
    this.log.clear();
    this.dialect.clear();
    this.#kept?.clear({ connections: Math.max(1, this.#connections), elapsedMs: this.now() });
    this.touch();
  }

  /**
   * Records to `path` from now on; null stops. Gives what became of the recording before, null without one. Rejects with a
   * ProbeError when the file cannot be written.
   */
  async record(
    path: string | null,
    existing: RecordingWriterOptions['existing'] = 'append',
  ): Promise<RecordingStatus | null> {
    const before = this.#recorder;
    this.#recorder = null;
    if (before) this.#recorders.delete(before);
    const ended = (await before?.end()) ?? null;
    if (path !== null) {
      const { SessionRecorder } = await import('./sessionRecorder.js');
      const onError = (error: ProbeError) => {
        this.#options.onRecordingError?.(error);
        this.touch();
      };
      this.#recorder = await this.#begin((options) => SessionRecorder.start({ ...options, path, existing, onError }));
    }
    this.touch();
    return ended;
  }

  /** The end of its log is kept there for the next window, as long as this source lives. A log that cannot be kept says so itself. */
  async keep(path: string): Promise<void> {
    const { KeptLog } = await import('./keptLog.js');
    const onError = (message: string) => this.note(null, message);
    const options = { header: this.#headerOf(null), redactor: this.#redactor, path, onError };
    this.#kept = await KeptLog.start(options);
    if (this.#kept) this.#follow(this.#kept.recorder);
  }

  /** A further recording of all that is told from now on, by who knows where to; it ends with this source. */
  async recordAlso(start: (options: StartRecorder) => Promise<SessionRecorder>): Promise<void> {
    await this.#begin(start);
  }

  /** The first connection's, where there was one. */
  header(): RecordingHeader {
    return this.#headerOf(this.#told.all[0] ?? null);
  }

  snapshot(): SessionSnapshot {
    const nowMs = this.now();
    const status = this.#recorder?.status ?? null;
    const observed = this.#followed.state();
    const { control } = this;
    return {
      sessionId: this.sessionId,
      revision: this.#revision,
      name: this.#options.name,
      url: this.#redactor.url(this.#options.url),
      state: this.#isOver ? 'closed' : 'open',
      startedAt: this.#startedAt,
      elapsedMs: nowMs,
      connections: this.#connections,
      subprotocol: null,
      dialect: this.#judges.name,
      sent: this.#traffic.sent.snapshot(nowMs),
      received: this.#traffic.received.snapshot(nowMs),
      ...NOT_TALKING,
      findings: control?.findings() ?? [],
      close: null,
      log: this.log.status(),
      observed: control ? { ...observed, tap: control.state() } : observed,
      recording: status && { path: status.path, frames: status.frames, bytes: status.bytes, error: status.error },
    };
  }

  async dispose(): Promise<void> {
    this.#disposed.abort();
    this.dialect.dispose();
    await this.record(null).catch(() => undefined);
    await Promise.allSettled([...this.#recorders].map((each) => each.end()));
    await this.#kept?.remove().catch(() => undefined);
    await this.log.dispose();
  }

  /** Each connection has a line of its own there, those that are open already too. */
  async #begin(start: (options: StartRecorder) => Promise<SessionRecorder>): Promise<SessionRecorder> {
    const recorder = await start({ header: this.#headerOf(null), redactor: this.#redactor, describesFirst: true });
    return this.#follow(recorder);
  }

  #follow(recorder: SessionRecorder): SessionRecorder {
    const atMs = this.now();
    for (const facts of this.#followed.open()) recorder.opened({ ...facts, close: null, closedMs: null }, atMs);
    this.#recorders.add(recorder);
    return recorder;
  }

  get #isDisposed(): boolean {
    return this.#disposed.signal.aborted;
  }

  #headerOf(first: SourceConnection | null): RecordingHeader {
    const { name, url } = this.#options;
    const { subprotocol = null, dialect = null, request = null, response = null } = first ?? {};
    return {
      schema: RECORDING_SCHEMA,
      name,
      url: first?.url ?? url,
      startedAt: this.#startedAt,
      subprotocol,
      dialect,
      request,
      response,
    };
  }

  #rowOf(connection: number, facts: ObservedFacts, atMs: number | null) {
    const { peer, subprotocol, request, response, isPartial = false } = facts;
    const url = this.#redactor.url(facts.url.slice(0, 2 * MAX_TEXT)).slice(0, MAX_TEXT);
    const told: Omit<SourceConnection, 'close' | 'closedMs'> = {
      connection,
      atMs,
      url,
      peer,
      subprotocol: subprotocol === null ? null : this.#clean(subprotocol),
      dialect: null,
      request: request && {
        target: this.#redactor.url(request.target.slice(0, 2 * MAX_TEXT)).slice(0, MAX_TEXT),
        headers: this.#redactor.headers(request.headers),
      },
      response: response && {
        status: response.status,
        reason: this.#clean(response.reason),
        headers: this.#redactor.headers(response.headers),
      },
    };
    return [told, this.#clean(facts.name ?? pathOf(url)), isPartial] as const;
  }

  #event(event: SessionEvent, connection: number, atMs = this.now()): void {
    if (this.#isDisposed) return;
    this.log.appendEvent(renderSessionEvent(event), atMs, connection);
    this.#options.listener?.onEvent?.(event, atMs, connection);
    this.#grew();
  }

  /** A cut never lies within a secret: what is cut off is more than one is long. */
  #clean(text: string): string {
    return this.#redactor.text(text.slice(0, 2 * MAX_TEXT)).slice(0, MAX_TEXT);
  }

  #grew(): void {
    this.dialect.grew();
    this.touch();
    this.#hasNews = true;
    if (!this.#isListening) void this.#listen();
  }

  async #listen(): Promise<void> {
    this.#isListening = true;
    while (this.#hasNews && !this.#isDisposed) {
      await nextTurn();
      this.#hasNews = false;
      if (!this.#isDisposed) await this.#judges.listen(false);
    }
    this.#isListening = false;
  }
}

function pathOf(url: string): string {
  const path = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*(\/[^?#]*)?/i.exec(url)?.[1];
  return path === undefined || path === '/' ? url : path;
}
