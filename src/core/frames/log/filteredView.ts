import { setImmediate as nextTurn } from 'node:timers/promises';
import { compileFilter, type CompiledFilter } from './filter/compileFilter.js';
import type { ParsedFilter } from './filter/filterNode.js';
import type { FilterProblem, LogMode } from '../../base/logRow.js';
import { type ViewContext, ViewBase } from './logView.js';
import { indexOf, INFLATED, OPEN } from './messageTable.js';
import { MatchedRows, slotRef } from './rowIndex.js';
import { Scan } from './scan.js';

/** A message under way is judged again as it grows, but for no more than this share of the time. */
const OPEN_SHARE = 0.05;
const MIN_WAIT_MS = 20;

/** The rows that a filter matches. Each is judged when the scan gets to it, and again when its message changes. */
export class FilteredView extends ViewBase {
  unsearchable = 0;
  problems: readonly FilterProblem[];
  readonly #matched: MatchedRows;
  readonly #compiled: CompiledFilter | null;
  #scan: Scan | null = null;
  /** Refs of rows that have changed since they were judged. */
  readonly #touched = new Set<number>();
  /** Rows told as unsearchable that may be judged again. */
  readonly #unknownRefs = new Set<number>();
  /** When a message under way may be judged again, by slot. */
  readonly #dueMs = new Map<number, number>();
  #timer: NodeJS.Timeout | null = null;
  #epoch = -1;
  #dropEpoch = -1;
  #running = false;

  constructor(context: ViewContext, mode: LogMode, filter: string, parsed: ParsedFilter) {
    const matched = new MatchedRows(context.store, mode);
    super(context, mode, filter, matched);
    this.#matched = matched;
    this.problems = parsed.problems;
    const { root } = parsed;
    this.#compiled = root === null ? null : compileFilter({ ...parsed, root }, context.isMarked);
    this.#restart();
  }

  get scanning(): boolean {
    const scan = this.#scan;
    return scan !== null && (scan.cursor < this.context.store.table.nextId || this.#touched.size > 0);
  }

  override close(): void {
    this.#scan = null;
    if (this.#timer !== null) clearTimeout(this.#timer);
    super.close();
    this.#matched.clear();
  }

  /** A message has another frame or its inflated content. */
  touch(slot: number): void {
    if (this.mode === 'messages') {
      const ref = slotRef(this.context.store, slot);
      if (ref !== null) this.#touched.add(ref);
    } else if (this.#compiled?.usesContent === true) {
      const chunk = this.context.store.joined.messages.chunk(slot);
      const at = indexOf(slot);
      // A frame never changes, but what it is searched by does once its message is inflated.
      if ((chunk.state[at]! & INFLATED) === 0) return;
      const { table } = this.context.store;
      for (let id = Math.max(chunk.firstId[at]!, table.firstId); id <= chunk.lastId[at]!; id++) {
        if (table.holds(id) && this.context.store.joined.slotOf(id) === slot) this.#touched.add(id);
      }
    }
  }

  /** The log is empty. */
  cleared(): void {
    this.#restart();
  }

  marksChanged(): void {
    if (this.#compiled?.usesMarks === true) this.#restart();
  }

  /** The log has changed: go on. */
  wake(): void {
    const { store } = this.context;
    if (this.#epoch !== store.epoch && this.mode === 'messages') {
      for (const slot of store.joined.spanning) this.#touched.add(-slot);
    }
    this.#epoch = store.epoch;
    void this.#run();
  }

  #restart(): void {
    if (this.#compiled === null || this.isClosed) return;
    this.#scan = new Scan(this.context.store, this.mode, this.#compiled);
    this.#matched.clear();
    this.#touched.clear();
    this.#unknownRefs.clear();
    this.unsearchable = 0;
    this.#dropEpoch = this.context.store.slabs.dropEpoch;
    this.#epoch = this.context.store.epoch;
    if (this.mode === 'messages') for (const slot of this.context.store.joined.spanning) this.#touched.add(-slot);
    void this.#run();
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      for (let scan = this.#scan; scan !== null && (await this.#step(scan)); scan = this.#scan) {
        this.announce();
        await nextTurn();
      }
    } finally {
      this.#running = false;
    }
    this.announce();
    // A scan that started anew whenever a payload is dropped would never end under a flood.
    if (this.#compiled?.usesPlace === true && this.#dropEpoch !== this.context.store.slabs.dropEpoch) this.#restart();
  }

  /** A slice of work; whether there is more. */
  async #step(scan: Scan): Promise<boolean> {
    const scanned = await scan.advance();
    if (this.#scan !== scan) return this.#scan !== null;
    this.#commit(scan);
    if (scan.gaveUp) return this.#giveUp();
    const judged = await this.#judgeTouched(scan);
    return this.#scan !== scan || !scanned || !judged || scan.cursor < this.context.store.table.nextId;
  }

  #commit(scan: Scan): void {
    const { list } = this.#matched;
    list.trim(this.context.store.table.firstId);
    for (let at = 0; at < scan.hitCount; at++) {
      const id = scan.hits[at]!;
      if (id >= this.context.store.table.firstId) list.push(id);
    }
    for (let at = 0; at < scan.unknownCount; at++) this.#countUnknown(scan.unknown[at]!);
  }

  #countUnknown(id: number): void {
    if (this.context.store.joined.slotOf(id) !== 0) {
      if (this.#unknownRefs.has(id)) return;
      this.#unknownRefs.add(id);
    }
    this.unsearchable++;
  }

  /** Whether every changed row that may be judged now has been. */
  async #judgeTouched(scan: Scan): Promise<boolean> {
    const refs = this.#dueRefs(scan);
    if (refs.length === 0) return true;
    const startedAt = performance.now();
    let judged = scan.judgeRefs(refs, (ref, verdict) => this.#settle(ref, verdict));
    if (judged === 0) {
      const verdict = await scan.judgeRef(refs[0]!);
      if (this.#scan !== scan) return false;
      this.#settle(refs[0]!, verdict);
      judged = 1;
    }
    const tookMs = performance.now() - startedAt;
    for (const ref of refs.slice(0, judged)) this.#postpone(scan, ref, tookMs / judged);
    return judged === refs.length;
  }

  #settle(ref: number, verdict: boolean | null): void {
    this.#touched.delete(ref);
    if (ref >= 0 && !this.context.store.table.holds(ref)) return;
    this.#matched.set(ref, verdict === true);
    if (verdict === null) this.#countUnknown(ref);
  }

  /** The changed rows that the scan has passed and whose time has come; forgets those that it is still to see. */
  #dueRefs(scan: Scan): number[] {
    const now = performance.now();
    const due: number[] = [];
    let waitMs = Number.POSITIVE_INFINITY;
    for (const ref of this.#touched) {
      if (ref >= scan.cursor || !scan.row.tryMoveTo(ref)) {
        this.#touched.delete(ref);
        continue;
      }
      const dueMs = this.#dueMs.get(scan.row.slot) ?? 0;
      if (dueMs <= now || !scan.row.isOpen) due.push(ref);
      else waitMs = Math.min(waitMs, dueMs - now);
    }
    if (waitMs !== Number.POSITIVE_INFINITY && this.#timer === null) {
      this.#timer = setTimeout(() => {
        this.#timer = null;
        void this.#run();
      }, waitMs);
      this.#timer.unref();
    }
    return due;
  }

  #postpone(scan: Scan, ref: number, tookMs: number): void {
    if (!scan.row.tryMoveTo(ref)) return;
    const { slot } = scan.row;
    const chunk = this.context.store.joined.messages.chunk(slot);
    const isOpen = (chunk.state[indexOf(slot)]! & OPEN) !== 0;
    if (isOpen) this.#dueMs.set(slot, performance.now() + Math.max(MIN_WAIT_MS, tookMs / OPEN_SHARE));
    else this.#dueMs.delete(slot);
  }

  #giveUp(): boolean {
    const message =
      'This takes too long, or fails, on some payloads: the search was stopped. Make the expression simpler.';
    this.problems = [{ message, index: 0, length: this.filter.length }];
    this.#scan = null;
    return false;
  }
}
