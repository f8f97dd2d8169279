/** Bounds the size line with its extensions, and the trailers. */
const MAX_LINE_BYTES = 8192;
const MAX_TRAILER_BYTES = 65_536;
const LF = 0x0a;

/** Takes the chunked coding off a body (RFC 9112 7.1), in any split. Never throws: broken framing ends the body. */
export class ChunkedDecoder {
  readonly #onData: (bytes: Uint8Array) => void;
  #state: 'size' | 'data' | 'data-end' | 'trailer' | 'done' | 'broken' = 'size';
  #line = '';
  #left = 0;
  #trailerBytes = 0;

  constructor(onData: (bytes: Uint8Array) => void) {
    this.#onData = onData;
  }

  /** The body is whole. */
  get complete(): boolean {
    return this.#state === 'done';
  }

  /** Nothing more can come: whole or broken. */
  get ended(): boolean {
    return this.#state === 'done' || this.#state === 'broken';
  }

  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length && !this.ended) {
      at = this.#state === 'data' ? this.#data(chunk, at) : this.#lineBytes(chunk, at);
    }
  }

  #data(chunk: Uint8Array, at: number): number {
    const bytes = Math.min(this.#left, chunk.length - at);
    this.#onData(chunk.subarray(at, at + bytes));
    this.#left -= bytes;
    if (this.#left === 0) this.#state = 'data-end';
    return at + bytes;
  }

  #lineBytes(chunk: Uint8Array, at: number): number {
    const lineFeed = chunk.indexOf(LF, at);
    const end = lineFeed === -1 ? chunk.length : lineFeed + 1;
    if (this.#line.length + (end - at) > MAX_LINE_BYTES) {
      this.#state = 'broken';
      return chunk.length;
    }
    this.#line += Buffer.from(chunk.subarray(at, end)).toString('latin1');
    if (lineFeed !== -1) {
      const line = this.#line;
      this.#line = '';
      this.#state = line.endsWith('\r\n') ? this.#next(line.slice(0, -2)) : 'broken';
    }
    return end;
  }

  #next(line: string): 'size' | 'data' | 'trailer' | 'done' | 'broken' {
    if (this.#state === 'data-end') return line === '' ? 'size' : 'broken';
    if (this.#state === 'trailer') {
      this.#trailerBytes += line.length + 2;
      if (this.#trailerBytes > MAX_TRAILER_BYTES) return 'broken';
      return line === '' ? 'done' : 'trailer';
    }
    const size = /^([0-9a-f]{1,12})[ \t]*(?:;|$)/i.exec(line)?.[1];
    if (size === undefined) return 'broken';
    this.#left = Number.parseInt(size, 16);
    return this.#left === 0 ? 'trailer' : 'data';
  }
}
