import type { CompiledFilter } from './filter/compileFilter.js';
import { RowContent } from './filter/content.js';
import { Guard } from '../../base/expressionGuard.js';
import type { LogMode } from '../../base/logRow.js';
import type { LogStore } from './logStore.js';
import { readPieces } from './pieces.js';
import { RowReader } from './rowReader.js';

/** How long a slice of work may keep the event loop. */
const SLICE_MS = 8;
/** An expression that takes longer on one slice is stopped, and its row tried once more by itself. */
const GUARD_MS = 100;
const MAX_HITS = 16_384;
/** How often a row is tried for which a busy machine had no time. */
const MAX_ATTEMPTS = 5;
/** Bytes of a slab decoded at a time: larger strings cost V8 far more than they save. */
const WINDOW_BYTES = 65_536;
const MAX_RUN_ROWS = 8192;
/** Work between two looks at the clock, in bytes; a row counts as some. */
const CLOCK_BYTES = 262_144;
const ROW_COST = 64;
/** Of a row that a person's expression looks at: nobody knows what it costs. */
const GUARDED_COST = 4096;

/** A filter that is too slow for more rows than this is given up. */
const MAX_STUCK = 3;

type SliceEnd = 'rows' | 'time' | 'disk' | 'stuck';

/** Judges the rows of a log in order, a slice at a time. What a slice found is in `hits` until the next. */
export class Scan {
  readonly row: RowReader;
  readonly content: RowContent;
  readonly #store: LogStore;
  readonly #filter: CompiledFilter;
  readonly #guard: Guard | null;
  /** The next row to judge. */
  cursor = 0;
  readonly hits = new Float64Array(MAX_HITS);
  hitCount = 0;
  /** Rows of the slice that could not be judged: their bytes are gone. */
  readonly unknown = new Float64Array(MAX_HITS);
  unknownCount = 0;

  /** Rows are judged up to this one, exclusive. */
  until = Number.POSITIVE_INFINITY;

  #next = 0;
  #end: SliceEnd = 'rows';
  #deadline = 0;
  #work = 0;
  #stuck = 0;
  readonly #rowCost: number;
  readonly #runIds = new Float64Array(MAX_RUN_ROWS);
  readonly #runStarts = new Uint32Array(MAX_RUN_ROWS);
  readonly #runEnds = new Uint32Array(MAX_RUN_ROWS);

  constructor(store: LogStore, mode: LogMode, filter: CompiledFilter) {
    this.#store = store;
    this.#filter = filter;
    this.#guard = filter.needsGuard ? new Guard() : null;
    this.#rowCost = filter.needsGuard ? GUARDED_COST : ROW_COST;
    this.row = new RowReader(store, mode);
    this.content = new RowContent(this.row, store.slabs);
  }

  /** The filter took too long on several rows: judging more of them would keep others from their work. */
  get gaveUp(): boolean {
    return this.#stuck > MAX_STUCK;
  }

  /** Judges rows for some milliseconds; whether all there are have been judged. Disk is waited for. */
  async advance(): Promise<boolean> {
    const end = this.#slice();
    if (end !== 'disk' && end !== 'stuck') return end === 'rows';
    const id = this.cursor;
    const judged = await this.judgeRef(id);
    if (judged === true) this.hits[this.hitCount++] = id;
    else if (judged === null) this.unknown[this.unknownCount++] = id;
    this.cursor = id + 1;
    return false;
  }

  /** Judges one row by itself, from disk if need be: an id, or the slot of a spanning message, negative. */
  async judgeRef(ref: number): Promise<boolean | null> {
    if (!this.row.tryMoveTo(ref)) return false;
    this.content.reset();
    let judged = this.#judgeHere();
    if (judged === null && this.content.needsDisk) {
      const pieces = this.row.pieces(this.row.usesInflated);
      const bytes = pieces === null ? null : await readPieces(this.#store.slabs, pieces, 0, Number.POSITIVE_INFINITY);
      // The row may have gone while the disk was read, and what was under the cursor with it.
      if (!this.row.tryMoveTo(ref)) return false;
      this.content.prepare(bytes);
      judged = this.#judgeHere();
    }
    return judged;
  }

  /** Judges rows by themselves, from memory, for some milliseconds; gives how many of them. Null for bytes on disk. */
  judgeRefs(refs: readonly number[], tell: (ref: number, judged: boolean | null) => void): number {
    const deadline = performance.now() + SLICE_MS;
    const judged: (boolean | null)[] = [];
    const work = () => {
      for (let at = 0; at < refs.length; at++) {
        if (!this.row.tryMoveTo(refs[at]!)) judged[at] = false;
        else {
          this.content.reset();
          const verdict = this.#filter.judge(this.content);
          if (verdict === null && this.content.needsDisk) return;
          judged[at] = verdict;
        }
        if (performance.now() >= deadline) return;
      }
    };
    this.#guarded(work);
    for (const [at, verdict] of judged.entries()) tell(refs[at]!, verdict);
    return judged.length;
  }

  #judgeHere(): boolean | null {
    let judged: boolean | null = null;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const finished = this.#guarded(() => {
        judged = this.#filter.judge(this.content);
      });
      if (finished) return judged;
      // What other threads of the process took counts there as ours: nothing is called slow that was slow but once.
      if (attempt > 0 && this.#guard?.wasStarved !== true) break;
    }
    this.#stuck++;
    return null;
  }

  /** False when the work could not be finished. */
  #guarded(work: () => void): boolean {
    if (this.#guard !== null) return this.#guard.run(work, GUARD_MS);
    try {
      work();
      return true;
    } catch {
      // A text that makes too large an expression.
      return false;
    }
  }

  #slice(): SliceEnd {
    const { firstId } = this.#store.table;
    if (this.cursor < firstId) this.cursor = firstId;
    this.hitCount = 0;
    this.unknownCount = 0;
    this.#next = this.cursor;
    this.#end = 'time';
    this.#work = 0;
    this.#deadline = performance.now() + SLICE_MS;
    const inRuns = this.#filter.search !== null;
    if (!this.#guarded(() => (inRuns ? this.#searchRuns() : this.#rowByRow()))) this.#end = 'stuck';
    // Work that was stopped may have written a hit for the row at which it was stopped.
    while (this.hitCount > 0 && this.hits[this.hitCount - 1]! >= this.#next) this.hitCount--;
    while (this.unknownCount > 0 && this.unknown[this.unknownCount - 1]! >= this.#next) this.unknownCount--;
    this.cursor = this.#next;
    return this.#end;
  }

  get #lastId(): number {
    return Math.min(this.#store.table.nextId, this.until);
  }

  #rowByRow(): void {
    const nextId = this.#lastId;
    const headsOnly = this.row.mode === 'messages';
    for (let id = this.#next; id < nextId; id++) {
      if ((headsOnly && !isHead(this.#store, id)) || this.#judgeRow(id)) {
        this.#next = id + 1;
        if (this.#isTimeUp(this.#rowCost)) return;
      } else return;
    }
    this.#end = 'rows';
  }

  /** Whether the row was judged; it was not when its bytes are on disk. */
  #judgeRow(id: number): boolean {
    this.row.moveTo(id);
    this.content.reset();
    const judged = this.#filter.judge(this.content);
    if (judged === null && this.content.needsDisk) {
      this.#end = 'disk';
      return false;
    }
    this.#work += this.content.bytes;
    if (judged === true) this.hits[this.hitCount++] = id;
    else if (judged === null) this.unknown[this.unknownCount++] = id;
    return true;
  }

  /** Searches rows whose bytes follow each other in a slab together, all others one by one. */
  #searchRuns(): void {
    const nextId = this.#lastId;
    while (this.#next < nextId) {
      const rows = this.#gatherRun(nextId);
      if (rows > 0 && !this.#judgeRun(rows)) return;
      if (this.#runNext < nextId && this.#runIsCut) {
        if (!this.#judgeRow(this.#runNext)) {
          this.#next = this.#runNext;
          return;
        }
        this.#runNext++;
      }
      this.#next = this.#runNext;
      if (this.#next < nextId && this.#isTimeUp((rows + 1) * ROW_COST)) return;
    }
    this.#end = 'rows';
  }

  #runSlab = 0;
  /** The first row after the run. */
  #runNext = 0;
  /** The row after the run is to be judged by itself. */
  #runIsCut = false;

  /** Collects rows from `#next` on for as long as their bytes ascend in one slab, and gives how many. */
  #gatherRun(nextId: number): number {
    const { row } = this;
    const { inverted } = this.#filter.search!;
    const headsOnly = row.mode === 'messages';
    let rows = 0;
    let id = this.#next;
    this.#runIsCut = false;
    for (; id < nextId && rows < MAX_RUN_ROWS; id++) {
      if (headsOnly && !isHead(this.#store, id)) continue;
      row.moveTo(id);
      if (!row.single() || row.isSearchPartial || (inverted && row.searchSlab === 0)) {
        this.#runIsCut = true;
        break;
      }
      if (row.searchSlab === 0) continue;
      const start = row.searchOffset;
      const end = start + row.searchBytes;
      if (rows === 0) this.#runSlab = row.searchSlab;
      else if (row.searchSlab !== this.#runSlab || start < this.#runEnds[rows - 1]!) break;
      else if (end - this.#runStarts[0]! > WINDOW_BYTES) break;
      this.#runIds[rows] = id;
      this.#runStarts[rows] = start;
      this.#runEnds[rows] = end;
      rows++;
    }
    this.#runNext = id;
    return rows;
  }

  /** Whether all rows of the run were judged; else `#next` is the first that was not. */
  #judgeRun(rows: number): boolean {
    const buffer = this.#store.slabs.bufferOf(this.#runSlab);
    if (buffer !== null) return this.#searchRun(buffer, rows);
    for (let at = 0; at < rows; at++) {
      if (this.#judgeRow(this.#runIds[at]!)) continue;
      this.#next = this.#runIds[at]!;
      return false;
    }
    return true;
  }

  #searchRun(buffer: Buffer, rows: number): boolean {
    const { inverted } = this.#filter.search!;
    const text = buffer.toString('latin1', this.#runStarts[0], this.#runEnds[rows - 1]);
    this.#work += text.length;
    for (let at = 0; at < rows; ) {
      const found = this.#findInRun(text, at, rows);
      const end = inverted ? found : Math.min(found + 1, rows);
      for (at = inverted ? at : found; at < end; at++) if (!this.#hit(this.#runIds[at]!)) return false;
      if (inverted) at = found + 1;
    }
    return true;
  }

  /** The first row of the run, from `from` on, that has the text; `rows` when none has. */
  #findInRun(text: string, from: number, rows: number): number {
    const { pattern } = this.#filter.search!;
    const base = this.#runStarts[0]!;
    for (let at = from; at < rows; ) {
      pattern.lastIndex = this.#runStarts[at]! - base;
      const found = pattern.exec(text);
      if (found === null) return rows;
      const start = base + found.index;
      while (at < rows && this.#runEnds[at]! <= start) at++;
      if (at === rows) return rows;
      if (start < this.#runStarts[at]!) continue;
      if (this.#isIn(found, text, at, base)) return at;
      at++;
    }
    return rows;
  }

  /** Whether what was found, or something else that is looked for, ends within the row as well. */
  #isIn(found: RegExpExecArray, text: string, at: number, base: number): boolean {
    const end = this.#runEnds[at]! - base;
    if (found.index + found[0].length <= end) return true;
    const { pattern } = this.#filter.search!;
    pattern.lastIndex = 0;
    return pattern.test(text.slice(found.index, end));
  }

  /** Asks the rest of the filter of a row that has the text. Whether there is time for more. */
  #hit(id: number): boolean {
    const { rest } = this.#filter.search!;
    if (rest === null) {
      this.hits[this.hitCount++] = id;
      return true;
    }
    this.#next = id;
    this.row.moveTo(id);
    this.content.reset();
    const judged = rest(this.content);
    if (judged === true) this.hits[this.hitCount++] = id;
    else if (judged === null) this.unknown[this.unknownCount++] = id;
    this.#next = id + 1;
    return !this.#isTimeUp(this.#rowCost);
  }

  #isTimeUp(work: number): boolean {
    this.#work += work;
    if (Math.max(this.hitCount, this.unknownCount) + MAX_RUN_ROWS + 2 > MAX_HITS) return true;
    if (this.#work < CLOCK_BYTES) return false;
    this.#work = 0;
    return performance.now() >= this.#deadline;
  }
}

/** Whether the row begins a message, or is one. */
export function isHead(store: LogStore, id: number): boolean {
  const block = store.table.blockOf(id);
  if (block.heads === null) return true;
  const slot = block.slot[id - block.firstId]!;
  return slot === 0 || store.headIdOf(id) === id;
}

/** Whether a ref names a message whose first rows are gone. */
export function isSpanning(ref: number): boolean {
  return ref < 0;
}
