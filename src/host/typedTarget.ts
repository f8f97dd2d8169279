import { checkUrl } from '../core/base/url.js';

/** Values whose lists may be on their way at once. */
const PLACES = 64;
/** A URL, or what is wrong with it and the URL that was meant. */
const ITEMS_PER_VALUE = 2;

interface Head<T> {
  readonly items: readonly T[];
  readonly blank: T;
}

/**
 * Tells a choice made by a person from the selection of a list that is out of date. A quick pick names its items by their
 * places in the list, and the list on screen may be older than the one set last. So what stands for the typed text takes
 * another place for each value: once it is reported as active, the list of this value is on screen, and what is selected
 * from then on was selected there. All other items must keep their places.
 */
export class TypedTarget<T> {
  #value: string;
  #changes = 0;
  #isShown = false;
  #items: readonly T[] = [];

  constructor(value: string) {
    this.#value = value;
  }

  changed(value: string): void {
    this.#value = value;
    this.#changes++;
    this.#isShown = false;
  }

  /** The head of the list: as long for every value. `blank` must not be selectable. */
  head({ items, blank }: Head<T>): T[] {
    this.#items = items;
    const head = Array.from({ length: PLACES * ITEMS_PER_VALUE }, () => blank);
    const place = (this.#changes % PLACES) * ITEMS_PER_VALUE;
    items.slice(0, ITEMS_PER_VALUE).forEach((item, index) => {
      head[place + index] = item;
    });
    return head;
  }

  /** What the list reports as active. */
  active(items: readonly T[]): void {
    if (items.some((item) => this.#items.includes(item))) this.#isShown = true;
  }

  /** The typed URL that an Enter means whatever is selected; null when the selection counts. */
  accepted(): string | null {
    const url = this.#value.trim();
    return !this.#isShown && checkUrl(url) === null ? url : null;
  }
}
