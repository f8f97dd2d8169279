import { ProbeError } from '../base/errors.js';
import { KeptFile } from '../record/keptFile.js';
import { reasonOf } from '../record/recordingFile.js';
import type { RecordingWriterOptions } from '../record/recordingWriter.js';
import { SessionRecorder } from './sessionRecorder.js';
import type { SessionSnapshot } from './snapshot.js';

const MIB = 1024 * 1024;
const MAX_BYTES = 8 * MIB;
const BYTES_PER_SECOND = 4 * MIB;
/** Waits for its turn at most: what a window that dies loses of a flood. */
const MAX_WAITING_BYTES = MIB;
const MAX_PAYLOAD_BYTES = 256 * 1024;
const LOSS_REASON = 'The connection was faster than what is kept of it for a reload.';

export interface KeptLogOptions extends Pick<RecordingWriterOptions, 'path' | 'header' | 'redactor'> {
  /** It could not be begun, or goes no further: one sentence. */
  readonly onError: (message: string) => void;
}

/** The end of a session's log in a file of its own, for the next window: bounded, redacted, gone with the session. */
export class KeptLog {
  readonly recorder: SessionRecorder;
  readonly #file: KeptFile;

  /** Null where it cannot be begun, which `onError` tells. */
  static async start({ path, header, redactor, onError }: KeptLogOptions): Promise<KeptLog | null> {
    const tell = (reason: string) => onError(`The log is not kept for a reload: ${reason}.`);
    try {
      const file = await KeptFile.open({ path, maxBytes: MAX_BYTES, bytesPerSecond: BYTES_PER_SECOND });
      const recorder = await SessionRecorder.start({
        path,
        header,
        redactor,
        file,
        describesFirst: true,
        maxPayloadBytes: MAX_PAYLOAD_BYTES,
        maxBufferBytes: MAX_WAITING_BYTES,
        lossReason: LOSS_REASON,
        onError: ({ cause }) => tell(reasonOf(cause)),
      });
      return new KeptLog(recorder, file);
    } catch (error) {
      tell(error instanceof ProbeError ? error.message.replace(/\.$/, '') : reasonOf(error));
      return null;
    }
  }

  private constructor(recorder: SessionRecorder, file: KeptFile) {
    this.recorder = recorder;
    this.#file = file;
  }

  /** What a person cleared is not kept either. */
  clear({ connections, elapsedMs }: Pick<SessionSnapshot, 'connections' | 'elapsedMs'>): void {
    this.recorder.flush();
    this.#file.clear(this.recorder.status.bytes);
    this.recorder.note(connections, elapsedMs, 'The log was cleared');
  }

  async remove(): Promise<void> {
    await this.recorder.end();
    await this.#file.remove();
  }
}
