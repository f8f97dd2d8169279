import { isUtf8 } from 'node:buffer';
import type { FileHandle } from 'node:fs/promises';
import { ProbeError } from '../base/errors.js';
import type { FileInlet } from '../frames/log/fileInlet.js';
import type { Slab, SlabOrigin } from '../frames/log/slab.js';
import { FrameLineScan } from './frameLineScan.js';
import { type JsonBytes, jsonBytes } from './jsonText.js';
import { MAX_LINE_BYTES } from './limits.js';
import { LineSplitter } from './lineSplitter.js';
import { type ReadSummary, readRecording, takeLine, type TornOrLine } from './readRecording.js';
import type { RecordingHeader, RecordingLine } from './recording.js';
import { openRecording, reasonOf } from './recordingFile.js';

const NEWLINE = 0x0a;
const LONG_READ_BYTES = 1024 * 1024;

/** Who takes what a recording holds, in its order. */
export interface RecordingTaker {
  /** A frame line as our writer writes them; its payloads lie decoded in the memory of the slab in use. */
  frame(line: FrameLineScan, memory: Buffer): void;
  /** Any other line. */
  line(line: RecordingLine): void;
}

/** A stretch of the file, read into a slab. */
interface Part {
  readonly slab: Slab;
  readonly position: number;
  readonly bytes: number;
  /** Up to behind the last line break. */
  readonly whole: number;
  readonly isLast: boolean;
}

/**
 * A recording read straight into the slabs of a log. Payloads stay where they are read to, and once they leave memory they are
 * read from the file again: it stays open until `close`.
 */
export class RecordingLoad {
  readonly header: RecordingHeader;
  /** Complete once `run` has ended. */
  readonly summary: ReadSummary;
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly sizeBytes: number;
  #position: number;
  #line = 1;
  #isClosed = false;

  private constructor(
    path: string,
    handle: FileHandle,
    sizeBytes: number,
    { header, summary }: { readonly header: RecordingHeader; readonly summary: ReadSummary },
  ) {
    this.#path = path;
    this.#handle = handle;
    this.sizeBytes = sizeBytes;
    this.header = header;
    this.summary = summary;
    this.#position = Math.min(summary.bytes, sizeBytes);
    summary.bytes = this.#position;
  }

  /** Reads the header alone. Rejects as `readRecording` does. */
  static async open(path: string): Promise<RecordingLoad> {
    const recording = await readRecording(path);
    await recording.close();
    const handle = await openRecording(path, 'r');
    const { size } = await handle.stat();
    return new RecordingLoad(path, handle, size, recording);
  }

  /** How much of the file has been read. */
  get percent(): number {
    return Math.floor((this.#position / Math.max(1, this.sizeBytes, this.#position)) * 100);
  }

  /** Reads to the end of the file, a slab at a time, and stops for the caller between two. Rejects with `recording-open`. */
  async *run(inlet: FileInlet, taker: RecordingTaker): AsyncGenerator<void, void, undefined> {
    const scan = new FrameLineScan();
    let reading: Promise<Part> | null = this.#read(inlet, this.#position);
    try {
      while (reading !== null) {
        const part: Part = await reading;
        const isLong = part.isLast ? part.whole < part.bytes : part.whole === 0;
        // The next lines are read while these are taken.
        reading = part.isLast || isLong ? null : this.#read(inlet, part.position + part.whole);
        this.#takePart(part, inlet, scan, taker);
        if (isLong && !(await this.#takeLong(taker))) reading = this.#read(inlet, this.#position);
        if (reading !== null) yield;
      }
    } catch (error) {
      throw error instanceof ProbeError ? error : this.#failed(error);
    } finally {
      await reading?.then(
        ({ slab }) => inlet.end(slab, 0, null),
        () => {},
      );
    }
  }

  /** What has left memory cannot be read again. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#handle.close();
  }

  async #read(inlet: FileInlet, position: number): Promise<Part> {
    const slab = inlet.begin();
    try {
      const memory = slab.buffer!;
      const bytes = await readFully(this.#handle, memory, memory.length, position);
      const whole = memory.subarray(0, bytes).lastIndexOf(NEWLINE) + 1;
      return { slab, position, bytes, whole, isLast: bytes < memory.length };
    } catch (error) {
      inlet.end(slab, 0, null);
      throw error;
    }
  }

  #takePart({ slab, whole }: Part, inlet: FileInlet, scan: FrameLineScan, taker: RecordingTaker): void {
    if (whole === 0) {
      inlet.end(slab, 0, null);
      return;
    }
    const memory = slab.buffer!;
    const { summary } = this;
    inlet.use(slab);
    const print = readLines(jsonBytes(memory), whole, scan, {
      frame: () => {
        this.#line += 1;
        summary.lines += 1;
        summary.bytes += scan.end - scan.start;
        taker.frame(scan, memory);
      },
      other: (start, end) => this.#take(memory.subarray(start, end), end - start, false, taker),
    });
    inlet.end(slab, whole, new FileStretch(this.#handle, this.#position, whole, print));
    this.#position += whole;
  }

  /** A line that is longer than a slab, or has no break behind it. Whether it is the last. */
  async #takeLong(taker: RecordingTaker): Promise<boolean> {
    const splitter = new LineSplitter(MAX_LINE_BYTES);
    const buffer = Buffer.allocUnsafe(LONG_READ_BYTES);
    for (let at = this.#position; ; ) {
      const bytesRead = await readFully(this.#handle, buffer, buffer.length, at);
      const { value } = splitter.push(buffer.subarray(0, bytesRead)).next() as { readonly value?: SplitPart };
      const isLast = value === undefined && bytesRead < buffer.length;
      const line = value ?? (isLast ? splitter.rest() : null);
      at += bytesRead;
      if (line) {
        this.#take(line.bytes, line.sizeBytes, isLast, taker);
        this.#position += line.sizeBytes + (isLast ? 0 : 1);
      }
      if (line || isLast) return isLast;
    }
  }

  #take(bytes: Uint8Array | null, sizeBytes: number, isLast: boolean, taker: RecordingTaker): void {
    const line = takeLine({ number: (this.#line += 1), bytes, sizeBytes, isLast }, this.summary);
    if (line) taker.line(line);
  }

  #failed(cause: unknown): ProbeError {
    return new ProbeError('recording-open', `The recording ${this.#path} cannot be read: ${reasonOf(cause)}.`, {
      cause,
    });
  }
}

type SplitPart = Pick<TornOrLine, 'bytes' | 'sizeBytes'>;

/** A slab's stretch of the file; what it reads is decoded once more as it was when it was first read. */
class FileStretch implements SlabOrigin {
  readonly #handle: FileHandle;
  readonly #position: number;
  readonly #bytes: number;
  readonly #print: number;

  constructor(handle: FileHandle, position: number, bytes: number, print: number) {
    this.#handle = handle;
    this.#position = position;
    this.#bytes = bytes;
    this.#print = print;
  }

  async read(): Promise<Buffer> {
    const memory = Buffer.allocUnsafeSlow(this.#bytes);
    const bytesRead = await readFully(this.#handle, memory, this.#bytes, this.#position);
    const isThere = bytesRead === this.#bytes && memory[this.#bytes - 1] === NEWLINE;
    const print = isThere ? readLines(jsonBytes(memory), this.#bytes, new FrameLineScan(), NOBODY) : null;
    if (print !== this.#print) throw new Error('the recording was changed since it was opened');
    return memory;
  }
}

interface LineUse {
  frame(): void;
  other(start: number, end: number): void;
}

const NOBODY: LineUse = { frame: () => {}, other: () => {} };

/**
 * Goes over whole lines, the last of which ends before `end`, and decodes the payloads of our frame lines where they lie. Gives a
 * print of those lines, by which a stretch of the file is known again.
 */
function readLines(memory: JsonBytes, end: number, scan: FrameLineScan, use: LineUse): number {
  const { bytes } = memory;
  const isText = isUtf8(bytes.subarray(0, end));
  let print = 0;
  for (let at = 0; at < end; ) {
    if (scan.scan(memory, at, end) && (isText || isUtf8(bytes.subarray(at, scan.end)))) {
      scan.decode();
      print = (Math.imul(print, 31) + scan.payload.start + Math.round(scan.atMs * 1000)) | 0;
      at = scan.end;
      use.frame();
    } else {
      const lineEnd = bytes.indexOf(NEWLINE, at);
      use.other(at, lineEnd);
      at = lineEnd + 1;
    }
  }
  return print;
}

async function readFully(handle: FileHandle, memory: Buffer, bytes: number, position: number): Promise<number> {
  let read = 0;
  while (read < bytes) {
    const { bytesRead } = await handle.read(memory, read, bytes - read, position + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return read;
}
