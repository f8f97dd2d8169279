import { ProbeError } from '../base/errors.js';
import { type Frame, OPCODE } from '../base/frame.js';
import { BorrowedFrame } from '../frames/borrowedFrame.js';
import type { Redactor } from '../redaction/redactor.js';
import { type Continuation, NO_SHIFT, openForAppend } from './continueRecording.js';
import { type FrameFacts, FrameLines, rounded, SHORT_BYTES } from './frameLine.js';
import { FrameRedaction, type InflatedPayload } from './frameRedaction.js';
import { MAX_PAYLOAD_BYTES } from './limits.js';
import { LineBuffer } from './lineBuffer.js';
import { payloadBytesOf, payloadJson } from './payloadJson.js';
import { redactPieces } from './redactPieces.js';
import { redactHeader } from './recordingHeader.js';
import type { MessageLine, RecordingHeader, RecordingLine } from './recording.js';
import { type AppendFile, reasonOf } from './recordingFile.js';

const DEFAULT_BUFFER_BYTES = 256 * 1024 * 1024;

export interface RecordingWriterOptions {
  readonly path: string;
  readonly header: RecordingHeader;
  readonly redactor: Redactor;
  /** A file that is there already: `append` (default) goes on with a recording of the same URL, `replace` empties it. */
  readonly existing?: 'append' | 'replace';
  /** Payload bytes kept of one frame and of one inflated message; 16 MiB at most and by default. */
  readonly maxPayloadBytes?: number;
  /** Bytes that may wait for the disk; what comes beyond is left out and counted. 256 MiB by default. */
  readonly maxBufferBytes?: number;
  /** Why frames are left out when too many wait. */
  readonly lossReason?: string;
  /** Called once, when the disk refuses: nothing more is written, the session goes on. */
  readonly onError?: (error: ProbeError) => void;
  /** In the place of the file at `path`. */
  readonly file?: AppendFile;
}

export interface RecordingStatus {
  readonly path: string;
  /** Frames accepted since this writer was opened. */
  readonly frames: number;
  /** Size of the file, with what waits to be written. */
  readonly bytes: number;
  /** Frames left out because the disk was slower than the peer, or had refused. */
  readonly lostFrames: number;
  readonly error: string | null;
}

type RecordedFrame = FrameFacts & Pick<Frame, 'atMs' | 'payload' | 'truncated'>;

interface FrameItem {
  readonly connection: number;
  readonly index: number;
  readonly frame: FrameFacts & Pick<Frame, 'atMs' | 'truncated'>;
  readonly receivedBytes: number;
  readonly wireBytes: number;
  readonly isText: boolean;
  readonly inflated: InflatedPayload | null;
}

/** A frame, any other line as JSON, or null for a frame that is left out. */
type Item = FrameItem | string | null;

/**
 * Writes a `.wsrec` file of a live peer, who is never held back for the disk: what does not fit is left out and counted
 * (`RecordingFileWriter` is for what is at rest). Whatever arrives within one turn of the event loop is handed to the system at the end of that
 * turn, in one write; while a write runs the next batch gathers. A process that dies loses at most what arrived since
 * the last turn and during one write. Nothing here throws or waits: a full disk is told by `onError` and `status`.
 */
export class RecordingWriter {
  readonly #options: RecordingWriterOptions;
  readonly #file: AppendFile;
  readonly #before: Continuation;
  readonly #redaction: FrameRedaction<Item>;
  readonly #buffer = new LineBuffer();
  readonly #lines = new FrameLines(this.#buffer);
  readonly #maxBytes: number;
  readonly #maxPlainBytes: number;
  #writtenBytes: number;
  #frames = 0;
  #lostFrames = 0;
  #gap: { readonly atMs: number; frames: number } | null = null;
  #inFlightBytes = 0;
  #isFull = false;
  #running: Promise<void> | null = null;
  #error: ProbeError | null = null;
  #closing: Promise<void> | null = null;

  /** Rejects with a ProbeError when the file cannot be opened or is no recording to go on with (`recording-…`). */
  static async open(options: RecordingWriterOptions): Promise<RecordingWriter> {
    const header = redactHeader(options.header, options.redactor);
    if (options.file)
      return new RecordingWriter(options, options.file, { header, isNew: true, sizeBytes: 0, shift: NO_SHIFT });
    const { file, ...before } = await openForAppend(options.path, header, options.existing ?? 'append');
    return new RecordingWriter(options, file, before);
  }

  private constructor(options: RecordingWriterOptions, file: AppendFile, before: Continuation) {
    this.#options = options;
    this.#file = file;
    this.#before = before;
    this.#writtenBytes = before.sizeBytes;
    const keepBytes = Math.max(0, Math.min(options.maxPayloadBytes ?? MAX_PAYLOAD_BYTES, MAX_PAYLOAD_BYTES));
    this.#maxPlainBytes = Math.min(keepBytes, SHORT_BYTES);
    this.#redaction = new FrameRedaction({
      redactor: options.redactor,
      keepBytes,
      own: ownItem,
      emit: (item, payload) => this.#emit(item, payload),
    });
    this.#maxBytes = options.maxBufferBytes ?? DEFAULT_BUFFER_BYTES;
    if (before.isNew) this.#append(JSON.stringify(before.header));
  }

  get status(): RecordingStatus {
    return {
      path: this.#options.path,
      frames: this.#frames,
      bytes: this.#writtenBytes + this.waitingBytes,
      lostFrames: this.#lostFrames,
      error: this.#error?.message ?? null,
    };
  }

  /** Why nothing more is written. */
  get failure(): ProbeError | null {
    return this.#error;
  }

  /** One frame as decoded, without a detour over records. `isText` says what a fragment's message is. */
  frame(
    connection: number,
    index: number,
    frame: Frame,
    isText: boolean,
    inflated: InflatedPayload | null = null,
  ): void {
    if (inflated === null && this.#plainFrame(connection, index, frame, isText)) return;
    this.#frame(connection, index, frame, frame.headerBytes + frame.payloadBytes, isText, inflated);
  }

  /** A short frame of which nothing is hidden, cut or held back, without an object of its own; false for any other. */
  #plainFrame(connection: number, index: number, frame: Frame, isText: boolean): boolean {
    const { payloadBytes } = frame;
    if (payloadBytes > this.#maxPlainBytes || !this.#redaction.isIdle) return false;
    // A fragment may have to wait for the rest of its message.
    if (!frame.fin || frame.opcode === OPCODE.continuation) return false;
    const isThere = frame instanceof BorrowedFrame && frame.kept === payloadBytes && !frame.maskedThere;
    const bytes = isThere ? frame.chunk : frame.payload;
    const start = isThere ? frame.start : 0;
    if (!isThere && bytes.length < payloadBytes) return false;
    if (!this.#hasRoom(payloadBytes * 1.34 + 400)) return false;
    this.#frames += 1;
    this.#writeGap();
    const { shift } = this.#before;
    const row = index + shift.index;
    const from = connection + shift.connection;
    const atMs = frame.atMs + shift.atMs;
    const wireBytes = frame.headerBytes + payloadBytes;
    const end = start + payloadBytes;
    if (!this.#lines.appendShort(frame, from, row, atMs, wireBytes, bytes, start, end, isText)) {
      const rest = { truncated: false, inflated: null };
      this.#lines.append(frame, { connection: from, index: row, atMs, wireBytes, bytes, start, end, isText, ...rest });
    }
    this.#running ??= this.#drain();
    return true;
  }

  /** Any line; the payload of a frame is redacted and cut like every other. */
  write(line: RecordingLine): void {
    if (line.type === 'frame') {
      const { inflated } = line;
      const whole = inflated && {
        payload: payloadBytesOf(inflated),
        isText: inflated.text !== undefined,
        bytes: inflated.bytes,
      };
      const frame = { ...line, payload: payloadBytesOf(line) };
      this.#frame(line.connection, line.index, frame, line.wireBytes, line.text !== undefined, whole ?? null);
      return;
    }
    if (line.type === 'message') {
      this.#message(line);
      return;
    }
    if (line.type === 'close') this.#redaction.over(line.connection);
    const shift = this.#before.shift;
    const atMs = rounded(line.atMs + shift.atMs);
    const shifted =
      line.type === 'lost' ? { ...line, atMs } : { ...line, atMs, connection: line.connection + shift.connection };
    this.#event(JSON.stringify(this.#options.redactor.deep(shifted)));
  }

  /** Settles when everything accepted so far has been handed to the system. */
  async flush(): Promise<void> {
    while (this.#running) await this.#running;
  }

  /** For the last moments of a process: hands over what waits, without waiting for a write that runs. */
  flushSync(): void {
    this.#release();
    const pages = this.#buffer.take();
    if (pages.length === 0 || this.#error) return;
    try {
      this.#file.appendSync(pages);
      this.#writtenBytes += sizeOf(pages);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Writes the rest and closes the file; never rejects. Lines that come later are left out. */
  close(): Promise<void> {
    this.#closing ??= this.#finish();
    return this.#closing;
  }

  /** Bytes accepted and not handed to the system yet. */
  get waitingBytes(): number {
    return this.#buffer.bytes + this.#inFlightBytes + this.#redaction.heldBytes;
  }

  #frame(
    connection: number,
    index: number,
    frame: RecordedFrame,
    wireBytes: number,
    isText: boolean,
    inflated: InflatedPayload | null,
  ): void {
    const receivedBytes = frame.payload.length;
    const isLost = !this.#hasRoom((receivedBytes + (inflated?.payload.length ?? 0)) * 1.34 + 400);
    if (isLost) this.#lose(rounded(frame.atMs + this.#before.shift.atMs));
    if (this.#error || this.#closing) return;
    if (!isLost) {
      this.#frames += 1;
      this.#writeGap();
    }
    // What is left out is looked at all the same: a secret may reach into what is written.
    const item = isLost ? null : { connection, index, frame, receivedBytes, wireBytes, isText, inflated };
    this.#redaction.frame(connection, frame, inflated, item);
  }

  #emit(item: Item, payload: Uint8Array): void {
    if (item === null || this.#error) return;
    if (typeof item === 'string') this.#append(item);
    else this.#appendFrame(item, payload);
  }

  #appendFrame(item: FrameItem, payload: Uint8Array): void {
    const { connection, index, frame, wireBytes, isText, inflated } = item;
    const { shift } = this.#before;
    this.#lines.append(frame, {
      connection: connection + shift.connection,
      index: index + shift.index,
      atMs: frame.atMs + shift.atMs,
      wireBytes,
      bytes: payload,
      start: 0,
      end: payload.length,
      isText,
      truncated: frame.truncated || payload.length < item.receivedBytes,
      inflated: inflated && this.#redaction.inflatedJson(inflated),
    });
    this.#running ??= this.#drain();
  }

  /** What waits for the rest of its message is written without it. */
  #release(): void {
    this.#writeGap();
    this.#redaction.flush();
  }

  #message({ text, base64, ...line }: MessageLine): void {
    const { shift } = this.#before;
    const { redactor } = this.#options;
    const atMs = rounded(line.atMs + shift.atMs);
    const bytes = payloadBytesOf(text === undefined ? { base64: base64 ?? '' } : { text });
    if (!this.#hasRoom(bytes.length * 1.34 + 400)) {
      this.#lose(atMs);
      return;
    }
    const [clean = bytes] = redactor.isEmpty ? [bytes] : redactPieces(redactor, [bytes], { cutAfter: line.truncated });
    const payload = clean.subarray(0, MAX_PAYLOAD_BYTES);
    const truncated = line.truncated || payload.length < bytes.length;
    const numbers = { connection: line.connection + shift.connection, index: line.index + shift.index, atMs };
    const facts = JSON.stringify({ ...line, ...numbers, truncated });
    this.#frames += 1;
    this.#event(`${facts.slice(0, -1)},${payloadJson(payload, text !== undefined, truncated)}}`);
  }

  #hasRoom(estimatedBytes: number): boolean {
    if (this.#error || this.#closing) return false;
    const waiting = this.waitingBytes;
    // Once full, half of it has to go first: one long gap is easier to read than a thousand short ones.
    if (this.#isFull) this.#isFull = waiting > this.#maxBytes / 2;
    else this.#isFull = waiting > 0 && waiting + estimatedBytes > this.#maxBytes;
    return !this.#isFull;
  }

  #lose(atMs: number): void {
    this.#lostFrames += 1;
    if (this.#error || this.#closing) return;
    if (this.#gap) this.#gap.frames += 1;
    else this.#gap = { atMs, frames: 1 };
  }

  #writeGap(): void {
    const gap = this.#gap;
    if (!gap) return;
    this.#gap = null;
    const reason = this.#options.lossReason ?? 'The disk was slower than the connection.';
    this.#redaction.between(JSON.stringify({ type: 'lost', ...gap, reason }));
  }

  #event(json: string): void {
    if (this.#error || this.#closing) return;
    this.#writeGap();
    this.#redaction.between(json);
  }

  #append(json: string): void {
    this.#buffer.append(`${json}\n`);
    this.#running ??= this.#drain();
  }

  async #drain(): Promise<void> {
    await endOfTurn();
    while (this.#buffer.bytes > 0 && !this.#error) {
      const pages = this.#buffer.take();
      this.#inFlightBytes = sizeOf(pages);
      try {
        await this.#file.append(pages);
        this.#writtenBytes += this.#inFlightBytes;
        this.#buffer.recycle(pages);
      } catch (error) {
        this.#fail(error);
      }
      this.#inFlightBytes = 0;
    }
    this.#buffer.rest();
    this.#running = null;
  }

  async #finish(): Promise<void> {
    if (!this.#error) this.#release();
    await this.flush();
    try {
      await this.#file.close();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(cause: unknown): void {
    if (this.#error) return;
    this.#buffer.clear();
    const message = `The recording stopped: ${reasonOf(cause)}.`;
    const hint = 'What was written until then can be opened.';
    this.#error = new ProbeError('recording-write', message, { hint, cause });
    this.#options.onError?.(this.#error);
  }
}

/** A borrowed frame is another one by the time it is written. */
function ownItem(item: Item): Item {
  if (item === null || typeof item === 'string') return item;
  const { frame, inflated } = item;
  const { direction, opcode, fin, rsv1, rsv2, rsv3, masked, payloadBytes, atMs, truncated } = frame;
  return {
    ...item,
    frame: { direction, opcode, fin, rsv1, rsv2, rsv3, masked, payloadBytes, atMs, truncated },
    inflated: inflated && { ...inflated, payload: Uint8Array.from(inflated.payload) },
  };
}

function endOfTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function sizeOf(pages: readonly Uint8Array[]): number {
  return pages.reduce((bytes, page) => bytes + page.length, 0);
}
