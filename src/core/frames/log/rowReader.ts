import type { Direction } from '../../base/model.js';
import * as column from './columns.js';
import { FrameBlock } from './columns.js';
import type { LogMode, PayloadPlace, RowKind } from '../../base/logRow.js';
import { OPCODE_NAMES } from '../../text/opcodes.js';
import type { LogStore } from './logStore.js';
import {
  BINARY,
  COMPRESSED,
  INFLATED,
  INFLATED_SPANS,
  type MessageChunk,
  MISSED,
  OPEN,
  indexOf,
} from './messageTable.js';
import type { Piece } from './slab.js';

/**
 * A cursor over the rows of a log in one mode: `moveTo` a row, then ask. In the messages view a row is the message
 * that its first frame began; rows that begin none are not to be moved to.
 */
export class RowReader {
  readonly mode: LogMode;
  readonly #store: LogStore;
  #block: FrameBlock = NO_ROWS;
  #at = 0;
  /** The row's own id; of the first frame in the messages view. */
  id = 0;
  /** Slot of the message; 0 for a row that is a message by itself. */
  slot = 0;
  #chunk: MessageChunk | null = null;
  #index = 0;
  /** The facts are those of a message, not of a frame. */
  #joined = false;

  constructor(store: LogStore, mode: LogMode) {
    this.#store = store;
    this.mode = mode;
  }

  /** To a row that the table holds. */
  moveTo(id: number): void {
    const block = this.#store.table.blockOf(id);
    this.#block = block;
    this.#at = id - block.firstId;
    this.id = id;
    this.#setSlot(block.slot[this.#at]!);
  }

  /** To a message by its slot, whose first rows may be gone. */
  moveToSlot(slot: number): void {
    this.#block = NO_ROWS;
    this.#at = 0;
    this.#setSlot(slot);
    this.id = this.#chunk!.firstId[this.#index]!;
  }

  /**
   * To what stands for a row in a list: its id, or the slot of a spanning message made negative. False when the row
   * is no longer there.
   */
  tryMoveTo(ref: number): boolean {
    if (ref >= 0) {
      if (!this.#store.table.holds(ref)) return false;
      this.moveTo(ref);
    } else {
      if (!this.#store.joined.spanning.includes(-ref)) return false;
      this.moveToSlot(-ref);
    }
    return true;
  }

  #setSlot(slot: number): void {
    this.slot = slot;
    this.#joined = slot !== 0 && this.mode === 'messages';
    if (slot === 0) return;
    this.#chunk = this.#store.joined.messages.chunk(slot);
    this.#index = indexOf(slot);
  }

  /** Of the last frame so far in the messages view. */
  get lastId(): number {
    return this.#joined ? this.#chunk!.lastId[this.#index]! : this.id;
  }

  /** Of the first frame of the row's message. */
  get headId(): number {
    return this.slot === 0 ? this.id : this.#chunk!.firstId[this.#index]!;
  }

  /** Bits of the columns; of the first frame in the messages view. */
  get flags(): number {
    return this.#joined ? this.#chunk!.flags[this.#index]! : this.#block.flags[this.#at]!;
  }

  get opcode(): number {
    return this.flags & column.OPCODE_BITS;
  }

  get kind(): RowKind {
    const { flags } = this;
    if ((flags & column.EVENT) !== 0) return 'event';
    return OPCODE_NAMES[flags & column.OPCODE_BITS] ?? 'reserved';
  }

  get direction(): Direction {
    return (this.flags & column.SENT) !== 0 ? 'sent' : 'received';
  }

  /** FIN of a frame; whether a message is whole. */
  get fin(): boolean {
    if (!this.#joined) return (this.flags & column.FIN) !== 0;
    const lastId = this.lastId;
    if (!this.#store.table.holds(lastId)) return (this.#state & OPEN) === 0;
    const block = this.#store.table.blockOf(lastId);
    return (block.flags[lastId - block.firstId]! & column.FIN) !== 0;
  }

  get connection(): number {
    return this.#joined ? this.#chunk!.connection[this.#index]! : this.#block.connection[this.#at]!;
  }

  /** Of the last frame in the messages view. */
  get atMs(): number {
    return this.#joined ? this.#chunk!.atMs[this.#index]! : this.#block.atMs[this.#at]!;
  }

  get payloadBytes(): number {
    if (this.#joined) return this.#chunk!.payloadBytes[this.#index]!;
    return this.#store.table.payloadBytes(this.#block, this.#at);
  }

  get wireBytes(): number {
    if (this.#joined) return this.#chunk!.wireBytes[this.#index]!;
    return this.payloadBytes + ((this.flags >>> column.HEADER_SHIFT) & column.HEADER_BITS);
  }

  get frames(): number {
    return this.#joined ? this.#chunk!.frames[this.#index]! : 1;
  }

  /** The content's full size in the messages view: inflated where it was compressed. */
  get inflatedBytes(): number | null {
    return this.#joined && this.isInflated ? this.#chunk!.inflatedBytes[this.#index]! : null;
  }

  get sizeBytes(): number {
    return this.inflatedBytes ?? this.payloadBytes;
  }

  get isCompressed(): boolean {
    return this.slot !== 0 && (this.#state & COMPRESSED) !== 0;
  }

  get isInflated(): boolean {
    return this.slot !== 0 && (this.#state & INFLATED) !== 0;
  }

  /** Its content will not come. */
  get isMissed(): boolean {
    return this.slot !== 0 && (this.#state & MISSED) !== 0;
  }

  /** Another frame of the message is under way. */
  get isOpen(): boolean {
    return this.slot !== 0 && (this.#state & OPEN) !== 0;
  }

  get isFragmented(): boolean {
    if (this.#joined) return this.frames > 1 || !this.fin;
    const { flags } = this;
    if ((flags & column.EVENT) !== 0) return false;
    const opcode = flags & column.OPCODE_BITS;
    return opcode === 0 || (opcode < 3 && (flags & column.FIN) === 0);
  }

  get isMasked(): boolean {
    return (this.flags & column.MASKED) !== 0;
  }

  /** Fewer bytes were stored than came. */
  get isTruncated(): boolean {
    if (!this.#joined) return (this.flags & column.TRUNCATED) !== 0;
    if (this.isInflated) return this.#chunk!.inflatedKept[this.#index]! < this.#chunk!.inflatedBytes[this.#index]!;
    return this.#chunk!.keptBytes[this.#index]! < this.payloadBytes;
  }

  /** Whether text and patterns look at the message's inflated content instead of the row's own bytes. */
  get usesInflated(): boolean {
    return this.isCompressed && this.isInflated;
  }

  /** Whether bytes that a search would look at came and were not stored. */
  get isSearchPartial(): boolean {
    if (this.isCompressed && !this.isInflated) return false;
    if (this.usesInflated) return this.#chunk!.inflatedKept[this.#index]! < this.#chunk!.inflatedBytes[this.#index]!;
    return this.isTruncated;
  }

  /** Whether the row's bytes are no text: those that `payload` gives in this mode. Unknown, null, for control frames. */
  get isBinary(): boolean | null {
    const { flags } = this;
    if ((flags & column.EVENT) !== 0) return false;
    const opcode = flags & column.OPCODE_BITS;
    if (opcode === 8) return true;
    if (opcode > 2) return null;
    if (this.slot === 0) return opcode !== 1;
    if (this.isCompressed && !(this.#joined && this.isInflated)) return true;
    return (this.#state & BINARY) !== 0;
  }

  /** Where the row's bytes are; those of the message in the messages view. */
  get place(): PayloadPlace {
    let place: PayloadPlace = 'memory';
    const pieces = this.pieces(this.mode === 'messages');
    if (pieces === null) return 'dropped';
    for (const { slab } of pieces) {
      const where = this.#store.slabs.placeOf(slab);
      if (where === 'dropped') return where;
      if (where === 'disk') place = where;
    }
    return place;
  }

  /** The single stretch that a search looks at, written to `slab`, `offset`, `bytes`; false when there are several. */
  single(): boolean {
    if (this.slot === 0) return this.#useRow();
    if (this.usesInflated) {
      if ((this.#state & INFLATED_SPANS) !== 0) return false;
      this.searchSlab = this.#chunk!.inflatedSlab[this.#index]!;
      this.searchOffset = this.#chunk!.inflatedOffset[this.#index]!;
      this.searchBytes = this.#chunk!.inflatedKept[this.#index]!;
      return true;
    }
    if (this.isCompressed) {
      // Not inflated yet: there is nothing to search, and the row is judged again when there is.
      this.searchSlab = 0;
      this.searchBytes = 0;
      return true;
    }
    return this.#joined ? false : this.#useRow();
  }

  searchSlab = 0;
  searchOffset = 0;
  searchBytes = 0;

  #useRow(): boolean {
    if ((this.#block.flags[this.#at]! & column.SPANS) !== 0) return false;
    this.searchSlab = this.#block.slab[this.#at]!;
    this.searchOffset = this.#block.offset[this.#at]!;
    this.searchBytes = this.#block.keptBytes[this.#at]!;
    return true;
  }

  /**
   * The stored bytes of the row, in order; those of the inflated content where `inflated` and there is one. Null when
   * rows of the message are gone with their bytes; a piece may still name a slab that was dropped. Of a message of many
   * frames those that hold the first `atLeast` bytes.
   */
  pieces(inflated: boolean, atLeast = Number.POSITIVE_INFINITY): readonly Piece[] | null {
    if (inflated && this.isInflated) {
      const chunk = this.#chunk!;
      const [slab, offset] = [chunk.inflatedSlab[this.#index]!, chunk.inflatedOffset[this.#index]!];
      const bytes = chunk.inflatedKept[this.#index]!;
      if ((this.#state & INFLATED_SPANS) !== 0) return this.#store.slabs.pieces(slab, offset, bytes);
      return slab === 0 ? [] : [{ slab, offset, bytes }];
    }
    if (this.#joined) return this.#joinedPieces(atLeast);
    return piecesOfRow(this.#store, this.#block, this.#at);
  }

  #joinedPieces(atLeast: number): readonly Piece[] | null {
    const { table } = this.#store;
    const wanted = Math.min(atLeast, this.#chunk!.keptBytes[this.#index]!);
    if (wanted === 0) return [];
    if (this.id < table.firstId) return null;
    const pieces: Piece[] = [];
    let found = 0;
    for (let id = this.id; found < wanted; ) {
      const block = table.blockOf(id);
      for (let at = id - block.firstId; at < block.rows && found < wanted; at++, id++) {
        if (block.slot[at] !== this.slot || block.keptBytes[at] === 0) continue;
        found += block.keptBytes[at]!;
        for (const piece of piecesOfRow(this.#store, block, at)) pieces.push(piece);
      }
    }
    return pieces;
  }

  get #state(): number {
    return this.#chunk!.state[this.#index]!;
  }
}

const NO_ROWS = new FrameBlock(1);

/** Whether the row begins a message, or is one. */
export function isHead(store: LogStore, id: number): boolean {
  const block = store.table.blockOf(id);
  if (block.heads === null) return true;
  const slot = block.slot[id - block.firstId]!;
  return slot === 0 || store.joined.headIdOf(id) === id;
}

/** The stored bytes of one frame, in order. */
export function piecesOfRow(store: LogStore, block: FrameBlock, at: number): readonly Piece[] {
  const slab = block.slab[at]!;
  if (slab === 0) return [];
  const offset = block.offset[at]!;
  const bytes = block.keptBytes[at]!;
  const spans = (block.flags[at]! & column.SPANS) !== 0;
  return spans ? store.slabs.pieces(slab, offset, bytes) : [{ slab, offset, bytes }];
}
