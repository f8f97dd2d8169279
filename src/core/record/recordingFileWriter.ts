import type { RecordingLine } from './recording.js';
import { RecordingWriter, type RecordingWriterOptions } from './recordingWriter.js';

const MAX_WAITING_BYTES = 4 * 1024 * 1024;

/**
 * Writes a `.wsrec` file of what is at rest, a log or another file: waits for the disk, so that nothing is left out
 * whatever its size, and little of it waits in memory. A file at the path is replaced.
 */
export class RecordingFileWriter {
  readonly #writer: RecordingWriter;

  private constructor(writer: RecordingWriter) {
    this.#writer = writer;
  }

  /** Rejects with a ProbeError (`recording-open`). */
  static async open(
    options: Pick<RecordingWriterOptions, 'path' | 'header' | 'redactor' | 'file'>,
  ): Promise<RecordingFileWriter> {
    const unbounded = { existing: 'replace', maxBufferBytes: Number.POSITIVE_INFINITY } as const;
    return new RecordingFileWriter(await RecordingWriter.open({ ...options, ...unbounded }));
  }

  /** Settles when there is room for more. Rejects when the disk refuses (`recording-write`). */
  async write(lines: Iterable<RecordingLine>): Promise<void> {
    for (const line of lines) {
      this.#writer.write(line);
      if (this.#writer.waitingBytes > MAX_WAITING_BYTES) await this.#writer.flush();
      this.#check();
    }
  }

  /** Writes the rest and closes the file, also after an error. Gives the number of frames and messages in it. */
  async close(): Promise<number> {
    await this.#writer.close();
    this.#check();
    return this.#writer.status.frames;
  }

  #check(): void {
    const { failure } = this.#writer;
    if (failure) throw failure;
  }
}
