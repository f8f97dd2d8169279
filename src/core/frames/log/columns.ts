/** Bits of the `flags` column; the lowest four are the opcode. */
export const OPCODE_BITS = 0x0f;
export const FIN = 0x10;
export const RSV1 = 0x20;
export const RSV2 = 0x40;
export const RSV3 = 0x80;
export const MASKED = 0x100;
export const SENT = 0x200;
export const TRUNCATED = 0x400;
export const EVENT = 0x800;
export const HEADER_SHIFT = 12;
export const HEADER_BITS = 0x0f;
/** A message of a source that sees no frames. */
export const UNFRAMED = 0x1_0000;
/** The payload goes on in the slabs after its first. */
export const SPANS = 0x2_0000;

/** What one row costs in the columns, the positions of the rows that begin a message included. */
export const ROW_BYTES = 38;
/** Larger payloads have their size in `FrameTable.hugeBytes`. */
export const MAX_UINT32 = 0xffff_ffff;

/** A fixed number of rows, one typed array a field. Made once, used again when its rows were dropped. */
export class FrameBlock {
  readonly atMs: Float64Array;
  readonly flags: Uint32Array;
  readonly connection: Uint32Array;
  readonly payloadBytes: Uint32Array;
  /** How many of the payload's bytes were stored. */
  readonly keptBytes: Uint32Array;
  readonly slab: Uint32Array;
  readonly offset: Uint32Array;
  /** Slot in the MessageTable; 0 for a row that is a message by itself. */
  readonly slot: Uint32Array;
  /** Positions of the rows that begin a message; null while every row does. */
  heads: Uint16Array | null = null;

  firstId = 0;
  rows = 0;
  firstHead = 0;
  headCount = 0;
  events = 0;
  messages = 0;
  /** Rows with a slot. */
  joined = 0;

  constructor(capacity: number) {
    this.atMs = new Float64Array(capacity);
    this.flags = new Uint32Array(capacity);
    this.connection = new Uint32Array(capacity);
    this.payloadBytes = new Uint32Array(capacity);
    this.keptBytes = new Uint32Array(capacity);
    this.slab = new Uint32Array(capacity);
    this.offset = new Uint32Array(capacity);
    this.slot = new Uint32Array(capacity);
  }

  begin(firstId: number, firstHead: number): void {
    this.firstId = firstId;
    this.firstHead = firstHead;
    this.rows = 0;
    this.headCount = 0;
    this.events = 0;
    this.messages = 0;
    this.joined = 0;
    this.heads = null;
  }
}
