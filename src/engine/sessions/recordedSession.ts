import { tmpdir } from 'node:os';
import { FrameLog } from '../../core/frames/log/frameLog.js';
import type { SessionEvent } from '../../core/base/sessionEvent.js';
import { renderSessionEvent } from '../../core/text/sessionEventText.js';
import type { CloseInfo } from '../../core/base/model.js';
import { DialectJudge } from '../../core/dialects/dialectJudge.js';
import { OPCODE } from '../../core/base/frame.js';
import { RecordedMessages } from '../../core/record/messages.js';
import { payloadBytesOf } from '../../core/record/payloadJson.js';
import { Redactor } from '../../core/redaction/redactor.js';
import { readRecording } from '../../core/record/readRecording.js';
import type { RecordingHeader, RecordingLine } from '../../core/record/recording.js';
import { DialectWatch } from '../../core/session/dialectWatch.js';
import type { SessionSnapshot } from '../../core/session/snapshot.js';
import { TrafficCounter } from '../../core/session/traffic.js';

type FrameLine = Extract<RecordingLine, { readonly type: 'frame' }>;

/** A recording read into a log: answers like a closed session, and never connects. */
export class RecordedSession {
  readonly log: FrameLog;
  readonly dialect: DialectWatch;
  readonly #sessionId: string;
  readonly #path: string;
  readonly #judge: DialectJudge;
  readonly #traffic = { sent: new TrafficCounter(), received: new TrafficCounter() };
  /** Of a file that holds no secret in plain. */
  readonly #messages = new RecordedMessages(new Redactor([]));
  #header: RecordingHeader;
  #lastMs = 0;
  #connections = 0;
  #close: CloseInfo | null = null;
  #trouble: string | null = null;

  private constructor(sessionId: string, path: string, header: RecordingHeader) {
    this.#sessionId = sessionId;
    this.#path = path;
    this.#header = header;
    this.#judge = new DialectJudge({ wanted: header.dialect ?? 'auto', url: header.url, offered: [] });
    this.dialect = new DialectWatch(this.#judge, () => {});
    this.log = new FrameLog({ spillDir: tmpdir(), labelOf: (message) => this.dialect.label(message.id, message) });
  }

  /** Rejects with a ProbeError when the file is no recording. */
  static async open(sessionId: string, path: string): Promise<RecordedSession> {
    const recording = await readRecording(path);
    const recorded = new RecordedSession(sessionId, path, recording.header);
    recorded.#judge.opened(recording.header.subprotocol);
    recorded.dialect.opened();
    for await (const lines of recording.lines) for (const line of lines) recorded.#take(line);
    const { badLines, torn } = recording.summary;
    if (badLines > 0) recorded.#trouble = `${badLines} lines could not be read`;
    else if (torn) recorded.#trouble = 'The last line was cut off and left out';
    return recorded;
  }

  header(): RecordingHeader {
    return this.#header;
  }

  snapshot(): SessionSnapshot {
    const { name, url, startedAt, subprotocol } = this.#header;
    return {
      sessionId: this.#sessionId,
      revision: 1,
      name,
      url,
      state: 'closed',
      startedAt,
      elapsedMs: this.#lastMs,
      connections: this.#connections,
      reconnect: null,
      subprotocol,
      dialect: this.dialect.name,
      sent: this.#traffic.sent.snapshot(this.#lastMs),
      received: this.#traffic.received.snapshot(this.#lastMs),
      bufferedBytes: 0,
      compressionRatio: null,
      roundTrips: null,
      heartbeat: null,
      paused: false,
      refusesPong: false,
      halfClosed: false,
      repeating: null,
      close: this.#close,
      findings: [],
      log: this.log.status(),
      recording: { path: this.#path, frames: this.log.status().frames, bytes: 0, error: this.#trouble },
    };
  }

  async dispose(): Promise<void> {
    await this.log.dispose();
  }

  #take(line: RecordingLine): void {
    this.#lastMs = Math.max(this.#lastMs, line.atMs);
    switch (line.type) {
      case 'frame':
        this.#takeFrame(line);
        return;
      case 'open':
        this.#event({ kind: 'open', durationMs: null, subprotocol: null }, line.atMs, line.connection);
        return;
      case 'close':
        this.#messages.end(line.connection);
        this.#close = line.close;
        this.#event({ kind: 'closed', close: line.close }, line.atMs, line.connection);
        return;
      default:
        this.#event({ kind: 'frames-missing', frames: line.frames, reason: line.reason }, line.atMs, this.#connections);
    }
  }

  #event(event: SessionEvent, atMs: number, connection: number): void {
    this.log.appendEvent(renderSessionEvent(event), atMs, connection);
  }

  #takeFrame(line: FrameLine): void {
    const payload = payloadBytesOf(line);
    const headerBytes = Math.max(0, line.wireBytes - line.payloadBytes);
    this.#connections = Math.max(this.#connections, line.connection);
    this.log.append({ ...line, headerBytes, wireOffset: 0, payload }, line.connection);
    const endsMessage = line.fin && line.opcode < OPCODE.close;
    this.#traffic[line.direction].count(line.wireBytes, line.payloadBytes, endsMessage, line.atMs);
    const { inflated } = line;
    if (inflated) {
      const binary = inflated.text === undefined;
      this.log.attachInflated(line.direction, payloadBytesOf(inflated), binary, line.connection);
    }
    for (const message of this.#messages.push(line)) {
      if (!message.finished || message.opcode >= OPCODE.close) continue;
      const { direction, atMs, opcode } = message;
      const binary = inflated ? inflated.text === undefined : opcode !== OPCODE.text;
      const whole = { direction, binary, bytes: payloadBytesOf(message), atMs };
      this.#judge.message(whole);
      this.dialect.message(this.log.nextId - 1, whole);
    }
  }
}
