import type { ProbeError } from '../base/errors.js';
import type { Frame } from '../base/frame.js';
import type { CloseInfo, Direction } from '../base/model.js';
import type { RecordingHeader } from '../record/recording.js';
import { type RecordingStatus, RecordingWriter } from '../record/recordingWriter.js';
import type { Redactor } from '../redaction/redactor.js';
import type { SourceConnection } from './logSource.js';
import { RecordFeed } from './recordFeed.js';

/** A session going to a `.wsrec` file from one moment on: frames in the order of the wire, openings and endings. */
export class SessionRecorder {
  readonly #writer: RecordingWriter;
  readonly #feed: RecordFeed;

  private constructor(writer: RecordingWriter) {
    this.#writer = writer;
    this.#feed = new RecordFeed(writer);
  }

  /** Goes on with a recording of the same URL that is there already. Rejects with a ProbeError (`recording-…`). */
  static async start(
    path: string,
    header: RecordingHeader,
    redactor: Redactor,
    onError: (error: ProbeError) => void,
  ): Promise<SessionRecorder> {
    return new SessionRecorder(await RecordingWriter.open({ path, header, redactor, onError }));
  }

  get status(): RecordingStatus {
    return this.#writer.status;
  }

  /** A connection opened; one after the first is described by a line of its own, the first by the header. */
  opened({ connection, url, peer, subprotocol, dialect, request, response }: SourceConnection, atMs: number): void {
    if (connection > 1) {
      const facts = { url, peer, subprotocol, dialect, request, response };
      this.#writer.write({ type: 'connection', connection, atMs, ...facts });
    }
    this.#writer.write({ type: 'open', connection, atMs });
  }

  /** A frame of the wire; its payload is borrowed. */
  frame(frame: Frame, connection: number): void {
    this.#feed.frame(frame, connection);
  }

  inflated(direction: Direction, bytes: Uint8Array, binary: boolean): void {
    this.#feed.inflated(direction, bytes, binary);
  }

  /** The connection is over; `close` is null where it never opened. */
  closed(connection: number, atMs: number, close: CloseInfo | null): void {
    this.#feed.flush();
    if (close !== null) this.#writer.write({ type: 'close', connection, atMs, close });
  }

  /** Writes the rest and closes the file; gives what became of it. */
  async end(): Promise<RecordingStatus> {
    this.#feed.flush();
    await this.#writer.close();
    return this.#writer.status;
  }
}
