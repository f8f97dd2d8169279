import { hasMoreValues } from '../jsonValues.js';

/** A file, or bytes in memory, read from any offset. */
export interface ByteSource {
  /** At most `length` bytes from `position` on; fewer, or none, at the end. They may be used again by the next call. */
  read(position: number, length: number): Promise<Uint8Array>;
}

/** Thrown where the text is no JSON, or ends within a value. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
}

/** Stands for a value that is larger than asked for. */
export const TOO_LARGE = Symbol('too large');

const NEAR_BYTES = 32;
const READ_BYTES = 256 * 1024;
/** A longer value is looked at before it is parsed: many small values cost many times their bytes. */
const LOOK_BYTES = 64 * 1024;
const MAX_VALUES = 20_000;
const [QUOTE, BACKSLASH, OPEN, CLOSE] = [0x22, 0x5c, 0x7b, 0x7d];
const [BEGIN, END, COMMA, COLON, SPACE] = [0x5b, 0x5d, 0x2c, 0x3a, 0x20];

/**
 * Reads JSON from a place to a place: walks through objects and arrays, parses the values that are wanted and passes over
 * the others, so that never more than one wanted value is in memory. What is passed over is not checked.
 */
export class JsonReader {
  readonly #source: ByteSource;
  readonly #chunkBytes: number;
  #window: Buffer = Buffer.alloc(0);
  /** Offset of the window in the source. */
  #base: number;
  #at = 0;

  /** `offset`: where a value begins. */
  constructor(source: ByteSource, offset = 0, chunkBytes = READ_BYTES) {
    this.#source = source;
    this.#base = offset;
    this.#chunkBytes = chunkBytes;
  }

  /** Of the next byte to be read. */
  get offset(): number {
    return this.#base + this.#at;
  }

  /** Passes over white space, so that `offset` is where the next value begins. */
  async peek(): Promise<void> {
    await this.#next();
  }

  /** Walks an object; `visit` has to read or skip the value. Another value is passed over: false. */
  async members(visit: (key: string) => Promise<void>): Promise<boolean> {
    if ((await this.#next()) !== OPEN) return this.skip();
    this.#at += 1;
    for (let byte = await this.#next(); byte !== CLOSE; byte = await this.#next()) {
      if (byte === COMMA) {
        this.#at += 1;
        continue;
      }
      const key = byte === QUOTE ? await this.value(LOOK_BYTES) : null;
      if (key === null || (await this.#next()) !== COLON) throw new JsonError('A key is missing.');
      this.#at += 1;
      await visit(typeof key === 'string' ? key : '');
    }
    this.#at += 1;
    return true;
  }

  /** Walks an array, as `members` does. */
  async elements(visit: () => Promise<void>): Promise<boolean> {
    if ((await this.#next()) !== BEGIN) return this.skip();
    this.#at += 1;
    for (let byte = await this.#next(); byte !== END; byte = await this.#next()) {
      if (byte === COMMA) this.#at += 1;
      else await visit();
    }
    this.#at += 1;
    return true;
  }

  /** Walks an array quickly: gives its elements as bytes, in batches; null for one of more than `maxBytes`. Views, to be read at once. */
  async *slices(maxBytes: number): AsyncGenerator<readonly (Uint8Array | null)[], boolean, undefined> {
    if ((await this.#next()) !== BEGIN) return this.skip();
    this.#at += 1;
    for (;;) {
      const slices: Uint8Array[] = [];
      const isOver = this.#sliceWindow(slices, maxBytes);
      if (slices.length > 0) yield slices;
      if (isOver) return true;
      const byte = await this.#next();
      if (byte === COMMA) this.#at += 1;
      else if (byte !== END) {
        const slice = await this.#slice(maxBytes);
        yield [slice];
      }
    }
  }

  /** Parses the next value. */
  async value(maxBytes: number): Promise<unknown> {
    await this.#next();
    const slice = await this.#slice(maxBytes);
    return slice === null ? TOO_LARGE : parseSlice(slice);
  }

  /** Passes over the next value; always false. */
  async skip(): Promise<false> {
    await this.#next();
    await this.#slice(0);
    return false;
  }

  /** The elements that lie in the window whole; true when the array is over. */
  #sliceWindow(slices: Uint8Array[], maxBytes: number): boolean {
    const window = this.#window;
    const scan = new ValueScan();
    for (;;) {
      while (this.#at < window.length && (window[this.#at]! <= SPACE || window[this.#at] === COMMA)) this.#at += 1;
      if (this.#at >= window.length) return false;
      if (window[this.#at] === END) {
        this.#at += 1;
        return true;
      }
      scan.reset();
      const end = scan.push(window, this.#at);
      if (scan.isEmpty) throw new JsonError('A value is missing.');
      if (end < 0 || end - this.#at > maxBytes) return false;
      slices.push(window.subarray(this.#at, end));
      this.#at = end;
    }
  }

  /** The bytes of the value that begins here, null when they are more than `maxBytes`. */
  async #slice(maxBytes: number): Promise<Uint8Array | null> {
    const scan = new ValueScan();
    let from = this.#at;
    let isKept = true;
    for (;;) {
      const end = scan.push(this.#window, from);
      if (scan.isEmpty) throw new JsonError('A value is missing.');
      if (end >= 0) {
        const slice = isKept && end - this.#at <= maxBytes ? this.#window.subarray(this.#at, end) : null;
        this.#at = end;
        return slice;
      }
      isKept &&= this.#window.length - this.#at <= maxBytes;
      if (!isKept) this.#at = this.#window.length;
      from = this.#window.length - this.#at;
      if (!(await this.#fill())) {
        // A bare number may end with the text.
        if (!scan.mayEnd) throw new JsonError('The text ends within a value.');
        const slice = isKept ? this.#window.subarray(this.#at) : null;
        this.#at = this.#window.length;
        return slice;
      }
    }
  }

  /** The next byte that is no white space, which stays to be read. */
  async #next(): Promise<number> {
    for (;;) {
      for (; this.#at < this.#window.length; this.#at++) {
        const byte = this.#window[this.#at]!;
        if (byte > SPACE && !(byte >= 0xbb && this.offset < 3 && isMark(byte))) return byte;
      }
      if (!(await this.#fill())) throw new JsonError('The text ends too early.');
    }
  }

  /** Reads on; what lies before the next byte to be read is let go. */
  async #fill(): Promise<boolean> {
    const kept = this.#window.length - this.#at;
    // Twice as much each time: a large value is not copied for each of its chunks.
    const chunk = await this.#source.read(this.#base + this.#window.length, Math.max(this.#chunkBytes, kept));
    const window = Buffer.allocUnsafeSlow(kept + chunk.length);
    window.set(this.#window.subarray(this.#at), 0);
    window.set(chunk, kept);
    this.#base += this.#at;
    this.#at = 0;
    this.#window = window;
    return chunk.length > 0;
  }
}

/** Parses bytes that stand for one value; TOO_LARGE where it holds too many values. Throws JsonError. */
export function parseSlice(slice: Uint8Array): unknown {
  if (slice.length > LOOK_BYTES && hasMoreValues(slice, MAX_VALUES)) return TOO_LARGE;
  try {
    return JSON.parse(Buffer.from(slice.buffer, slice.byteOffset, slice.length).toString());
  } catch {
    throw new JsonError('A value is no JSON.');
  }
}

/** Finds where a value ends, chunk by chunk. */
class ValueScan {
  #depth = 0;
  #inText = false;
  #escaped = false;
  #isBare = false;
  #isOver = false;

  /** The text so far may be a whole value. */
  get mayEnd(): boolean {
    return this.#isBare && this.#depth === 0;
  }

  /** It ended before anything of a value came. */
  get isEmpty(): boolean {
    return this.#isOver && !this.#isBare && this.#depth === 0;
  }

  reset(): void {
    this.#isOver = false;
    this.#depth = 0;
    this.#inText = false;
    this.#escaped = false;
    this.#isBare = false;
  }

  /** Offset behind the value, -1 when it goes on behind the chunk. */
  push(chunk: Uint8Array, start: number): number {
    let at = start;
    while (at < chunk.length) {
      if (this.#inText) {
        at = this.#text(chunk, at);
        if (this.#inText) return -1;
        if (this.#depth === 0) return at;
        continue;
      }
      const byte = chunk[at]!;
      if (this.#isBare && (byte <= SPACE || byte === COMMA || byte === CLOSE || byte === END)) return at;
      if (byte === QUOTE) this.#inText = true;
      else if (byte === OPEN || byte === BEGIN) this.#depth += 1;
      else if (byte === CLOSE || byte === END) {
        if (this.#depth === 0) return this.#missing(at);
        if (this.#depth === 1) return at + 1;
        this.#depth -= 1;
      } else if (this.#depth === 0) {
        if (byte === COMMA || byte === COLON) return this.#missing(at);
        this.#isBare = true;
      }
      at += 1;
    }
    return -1;
  }

  #missing(at: number): number {
    this.#isOver = true;
    return at;
  }

  /** Offset behind the text, or behind the chunk. */
  #text(chunk: Uint8Array, start: number): number {
    let at = start;
    if (this.#escaped) {
      this.#escaped = false;
      at += 1;
    }
    for (let near = at + NEAR_BYTES; at < chunk.length; at++) {
      // A short text is quicker byte by byte, a long one is left to the system.
      if (at >= near) {
        const quote = chunk.indexOf(QUOTE, at);
        const end = quote < 0 ? chunk.length : quote;
        let slashes = end;
        while (slashes > at && chunk[slashes - 1] === BACKSLASH) slashes -= 1;
        at = (end - slashes) % 2 === 0 ? end : end - 1;
        // Behind the chunk is no byte that the step of the loop could pass over.
        if (at === chunk.length) break;
        near = at + NEAR_BYTES;
      }
      const byte = chunk[at];
      if (byte === QUOTE) {
        this.#inText = false;
        return at + 1;
      }
      if (byte === BACKSLASH) at += 1;
    }
    this.#escaped = at > chunk.length;
    return chunk.length;
  }
}

/** Of the byte order mark. */
function isMark(byte: number): boolean {
  return byte === 0xef || byte === 0xbb || byte === 0xbf;
}
