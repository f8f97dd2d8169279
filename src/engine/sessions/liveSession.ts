import { tmpdir } from 'node:os';
import { FrameLog, KEEP_MESSAGE_BYTES } from '../../core/frames/log/frameLog.js';
import type { DialectMessage } from '../../core/dialects/dialect.js';
import { RawJson } from '../../core/dialects/value/rawJson.js';
import { renderValue } from '../../core/dialects/value/renderValue.js';
import type { Frame } from '../../core/base/frame.js';
import { ProbeError } from '../../core/base/errors.js';
import type { Direction, Report } from '../../core/base/model.js';
import type { RecordingHeader } from '../../core/record/recording.js';
import { RecordingWriter } from '../../core/record/recordingWriter.js';
import { Redactor } from '../../core/redaction/redactor.js';
import { DialectWatch } from '../../core/session/dialectWatch.js';
import { RecordFeed } from '../../core/session/recordFeed.js';
import { judgeFor, Session } from '../../core/session/session.js';
import type { SessionLog } from '../../core/session/sessionLog.js';
import type { SessionSnapshot } from '../../core/session/snapshot.js';
import type { Http2Pool } from '../../core/transport/http2/http2Pool.js';
import { renderSessionEvent } from '../../core/text/sessionEventText.js';
import type { SessionOpenParams } from '../../protocol/session.js';

/** A session with its log, its dialect and its recording: what the engine keeps of one. */
export class LiveSession {
  readonly log: FrameLog;
  readonly session: Session;
  readonly dialect: DialectWatch;
  readonly #params: SessionOpenParams;
  readonly #redactor: Redactor;
  readonly #onChange: () => void;
  #report: Report | null = null;
  #writer: RecordingWriter | null = null;
  #feed: RecordFeed | null = null;

  constructor(sessionId: string, params: SessionOpenParams, onChange: () => void, pool: Http2Pool) {
    const { plan } = params;
    this.#params = params;
    this.#onChange = onChange;
    this.#redactor = new Redactor(plan.secrets);
    const dialectJudge = judgeFor(plan);
    this.dialect = new DialectWatch(dialectJudge, onChange);
    this.log = new FrameLog({
      payloadBudgetBytes: params.budget.memoryBytes,
      diskBudgetBytes: params.budget.diskBytes,
      spillDir: tmpdir(),
      labelOf: (message) => this.dialect.label(message.id, message),
    });
    this.session = new Session({
      sessionId,
      plan,
      log: this.#sessionLog(),
      keepPayloadBytes: KEEP_MESSAGE_BYTES,
      dialectJudge,
      vantage: params.vantage,
      pool,
      onChange,
      onMessage: (message) => this.dialect.message(message.id, message),
      wantsMessages: () => this.dialect.isListening,
      onConnection: (report, isOpen) => this.#onConnection(report, isOpen),
    });
  }

  async open(): Promise<Report> {
    if (this.#params.recordTo !== null) await this.record(this.#params.recordTo);
    return this.session.open();
  }

  get secrets(): readonly string[] {
    return this.#params.plan.secrets;
  }

  get report(): Report | null {
    return this.#report;
  }

  snapshot(): SessionSnapshot {
    const status = this.#writer?.status ?? null;
    return {
      ...this.session.snapshot(),
      recording: status && { path: status.path, frames: status.frames, bytes: status.bytes, error: status.error },
    };
  }

  /** Records to `path` from now on; null stops. Rejects with a ProbeError when the file cannot be written. */
  async record(path: string | null): Promise<void> {
    const before = this.#writer;
    this.#feed?.flush();
    this.#feed = null;
    this.#writer = null;
    await before?.close();
    if (path === null) {
      this.#onChange();
      return;
    }
    this.#writer = await RecordingWriter.open({
      path,
      header: this.header(),
      redactor: this.#redactor,
      onError: () => this.#onChange(),
    });
    this.#feed = new RecordFeed(this.#writer);
    this.#onChange();
  }

  header(): RecordingHeader {
    const { name, url, startedAt, subprotocol } = this.session.snapshot();
    const report = this.#report;
    const { request, response } = report ?? { request: null, response: null };
    return {
      schema: 'wsprobe.recording/1',
      name,
      url,
      startedAt,
      subprotocol,
      dialect: this.dialect.name,
      request: request && { target: request.target, headers: request.headers },
      response: response && { status: response.status, reason: response.reason, headers: response.headers },
    };
  }

  async dispose(): Promise<void> {
    this.session.dispose();
    await this.record(null).catch(() => undefined);
    await this.log.dispose();
  }

  /** The session's log: every frame goes into the frame log and, while one runs, into the recording. */
  #sessionLog(): SessionLog {
    return {
      append: (frame: Frame, connection: number) => {
        this.log.append(frame, connection);
        this.#feed?.frame(frame, connection);
        return this.log.nextId - 1;
      },
      appendEvent: (event, atMs, connection) => this.log.appendEvent(renderSessionEvent(event), atMs, connection),
      attachInflated: (direction: Direction, bytes: Uint8Array, binary: boolean) => {
        this.log.attachInflated(direction, bytes, binary);
        this.#feed?.inflated(direction, bytes, binary);
      },
      clear: () => {
        this.log.clear();
        this.dialect.clear();
      },
      status: () => this.log.status(),
      // The log outlives the session: a closed one is still read.
      dispose: () => {},
    };
  }

  #onConnection(report: Report, isOpen: boolean): void {
    this.#report = report;
    const { connections, elapsedMs } = this.session.snapshot();
    if (isOpen) {
      this.dialect.opened();
      this.#writer?.write({ type: 'open', connection: connections, atMs: elapsedMs });
      return;
    }
    this.dialect.ended();
    this.#feed?.flush();
    if (report.close)
      this.#writer?.write({ type: 'close', connection: connections, atMs: elapsedMs, close: report.close });
  }
}

/** What a dialect makes of one message, for the detail pane; null when it has nothing to say. */
export function decodeRow(dialect: DialectWatch, message: DialectMessage): { title: string; json: string } | null {
  const decoded = dialect.decode(message);
  if (decoded.length === 0) return null;
  // A text protocol leaves out the value that its text already is: shown here as received all the same.
  const received = decoded.length === 1 ? jsonText(message) : undefined;
  const values = decoded.map(({ label, value = received, problem }) => ({
    label,
    ...(problem === undefined ? {} : { problem }),
    ...(value === undefined ? {} : { value }),
  }));
  return { title: dialect.name ?? '', json: renderValue(values.length === 1 ? values[0] : values) };
}

function jsonText({ binary, bytes }: DialectMessage): RawJson | undefined {
  if (binary) return undefined;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  try {
    JSON.parse(text);
    return new RawJson(text);
  } catch {
    return undefined;
  }
}

export function unknownSession(): ProbeError {
  return new ProbeError('session.unknown', 'This session has ended and was forgotten.', { hint: 'Connect again.' });
}
