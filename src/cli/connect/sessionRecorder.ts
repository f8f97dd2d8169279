import { ProbeError } from '../../core/base/errors.js';
import type { Report } from '../../core/base/model.js';
import { RECORDING_SCHEMA } from '../../core/record/recording.js';
import { RecordingWriter } from '../../core/record/recordingWriter.js';
import type { Redactor } from '../../core/redaction/redactor.js';
import type { SessionSnapshot } from '../../core/session/snapshot.js';
import { formatBytes } from '../../core/text/sizes.js';
import { plural } from '../render/text.js';
import type { FrameEntry } from './frameFeed.js';

/** A conversation going to a file from one moment on. */
export class SessionRecorder {
  readonly #writer: RecordingWriter;
  #firstIndex: number | null = null;

  private constructor(writer: RecordingWriter) {
    this.#writer = writer;
  }

  /** Goes on with a recording of the same URL that is there already. Rejects with a ProbeError (`recording-…`). */
  static async start(
    path: string,
    redactor: Redactor,
    snapshot: SessionSnapshot,
    report: Report | null,
    onError: (error: ProbeError) => void,
  ): Promise<SessionRecorder> {
    if (report === null) throw new ProbeError('session.not-open', 'There is no connection to record yet.');
    const { request, response } = report;
    const header = {
      schema: RECORDING_SCHEMA,
      name: snapshot.name,
      url: snapshot.url,
      startedAt: snapshot.startedAt,
      subprotocol: snapshot.subprotocol,
      dialect: snapshot.dialect,
      request: request && { target: request.target, headers: request.headers },
      response: response && { status: response.status, reason: response.reason, headers: response.headers },
    } as const;
    const writer = await RecordingWriter.open({ path, header, redactor, onError });
    const recorder = new SessionRecorder(writer);
    recorder.opened(snapshot.connections, snapshot.elapsedMs);
    return recorder;
  }

  opened(connection: number, atMs: number): void {
    this.#writer.write({ type: 'open', connection, atMs });
  }

  frame({ connection, index, frame, isText, compressed, inflated }: FrameEntry): void {
    this.#firstIndex ??= index;
    this.#writer.frame(connection, index - this.#firstIndex, frame, isText && !compressed, inflated);
  }

  closed(connection: number, atMs: number, report: Report): void {
    if (report.close !== null) this.#writer.write({ type: 'close', connection, atMs, close: report.close });
  }

  /** Writes the rest; gives what there is to say about it. */
  async end(): Promise<string> {
    await this.#writer.close();
    const { bytes, error, frames, lostFrames, path } = this.#writer.status;
    const lost = lostFrames > 0 ? `, ${lostFrames} left out` : '';
    return error ?? `recorded ${plural(frames, 'frame')}${lost}, ${formatBytes(bytes)}: ${path}`;
  }
}
