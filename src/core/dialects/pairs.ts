/** Pairs that are remembered; the oldest are forgotten first. */
const MAX_PAIRS = 20_000;

/** Which message answered which, by their ids, for as long as it is remembered. */
export class Pairs {
  readonly #other = new Map<number, number>();
  /** The request that a correlation last belonged to, for the replies after the first. */
  readonly #asked = new Map<string, number>();

  asked(key: string, id: number): void {
    this.#asked.delete(key);
    this.#asked.set(key, id);
    trim(this.#asked);
  }

  /** A request leads to its first reply, every reply to its request. */
  answered(key: string, id: number): void {
    const request = this.#asked.get(key);
    if (request === undefined) return;
    this.#other.set(id, request);
    if (!this.#other.has(request)) this.#other.set(request, id);
    trim(this.#other);
  }

  of(id: number): number | null {
    return this.#other.get(id) ?? null;
  }

  clear(): void {
    this.#other.clear();
    this.#asked.clear();
  }
}

function trim<K>(map: Map<K, number>): void {
  for (const key of map.keys()) {
    if (map.size <= MAX_PAIRS) return;
    map.delete(key);
  }
}
