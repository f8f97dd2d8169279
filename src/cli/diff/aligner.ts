/** Something of a sequence: `key` decides what is equal, `shown` is told. */
export interface Item {
  readonly key: string;
  readonly shown: string;
}

/** How far ahead the other side is searched for what comes next. */
const WINDOW = 100;
/** As much of one side as waits for the other. */
const MAX_WAITING = 5_000;

/** Aligns two sequences while they come and tells what is in one of them alone; memory is bounded by a window. */
export class Aligner {
  readonly #tell: (before: Item | null, after: Item | null) => void;
  #a: Item[] = [];
  #b: Item[] = [];

  constructor(tell: (before: Item | null, after: Item | null) => void) {
    this.#tell = tell;
  }

  push(side: 'a' | 'b', item: Item): void {
    (side === 'a' ? this.#a : this.#b).push(item);
    this.#settle(false);
  }

  end(): void {
    this.#settle(true);
  }

  #settle(isLast: boolean): void {
    for (;;) {
      const same = this.#sameStart();
      if (same > 0) this.#drop(same, same);
      const [a, b] = [this.#a.length, this.#b.length];
      if (a === 0 && b === 0) return;
      const isEnough = isLast || (a > WINDOW && b > WINDOW) || a > MAX_WAITING || b > MAX_WAITING;
      if (!isEnough) return;
      const [gone, come] = a === 0 || b === 0 ? [a, b] : this.#nearest();
      for (let at = 0; at < Math.max(gone, come); at++)
        this.#tell(at < gone ? this.#a[at]! : null, at < come ? this.#b[at]! : null);
      this.#drop(gone, come);
    }
  }

  #sameStart(): number {
    let same = 0;
    while (same < Math.min(this.#a.length, this.#b.length) && this.#a[same]!.key === this.#b[same]!.key) same++;
    return same;
  }

  /** How many of each side stand before the next that both have; one of each where there is none in sight. */
  #nearest(): readonly [gone: number, come: number] {
    for (let distance = 1; distance <= 2 * WINDOW; distance++) {
      for (let gone = Math.max(0, distance - WINDOW); gone <= Math.min(distance, WINDOW); gone++) {
        const [a, b] = [this.#a[gone], this.#b[distance - gone]];
        if (a !== undefined && a.key === b?.key) return [gone, distance - gone];
      }
    }
    return [1, 1];
  }

  #drop(a: number, b: number): void {
    this.#a = this.#a.slice(a);
    this.#b = this.#b.slice(b);
  }
}
