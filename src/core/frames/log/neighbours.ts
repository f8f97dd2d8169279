import * as column from './columns.js';
import type { LogStore } from './logStore.js';
import { COMPRESSED, indexOf, INFLATED, OPEN } from './messageTable.js';
import { piecesOfRow } from './rowReader.js';
import type { Piece } from './slab.js';

/** What surrounds a frame in its message. */
export interface Neighbours {
  readonly compressed: boolean;
  /** The log has the message's content as it was before compression. */
  readonly inflated: boolean;
  /** Stored bytes of the frames before and behind it, in order, up to what was asked for. */
  readonly before: readonly Piece[];
  readonly after: readonly Piece[];
  /** Bytes next to those are missing: dropped, never stored, or still to come. */
  readonly cutBefore: boolean;
  readonly cutAfter: boolean;
}

/** Null for a frame that is a message by itself, or that is gone. */
export function neighboursOf(store: LogStore, id: number, bytes: number): Neighbours | null {
  const slot = store.table.holds(id) ? store.joined.slotOf(id) : 0;
  if (slot === 0) return null;
  const chunk = store.joined.messages.chunk(slot);
  const at = indexOf(slot);
  const state = chunk.state[at]!;
  const before = collect(store, slot, id, chunk.firstId[at]!, bytes);
  const after = collect(store, slot, id, chunk.lastId[at]!, bytes);
  const isOpen = (state & OPEN) !== 0;
  return {
    compressed: (state & COMPRESSED) !== 0,
    inflated: (state & INFLATED) !== 0,
    before: before.pieces.toReversed(),
    after: after.pieces,
    cutBefore: before.isCut,
    cutAfter: after.isCut || isOpen,
  };
}

/** Rows of the message from `id` on, which is left out, to `end`, until there are `bytes`. */
function collect(
  store: LogStore,
  slot: number,
  id: number,
  end: number,
  bytes: number,
): { readonly pieces: Piece[]; readonly isCut: boolean } {
  const { table } = store;
  const pieces: Piece[] = [];
  const step = end < id ? -1 : 1;
  let missing = bytes;
  let isCut = step === 1 && isTruncated(store, id);
  for (let row = id; row !== end && missing > 0 && !isCut; ) {
    row += step;
    if (!table.holds(row)) return { pieces, isCut: true };
    const block = table.blockOf(row);
    const index = row - block.firstId;
    if (block.slot[index] !== slot) continue;
    const kept = block.keptBytes[index]!;
    isCut = isTruncated(store, row);
    // Of a cut frame the start is kept, which does not touch the frame behind it.
    if (isCut && step === -1) return { pieces, isCut };
    const ofRow = piecesOfRow(store, block, index);
    pieces.push(...(step === -1 ? ofRow.toReversed() : ofRow));
    missing -= kept;
  }
  return { pieces, isCut };
}

function isTruncated({ table }: LogStore, id: number): boolean {
  const block = table.blockOf(id);
  return (block.flags[id - block.firstId]! & column.TRUNCATED) !== 0;
}
