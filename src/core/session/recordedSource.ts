import { tmpdir } from 'node:os';
import { DialectJudge, MAX_LOOK_BYTES } from '../dialects/dialectJudge.js';
import type { MessageReader } from '../frames/log/messageReader.js';
import { payloadBytesOf } from '../record/payloadJson.js';
import { FrameLog } from '../frames/log/frameLog.js';
import type { ConnectionEnd, SessionEvent } from '../base/sessionEvent.js';
import { renderSessionEvent } from '../text/sessionEventText.js';
import type { CloseInfo } from '../base/model.js';
import { readRecording } from '../record/readRecording.js';
import type { MessageLine, RecordingHeader, RecordingLine } from '../record/recording.js';
import { DialectWatch } from './dialectWatch.js';
import { type LogSource, MAX_CONNECTIONS, MAX_NOTES, type SourceConnection, type SourceNote } from './logSource.js';
import type { SessionSnapshot } from './snapshot.js';
import { TrafficCounter } from './traffic.js';

type FrameLine = Extract<RecordingLine, { readonly type: 'frame' }>;

/** A recording read into a log: answers like a closed session, and never connects. */
export class RecordedSource implements LogSource {
  readonly log: FrameLog;
  readonly dialect: DialectWatch;
  /** Redacted before it was written. */
  readonly secrets = [];
  readonly connections: SourceConnection[] = [];
  readonly notes: SourceNote[] = [];
  readonly #sessionId: string;
  readonly #path: string;
  readonly #traffic = { sent: new TrafficCounter(), received: new TrafficCounter() };
  #header: RecordingHeader;
  #lastMs = 0;
  readonly #seen = new Set<number>();
  readonly #judges = new Map<number, DialectJudge>();
  #heard: MessageReader | null = null;
  #dialect: string | null = null;
  #close: CloseInfo | null = null;
  #trouble: string | null = null;

  private constructor(sessionId: string, path: string, header: RecordingHeader) {
    this.#sessionId = sessionId;
    this.#path = path;
    this.#header = header;
    this.#dialect = judgeOf(header).name;
    this.dialect = new DialectWatch({
      log: () => this.log,
      onRecognised: () => {},
      perSecond: Number.POSITIVE_INFINITY,
    });
    this.log = new FrameLog({ spillDir: tmpdir(), labelOf: (message) => this.dialect.label(message) });
  }

  /** Rejects with a ProbeError when the file is no recording. */
  static async open(sessionId: string, path: string): Promise<RecordedSource> {
    const recording = await readRecording(path);
    const recorded = new RecordedSource(sessionId, path, recording.header);
    for await (const lines of recording.lines) {
      for (const line of lines) recorded.#take(line);
      await recorded.#judge();
    }
    for (const { connection } of recorded.connections) recorded.dialect.ended(connection);
    await recorded.dialect.loaded();
    const { badLines, torn } = recording.summary;
    const troubles = [
      badLines > 0 && `${badLines} ${badLines === 1 ? 'line' : 'lines'} could not be read`,
      torn && 'The last line was cut off and left out',
    ];
    recorded.#trouble = troubles.filter(Boolean).join('. ') || null;
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
      connections: this.#seen.size,
      reconnect: null,
      subprotocol,
      dialect: this.#dialect,
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
    this.dialect.dispose();
    await this.log.dispose();
  }

  #take(line: RecordingLine): void {
    this.#lastMs = Math.max(this.#lastMs, line.atMs);
    if (line.type !== 'lost') this.#begin(line);
    switch (line.type) {
      case 'frame':
        this.#takeFrame(line);
        return;
      case 'open':
        this.#event({ kind: 'open', durationMs: null, subprotocol: null }, line.atMs, line.connection);
        return;
      case 'close':
        this.#close = line.close.code === null ? null : { ...line.close, code: line.close.code };
        this.#end(line.connection, line.close, line.atMs);
        this.#event({ kind: 'closed', close: line.close }, line.atMs, line.connection);
        return;
      case 'message':
        this.#takeMessage(line);
        return;
      case 'note':
        this.#note(line);
        return;
      case 'lost':
        this.#event(
          { kind: 'frames-missing', frames: line.frames, reason: line.reason },
          line.atMs,
          this.connections.at(-1)?.connection ?? 1,
        );
        return;
      case 'connection':
    }
  }

  #end(connection: number, close: ConnectionEnd, closedMs: number): void {
    const at = this.connections.findLastIndex((each) => each.connection === connection);
    const told = this.connections[at];
    if (told) this.connections[at] = { ...told, close, closedMs };
  }

  #event(event: SessionEvent, atMs: number, connection: number): void {
    this.log.appendEvent(renderSessionEvent(event), atMs, connection);
  }

  #takeFrame(line: FrameLine): void {
    const payload = payloadBytesOf(line);
    const headerBytes = Math.max(0, line.wireBytes - line.payloadBytes);
    this.log.append({ ...line, headerBytes, wireOffset: 0, payload }, line.connection);
    const endsMessage = line.fin && line.opcode < 8;
    this.#traffic[line.direction].count(line.wireBytes, line.payloadBytes, endsMessage, line.atMs);
    const { inflated } = line;
    const content = inflated ? payloadBytesOf(inflated) : payload;
    const binary = inflated ? inflated.text === undefined : line.text === undefined;
    if (inflated) this.log.attachInflated(line.direction, content, binary, line.connection);
  }

  #takeMessage(line: MessageLine): void {
    const { connection, direction, payloadBytes, atMs } = line;
    this.log.appendMessage(
      { direction, binary: line.kind === 'binary', bytes: payloadBytesOf(line), payloadBytes, atMs },
      connection,
    );
    this.#traffic[direction].countMessage(payloadBytes, atMs);
  }

  #note({ connection, atMs, text }: SourceNote): void {
    if (this.notes.length < MAX_NOTES) this.notes.push({ connection, atMs, text });
    this.#event({ kind: 'note', text }, atMs, connection);
  }

  #hear(connection: number, url: string, subprotocol: string | null): void {
    const judge = judgeOf({ dialect: this.#header.dialect, url, subprotocol });
    this.dialect.began(connection);
    this.dialect.opened(connection);
    this.#judges.set(connection, judge);
    const [oldest] = this.#judges.keys();
    if (this.#judges.size > MAX_CONNECTIONS && oldest !== undefined) this.#judges.delete(oldest);
    this.#heed(connection, judge);
  }

  /** Lets the judges hear the messages that have come since. */
  async #judge(): Promise<void> {
    const reader = (this.#heard ??= this.log.messagesFrom(0, MAX_LOOK_BYTES + 1));
    for (;;) {
      const read = reader.next();
      const next = read instanceof Promise ? await read : read;
      if (next === null) return;
      if (next.kind === 'waits') reader.pass();
      if (next.kind !== 'message') continue;
      const { connection } = next.message;
      const judge = this.#judges.get(connection);
      if (judge?.message(next.message)) this.#heed(connection, judge);
    }
  }

  #heed(connection: number, { name, reader }: DialectJudge): void {
    this.#dialect = name ?? this.#dialect;
    if (reader) this.dialect.speaks(connection, reader);
  }

  /** The first line of a connection: what came before it cannot be its own. */
  #begin(line: Exclude<RecordingLine, { readonly type: 'lost' }>): void {
    const { connection, atMs } = line;
    if (this.#seen.has(connection)) return;
    this.#seen.add(connection);
    if (connection === 1 && line.type === 'connection' && this.#header.response === null) {
      const { subprotocol, dialect, request, response } = line;
      this.#header = { ...this.#header, subprotocol, dialect: this.#header.dialect ?? dialect, request, response };
    }
    const { url, subprotocol, dialect } = line.type === 'connection' ? line : this.#header;
    const peer = line.type === 'connection' ? line.peer : null;
    const heads =
      line.type === 'connection' ? line : connection === 1 ? this.#header : { request: null, response: null };
    const { request, response } = heads;
    this.#hear(connection, url, subprotocol);
    if (this.connections.length >= MAX_CONNECTIONS) return;
    this.connections.push({
      connection,
      atMs,
      url,
      peer,
      subprotocol,
      dialect,
      request,
      response,
      close: null,
      closedMs: null,
    });
  }
}

function judgeOf({
  dialect,
  url,
  subprotocol,
}: Pick<RecordingHeader, 'dialect' | 'url' | 'subprotocol'>): DialectJudge {
  const judge = new DialectJudge({ wanted: dialect ?? 'auto', url, offered: [] });
  judge.opened(subprotocol);
  return judge;
}
