import type { HeaderPair } from '../base/model.js';
import type { ResponseHead } from './handshake.js';
import { parseHeaderLine, parseStatusLine, quote, type StatusLine } from './headLine.js';
import { identifyProtocol } from './identifyProtocol.js';

const LF = 0x0a;
const CR = 0x0d;
const PREFIX = Buffer.from('HTTP/');
const EMPTY = Buffer.alloc(0);
const DEFAULT_MAX_BYTES = 64 * 1024;
const MAX_INFORMATIONAL = 16;

export type ResponseHeadError = {
  readonly state: 'error';
  readonly kind: 'not-http' | 'malformed' | 'headers-too-large';
  readonly message: string;
};

export type ResponseHeadResult =
  | { readonly state: 'more' }
  | {
      readonly state: 'head';
      readonly head: ResponseHead;
      /** 1xx answers that came before, 101 excepted. */
      readonly informational: readonly ResponseHead[];
      /** What follows the head in the chunk: a view of it. */
      readonly rest: Uint8Array;
    }
  | ResponseHeadError;

/**
 * Reads the head of an HTTP/1.x response (RFC 9112) from bytes in any split, as strictly as Node's own parser. Never
 * throws. `maxBytes` bounds all heads together (default 64 KiB). After a head or an error, `push` repeats it; bytes
 * pushed after a head come back as `rest`.
 */
export class ResponseHeadReader {
  readonly #maxBytes: number;
  /** Small buffers come from Node's pool: one of our own would be a garbage collector's errand in each handshake. */
  #buffer = Buffer.allocUnsafe(1024);
  #length = 0;
  #scanned = 0;
  #lineStart = 0;
  #headStart = 0;
  #statusLine: StatusLine | null = null;
  #headers: HeaderPair[] = [];
  readonly #informational: ResponseHead[] = [];
  #result: ResponseHeadResult | null = null;

  constructor(options: { readonly maxBytes?: number } = {}) {
    this.#maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
  }

  push(chunk: Uint8Array): ResponseHeadResult {
    if (this.#result !== null) return this.#result.state === 'head' ? { ...this.#result, rest: chunk } : this.#result;
    const before = this.#length;
    const taken = Math.min(chunk.length, this.#maxBytes - before);
    this.#append(chunk, taken);
    const outcome = this.#read() ?? (taken < chunk.length ? this.#tooLarge() : null);
    if (outcome === null) return { state: 'more' };
    if ('state' in outcome) return this.#settle(outcome);
    const rest = chunk.subarray(this.#scanned - before);
    return this.#settle({ state: 'head', head: outcome, informational: this.#informational, rest });
  }

  /** Reads line by line; null when the bytes do not suffice. */
  #read(): ResponseHead | ResponseHeadError | null {
    const bytes = this.#buffer.subarray(0, this.#length);
    for (;;) {
      if (this.#statusLine === null) {
        this.#skipEmptyLines();
        const mismatch = this.#checkPrefix();
        if (mismatch !== null) return mismatch;
      }
      const lineFeed = bytes.indexOf(LF, this.#scanned);
      if (lineFeed === -1) {
        this.#scanned = this.#length;
        return null;
      }
      this.#scanned = lineFeed + 1;
      const outcome = this.#line(lineFeed);
      if (outcome !== null) return outcome;
    }
  }

  #line(lineFeed: number): ResponseHead | ResponseHeadError | null {
    const line = this.#text(this.#lineStart, lineFeed);
    this.#lineStart = lineFeed + 1;
    if (this.#buffer[lineFeed - 1] !== CR) {
      return malformed(`A line ends with a bare LF where CR LF is due: ${quote(line)}`);
    }
    const content = line.slice(0, -1);
    if (this.#statusLine === null) {
      const status = parseStatusLine(content);
      if ('fault' in status) return malformed(status.fault);
      if (content.includes('\r')) return malformed(`The status line holds a CR that no LF follows: ${quote(content)}`);
      this.#statusLine = status;
      return null;
    }
    if (content === '') return this.#headEnd(this.#statusLine);
    const header = parseHeaderLine(content);
    if ('fault' in header) return malformed(header.fault);
    this.#headers.push(header);
    return null;
  }

  #headEnd(statusLine: StatusLine): ResponseHead | ResponseHeadError | null {
    const raw = this.#text(this.#headStart, this.#lineStart);
    const head: ResponseHead = { ...statusLine, headers: this.#headers, raw };
    if (head.status >= 200 || head.status === 101) return head;
    if (this.#informational.length === MAX_INFORMATIONAL) {
      return malformed(`The server sent too many informational responses (1xx): more than ${MAX_INFORMATIONAL}.`);
    }
    this.#informational.push(head);
    this.#statusLine = null;
    this.#headers = [];
    this.#headStart = this.#lineStart;
    return null;
  }

  /** Node tolerates empty lines before a status line. */
  #skipEmptyLines(): void {
    while (this.#lineStart < this.#length) {
      const byte = this.#buffer[this.#lineStart]!;
      if (byte !== CR && byte !== LF) break;
      this.#lineStart += 1;
      this.#headStart = this.#lineStart;
    }
    this.#scanned = Math.max(this.#scanned, this.#lineStart);
  }

  #checkPrefix(): ResponseHeadError | null {
    const bytes = this.#buffer.subarray(this.#lineStart, this.#length);
    const known = Math.min(bytes.length, PREFIX.length);
    if (PREFIX.equals(bytes.subarray(0, PREFIX.length)) || PREFIX.subarray(0, known).equals(bytes)) return null;
    if (this.#informational.length > 0) {
      return malformed('After an informational response (1xx) the server sent something that is not HTTP.');
    }
    const protocol = identifyProtocol(bytes);
    const message =
      protocol === null
        ? `The server's first bytes are not HTTP: ${quote(Buffer.from(bytes.subarray(0, 32)).toString('latin1'))}`
        : `The server answered with ${protocol.name}, not HTTP/1.1. ${protocol.hint}`;
    return { state: 'error', kind: 'not-http', message };
  }

  #tooLarge(): ResponseHeadError {
    const message = `The response head is larger than ${this.#maxBytes} bytes and still not complete.`;
    return { state: 'error', kind: 'headers-too-large', message };
  }

  #settle(result: ResponseHeadResult): ResponseHeadResult {
    this.#result = result;
    this.#buffer = EMPTY;
    return result;
  }

  #append(chunk: Uint8Array, bytes: number): void {
    const needed = this.#length + bytes;
    if (needed > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
      grown.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = grown;
    }
    this.#buffer.set(chunk.subarray(0, bytes), this.#length);
    this.#length = needed;
  }

  #text(from: number, to: number): string {
    return this.#buffer.toString('latin1', from, to);
  }
}

function malformed(message: string): ResponseHeadError {
  return { state: 'error', kind: 'malformed', message };
}
