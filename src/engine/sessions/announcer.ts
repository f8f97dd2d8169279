/** Announces that something has changed: at most once each `intervalMs`, and never before the last one was acknowledged. */
export class Announcer {
  readonly #intervalMs: number;
  readonly #announce: () => Promise<unknown>;
  #timer: NodeJS.Timeout | null = null;
  #unacknowledged = false;
  #dirty = false;
  #disposed = false;

  constructor(intervalMs: number, announce: () => Promise<unknown>) {
    this.#intervalMs = intervalMs;
    this.#announce = announce;
  }

  /** Called as often as things change; what is announced is made only when it goes out. */
  touch(): void {
    if (this.#timer !== null || this.#unacknowledged) {
      this.#dirty = true;
      return;
    }
    this.#send();
  }

  dispose(): void {
    this.#disposed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #send(): void {
    if (this.#disposed) return;
    this.#dirty = false;
    this.#unacknowledged = true;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#again();
    }, this.#intervalMs);
    const acknowledged = () => {
      this.#unacknowledged = false;
      this.#again();
    };
    this.#announce().then(acknowledged, acknowledged);
  }

  #again(): void {
    if (this.#dirty && this.#timer === null && !this.#unacknowledged) this.#send();
  }
}
