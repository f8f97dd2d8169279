/** Lets so many things happen in a second; twice as many for somebody who waits. */
export class Pace {
  readonly #perSecond: number;
  #second = 0;
  #inSecond = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  mayGoOn(isHurried: boolean): boolean {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#inSecond = 0;
    }
    this.#inSecond += 1;
    return this.#inSecond <= this.#perSecond * (isHurried ? 2 : 1);
  }

  /** Goes on when the next second begins; that alone keeps no process alive. */
  later(goOn: () => void): void {
    if (this.#timer !== null) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = null;
        goOn();
      },
      1001 - (performance.now() % 1000),
    ).unref();
  }
}
