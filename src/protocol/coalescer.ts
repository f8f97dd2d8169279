/** Passes on the latest of many values: the first at once, then at most one each `intervalMs`; the last is never lost. */
export class Coalescer<T> {
  readonly #intervalMs: number;
  readonly #send: (value: T) => void;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #waiting: { readonly value: T } | null = null;
  #disposed = false;

  constructor(intervalMs: number, send: (value: T) => void) {
    this.#intervalMs = intervalMs;
    this.#send = send;
  }

  push(value: T): void {
    if (this.#disposed) return;
    if (this.#timer !== null) {
      this.#waiting = { value };
      return;
    }
    this.#start();
    this.#send(value);
  }

  /** Drops what waits: whoever disposes has something newer to say. */
  dispose(): void {
    this.#disposed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#waiting = null;
  }

  #start(): void {
    this.#timer = setTimeout(() => {
      this.#timer = null;
      const waiting = this.#waiting;
      this.#waiting = null;
      if (waiting) this.push(waiting.value);
    }, this.#intervalMs);
  }
}
