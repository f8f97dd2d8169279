import type { ResponseInfo } from '../base/model.js';
import { ChunkedDecoder } from './chunkedDecoder.js';
import { decodeContent } from './contentCoding.js';
import type { ResponseHead } from './handshake.js';
import { headerValue, headerValues, listElements } from './headers.js';

/** What is kept of a refusal's body, and how long it may take to arrive once the head is there. */
export const MAX_REFUSAL_BYTES = 65_536;
export const REFUSAL_TIMEOUT_MS = 2_000;

/**
 * Reads a response's body after its head: by Content-Length, chunked, or until the connection closes (RFC 9112 6.3).
 * Keeps the first `maxBytes`, and as many of what they decode to (`Content-Encoding`); never throws.
 */
export class BodyReader {
  readonly #head: ResponseHead;
  readonly #maxBytes: number;
  readonly #length: number | null;
  readonly #chunked: ChunkedDecoder | null;
  readonly #kept: Uint8Array[] = [];
  #keptBytes = 0;
  #bytes = 0;
  #ended = false;

  constructor(options: { readonly head: ResponseHead; readonly maxBytes: number }) {
    this.#head = options.head;
    this.#maxBytes = options.maxBytes;
    this.#chunked = isChunked(options.head) ? new ChunkedDecoder((bytes) => this.#data(bytes)) : null;
    this.#length = this.#chunked === null ? bodyLength(options.head) : null;
    this.#ended = this.#length === 0;
  }

  /** Nothing more is to be read: the body is whole, its framing is broken, more than `maxBytes` came, or `end()`. */
  get done(): boolean {
    return this.#ended;
  }

  /** Takes the next bytes of the connection and answers `done`. */
  push(chunk: Uint8Array): boolean {
    if (this.#ended) return true;
    if (this.#chunked !== null) this.#chunked.push(chunk);
    else this.#data(this.#length === null ? chunk : chunk.subarray(0, this.#length - this.#bytes));
    this.#ended = this.#bytes > this.#maxBytes || this.#bytes === this.#length || (this.#chunked?.ended ?? false);
    return this.#ended;
  }

  /** The connection is over. */
  end(): void {
    this.#ended = true;
  }

  /**
   * What was read so far. `bytes` counts the body as received, without chunk framing; `text` is decoded, and `truncated`
   * says that it is not the whole body: over the limit, or cut off by the peer.
   */
  get body(): ResponseInfo['body'] {
    const content = decodeContent(this.#head.headers, Buffer.concat(this.#kept), this.#maxBytes);
    const truncated = content.cut || this.#bytes > this.#keptBytes || (this.#ended && this.#cutOff);
    // Streaming leaves out a character that the limit cut in two.
    const text = new TextDecoder().decode(content.bytes, { stream: truncated });
    return { text, bytes: this.#bytes, truncated };
  }

  get #cutOff(): boolean {
    if (this.#chunked !== null) return !this.#chunked.complete;
    return this.#length !== null && this.#bytes < this.#length;
  }

  #data(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    const room = this.#maxBytes - this.#keptBytes;
    if (room <= 0 || bytes.length === 0) return;
    const kept = Uint8Array.from(bytes.subarray(0, room));
    this.#kept.push(kept);
    this.#keptBytes += kept.length;
  }
}

function isChunked(head: ResponseHead): boolean {
  if (hasNoBody(head)) return false;
  const codings = listElements(headerValue(head.headers, 'transfer-encoding') ?? '');
  return codings.at(-1)?.toLowerCase() === 'chunked';
}

/** The declared length; null where only the end of the connection ends the body. */
function bodyLength(head: ResponseHead): number | null {
  if (hasNoBody(head)) return 0;
  if (headerValue(head.headers, 'transfer-encoding') !== null) return null;
  const lengths = new Set(headerValues(head.headers, 'content-length').flatMap(listElements));
  const [length] = lengths;
  return lengths.size === 1 && /^\d{1,15}$/.test(length ?? '') ? Number(length) : null;
}

function hasNoBody(head: ResponseHead): boolean {
  return head.status < 200 || head.status === 204 || head.status === 304;
}
