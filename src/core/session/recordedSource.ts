import { tmpdir } from 'node:os';
import type { DecodingPlan } from '../payload/decoders/decodingReader.js';
import { payloadBytesOf } from '../record/payloadJson.js';
import { HEADER_BITS } from '../frames/log/columns.js';
import { FileFrame, type FileInlet } from '../frames/log/fileInlet.js';
import { FrameLog, type FrameLogOptions } from '../frames/log/frameLog.js';
import { NOT_TALKING } from '../base/notTalking.js';
import type { SessionEvent } from '../base/sessionEvent.js';
import { renderSessionEvent } from '../text/sessionEventText.js';
import type { CloseInfo } from '../base/model.js';
import type { FrameLineScan } from '../record/frameLineScan.js';
import { RecordingLoad, type RecordingTaker } from '../record/recordingLoad.js';
import { troubleOf } from '../record/readRecording.js';
import type { ConnectionLine, MessageLine, RecordingHeader, RecordingLine } from '../record/recording.js';
import type { DialectOpening } from '../dialects/dialectJudge.js';
import { DialectJudges } from './dialectJudges.js';
import { DialectWatch } from './dialectWatch.js';
import { type LogSource, MAX_NOTES, type SourceConnection, type SourceNote } from './logSource.js';
import type { SessionSnapshot } from './snapshot.js';
import { ToldConnections } from './toldConnections.js';
import { TrafficCounter } from './traffic.js';

type LineType = RecordingLine['type'];
type FrameLine = Extract<RecordingLine, { readonly type: 'frame' }>;

export interface RecordedOptions {
  /** Spoken on every connection, in place of what the recording says; `auto`, `none` or a name. */
  readonly dialect?: string;
  /** How messages are read before the dialect reads them. */
  readonly decoding?: DecodingPlan;
  /** There is more of it, or all. */
  readonly onChange?: () => void;
  readonly budget?: Pick<FrameLogOptions, 'payloadBudgetBytes' | 'columnBudgetBytes' | 'diskBudgetBytes' | 'files'>;
}

/** A recording read into a log: answers like a closed session, also while it is still being read, and never connects. */
export class RecordedSource implements LogSource, RecordingTaker {
  readonly log: FrameLog;
  readonly dialect: DialectWatch;
  /** Redacted before it was written. */
  readonly secrets = [];
  readonly notes: SourceNote[] = [];
  readonly #told = new ToldConnections();
  readonly #judges: DialectJudges;
  readonly #sessionId: string;
  readonly #path: string;
  readonly #traffic = { sent: new TrafficCounter(), received: new TrafficCounter() };
  #header: RecordingHeader;
  #lastMs = 0;
  readonly #seen = new Set<number>();
  #close: CloseInfo | null = null;
  #trouble: string | null = null;

  /** Settles once all of it is in the log, or it was disposed of; never rejects. */
  readonly loaded: Promise<void>;
  readonly #load: RecordingLoad;
  readonly #file: FileInlet;
  readonly #frames: { readonly sent: FileFrame; readonly received: FileFrame };
  readonly #onChange: () => void;
  #revision = 1;
  #begun = -1;
  #isDisposed = false;

  private constructor(
    sessionId: string,
    path: string,
    load: RecordingLoad,
    options: RecordedOptions,
    begun: () => void,
  ) {
    this.#sessionId = sessionId;
    this.#path = path;
    this.#load = load;
    this.#onChange = options.onChange ?? (() => {});
    const { dialect = load.header.dialect } = options;
    this.#header = { ...load.header, dialect: dialect === 'auto' ? null : dialect };
    this.dialect = new DialectWatch({
      log: () => this.log,
      onRecognised: () => {},
      perSecond: Number.POSITIVE_INFINITY,
    });
    this.log = new FrameLog({
      ...options.budget,
      // What is no frame of ours goes to disk again, and is no more than the file: nothing of it has to be dropped.
      diskBudgetBytes: Math.max(options.budget?.diskBudgetBytes ?? 0, load.sizeBytes),
      spillDir: tmpdir(),
      labelOf: (message) => this.dialect.label(message),
    });
    this.#judges = new DialectJudges({ log: this.log, watch: this.dialect, decoding: options.decoding });
    this.#judges.expect(this.#sign(this.#header));
    this.#file = this.log.openFile();
    this.#frames = { sent: new FileFrame('sent', this.#file), received: new FileFrame('received', this.#file) };
    this.loaded = this.#read(begun);
  }

  /** Resolves when its first rows are there, of a small one all. Rejects with a ProbeError when the file is no recording. */
  static async open(sessionId: string, path: string, options: RecordedOptions = {}): Promise<RecordedSource> {
    const load = await RecordingLoad.open(path);
    return new Promise((resolve) => {
      const recorded = new RecordedSource(sessionId, path, load, options, () => resolve(recorded));
    });
  }

  async #read(begun: () => void): Promise<void> {
    this.log.tellLoaded(0);
    try {
      for await (const _ of this.#load.run(this.#file, this)) {
        await this.#judges.listen(true);
        await this.log.settled();
        this.#changed(this.#load.percent);
        begun();
        if (this.#isDisposed) return;
      }
      await this.#judges.listen(true);
      this.#trouble = troubleOf(this.#load.summary);
    } catch (error) {
      this.#trouble = error instanceof Error ? error.message : String(error);
    }
    for (const { connection } of this.connections) this.dialect.ended(connection);
    await this.dialect.loaded();
    this.#changed(null);
    begun();
    // All of it is in memory, where it stays.
    if (this.log.status().payloadBytesOnDisk === 0) await this.#load.close();
  }

  #changed(percent: number | null): void {
    this.#revision += 1;
    this.log.tellLoaded(percent);
    this.#onChange();
  }

  get file(): string {
    return this.#path;
  }

  get connections(): readonly SourceConnection[] {
    return this.#told.all;
  }

  header(): RecordingHeader {
    return this.#header;
  }

  snapshot(): SessionSnapshot {
    const { name, url, startedAt, subprotocol } = this.#header;
    return {
      sessionId: this.#sessionId,
      revision: this.#revision,
      name,
      url,
      state: 'closed',
      startedAt,
      elapsedMs: this.#lastMs,
      connections: this.#seen.size,
      subprotocol,
      dialect: this.#judges.name,
      sent: this.#traffic.sent.snapshot(this.#lastMs),
      received: this.#traffic.received.snapshot(this.#lastMs),
      ...NOT_TALKING,
      close: this.#close,
      log: this.log.status(),
      recording: { path: this.#path, frames: this.log.status().frames, bytes: 0, error: this.#trouble },
    };
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    this.dialect.dispose();
    await this.loaded;
    await this.log.dispose();
    await this.#load.close();
  }

  frame(line: FrameLineScan, memory: Buffer): void {
    const { connection, atMs, kind, wireBytes, payloadBytes, payload, inflated } = line;
    const { sent, opcode, fin } = kind;
    if (atMs > this.#lastMs) this.#lastMs = atMs;
    if (connection !== this.#begun) this.#begin({ type: 'frame', connection, atMs });
    const frame = sent ? this.#frames.sent : this.#frames.received;
    frame.atMs = atMs;
    frame.opcode = opcode;
    frame.fin = fin;
    frame.rsv1 = kind.rsv1;
    frame.rsv2 = kind.rsv2;
    frame.rsv3 = kind.rsv3;
    frame.masked = kind.masked;
    frame.headerBytes = headerBytesOf(wireBytes, payloadBytes);
    frame.payloadBytes = payloadBytes;
    frame.chunk = memory;
    frame.start = payload.start;
    frame.kept = payload.bytes;
    this.log.append(frame, connection);
    const traffic = sent ? this.#traffic.sent : this.#traffic.received;
    traffic.count(wireBytes, payloadBytes, fin && opcode < 8, atMs);
    if (!line.hasInflated) {
      // It would stand in the line: what a later one brings is not of this message.
      if (fin && opcode < 8) this.log.missInflated(frame.direction, connection);
      return;
    }
    const content = memory.subarray(inflated.start, inflated.start + inflated.bytes);
    this.log.attachInflated(frame.direction, content, !inflated.isText, connection, this.#file);
  }

  line(line: RecordingLine): void {
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
        this.#told.ended(line.connection, line.close, line.atMs);
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

  #event(event: SessionEvent, atMs: number, connection: number): void {
    this.log.appendEvent(renderSessionEvent(event), atMs, connection);
  }

  #takeFrame(line: FrameLine): void {
    const { connection, direction, wireBytes, payloadBytes, inflated } = line;
    const headerBytes = headerBytesOf(wireBytes, payloadBytes);
    this.log.append({ ...line, headerBytes, wireOffset: 0, payload: payloadBytesOf(line) }, connection);
    this.#traffic[direction].count(wireBytes, payloadBytes, line.fin && line.opcode < 8, line.atMs);
    if (inflated) this.log.attachInflated(direction, payloadBytesOf(inflated), inflated.text === undefined, connection);
    else if (line.fin && line.opcode < 8) this.log.missInflated(direction, connection);
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

  #sign({ url, subprotocol }: Pick<RecordingHeader, 'url' | 'subprotocol'>): DialectOpening {
    return { url, subprotocol, wanted: this.#header.dialect ?? 'auto' };
  }

  /** The first line of a connection: what came before it cannot be its own. */
  #begin(
    line:
      | ConnectionLine
      | { readonly type: Exclude<LineType, 'connection'>; readonly connection: number; readonly atMs: number },
  ): void {
    const { connection, atMs } = line;
    this.#begun = connection;
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
    this.#judges.opened(connection, this.#sign({ url, subprotocol }));
    this.#told.began({ connection, atMs, url, peer, subprotocol, dialect, request, response });
  }
}

/** As many as a header may have; a recording that was made up may say anything. */
function headerBytesOf(wireBytes: number, payloadBytes: number): number {
  return Math.min(HEADER_BITS, Math.max(0, wireBytes - payloadBytes));
}
