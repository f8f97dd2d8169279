const START = 1024;

/** First in, first out, for numbers, without an object for each. */
export class NumberQueue {
  #items = new Float64Array(START);
  #first = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#items.length) this.#grow();
    this.#items[(this.#first + this.#length) & (this.#items.length - 1)] = value;
    this.#length += 1;
  }

  /** Undefined when it is empty. */
  shift(): number | undefined {
    if (this.#length === 0) return undefined;
    const value = this.#items[this.#first];
    this.#first = (this.#first + 1) & (this.#items.length - 1);
    this.#length -= 1;
    return value;
  }

  clear(): void {
    this.#items = new Float64Array(START);
    this.#first = 0;
    this.#length = 0;
  }

  #grow(): void {
    const grown = new Float64Array(this.#items.length * 2);
    const head = this.#items.subarray(this.#first);
    grown.set(head);
    grown.set(this.#items.subarray(0, this.#first), head.length);
    this.#items = grown;
    this.#first = 0;
  }
}
