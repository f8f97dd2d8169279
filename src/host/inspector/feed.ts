interface Waiting {
  readonly key: string;
  readonly dueMs: number;
  readonly tell: () => PromiseLike<unknown>;
}

/**
 * What a page is told, in turns: at most one message each `intervalMs` and one on its way at most. Of each subject (`key`)
 * only the latest waits, and a subject comes again after its own interval at the earliest.
 */
export class Feed {
  readonly #intervalMs: number;
  readonly #waiting = new Map<string, Waiting>();
  readonly #toldMs = new Map<string, number>();
  #lastMs = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | null = null;
  /** The message on its way; null when none is. What arrives for an older one means nothing any more. */
  #onWay: object | null = null;
  #disposed = false;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  push(key: string, everyMs: number, tell: () => PromiseLike<unknown>): void {
    if (this.#disposed) return;
    const dueMs = (this.#toldMs.get(key) ?? Number.NEGATIVE_INFINITY) + everyMs;
    this.#waiting.set(key, { key, dueMs, tell });
    this.#next();
  }

  /** A subject that is no more. */
  forget(key: string): void {
    this.#waiting.delete(key);
    this.#toldMs.delete(key);
  }

  /** Forgets what waits: the page is gone, or about to ask for everything. */
  clear(): void {
    this.#waiting.clear();
    this.#toldMs.clear();
    this.#onWay = null;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  dispose(): void {
    this.#disposed = true;
    this.clear();
  }

  #next(): void {
    if (this.#onWay || this.#timer !== null) return;
    const first = this.#first();
    if (!first) return;
    const nowMs = performance.now();
    const inMs = Math.max(first.dueMs, this.#lastMs + this.#intervalMs) - nowMs;
    if (inMs <= 0) {
      this.#tell(first, nowMs);
      return;
    }
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#next();
    }, Math.ceil(inMs));
  }

  #first(): Waiting | null {
    let first: Waiting | null = null;
    for (const waiting of this.#waiting.values()) {
      if (!first || waiting.dueMs < first.dueMs) first = waiting;
    }
    return first;
  }

  #tell({ key, tell }: Waiting, nowMs: number): void {
    this.#waiting.delete(key);
    this.#toldMs.set(key, nowMs);
    this.#lastMs = nowMs;
    const onWay = {};
    this.#onWay = onWay;
    const arrived = () => {
      if (this.#onWay !== onWay) return;
      this.#onWay = null;
      this.#next();
    };
    void tell().then(arrived, arrived);
  }
}
