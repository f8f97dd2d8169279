import type { Frame } from '../base/frame.js';
import type { Direction } from '../base/model.js';
import type { ConnectionEnd } from '../base/sessionEvent.js';
import { payloadFields } from '../frames/frameRecord.js';
import type { UnframedMessage } from '../frames/log/logStore.js';
import { type RecordingStatus, RecordingWriter, type RecordingWriterOptions } from '../record/recordingWriter.js';
import type { SourceConnection } from './logSource.js';
import { RecordFeed } from './recordFeed.js';

export interface SessionRecorderOptions extends RecordingWriterOptions {
  /** The header was made before there was an answer: the first connection has a line of its own too. */
  readonly describesFirst?: boolean;
}

/** A session going to a `.wsrec` file from one moment on: frames in the order of the wire, openings and endings. */
export class SessionRecorder {
  readonly #writer: RecordingWriter;
  readonly #feed: RecordFeed;
  readonly #describesFirst: boolean;

  private constructor(writer: RecordingWriter, describesFirst: boolean) {
    this.#writer = writer;
    this.#describesFirst = describesFirst;
    this.#feed = new RecordFeed(writer);
  }

  /** Goes on with a recording of the same URL that is there already, unless told to replace it. Rejects with a ProbeError. */
  static async start(options: SessionRecorderOptions): Promise<SessionRecorder> {
    return new SessionRecorder(await RecordingWriter.open(options), options.describesFirst ?? false);
  }

  get status(): RecordingStatus {
    return this.#writer.status;
  }

  /** A connection opened; one that the header does not describe has a line of its own. */
  opened(facts: SourceConnection, atMs: number): void {
    this.#describe(facts, atMs);
    this.#writer.write({ type: 'open', connection: facts.connection, atMs });
  }

  /** The server answered, and the connection did not open. */
  refused(facts: SourceConnection, atMs: number): void {
    this.#describe(facts, atMs);
  }

  /** A frame of the wire; its payload is borrowed. */
  frame(frame: Frame, connection: number): void {
    this.#feed.frame(frame, connection);
  }

  inflated(connection: number, direction: Direction, bytes: Uint8Array, binary: boolean): void {
    this.#feed.inflated(connection, direction, bytes, binary);
  }

  notInflated(connection: number, direction: Direction): void {
    this.#feed.notInflated(connection, direction);
  }

  /** A whole message of a source that sees no frames; its bytes are borrowed. */
  message({ direction, binary, bytes, payloadBytes, atMs }: UnframedMessage, connection: number): void {
    const kind = binary ? 'binary' : 'text';
    const truncated = bytes.length < payloadBytes;
    const payload = payloadFields(bytes, !binary, truncated);
    const index = this.#feed.takeIndex();
    this.#writer.write({
      type: 'message',
      connection,
      index,
      atMs,
      direction,
      kind,
      payloadBytes,
      ...payload,
      truncated,
    });
  }

  /** The connection is over; `close` is null where it never opened. */
  closed(connection: number, atMs: number, close: ConnectionEnd | null): void {
    this.#feed.over(connection);
    if (close !== null) this.#writer.write({ type: 'close', connection, atMs, close });
  }

  /** What waits for its inflated content goes without. */
  flush(): void {
    this.#feed.flush();
  }

  note(connection: number, atMs: number, text: string): void {
    this.#writer.write({ type: 'note', connection, atMs, text });
  }

  #describe(told: SourceConnection, atMs: number): void {
    const { connection, url, peer, subprotocol, dialect, request, response } = told;
    if (connection === 1 && !this.#describesFirst) return;
    const facts = { url, peer, subprotocol, dialect, request, response };
    this.#writer.write({ type: 'connection', connection, atMs, ...facts });
  }

  /** Writes the rest and closes the file; gives what became of it. */
  async end(): Promise<RecordingStatus> {
    this.#feed.flush();
    await this.#writer.close();
    return this.#writer.status;
  }
}
