import type { Redactor } from '../redaction/redactor.js';

export interface PieceEdges {
  /** What stood before the first piece, or comes behind the last one, is not known: a secret may reach over that edge. */
  readonly cutBefore?: boolean;
  readonly cutAfter?: boolean;
}

/** Pieces of one text, such as the fragments of a message, with secrets starred out across their borders. Sizes stay. */
export function redactPieces(
  redactor: Redactor,
  pieces: readonly Uint8Array[],
  { cutBefore = false, cutAfter = false }: PieceEdges = {},
): readonly Uint8Array[] {
  const joined = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
  let clean = redactor.bytes(joined);
  const starred = { start: cutBefore ? redactor.ending(joined) : 0, end: cutAfter ? redactor.beginning(joined) : 0 };
  if (starred.start + starred.end > 0) {
    clean = Uint8Array.from(clean);
    clean.fill(STAR, 0, starred.start).fill(STAR, clean.length - starred.end);
  }
  if (clean === joined) return pieces;
  let end = 0;
  return pieces.map(({ length }) => clean.subarray(end, (end += length)));
}

/** In the place of bytes of which nothing may be told but their number. */
export function stars(bytes: number): Uint8Array {
  return new Uint8Array(bytes).fill(STAR);
}

const STAR = 0x2a;
