const NONE = new Uint8Array(0);

/** Bytes of a unit that is spread over messages, in one growing buffer: many tiny parts cost no more than few. */
export class ByteQueue {
  #buffer: Uint8Array = NONE;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  copy(): ByteQueue {
    const copy = new ByteQueue();
    if (this.#length > 0) copy.push(this.peek());
    return copy;
  }

  push(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (length > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(length, this.#buffer.length * 2, 256));
      larger.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, this.#length);
    this.#length = length;
  }

  /** What is in it so far; valid until the next call. */
  peek(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  /** Hands the bytes over and is empty. */
  take(): Uint8Array {
    const bytes = this.peek();
    this.#buffer = NONE;
    this.#length = 0;
    return bytes;
  }
}
