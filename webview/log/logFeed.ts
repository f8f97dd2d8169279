import type { LogMode, LogRow, LogStatus } from '../../src/protocol/session.js';
import type { Ask } from '../shared/parts.js';
import { type Range, RowWindow } from './rowWindow.js';

/** Rows fetched above and below what shows. */
const OVERSCAN = 60;
/** Rows at the end that may still change: fragments arrive, a message gets its inflated size. */
const OPEN_TAIL = 64;
/** Fewer rows than this are not worth a request of their own while all that shows is at hand. */
const WORTH_FETCHING = OVERSCAN / 2;

export interface FeedStart {
  readonly viewId: number;
  readonly mode: LogMode;
  readonly filter: string;
  readonly total: number;
  /** JSON paths whose values come with the rows. */
  readonly paths: readonly string[];
}

/** One view of the log on the other side: how long it is, and the rows of it that are at hand. */
export class LogFeed {
  readonly viewId: number;
  readonly mode: LogMode;
  readonly filter: string;
  readonly rows = new RowWindow<LogRow>();
  #paths: readonly string[];
  /** Rows as shown. While following it waits for the rows themselves, so that no blank line ever appears. */
  total: number;
  /** Rows as last announced. */
  known: number;
  scanning = false;
  /** Rows were dropped in front since positions were last compared. */
  misaligned = false;
  /** At most one request is on its way. */
  busy = false;
  /** Of what is at hand (`LogStatus`); null until something is. */
  generation: number | null = null;
  readonly #ask: Ask;
  #dropped: number | null = null;
  /** How many rows had been dropped where the positions at hand count from: less than was heard of, until they are aligned. */
  #countsFrom: number | null = null;
  #places = '';
  #replaceAll = false;
  /** Rows came whose positions count from elsewhere than those at hand: once aligned, all that shows is fetched as one. */
  #moved = false;

  constructor({ viewId, mode, filter, total, paths }: FeedStart, ask: Ask) {
    this.viewId = viewId;
    this.mode = mode;
    this.filter = filter;
    this.total = total;
    this.known = total;
    this.#paths = paths;
    this.#ask = ask;
  }

  /** What is asked of the messages beside their rows; those at hand are read again. */
  setPaths(paths: readonly string[]): void {
    this.#paths = paths;
    this.rows.doubt(0);
  }

  announce(total: number, scanning: boolean, log: LogStatus): void {
    const { droppedFrames, generation } = log;
    const places = `${log.droppedPayloads} ${log.payloadBytesOnDisk}`;
    const open = Math.max(0, Math.min(total, this.known) - OPEN_TAIL);
    this.scanning = scanning;
    if (this.#isOld(generation)) return;
    if (droppedFrames < (this.#dropped ?? 0)) this.rows.clear();
    else if (this.#dropped !== null && droppedFrames > this.#dropped) this.misaligned = true;
    this.#dropped = droppedFrames;
    // Where payloads are is part of a row.
    this.rows.doubt(this.#places === places ? open : 0);
    this.#places = places;
    this.known = total;
    // Positions still mean what they meant until they are compared: so does the number of rows.
    if (total < this.total && !this.misaligned) this.total = total;
  }

  /** What comes from before the last clear is of no use any more; what comes from after it says that all else is gone. */
  #isOld(generation: number): boolean {
    if (generation < (this.generation ?? 0)) return true;
    if (this.generation !== null && generation > this.generation) {
      this.rows.clear();
      this.total = 0;
      this.misaligned = false;
      this.#replaceAll = false;
      this.#moved = false;
      this.#dropped = null;
      this.#countsFrom = null;
    }
    this.generation = generation;
    return false;
  }

  /** Positions mean other rows now; what is at hand stays in sight until the next rows arrive. */
  forgetPositions(): void {
    this.#replaceAll = true;
    this.rows.doubt(0);
  }

  /** What a window that stands at the end needs; null when it is all there. */
  tail(count: number): Range | null {
    const from = Math.max(0, this.known - count);
    return this.#moved && this.known > from ? { from, count: this.known - from } : this.rows.missing(from, this.known);
  }

  /** What a window on `[first, end)` needs, and some rows around it. */
  near(first: number, end: number): Range | null {
    const from = Math.max(0, first - OVERSCAN);
    const to = Math.min(this.total, end + OVERSCAN);
    if (this.#moved && to > from) return { from, count: to - from };
    const around = this.rows.missing(from, to);
    if (!around) return null;
    return this.rows.missing(first, end) !== null || around.count >= WORTH_FETCHING ? around : null;
  }

  async fetch({ from, count }: Range, following: boolean): Promise<void> {
    const result = await this.#ask('viewRows', { viewId: this.viewId, from, count, paths: this.#paths });
    if (this.#isOld(result.generation)) return;
    const before = this.#countsFrom ?? result.droppedFrames;
    this.#dropped = Math.max(this.#dropped ?? 0, result.droppedFrames);
    if (result.droppedFrames > before && !this.#moved && !this.#replaceAll) {
      this.#moved = true;
      this.misaligned = true;
      return;
    }
    if (this.#replaceAll || this.#moved) {
      this.#replaceAll = false;
      this.#moved = false;
      this.rows.clear();
    }
    this.#countsFrom = result.droppedFrames;
    // An announcement came first that these rows do not know of yet.
    if (this.#countsFrom < this.#dropped) this.misaligned = true;
    this.rows.put(result.from, result.rows);
    const reach = result.from + result.rows.length;
    if (result.total < this.known || !following) this.known = result.total;
    if (following) this.total = result.rows.length > 0 ? Math.min(this.known, reach) : this.known;
    else this.total = this.known;
    // Rows that were announced and did not come are asked for again with the next announcement, not in a circle.
    if (result.rows.length === 0) this.total = this.known = Math.min(this.known, from);
  }

  /** One row out of sight; null when its position means another one by now. */
  async read(position: number): Promise<LogRow | null> {
    const result = await this.#ask('viewRows', {
      viewId: this.viewId,
      from: position,
      count: 1,
      paths: this.#paths,
    });
    if (this.#isOld(result.generation) || result.droppedFrames !== this.#countsFrom) return null;
    return result.rows[0] ?? null;
  }

  async positionOf(id: number): Promise<number | null> {
    const { row, generation } = await this.#ask('viewRowOf', { viewId: this.viewId, id });
    return this.#isOld(generation) ? null : row;
  }

  /** The same for a row at hand, to move all of them by as much as it has moved. */
  async alignedTo(id: number): Promise<number | null> {
    const { row, generation, droppedFrames } = await this.#ask('viewRowOf', { viewId: this.viewId, id });
    if (this.#isOld(generation)) return null;
    this.#dropped = Math.max(this.#dropped ?? 0, droppedFrames);
    this.#countsFrom = droppedFrames;
    return row;
  }

  async find(text: string, from: number, backwards: boolean): Promise<number | null> {
    const { row, generation } = await this.#ask('viewFind', { viewId: this.viewId, text, from, backwards });
    return this.#isOld(generation) ? null : row;
  }

  close(): void {
    this.#ask('viewClose', { viewId: this.viewId }).catch(() => undefined);
  }
}
