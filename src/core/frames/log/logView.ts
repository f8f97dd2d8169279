import { setImmediate as nextTurn } from 'node:timers/promises';
import { compileFilter } from './filter/compileFilter.js';
import type { FilterNode } from './filter/filterNode.js';
import type { FilterProblem, LogMode, LogRow } from '../../base/logRow.js';
import type { LogStore } from './logStore.js';
import { AllRows, type RowIndex } from './rowIndex.js';
import { RowReader } from './rowReader.js';
import type { IsMarked, RowMaker } from './rows.js';
import { isSpanning, Scan } from './scan.js';

const MAX_ROWS = 1000;
const FIND_BACK_ROWS = 65_536;

/** A window on a log: the rows of one mode that a filter matches, found in slices while the log goes on. */
export interface LogView {
  readonly mode: LogMode;
  readonly filter: string;
  /** Rows so far. Dropped rows leave at the front, so positions shift; ids do not. */
  readonly total: number;
  /** The filter has not seen every row yet. */
  readonly scanning: boolean;
  /** Rows that could not be judged because their bytes were dropped, never stored, or too slow to judge. */
  readonly unsearchable: number;
  /** What is wrong with the filter; such a view has no rows. */
  readonly problems: readonly FilterProblem[];
  /** Up to 1000 rows from a position, as they are now; previews are read from disk where need be. */
  rows(from: number, count: number): Promise<LogRow[]>;
  /** The position of the row that shows a frame; null when none does. */
  rowOf(id: number): number | null;
  /**
   * The position of the first row at or after `from` (at or before it, backwards) with the text, in any case, or a
   * match of the expression. Null when there is none, or when the signal ends the search.
   */
  find(wanted: string | RegExp, from: number, backwards?: boolean, signal?: AbortSignal): Promise<number | null>;
  /** Told at most once a turn of the event loop, after rows came, went or changed. Returns what ends it. */
  onDidGrow(listener: () => void): () => void;
  /** Ends the scan at once and forgets its rows. */
  close(): void;
}

export interface ViewContext {
  readonly store: LogStore;
  readonly rowMaker: RowMaker;
  readonly isMarked: IsMarked;
  readonly onClose: (view: ViewBase) => void;
}

/** What a view has in common whether it is filtered or not. */
export abstract class ViewBase implements LogView {
  readonly mode: LogMode;
  readonly filter: string;
  abstract readonly scanning: boolean;
  abstract readonly unsearchable: number;
  abstract readonly problems: readonly FilterProblem[];
  protected readonly context: ViewContext;
  protected isClosed = false;
  readonly #index: RowIndex;
  readonly #listeners = new Set<() => void>();

  constructor(context: ViewContext, mode: LogMode, filter: string, index: RowIndex) {
    this.context = context;
    this.mode = mode;
    this.filter = filter;
    this.#index = index;
  }

  get total(): number {
    return this.#index.total;
  }

  rows(from: number, count: number): Promise<LogRow[]> {
    const start = Math.max(0, from);
    const end = Math.min(this.total, start + Math.min(count, MAX_ROWS));
    const refs: number[] = [];
    for (let position = start; position < end; position++) refs.push(this.#index.refAt(position));
    return this.context.rowMaker.make(new RowReader(this.context.store, this.mode), refs);
  }

  rowOf(id: number): number | null {
    return this.#index.positionOf(id);
  }

  async find(wanted: string | RegExp, from: number, backwards = false, signal?: AbortSignal): Promise<number | null> {
    const { total } = this;
    if (wanted === '' || total === 0 || (backwards ? from < 0 : from >= total)) return null;
    const start = this.#index.refAt(Math.max(0, Math.min(from, total - 1)));
    const scan = new Scan(this.context.store, this.mode, compileFilter(findFilter(wanted), this.context.isMarked));
    const isWanted = () => !this.isClosed && signal?.aborted !== true && !scan.gaveUp;
    const found = backwards ? await this.#findBack(scan, start, isWanted) : await this.#findOn(scan, start, isWanted);
    return found === null ? null : this.#index.positionOf(found);
  }

  onDidGrow(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#listeners.clear();
    this.context.onClose(this);
  }

  /** Tells the listeners; for the log, which knows when. */
  announce(): void {
    for (const listener of this.#listeners) listener();
  }

  async #findOn(scan: Scan, start: number, isWanted: () => boolean): Promise<number | null> {
    const spanning = await this.#findSpanning(scan, start, false);
    if (spanning !== null) return spanning;
    scan.cursor = Math.max(0, start);
    for (let done = false; !done && isWanted(); ) {
      done = await scan.advance();
      const found = this.#firstHit(scan);
      if (found !== null) return found;
      if (!done) await nextTurn();
    }
    return null;
  }

  async #findBack(scan: Scan, start: number, isWanted: () => boolean): Promise<number | null> {
    const { table } = this.context.store;
    for (let end = start + 1; !isSpanning(start) && end > table.firstId; end -= FIND_BACK_ROWS) {
      scan.until = end;
      scan.cursor = end - FIND_BACK_ROWS;
      let last: number | null = null;
      for (let done = false; !done; ) {
        if (!isWanted()) return null;
        done = await scan.advance();
        last = this.#lastHit(scan) ?? last;
        await nextTurn();
      }
      if (last !== null) return last;
    }
    return this.#findSpanning(scan, start, true);
  }

  /** Among the few messages whose first rows are gone, which come before all rows. Gives a frame's id. */
  async #findSpanning(scan: Scan, start: number, backwards: boolean): Promise<number | null> {
    if (this.mode === 'wire' || (!backwards && !isSpanning(start))) return null;
    const slots = this.context.store.joined.spanning.map((slot) => -slot);
    const from = slots.indexOf(start);
    const refs = backwards ? slots.slice(0, isSpanning(start) ? from + 1 : undefined).toReversed() : slots.slice(from);
    for (const ref of refs) {
      if ((await scan.judgeRef(ref)) !== true || !scan.row.tryMoveTo(ref)) continue;
      const id = scan.row.lastId;
      if (this.#index.positionOf(id) !== null) return id;
    }
    return null;
  }

  #firstHit(scan: Scan): number | null {
    for (let at = 0; at < scan.hitCount; at++) {
      if (this.#index.positionOf(scan.hits[at]!) !== null) return scan.hits[at]!;
    }
    return null;
  }

  #lastHit(scan: Scan): number | null {
    for (let at = scan.hitCount - 1; at >= 0; at--) {
      if (this.#index.positionOf(scan.hits[at]!) !== null) return scan.hits[at]!;
    }
    return null;
  }
}

/** Every row of a mode. */
export class PlainView extends ViewBase {
  readonly scanning = false;
  readonly unsearchable = 0;
  readonly problems: readonly FilterProblem[] = [];

  constructor(context: ViewContext, mode: LogMode) {
    super(context, mode, '', new AllRows(context.store, mode));
  }
}

function findFilter(wanted: string | RegExp) {
  const root: FilterNode =
    typeof wanted === 'string'
      ? { type: 'text', text: wanted }
      : { type: 'regex', regex: new RegExp(wanted.source, wanted.flags.replace(/[gy]/g, '')) };
  return { root, caseSensitive: false, problems: [] };
}
