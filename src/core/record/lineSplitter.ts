const NEWLINE = 0x0a;

/** A line without its break; null in the place of one that is too long. */
export interface SplitLine {
  /** From 1. */
  readonly number: number;
  readonly bytes: Uint8Array | null;
  /** Size of the line, also of one that is too long. */
  readonly sizeBytes: number;
}

/** Cuts chunks of bytes at line breaks and never holds more than `maxBytes` of a line. */
export class LineSplitter {
  readonly #maxBytes: number;
  #parts: Uint8Array[] = [];
  #size = 0;
  #number = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The lines that end in this chunk; their bytes are views, to be read before the chunk is used again. */
  *push(chunk: Uint8Array): Generator<SplitLine> {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      this.#hold(chunk.subarray(from, at));
      yield this.#take();
      from = at + 1;
    }
    // A copy: the stream may use the chunk's memory again.
    if (from < chunk.length) this.#hold(Uint8Array.from(chunk.subarray(from)));
  }

  /** What follows the last line break; null when there is nothing. */
  rest(): SplitLine | null {
    return this.#size === 0 ? null : this.#take();
  }

  #hold(part: Uint8Array): void {
    this.#size += part.length;
    if (this.#size <= this.#maxBytes) this.#parts.push(part);
    else this.#parts = [];
  }

  #take(): SplitLine {
    const [first] = this.#parts;
    const whole = first !== undefined && this.#parts.length === 1 ? first : Buffer.concat(this.#parts);
    const line = {
      number: (this.#number += 1),
      bytes: this.#size <= this.#maxBytes ? whole : null,
      sizeBytes: this.#size,
    };
    this.#parts = [];
    this.#size = 0;
    return line;
  }
}
