import { FrameBlock, MAX_UINT32, ROW_BYTES } from './columns.js';

const MAX_BLOCK_ROWS = 65_536;
const MIN_BLOCK_ROWS = 16;

export interface FrameTableOptions {
  readonly budgetBytes: number;
  /** Bytes that the owner keeps beside the rows, counted against the same budget. */
  readonly besideBytes: () => number;
  /** The oldest block goes: its rows are still readable while this runs. */
  readonly onDrop: (block: FrameBlock) => void;
}

/**
 * The rows of the log in blocks of columns, so that growth never copies. Rows have ascending ids that are never used
 * again; rows that begin a message ("heads") are numbered too. When the budget is reached the oldest block goes.
 */
export class FrameTable {
  readonly blockRows: number;
  readonly #options: FrameTableOptions;
  readonly #shift: number;
  #blocks: FrameBlock[] = [];
  #spare: FrameBlock | null = null;
  /** The block that takes the next row; full when `tail.rows === blockRows`. */
  tail: FrameBlock;
  /** Payload sizes that do not fit 32 bits, by row id. */
  readonly hugeBytes = new Map<number, number>();

  constructor(options: FrameTableOptions) {
    this.#options = options;
    // Eight blocks at least, so that dropping one loses an eighth of the log at most.
    const wanted = Math.floor(options.budgetBytes / (ROW_BYTES * 8));
    this.#shift = Math.floor(Math.log2(Math.min(MAX_BLOCK_ROWS, Math.max(MIN_BLOCK_ROWS, wanted))));
    this.blockRows = 2 ** this.#shift;
    this.tail = this.#open(0, 0);
  }

  get firstId(): number {
    return this.#blocks[0]!.firstId;
  }

  get nextId(): number {
    return this.tail.firstId + this.tail.rows;
  }

  get firstHead(): number {
    return this.#blocks[0]!.firstHead;
  }

  get nextHead(): number {
    return this.tail.firstHead + this.tail.headCount;
  }

  get blocks(): readonly FrameBlock[] {
    return this.#blocks;
  }

  get bytes(): number {
    return this.#blocks.length * this.blockRows * ROW_BYTES;
  }

  holds(id: number): boolean {
    return id >= this.firstId && id < this.nextId;
  }

  /** The block of a row that `holds` said yes to. */
  blockOf(id: number): FrameBlock {
    return this.#blocks[(id - this.firstId) >>> this.#shift]!;
  }

  /** Makes room for the next row: a new block, at the cost of the oldest when the budget says so. */
  grow(): FrameBlock {
    const { nextId, nextHead } = this;
    this.#spare = this.fit(this.blockRows * ROW_BYTES);
    this.tail = this.#open(nextId, nextHead);
    return this.tail;
  }

  /** Drops the oldest blocks, never the last, until `more` bytes fit into the budget. Gives the last one dropped. */
  fit(more: number): FrameBlock | null {
    let dropped: FrameBlock | null = null;
    while (this.#blocks.length > 1 && this.bytes + this.#options.besideBytes() + more > this.#options.budgetBytes) {
      const oldest = this.#blocks[0]!;
      this.#options.onDrop(oldest);
      for (const id of this.hugeBytes.keys()) if (id < oldest.firstId + oldest.rows) this.hugeBytes.delete(id);
      this.#blocks.shift();
      dropped = oldest;
    }
    return dropped;
  }

  /** Forgets every row and frees their memory; ids go on. */
  clear(): void {
    const { nextId, nextHead } = this;
    this.#blocks = [];
    this.#spare = null;
    this.hugeBytes.clear();
    this.tail = this.#open(nextId, nextHead);
  }

  /** Counts the row that is about to be written at `tail.rows` as one that begins a message, or as one that does not. */
  countHead(isHead: boolean): void {
    const { tail } = this;
    if (!isHead) tail.heads ??= identity(this.blockRows, tail.rows);
    else {
      if (tail.heads !== null) tail.heads[tail.headCount] = tail.rows;
      tail.headCount++;
    }
  }

  /** The id of the head with this number, between `firstHead` and `nextHead`. */
  idOfHead(head: number): number {
    const block = this.#blockOfHead(head);
    const at = head - block.firstHead;
    return block.firstId + (block.heads === null ? at : block.heads[at]!);
  }

  /** The number of the head with this id; null when the row begins no message. */
  headOfId(id: number): number | null {
    const block = this.blockOf(id);
    const at = id - block.firstId;
    if (block.heads === null) return block.firstHead + at;
    let low = 0;
    let high = block.headCount - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const head = block.heads[middle]!;
      if (head === at) return block.firstHead + middle;
      if (head < at) low = middle + 1;
      else high = middle - 1;
    }
    return null;
  }

  payloadBytes(block: FrameBlock, at: number): number {
    const bytes = block.payloadBytes[at]!;
    return bytes < MAX_UINT32 ? bytes : (this.hugeBytes.get(block.firstId + at) ?? bytes);
  }

  #blockOfHead(head: number): FrameBlock {
    let low = 0;
    let high = this.#blocks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#blocks[middle]!.firstHead <= head) low = middle;
      else high = middle - 1;
    }
    return this.#blocks[low]!;
  }

  #open(firstId: number, firstHead: number): FrameBlock {
    const block = this.#spare ?? new FrameBlock(this.blockRows);
    this.#spare = null;
    block.begin(firstId, firstHead);
    this.#blocks.push(block);
    return block;
  }
}

function identity(capacity: number, count: number): Uint16Array {
  const positions = new Uint16Array(capacity);
  for (let at = 0; at < count; at++) positions[at] = at;
  return positions;
}
