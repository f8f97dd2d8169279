import * as column from './columns.js';
import type { FrameBlock } from './columns.js';
import type { Search } from './filter/compileFilter.js';
import type { FoldedText } from './filter/textPattern.js';
import type { LogStore } from './logStore.js';
import { isHead, type RowReader } from './rowReader.js';

/** Bytes of a slab decoded at a time: larger strings cost V8 far more than they save. */
const WINDOW_BYTES = 65_536;
export const MAX_RUN_ROWS = 8192;
/** Such a row may have several stretches, or bytes that nobody can search. */
const NOT_PLAIN = column.SPANS | column.TRUNCATED;

/** One slab of a run, and the stretch of it that the rows there cover. */
interface Lane {
  slab: number;
  start: number;
  end: number;
}

/**
 * Rows whose bytes follow each other in one of two slabs, searched together: what came and what was sent lie in slabs
 * of their own, and take turns in the log.
 */
export class RunSearch {
  /** How many rows the run has. */
  rows = 0;
  readonly ids = new Float64Array(MAX_RUN_ROWS);
  /** 1 for a row of the run that has the text. */
  readonly found = new Uint8Array(MAX_RUN_ROWS);
  /** The first row after the run. */
  next = 0;
  /** That row is to be judged by itself. */
  isCut = false;

  readonly #store: LogStore;
  readonly #row: RowReader;
  readonly #search: Search;
  readonly #starts = new Uint32Array(MAX_RUN_ROWS);
  readonly #ends = new Uint32Array(MAX_RUN_ROWS);
  /** Which lane the rows are in. */
  readonly #laneOf = new Uint8Array(MAX_RUN_ROWS);
  readonly #lanes: readonly [Lane, Lane] = [
    { slab: 0, start: 0, end: 0 },
    { slab: 0, start: 0, end: 0 },
  ];
  #ended = false;

  constructor(store: LogStore, row: RowReader, search: Search) {
    this.#store = store;
    this.#row = row;
    this.#search = search;
  }

  /** Collects rows from this one on, up to `until`, exclusive. */
  gather(from: number, until: number): void {
    const { table } = this.#store;
    for (const lane of this.#lanes) lane.slab = 0;
    this.rows = 0;
    this.next = from;
    this.isCut = false;
    this.#ended = false;
    while (this.next < until && !this.#ended) {
      const block = table.blockOf(this.next);
      this.#gatherBlock(block, Math.min(until - block.firstId, block.rows));
    }
  }

  #gatherBlock(block: FrameBlock, end: number): void {
    const { slab, offset, keptBytes, flags, slot, firstId } = block;
    const [ids, starts, ends, laneOf, row] = [this.ids, this.#starts, this.#ends, this.#laneOf, this.#row];
    const [first, second] = this.#lanes;
    const { inverted } = this.#search;
    const headsOnly = row.mode === 'messages';
    let { rows } = this;
    let at = this.next - firstId;
    for (; at < end && rows < MAX_RUN_ROWS; at++) {
      let inSlab = slab[at]!;
      let start = offset[at]!;
      let bytes = keptBytes[at]!;
      if (slot[at] !== 0 || (flags[at]! & NOT_PLAIN) !== 0) {
        if (headsOnly && !isHead(this.#store, firstId + at)) continue;
        row.moveTo(firstId + at);
        this.isCut = !row.single() || row.isSearchPartial;
        if (this.isCut) break;
        inSlab = row.searchSlab;
        start = row.searchOffset;
        bytes = row.searchBytes;
      }
      if (inSlab === 0) {
        if (!inverted) continue;
        this.isCut = true;
        break;
      }
      const lane = first.slab === inSlab || first.slab === 0 ? first : second;
      if (lane.slab === 0) {
        lane.slab = inSlab;
        lane.start = start;
      } else if (lane.slab !== inSlab || start < lane.end || start + bytes - lane.start > WINDOW_BYTES) break;
      lane.end = start + bytes;
      laneOf[rows] = lane === first ? 0 : 1;
      ids[rows] = firstId + at;
      starts[rows] = start;
      ends[rows] = start + bytes;
      rows++;
    }
    this.rows = rows;
    this.next = firstId + at;
    this.#ended = at < end;
  }

  /** Bytes of the run. */
  get bytes(): number {
    let bytes = 0;
    for (const { slab, start, end } of this.#lanes) if (slab !== 0) bytes += end - start;
    return bytes;
  }

  /** Fills `found`; false when bytes of the run are not in memory. */
  search(): boolean {
    this.found.fill(0, 0, this.rows);
    return this.#lanes.every((lane, which) => {
      if (lane.slab === 0) return true;
      const buffer = this.#store.slabs.bufferOf(lane.slab);
      if (buffer !== null) this.#mark(buffer, lane, which);
      return buffer !== null;
    });
  }

  /** Messages are alike: where the text was in one it is looked for in the next before it is searched for. */
  #mark(buffer: Buffer, lane: Lane, which: number): void {
    const [starts, ends, laneOf, found, rows] = [this.#starts, this.#ends, this.#laneOf, this.found, this.rows];
    const search = this.#search;
    const { folded } = search;
    const base = lane.start;
    let text: string | null = null;
    let hint = -1;
    for (let at = 0; at < rows; at++) {
      if (laneOf[at] !== which) continue;
      if (hint >= 0 && folded !== null && isAt(folded, buffer, starts[at]! + hint, ends[at]!)) {
        found[at] = 1;
        continue;
      }
      text ??= buffer.toString('latin1', base, lane.end);
      const from = find(search, text, starts[at]! - base);
      if (from === -1) return;
      const start = base + from;
      while (at < rows && (laneOf[at] !== which || ends[at]! <= start)) at++;
      // Found in none, or between two of them: that one is searched by itself.
      if (at < rows && start < starts[at]!) at--;
      else if (at < rows && endsBy(search, text, from, ends[at]! - base)) {
        found[at] = 1;
        hint = start - starts[at]!;
      }
    }
  }
}

/** Where the text begins that is found first, from `from` on; -1 for nowhere. */
function find({ pattern, folded }: Search, text: string, from: number): number {
  pattern.lastIndex = from;
  // A match as an array costs more than the search for it.
  if (folded !== null) return pattern.test(text) ? pattern.lastIndex - folded.upper.length : -1;
  return pattern.exec(text)?.index ?? -1;
}

/** Whether what was found there, or something else that is looked for, ends within the row as well. */
function endsBy({ pattern, folded }: Search, text: string, from: number, end: number): boolean {
  if (folded !== null) return from + folded.upper.length <= end;
  pattern.lastIndex = 0;
  return pattern.test(text.slice(from, end));
}

function isAt({ lower, upper }: FoldedText, bytes: Uint8Array, at: number, end: number): boolean {
  if (at + upper.length > end) return false;
  for (let index = 0; index < upper.length; index++) {
    const byte = bytes[at + index];
    if (byte !== lower[index] && byte !== upper[index]) return false;
  }
  return true;
}
