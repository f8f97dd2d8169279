/** Sends a message again and again, bounded in number; a refused send stops it. */
export class Repeater {
  readonly total: number;
  readonly everyMs: number;
  #sent = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #send: (seq: number) => Promise<void>;
  readonly #onEnd: (error: Error | null) => void;

  constructor(
    total: number,
    everyMs: number,
    send: (seq: number) => Promise<void>,
    onEnd: (error: Error | null) => void,
  ) {
    this.total = total;
    this.everyMs = everyMs;
    this.#send = send;
    this.#onEnd = onEnd;
    this.#timer = setTimeout(this.#next, 0);
  }

  get sent(): number {
    return this.#sent;
  }

  stop(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#onEnd(null);
  }

  readonly #next = () => {
    this.#send(this.#sent + 1).then(
      () => {
        this.#sent += 1;
        if (this.#timer === undefined) return;
        if (this.#sent < this.total) {
          this.#timer = setTimeout(this.#next, this.everyMs);
          return;
        }
        this.#timer = undefined;
        this.#onEnd(null);
      },
      (error: Error) => {
        if (this.#timer === undefined) return;
        this.#timer = undefined;
        this.#onEnd(error);
      },
    );
  };
}
