const INITIAL = 1024;
const TWO_32 = 0x1_0000_0000;

/** Ascending row ids as 32-bit numbers: all of them lie within 2^32 of the oldest that is still there. */
export class RowList {
  #ids = new Uint32Array(INITIAL);
  #start = 0;
  #end = 0;
  /** No id in the list is smaller. */
  #floor = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  at(index: number): number {
    return this.#full(this.#ids[this.#start + index]!);
  }

  push(id: number): void {
    if (this.#end === this.#ids.length) this.#makeRoom();
    this.#ids[this.#end++] = id;
  }

  /** The index of the first id that is not smaller. */
  indexOf(id: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.at(middle) < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  has(id: number): boolean {
    const index = this.indexOf(id);
    return index < this.length && this.at(index) === id;
  }

  /** Puts an id in its place or takes it out. */
  set(id: number, isIn: boolean): void {
    const index = this.indexOf(id);
    const was = index < this.length && this.at(index) === id;
    if (was === isIn) return;
    if (isIn) this.push(id);
    const at = this.#start + index;
    if (isIn) {
      this.#ids.copyWithin(at + 1, at, this.#end - 1);
      this.#ids[at] = id;
    } else this.#ids.copyWithin(at, at + 1, this.#end--);
  }

  /** Takes out every id below `id`; none below it will come. */
  trim(id: number): void {
    if (id <= this.#floor) return;
    this.#start += this.indexOf(id);
    this.#floor = id;
  }

  clear(floor: number): void {
    this.#ids = new Uint32Array(INITIAL);
    this.#start = 0;
    this.#end = 0;
    this.#floor = floor;
  }

  #full(low: number): number {
    return this.#floor + ((low - (this.#floor % TWO_32)) >>> 0);
  }

  #makeRoom(): void {
    const ids = this.length * 2 > this.#ids.length ? new Uint32Array(this.#ids.length * 2) : this.#ids;
    ids.set(this.#ids.subarray(this.#start, this.#end));
    this.#ids = ids;
    this.#end -= this.#start;
    this.#start = 0;
  }
}
