import type { Piece } from './slab.js';
import type { SlabStore } from './slabStore.js';

const EMPTY = Buffer.alloc(0);

export function bytesOf(pieces: readonly Piece[]): number {
  let bytes = 0;
  for (const piece of pieces) bytes += piece.bytes;
  return bytes;
}

/** A range of the joined pieces, copied. Null when some of it was dropped. */
export async function readPieces(
  slabs: SlabStore,
  pieces: readonly Piece[],
  offset: number,
  length: number,
): Promise<Buffer | null> {
  const wanted = within(pieces, offset, length);
  const joined = Buffer.allocUnsafeSlow(bytesOf(wanted));
  let at = 0;
  for (const piece of wanted) {
    const bytes = slabs.bufferOf(piece.slab)?.subarray(piece.offset, piece.offset + piece.bytes);
    const read = bytes ?? (await slabs.read(piece.slab, piece.offset, piece.bytes));
    if (read === null) return null;
    joined.set(read, at);
    at += piece.bytes;
  }
  return joined;
}

/** The same from memory alone: 'disk' when some of it must be read first. */
export function readPiecesNow(
  slabs: SlabStore,
  pieces: readonly Piece[],
  offset: number,
  length: number,
): Buffer | 'disk' | null {
  const wanted = within(pieces, offset, length);
  if (wanted.some(({ slab }) => slabs.placeOf(slab) === 'dropped')) return null;
  if (wanted.some(({ slab }) => slabs.bufferOf(slab) === null)) return 'disk';
  if (wanted.length === 0) return EMPTY;
  return Buffer.concat(
    wanted.map(({ slab, offset: start, bytes }) => slabs.bufferOf(slab)!.subarray(start, start + bytes)),
  );
}

function within(pieces: readonly Piece[], offset: number, length: number): Piece[] {
  const cut: Piece[] = [];
  const end = offset + length;
  let start = 0;
  for (const { slab, offset: at, bytes } of pieces) {
    const from = Math.max(offset, start);
    const to = Math.min(end, start + bytes);
    if (from < to) cut.push({ slab, offset: at + from - start, bytes: to - from });
    start += bytes;
    if (start >= end) break;
  }
  return cut;
}
