import type { RowKind } from '../base/logRow.js';
import type { Direction } from '../base/model.js';

export interface RowsAsked {
  /** Only rows after this one; null: the newest. */
  readonly after: number | null;
  readonly filter: string;
  readonly limit: number;
}

/** A row of a log with as much of its content as there is room for. */
export interface ReadRow {
  readonly id: number;
  readonly atMs: number;
  readonly direction: Direction;
  readonly kind: RowKind;
  readonly bytes: number;
  /** What the dialect calls it; null: nothing. */
  readonly label: string | null;
  /** Text, or bytes in hex. Raw: not yet safe to show. Null: the log no longer has it. */
  readonly content: string | null;
  readonly isHex: boolean;
  /** Compressed, and its content is not in the log: the bytes are the deflated ones. */
  readonly isDeflated: boolean;
  /** There is more of it. */
  readonly isCut: boolean;
}

/** A stretch of a log, redacted. */
export interface RowsRead {
  readonly rows: readonly ReadRow[];
  /** Rows of the filter before and behind these. */
  readonly before: number;
  readonly behind: number;
  /** Characters of content that one reading gives, shared by its rows. */
  readonly most: number;
  /** Rows that were dropped because the log is bounded. */
  readonly dropped: number;
}
