const PAGE_BYTES = 256 * 1024;
/** As many as one turn of a flood fills while those of the turn before are written: memory that was never touched is dear. */
const SPARE_PAGES = 160;
const IDLE_PAGES = 4;

/** Lines that wait for the disk, as UTF-8 in pages: no string outlives its call, and pages are used again. */
export class LineBuffer {
  readonly #full: Buffer[] = [];
  readonly #spare: Buffer[] = [];
  #page: Buffer | null = null;
  #view: DataView = new DataView(new ArrayBuffer(0));
  #used = 0;
  #fullBytes = 0;

  /** Bytes appended and not taken yet. */
  get bytes(): number {
    return this.#fullBytes + this.#used;
  }

  append(line: string): void {
    // Three bytes hold any UTF-16 unit, so most lines need no counting.
    const most = line.length * 3;
    const page = this.reserve(this.#room < most ? Buffer.byteLength(line) : most);
    this.commit(this.position + page.write(line, this.position));
  }

  /** A page with room for that many bytes from `position` on; `commit` says where they end. */
  reserve(bytes: number): Buffer {
    return this.#page !== null && this.#room >= bytes ? this.#page : this.#nextPage(bytes);
  }

  /** Of the page that was reserved. */
  get view(): DataView {
    return this.#view;
  }

  get position(): number {
    return this.#used;
  }

  commit(end: number): void {
    this.#used = end;
  }

  /** Everything appended so far, in order; the caller gives the pages back with `recycle`. */
  take(): readonly Buffer[] {
    this.#endPage();
    this.#fullBytes = 0;
    return this.#full.splice(0);
  }

  recycle(pages: readonly Buffer[]): void {
    for (const { buffer } of pages) {
      if (this.#spare.length < SPARE_PAGES && buffer.byteLength === PAGE_BYTES) this.#spare.push(Buffer.from(buffer));
    }
  }

  /** Nothing waits for the disk: keeps what the next turn may need. */
  rest(): void {
    this.#spare.length = Math.min(this.#spare.length, IDLE_PAGES);
  }

  clear(): void {
    this.#full.length = 0;
    this.#fullBytes = 0;
    this.#page = null;
    this.#used = 0;
  }

  get #room(): number {
    return this.#page === null ? 0 : this.#page.length - this.#used;
  }

  #nextPage(bytes: number): Buffer {
    this.#endPage();
    // Off Node's pool: a page is then a whole ArrayBuffer and can be used again.
    const page =
      bytes > PAGE_BYTES ? Buffer.allocUnsafeSlow(bytes) : (this.#spare.pop() ?? Buffer.allocUnsafeSlow(PAGE_BYTES));
    this.#page = page;
    this.#view = new DataView(page.buffer, page.byteOffset, page.length);
    return page;
  }

  #endPage(): void {
    if (this.#page !== null && this.#used > 0) {
      this.#full.push(this.#page.subarray(0, this.#used));
      this.#fullBytes += this.#used;
    }
    this.#page = null;
    this.#used = 0;
  }
}
