import type { DecodeContent } from '../decodeContent.js';
import { bytesOf, readPiecesNow } from '../pieces.js';
import type { RowReader } from '../rowReader.js';
import type { SlabStore } from '../slabStore.js';

/** Regular expressions and JSON see this much of a payload at most. */
export const MAX_PATTERN_BYTES = 1024 * 1024;

const EMPTY: Buffer = Buffer.alloc(0);

/** The bytes that a filter looks at in the row under the cursor, decoded once for all who ask. */
export class RowContent {
  readonly row: RowReader;
  readonly #slabs: SlabStore;
  readonly #decode: DecodeContent | null;
  #buffer = EMPTY;
  #start = 0;
  #end = 0;
  #state: 'unread' | 'ready' | 'dropped' | 'disk' = 'unread';
  #text: string | null = null;
  #json: { readonly value: unknown } | null | 'unread' = 'unread';

  constructor(row: RowReader, slabs: SlabStore, decode: DecodeContent | null) {
    this.row = row;
    this.#decode = decode;
    this.#slabs = slabs;
  }

  /** The cursor has moved. */
  reset(): void {
    this.#state = 'unread';
    this.#text = null;
    this.#json = 'unread';
  }

  /** Gives the bytes, read from disk by the caller; null for dropped ones. */
  prepare(bytes: Buffer | null): void {
    this.reset();
    this.#state = bytes === null ? 'dropped' : 'ready';
    this.#use(bytes ?? EMPTY, 0, bytes?.length ?? 0);
  }

  /** Something asked for bytes that are on disk: the row must be judged again once they are prepared. */
  get needsDisk(): boolean {
    return this.#state === 'disk';
  }

  /** Whether bytes that came are not there to be searched. */
  get isPartial(): boolean {
    return this.row.isSearchPartial;
  }

  /** Whether `ready` needs no more than memory; false with the reason in `needsDisk`. */
  isReadable(): boolean {
    if (this.#state === 'unread') this.#read();
    return this.#state === 'ready';
  }

  get bytes(): number {
    return this.#end - this.#start;
  }

  latin1(): string {
    return this.#buffer.toString('latin1', this.#start, this.#end);
  }

  /** The first MAX_PATTERN_BYTES as UTF-8. */
  text(): string {
    const end = Math.min(this.#end, this.#start + MAX_PATTERN_BYTES);
    return (this.#text ??= this.#buffer.toString('utf8', this.#start, end));
  }

  /** What it was decoded to, else its JSON; null where it is neither. */
  json(): { readonly value: unknown } | null {
    if (this.#json === 'unread') this.#json = this.#parse();
    return this.#json;
  }

  #parse(): { readonly value: unknown } | null {
    const decoded = this.#decode?.({ binary: this.row.isBinary === true, bytes: this.#bytes() });
    if (decoded !== undefined) return { value: decoded };
    try {
      return { value: JSON.parse(this.text()) as unknown };
    } catch {
      return null;
    }
  }

  #bytes(): Uint8Array {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  #read(): void {
    const { row } = this;
    this.#state = 'ready';
    if (row.single()) {
      if (row.searchSlab === 0) return this.#use(EMPTY, 0, 0);
      const buffer = this.#slabs.bufferOf(row.searchSlab);
      if (buffer !== null) return this.#use(buffer, row.searchOffset, row.searchOffset + row.searchBytes);
      this.#state = this.#slabs.placeOf(row.searchSlab) === 'dropped' ? 'dropped' : 'disk';
      return;
    }
    const pieces = row.pieces(row.usesInflated);
    const bytes = pieces === null ? null : readPiecesNow(this.#slabs, pieces, 0, bytesOf(pieces));
    if (bytes === null) this.#state = 'dropped';
    else if (bytes === 'disk') this.#state = 'disk';
    else this.#use(bytes, 0, bytes.length);
  }

  #use(buffer: Buffer, start: number, end: number): void {
    this.#buffer = buffer;
    this.#start = start;
    this.#end = end;
  }
}
