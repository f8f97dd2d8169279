/**
 * Gives each of several matches a message of its own, where a message may fit several: what was given is moved on when that
 * makes room (Kuhn's augmenting paths), so an order of arrival never fails what some choice would pass.
 */
export class Assignment {
  /** For each match the message that it has. */
  readonly #taken: (number | null)[];
  /** For each message that was kept the matches it fits. */
  readonly #fits: (readonly number[])[] = [];

  constructor(matches: number) {
    this.#taken = Array.from({ length: matches }, () => null);
  }

  get isWhole(): boolean {
    return this.#taken.every((message) => message !== null);
  }

  has(match: number): boolean {
    return this.#taken[match] !== null;
  }

  /** A message with the matches it fits. Whether it is one more: if not, it is not needed, now or later. */
  offer(fits: readonly number[]): boolean {
    const message = this.#fits.push(fits) - 1;
    if (this.#place(message, new Set())) return true;
    this.#fits.pop();
    return false;
  }

  #place(message: number, tried: Set<number>): boolean {
    for (const match of this.#fits[message] ?? []) {
      if (tried.has(match)) continue;
      tried.add(match);
      const holder = this.#taken[match] ?? null;
      if (holder !== null && !this.#place(holder, tried)) continue;
      this.#taken[match] = message;
      return true;
    }
    return false;
  }
}
