import type { Direction } from '../../base/model.js';
import type { LogStore } from './logStore.js';
import { readPieces, readPiecesNow } from './pieces.js';
import { RowReader } from './rowReader.js';

/** A whole message of a log, inflated and joined; its bytes are the reader's own. */
export interface WholeMessage {
  /** Of its last frame. */
  readonly id: number;
  readonly connection: number;
  readonly direction: Direction;
  readonly binary: boolean;
  readonly bytes: Uint8Array;
  /** More than `bytes` has where it was cut. */
  readonly totalBytes: number;
  readonly atMs: number;
}

/**
 * `waits`: a compressed message whose content may still come; the reader stays there. `lost`: its bytes are gone, or will
 * never come. `dropped`: rows in between are gone altogether.
 */
export type NextMessage =
  | { readonly kind: 'message'; readonly message: WholeMessage }
  | { readonly kind: 'lost' | 'waits'; readonly id: number; readonly connection: number }
  | { readonly kind: 'dropped'; readonly rows: number };

/** Asked of each whole message before it is read. */
export type WantsMessage = (connection: number, direction: Direction) => boolean;

/** Goes over the whole text and binary messages of a log in the order in which they ended on the wire. */
export class MessageReader {
  readonly #store: LogStore;
  readonly #row: RowReader;
  readonly #maxBytes: number;
  readonly #wants: WantsMessage | null;
  /** The row that is looked at next. */
  cursor: number;

  /** Begins at a row; gives the first `maxBytes` of each message that is wanted. */
  constructor(store: LogStore, from: number, maxBytes: number, wants: WantsMessage | null = null) {
    this.#store = store;
    this.#row = new RowReader(store, 'messages');
    this.#maxBytes = maxBytes;
    this.#wants = wants;
    this.cursor = from;
  }

  /** Null at the end of what is there; a promise only where bytes have to be read from disk. */
  next(): NextMessage | null | Promise<NextMessage> {
    const { table } = this.#store;
    if (this.cursor < table.firstId) {
      const rows = table.firstId - this.cursor;
      this.cursor = table.firstId;
      return { kind: 'dropped', rows };
    }
    for (; this.cursor < table.nextId; this.cursor++) {
      if (!this.#endsMessage(this.cursor) || !this.#isWanted()) continue;
      const next = this.#read(this.cursor);
      if (!('kind' in next) || next.kind !== 'waits') this.cursor++;
      return next;
    }
    return null;
  }

  /** Gives up the message that waits: it is lost. */
  pass(): void {
    this.cursor++;
  }

  /** A message whose content is still to come is asked for once it is there. */
  #isWanted(): boolean {
    const row = this.#row;
    if (this.#wants === null || (row.isCompressed && !row.isInflated)) return true;
    return this.#wants(row.connection, row.direction);
  }

  #endsMessage(id: number): boolean {
    const row = this.#row;
    row.moveTo(id);
    if (row.opcode !== 1 && row.opcode !== 2) return false;
    if (row.kind === 'event') return false;
    return row.slot === 0 || (row.lastId === id && !row.isOpen);
  }

  #read(id: number): NextMessage | Promise<NextMessage> {
    const row = this.#row;
    const { connection, direction, atMs } = row;
    if (row.isCompressed && !row.isInflated) return { kind: row.isMissed ? 'lost' : 'waits', id, connection };
    const isThere = row.slot === 0 || row.tryMoveTo(row.headId) || row.tryMoveTo(-row.slot);
    const pieces = isThere ? row.pieces(true) : null;
    if (pieces === null) return { kind: 'lost', id, connection };
    const facts = { id, connection, direction, atMs, binary: row.isBinary ?? true, totalBytes: row.sizeBytes };
    const gather = (bytes: Uint8Array | null): NextMessage =>
      bytes === null ? { kind: 'lost', id, connection } : { kind: 'message', message: { ...facts, bytes } };
    const now = readPiecesNow(this.#store.slabs, pieces, 0, this.#maxBytes);
    return now === 'disk' ? readPieces(this.#store.slabs, pieces, 0, this.#maxBytes).then(gather) : gather(now);
  }
}
