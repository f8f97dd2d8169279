/** How a conversation ends: the exit code, the first of which stays, and who waits for it. */
export class Exit {
  #code: number | null = null;
  readonly #waiters = new Set<() => void>();
  #over: () => void = () => {};
  #letGo: () => void = () => {};
  /** Settles when all has been said. */
  readonly over = new Promise<void>((resolve) => (this.#over = resolve));
  /** Settles when nobody wants to wait for what has still to be written. */
  readonly forced = new Promise<void>((resolve) => (this.#letGo = resolve));

  get code(): number | null {
    return this.#code;
  }

  get isDecided(): boolean {
    return this.#code !== null;
  }

  decide(code: number): void {
    this.#code ??= code;
    this.wake();
  }

  /** In place of what was decided. */
  force(code: number): void {
    this.#code = code;
    this.#letGo();
    this.wake();
  }

  /** `instead` of `code`, if that was decided. */
  change(code: number, instead: number): void {
    if (this.#code === code) this.#code = instead;
  }

  finish(): void {
    this.#over();
  }

  /** Settles once the condition holds, false when the exit code is decided before. It is looked at with each `wake`. */
  async unlessDecided(holds: () => boolean): Promise<boolean> {
    while (!holds() && !this.isDecided) await new Promise<void>((resolve) => this.#waiters.add(resolve));
    return !this.isDecided;
  }

  wake(): void {
    for (const wake of this.#waiters) wake();
    this.#waiters.clear();
  }
}
