import type { InspectorSessionRequests } from '../../src/protocol/inspector.js';
import type { LogRow } from '../../src/protocol/session.js';
import { Store } from '../log/store.js';
import type { Ask } from '../shared/parts.js';

export type Exchanged = InspectorSessionRequests['exchanges']['result']['exchanges'][number];

/** Requests that are asked for at a time, around those in sight. */
const PAGE = 100;

/** A line: a request, or one of the replies under it. `reply` counts from 0; null for the request. */
export interface Line {
  readonly index: number;
  readonly exchange: Exchanged | undefined;
  readonly reply: number | null;
  readonly row: LogRow | null | undefined;
}

type Wanted = Pick<InspectorSessionRequests['exchanges']['params'], 'operation' | 'viewId'>;

interface Opened {
  readonly number: number;
  rows: readonly (LogRow | null)[];
}

/** Requests in their order, each with its replies folded under it. Those in sight are asked for, and the replies of open ones. */
export class ConversationModel extends Store {
  total = 0;
  known = false;
  error: unknown = null;
  /** Position of the chosen line; -1 for none. */
  cursor = -1;
  readonly #ask: Ask;
  #wanted: Wanted = { operation: '', viewId: undefined };
  #ticket = 0;
  readonly #exchanges = new Map<number, Exchanged>();
  /** By the index of their request. */
  readonly #opened = new Map<number, Opened>();

  constructor(ask: Ask) {
    super();
    this.#ask = ask;
  }

  /** Lines, with those of open requests. */
  get lines(): number {
    let lines = this.total;
    for (const { rows } of this.#opened.values()) lines += rows.length;
    return lines;
  }

  /** Only those of which the view shows a message, or with the filter's text in the name of their operation. */
  setFilter(operation: string, viewId: number | undefined): void {
    const { operation: before, viewId: seen } = this.#wanted;
    // Without a filter every view shows all of them.
    if (operation === before && (operation === '' || viewId === seen)) return;
    this.#wanted = { operation, viewId };
    this.#forget();
  }

  lineAt(position: number): Line {
    let before = 0;
    for (const [index, { rows }] of this.#openInOrder()) {
      if (position <= index + before) break;
      if (position <= index + before + rows.length) {
        const reply = position - index - before - 1;
        return { index, exchange: this.#exchanges.get(index), reply, row: rows[reply] };
      }
      before += rows.length;
    }
    const index = position - before;
    const exchange = this.#exchanges.get(index);
    return { index, exchange, reply: null, row: exchange?.row };
  }

  isOpen(index: number): boolean {
    return this.#opened.has(index);
  }

  /** Position of a request's line. */
  positionOf(index: number): number {
    let position = index;
    for (const [other, { rows }] of this.#opened) if (other < index) position += rows.length;
    return position;
  }

  choose(position: number): void {
    this.cursor = position < 0 ? -1 : Math.max(0, Math.min(this.lines - 1, position));
    this.changed();
  }

  fold(index: number): void {
    const opened = this.#opened.get(index);
    if (!opened) return;
    const at = this.positionOf(index);
    if (this.cursor > at) this.cursor = Math.max(at, this.cursor - opened.rows.length);
    this.#opened.delete(index);
    this.changed();
  }

  async unfold(index: number): Promise<void> {
    // A key may be faster than what it is about.
    if (!this.#exchanges.has(index)) await this.refresh(this.positionOf(index));
    const exchange = this.#exchanges.get(index);
    if (!exchange || exchange.replies.length === 0 || this.#opened.has(index)) return;
    const rows = await this.#ask('rows', { ids: exchange.replies });
    // Forgotten meanwhile, or another one's place by now.
    if (this.#opened.has(index) || this.#exchanges.get(index)?.number !== exchange.number) return;
    this.#opened.set(index, { number: exchange.number, rows });
    if (this.cursor > this.positionOf(index)) this.cursor += rows.length;
    this.changed();
  }

  /** Asks for what stands around a line, and how many there are. */
  async refresh(position: number): Promise<void> {
    const ticket = ++this.#ticket;
    const { index } = this.lineAt(Math.max(0, position));
    const from = Math.max(0, index - PAGE / 2);
    try {
      const page = await this.#ask('exchanges', { from, count: PAGE, ...this.#wanted });
      if (ticket !== this.#ticket) return;
      // They only grow, until the log is cleared or the oldest are forgotten.
      if (page.total < this.total) this.#clear();
      this.#take(from, page.exchanges);
      this.total = page.total;
      this.cursor = Math.min(this.cursor, this.lines - 1);
      this.error = null;
      this.known = true;
      await this.#grow();
    } catch (error) {
      if (ticket === this.#ticket) this.error = error;
    }
    this.changed();
  }

  #take(from: number, exchanges: readonly Exchanged[]): void {
    // The oldest were forgotten, or the log was cleared: every place means another request.
    if (exchanges.some(({ number }, at) => (this.#exchanges.get(from + at)?.number ?? number) !== number))
      this.#clear();
    exchanges.forEach((each, at) => this.#exchanges.set(from + at, each));
  }

  /** Replies that came to open requests since. */
  async #grow(): Promise<void> {
    const ticket = this.#ticket;
    for (const [index, opened] of this.#opened) {
      const replies = this.#exchanges.get(index)?.replies ?? [];
      if (replies.length <= opened.rows.length) continue;
      const more = await this.#ask('rows', { ids: replies.slice(opened.rows.length) });
      if (ticket !== this.#ticket) return;
      if (this.cursor > this.positionOf(index) + opened.rows.length) this.cursor += more.length;
      opened.rows = [...opened.rows, ...more];
    }
  }

  #openInOrder(): readonly (readonly [number, Opened])[] {
    return [...this.#opened].sort(([a], [b]) => a - b);
  }

  #clear(): void {
    this.#exchanges.clear();
    this.#opened.clear();
    this.cursor = -1;
  }

  #forget(): void {
    this.#ticket++;
    this.#clear();
    this.total = 0;
    this.known = false;
    this.changed();
  }
}
