import type { CompiledFilter, Judge } from './filter/compileFilter.js';
import { RowContent } from './filter/content.js';
import { Guard } from '../../base/expressionGuard.js';
import type { LogMode } from '../../base/logRow.js';
import type { LogStore } from './logStore.js';
import { readPieces } from './pieces.js';
import { isHead, RowReader } from './rowReader.js';
import { MAX_RUN_ROWS, RunSearch } from './runSearch.js';

/** How long a slice of work may keep the event loop. */
const SLICE_MS = 8;
/** An expression that takes longer on one slice is stopped, and its row tried once more by itself. */
const GUARD_MS = 100;
const MAX_HITS = 16_384;
/** How often a row is tried for which a busy machine had no time. */
const MAX_ATTEMPTS = 5;
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
  readonly #run: RunSearch | null;

  constructor(store: LogStore, mode: LogMode, filter: CompiledFilter) {
    this.#store = store;
    this.#filter = filter;
    this.#guard = filter.needsGuard ? new Guard() : null;
    this.#rowCost = filter.needsGuard ? GUARDED_COST : ROW_COST;
    this.row = new RowReader(store, mode);
    this.content = new RowContent(this.row, store.slabs, store.decode);
    this.#run = filter.search === null ? null : new RunSearch(store, this.row, filter.search);
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
    const run = this.#run;
    if (!this.#guarded(() => (run === null ? this.#rowByRow() : this.#searchRuns(run)))) this.#end = 'stuck';
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

  /** Searches rows whose bytes follow each other together, all others one by one. */
  #searchRuns(run: RunSearch): void {
    const nextId = this.#lastId;
    while (this.#next < nextId) {
      run.gather(this.#next, nextId);
      if (run.rows > 0 && !this.#judgeRun(run)) return;
      if (run.isCut) {
        if (!this.#judgeRow(run.next)) {
          this.#next = run.next;
          return;
        }
        run.next++;
      }
      this.#next = run.next;
      if (this.#next < nextId && this.#isTimeUp((run.rows + 1) * ROW_COST)) return;
    }
    this.#end = 'rows';
  }

  /** Whether all rows of the run were judged; else `#next` is the first that was not. */
  #judgeRun(run: RunSearch): boolean {
    const { rows, ids, found } = run;
    if (!run.search()) {
      for (let at = 0; at < rows; at++) {
        if (this.#judgeRow(ids[at]!)) continue;
        this.#next = ids[at]!;
        return false;
      }
      return true;
    }
    this.#work += run.bytes;
    const { inverted, rest } = this.#filter.search!;
    const wanted = inverted ? 0 : 1;
    for (let at = 0; at < rows; at++) {
      if (found[at] !== wanted) continue;
      if (rest === null) this.hits[this.hitCount++] = ids[at]!;
      else if (!this.#judgeRest(ids[at]!, rest)) return false;
    }
    return true;
  }

  /** Asks the rest of the filter of a row that has the text. Whether there is time for more. */
  #judgeRest(id: number, rest: Judge): boolean {
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

/** Whether a ref names a message whose first rows are gone. */
export function isSpanning(ref: number): boolean {
  return ref < 0;
}
