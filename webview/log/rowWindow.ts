export interface Range {
  readonly from: number;
  readonly count: number;
}

const KEPT_ROWS = 1000;

/** The rows of a long log that are at hand, by position; a bounded number of them. */
export class RowWindow<T> {
  readonly #rows = new Map<number, T>();
  readonly #stale = new Set<number>();

  get size(): number {
    return this.#rows.size;
  }

  get(position: number): T | undefined {
    return this.#rows.get(position);
  }

  put(from: number, rows: readonly T[]): void {
    rows.forEach((row, index) => {
      this.#rows.set(from + index, row);
      this.#stale.delete(from + index);
    });
  }

  replace(position: number, row: T): void {
    if (this.#rows.has(position)) this.#rows.set(position, row);
  }

  /** These rows may have changed: they stay in sight until they were fetched again. */
  doubt(from: number): void {
    for (const position of this.#rows.keys()) if (position >= from) this.#stale.add(position);
  }

  /** Rows were taken away in front: every row is now found `by` positions further on (or back, below 0). */
  shift(by: number): void {
    if (by === 0) return;
    const moved = [...this.#rows];
    this.#rows.clear();
    this.#stale.clear();
    for (const [position, row] of moved) if (position + by >= 0) this.#rows.set(position + by, row);
  }

  clear(): void {
    this.#rows.clear();
    this.#stale.clear();
  }

  /** The shortest range that holds every row of `[first, end)` that is not at hand; null when all are. */
  missing(first: number, end: number): Range | null {
    let from = first;
    while (from < end && this.#isGood(from)) from++;
    let to = end;
    while (to > from && this.#isGood(to - 1)) to--;
    return to > from ? { from, count: to - from } : null;
  }

  /** Forgets what is far from `[first, end)` once there is too much of it. */
  trim(first: number, end: number): void {
    if (this.#rows.size <= KEPT_ROWS) return;
    const margin = Math.max(0, Math.floor((KEPT_ROWS / 2 - (end - first)) / 2));
    for (const position of this.#rows.keys()) {
      if (position >= first - margin && position < end + margin) continue;
      this.#rows.delete(position);
      this.#stale.delete(position);
    }
  }

  #isGood(position: number): boolean {
    return this.#rows.has(position) && !this.#stale.has(position);
  }
}
