import type { ProbeError } from '../base/errors.js';
import type { Frame } from '../base/frame.js';
import type { Direction, Report } from '../base/model.js';
import type { ProbePlan } from '../base/plan.js';
import type { SessionEvent } from '../base/sessionEvent.js';
import { FrameLog, KEEP_MESSAGE_BYTES } from '../frames/log/frameLog.js';
import { RECORDING_SCHEMA, type RecordingHeader } from '../record/recording.js';
import type { RecordingStatus, RecordingWriterOptions } from '../record/recordingWriter.js';
import { LoginWatch } from '../redaction/loginWatch.js';
import { Redactor } from '../redaction/redactor.js';
import { renderSessionEvent } from '../text/sessionEventText.js';
import type { DialectJudge } from '../dialects/dialectJudge.js';
import type { Http2Pool } from '../transport/carriers/http2/http2Pool.js';
import { DialectWatch, type OnLabel } from './dialectWatch.js';
import type { LogSource, SourceConnection } from './logSource.js';
import { judgeFor } from '../dialects/dialectJudge.js';
import { Session, type SessionMessage } from './session.js';
import { learning, type ReferenceValues } from './references.js';
import type { SessionLog } from './sessionLog.js';
import type { KeptLog } from './keptLog.js';
import type { SessionRecorder } from './sessionRecorder.js';
import type { SessionSnapshot } from './snapshot.js';
import { ToldConnections } from './toldConnections.js';
import { readerOf } from '../payload/decoders/decodingReader.js';
import { jsonValue } from '../payload/decoders/jsonValue.js';
import { type LoadedDecoders, loadDecoders, readValue } from '../payload/decoders/loadDecoders.js';

/** Who is told of everything in the order of the wire, beside the log. Payloads are borrowed; `id` is the row's. */
interface SessionListener {
  onFrame(frame: Frame, connection: number, id: number): void;
  onInflated(direction: Direction, bytes: Uint8Array, binary: boolean): void;
  onEvent(event: SessionEvent, atMs: number, connection: number): void;
}

export interface LiveSourceOptions {
  readonly sessionId: string;
  readonly plan: ProbePlan;
  /** Those of the plan, for whoever redacts as well; grows with those that are learned. */
  readonly secrets?: string[];
  readonly vantage: Report['vantage'];
  /** Payload bytes of the log: in memory, then in temporary files. */
  readonly budget: { readonly memoryBytes: number; readonly diskBytes: number };
  /** Where payloads go that have to leave memory; null to drop them. */
  readonly spillDir: string | null;
  /** HTTP/2 connections shared with other sessions. */
  readonly pool?: Http2Pool;
  /** Of messages that may name secrets: their values are secret from then on. */
  readonly references?: ReferenceValues;
  /** Something in the snapshot has changed; called often: throttle. */
  readonly onChange: () => void;
  readonly listener?: SessionListener;
  /** By default each report has its findings; `asked`: once the session is asked for them. */
  readonly findings?: 'asked' | undefined;
  /** Whole messages as they become known; their bytes are borrowed. */
  readonly onMessage?: (message: SessionMessage) => void;
  /** What the dialect calls each message, in the order of the wire, once it has been read; null where it has no name. */
  readonly onLabel?: OnLabel;
  /** The disk refused a recording; the session goes on. */
  readonly onRecordingError?: (error: ProbeError) => void;
}

/** A session with its log, its dialect and its recording: the one assembly that editor and terminal share. */
export class LiveSource implements LogSource {
  readonly log: FrameLog;
  readonly session: Session;
  readonly dialect: DialectWatch;
  /** Grows with those that messages name. */
  readonly secrets: string[];
  readonly notes = [];
  readonly #told = new ToldConnections();
  readonly #options: LiveSourceOptions;
  readonly #redactor: Redactor;
  readonly #logins: LoginWatch;
  readonly #judge: DialectJudge;
  #decoders: LoadedDecoders | null = null;
  #revision = 0;
  /** The latest that was begun. */
  #connection = 1;
  #sentRow: number | null = null;
  /** The present connection while it is open. */
  #open: number | null = null;
  #recorder: SessionRecorder | null = null;
  #kept: KeptLog | null = null;

  constructor(options: LiveSourceOptions) {
    const { budget, references } = options;
    this.#options = options;
    this.secrets = options.secrets ?? [...options.plan.secrets];
    const plan = { ...options.plan, secrets: this.secrets };
    this.#redactor = new Redactor(this.secrets);
    this.#logins = new LoginWatch(this.secrets);
    this.#judge = judgeFor(plan);
    const { onLabel } = options;
    this.dialect = new DialectWatch({
      log: () => this.log,
      onRecognised: () => this.touch(),
      ...(onLabel ? { onLabel } : {}),
    });
    this.log = new FrameLog({
      payloadBudgetBytes: budget.memoryBytes,
      diskBudgetBytes: budget.diskBytes,
      spillDir: options.spillDir,
      labelOf: (message) => this.dialect.label(message),
      decode: (message) => {
        const read = this.#decoders?.read(message);
        return read ? jsonValue(readValue(read)) : undefined;
      },
    });
    const { onMessage } = options;
    this.session = new Session({
      sessionId: options.sessionId,
      plan,
      log: this.#sessionLog(),
      keepPayloadBytes: KEEP_MESSAGE_BYTES,
      dialectJudge: this.#judge,
      vantage: options.vantage,
      findings: options.findings,
      ...(options.pool ? { pool: options.pool } : {}),
      ...(references ? { references: learning(references, (value) => this.#learn(value)) } : {}),
      onSecrets: (secrets) => secrets.forEach((secret) => this.#learn(secret)),
      onChange: () => this.touch(),
      ...(onMessage ? { onMessage } : {}),
      onConnection: (report, isOpen) => this.#onConnection(report, isOpen),
    });
  }

  /**
   * Connects, recording to a file from the first frame on where one is named. Rejects when that cannot be begun. The end of
   * the log is kept at `keepTo` for as long as this source lives.
   */
  async open(recordTo: string | null = null, keepTo: string | null = null): Promise<Report> {
    if (recordTo !== null) await this.record(recordTo);
    if (keepTo !== null) await this.#keep(keepTo);
    const { decode = [], baseDir } = this.#options.plan;
    // What cannot be read is told before anything is sent.
    if (decode.length > 0) this.#decoders = await loadDecoders(decode, baseDir);
    return this.session.open();
  }

  get connections(): readonly SourceConnection[] {
    return this.#told.all;
  }

  /** The row of the message that was sent last; null before the first. */
  get sentRow(): number | null {
    return this.#sentRow;
  }

  /** Of the present or last connection. */
  get report(): Report | null {
    return this.session.report;
  }

  /** Something has changed, the time of an idle session included: what was shown of it is out of date. */
  touch(): void {
    this.#revision += 1;
    this.#heedJudge();
    this.#options.onChange();
  }

  snapshot(): SessionSnapshot {
    const status = this.#recorder?.status ?? null;
    return {
      ...this.session.snapshot(),
      revision: this.#revision,
      recording: status && { path: status.path, frames: status.frames, bytes: status.bytes, error: status.error },
    };
  }

  /**
   * Records to `path` from now on; null stops. Gives what became of the recording before, null without one. Rejects with
   * a ProbeError when the file cannot be written. A file that is there goes on, unless it is to be replaced.
   */
  async record(
    path: string | null,
    existing: RecordingWriterOptions['existing'] = 'append',
  ): Promise<RecordingStatus | null> {
    const before = this.#recorder;
    this.#recorder = null;
    const ended = (await before?.end()) ?? null;
    if (path !== null) {
      const { SessionRecorder } = await import('./sessionRecorder.js');
      const onError = (error: ProbeError) => {
        this.#options.onRecordingError?.(error);
        this.touch();
      };
      const header = this.header();
      const describesFirst = header.response === null;
      const redactor = this.#redactor;
      const recorder = await SessionRecorder.start({ path, header, redactor, existing, onError, describesFirst });
      const { connections, elapsedMs, state } = this.session.snapshot();
      if (state === 'open' && this.report)
        recorder.opened(this.#factsOf(this.report, connections, elapsedMs), elapsedMs);
      this.#recorder = recorder;
    }
    this.touch();
    return ended;
  }

  header(): RecordingHeader {
    const { name, url, startedAt, subprotocol, dialect } = this.session.snapshot();
    return {
      schema: RECORDING_SCHEMA,
      name,
      url,
      startedAt,
      subprotocol,
      dialect,
      ...headsOf(this.report),
    };
  }

  async dispose(): Promise<void> {
    this.session.dispose();
    this.dialect.dispose();
    await this.record(null).catch(() => undefined);
    await this.#kept?.remove();
    await this.log.dispose();
  }

  /** A log that cannot be kept is no reason not to connect: it says so itself. */
  async #keep(path: string): Promise<void> {
    const onError = (message: string) => {
      this.log.appendEvent(renderSessionEvent({ kind: 'note', text: message }), this.session.snapshot().elapsedMs, 1);
      this.touch();
    };
    const { KeptLog } = await import('./keptLog.js');
    this.#kept = await KeptLog.start({ path, header: this.header(), redactor: this.#redactor, onError });
  }

  #learn(value: string): void {
    if (!this.secrets.includes(value)) this.secrets.push(value);
  }

  /** The session's log: every frame goes into the frame log, to the listener and, while one runs, into the recording. */
  #sessionLog(): SessionLog {
    const { listener } = this.#options;
    return {
      append: (frame, connection) => {
        this.#logins.frame(frame, connection);
        this.log.append(frame, connection);
        this.#recorder?.frame(frame, connection);
        this.#kept?.recorder.frame(frame, connection);
        const id = this.log.nextId - 1;
        if (frame.direction === 'sent' && frame.opcode <= 2) this.#sentRow = id;
        listener?.onFrame(frame, connection, id);
        this.dialect.grew();
        return id;
      },
      openInlet: () => this.log.openInlet(),
      appendEvent: (event, atMs, connection) => {
        if (event.kind === 'connecting') this.#began(connection);
        this.log.appendEvent(renderSessionEvent(event), atMs, connection);
        listener?.onEvent(event, atMs, connection);
      },
      attachInflated: (direction, bytes, binary) => {
        this.#logins.message(bytes, this.#connection);
        this.log.attachInflated(direction, bytes, binary);
        this.#recorder?.inflated(this.#connection, direction, bytes, binary);
        this.#kept?.recorder.inflated(this.#connection, direction, bytes, binary);
        listener?.onInflated(direction, bytes, binary);
        this.dialect.grew();
      },
      clear: () => {
        this.log.clear();
        this.dialect.clear();
        this.#kept?.clear(this.session.snapshot());
      },
      status: () => this.log.status(),
      // The log outlives the session: a closed one is still read.
      dispose: () => {},
    };
  }

  /** The judge hears messages while they come; what it says now is what they are read by. */
  #heedJudge(): void {
    const reader = readerOf(this.#options.plan, this.#judge.reader);
    if (reader && this.#open !== null) this.dialect.speaks(this.#open, reader);
  }

  #began(connection: number): void {
    // One that a person reconnected away from ends here.
    if (connection > 1) this.dialect.ended(connection - 1);
    this.#open = null;
    this.#connection = connection;
    this.dialect.began(connection);
  }

  #onConnection(report: Report, isOpen: boolean): void {
    const { connections: connection, elapsedMs } = this.session.snapshot();
    if (isOpen) {
      const facts = this.#factsOf(report, connection, elapsedMs);
      this.#told.began(facts);
      this.#open = connection;
      this.#heedJudge();
      this.dialect.opened(connection);
      this.#recorder?.opened(facts, elapsedMs);
      this.#kept?.recorder.opened(facts, elapsedMs);
      return;
    }
    this.#heedJudge();
    const wasOpen = this.#open === connection;
    this.#open = null;
    this.dialect.ended(connection);
    if (report.close) this.#told.ended(connection, report.close, elapsedMs);
    if (!wasOpen && report.response !== null)
      this.#recorder?.refused(this.#factsOf(report, connection, elapsedMs), elapsedMs);
    this.#recorder?.closed(connection, elapsedMs, report.close);
    this.#kept?.recorder.closed(connection, elapsedMs, report.close);
  }

  #factsOf(report: Report, connection: number, atMs: number): SourceConnection {
    const { url, subprotocol, attempts } = report;
    const reached = attempts.find(({ error }) => error === null);
    return {
      connection,
      atMs,
      url,
      peer: reached ? hostPort(reached.address, reached.port) : null,
      subprotocol: subprotocol.selected,
      dialect: this.#judge.name,
      ...headsOf(report),
      close: null,
      closedMs: null,
    };
  }
}

function hostPort(address: string, port: number): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
}

function headsOf(report: Report | null): Pick<RecordingHeader, 'request' | 'response'> {
  const { request, response } = report ?? { request: null, response: null };
  return {
    request: request && { target: request.target, headers: request.headers },
    response: response && { status: response.status, reason: response.reason, headers: response.headers },
  };
}
