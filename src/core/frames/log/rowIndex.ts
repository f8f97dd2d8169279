import type { LogMode } from '../../base/logRow.js';
import type { LogStore } from './logStore.js';
import { indexOf } from './messageTable.js';
import { RowList } from './rowList.js';

/** The rows of a view in order. A row is named by its id, or by the slot of a spanning message made negative. */
export interface RowIndex {
  readonly total: number;
  /** The row at a position below `total`. */
  refAt(position: number): number;
  /** Where the row is that shows the frame; null when no row does. */
  positionOf(id: number): number | null;
}

/** Every row of the log: arithmetic, nothing is stored. */
export class AllRows implements RowIndex {
  readonly #store: LogStore;
  readonly #mode: LogMode;

  constructor(store: LogStore, mode: LogMode) {
    this.#store = store;
    this.#mode = mode;
  }

  get total(): number {
    const { table, joined } = this.#store;
    const { spanning } = joined;
    if (this.#mode === 'wire') return table.nextId - table.firstId;
    return spanning.length + table.nextHead - table.firstHead;
  }

  refAt(position: number): number {
    const { table, joined } = this.#store;
    const { spanning } = joined;
    if (this.#mode === 'wire') return table.firstId + position;
    if (position < spanning.length) return -spanning[position]!;
    return table.idOfHead(table.firstHead + position - spanning.length);
  }

  positionOf(id: number): number | null {
    const { table, joined } = this.#store;
    const { spanning } = joined;
    if (this.#mode === 'wire') return table.holds(id) ? id - table.firstId : null;
    const ref = messageRef(this.#store, id);
    if (ref === null) return null;
    if (ref < 0) return spanning.indexOf(-ref);
    const head = table.headOfId(ref);
    return head === null ? null : spanning.length + head - table.firstHead;
  }
}

/** The rows that a filter matched so far. */
export class MatchedRows implements RowIndex {
  readonly list = new RowList();
  readonly spanning = new Set<number>();
  readonly #store: LogStore;
  readonly #mode: LogMode;

  constructor(store: LogStore, mode: LogMode) {
    this.#store = store;
    this.#mode = mode;
  }

  get total(): number {
    return this.#spanningSlots().length + this.list.length;
  }

  refAt(position: number): number {
    const slots = this.#spanningSlots();
    return position < slots.length ? -slots[position]! : this.list.at(position - slots.length);
  }

  positionOf(id: number): number | null {
    const slots = this.#spanningSlots();
    const ref = this.#mode === 'wire' ? id : messageRef(this.#store, id);
    if (ref === null) return null;
    if (ref < 0) return this.spanning.has(-ref) ? slots.indexOf(-ref) : null;
    return this.list.has(ref) ? slots.length + this.list.indexOf(ref) : null;
  }

  set(ref: number, isIn: boolean): void {
    if (ref >= 0) this.list.set(ref, isIn);
    else if (isIn) this.spanning.add(-ref);
    else this.spanning.delete(-ref);
  }

  clear(): void {
    this.list.clear(this.#store.table.firstId);
    this.spanning.clear();
  }

  #spanningSlots(): readonly number[] {
    this.list.trim(this.#store.table.firstId);
    if (this.spanning.size === 0) return NONE;
    return this.#store.joined.spanning.filter((slot) => this.spanning.has(slot));
  }
}

const NONE: readonly number[] = [];

/** The row of the messages view that shows a frame; null when it is gone. */
export function messageRef(store: LogStore, id: number): number | null {
  const slot = store.joined.slotOf(id);
  if (slot !== 0) return slotRef(store, slot);
  return store.table.holds(id) ? id : null;
}

/** How a message is named: by its first frame's id while that is there. */
export function slotRef(store: LogStore, slot: number): number | null {
  const firstId = store.joined.messages.chunk(slot).firstId[indexOf(slot)]!;
  if (store.table.holds(firstId)) return firstId;
  return store.joined.spanning.includes(slot) ? -slot : null;
}
