import type { InspectorSessionEvents } from '../../src/protocol/inspector.js';
import type { FilterProblem, LogMode, LogRow, LogStatus } from '../../src/protocol/session.js';
import { RemoteError } from '../../src/protocol/channel.js';
import type { Ask } from '../shared/parts.js';
import { type Chosen, type Step, stepFrom } from './chosen.js';
import { LogFeed } from './logFeed.js';
import { Selection } from './selection.js';
import { Store } from './store.js';
import {
  type Anchor,
  anchorAt,
  centre,
  endAnchor,
  isAtEnd,
  type Metrics,
  moveBy,
  pageRows,
  positionOf,
  reveal,
  scrolled,
  TOP,
  visibleRows,
} from './viewport.js';

/** A view that is lost right after it was opened is not opened again by itself. */
const REOPEN_MS = 1000;
/** A person who goes on choosing while a view opens is not waited for. */
const MAX_SETTLES = 5;

/** The frame log as the page sees it: one view of it, a window on that view, what is chosen. Rows are asked for by range. */
export class LogModel extends Store {
  feed: LogFeed | null = null;
  anchor: Anchor = TOP;
  /** Stays at the end as the log grows. */
  follow = true;
  readonly selection = new Selection();
  problems: readonly FilterProblem[] = [];
  status: LogStatus | null = null;
  cleared = false;
  /** A view was asked for and has not come. */
  opening = false;
  error: unknown = null;
  /** Rows at the moment when following ended. */
  pausedAt = 0;
  rowPx = 20;
  viewPx = 0;
  readonly #ask: Ask;
  #sessionId: string | null = null;
  #mode: LogMode = 'messages';
  #filter = '';
  #paths: readonly string[] = [];
  #next: LogFeed | null = null;
  #ticket = 0;
  /** The latest that was heard of the session's log. */
  #generation: number | null = null;
  #openedAt = Number.NEGATIVE_INFINITY;

  constructor(ask: Ask) {
    super();
    this.#ask = ask;
  }

  get mode(): LogMode {
    return this.feed?.mode ?? this.#mode;
  }

  get total(): number {
    return this.feed?.total ?? 0;
  }

  get metrics(): Metrics {
    return { rows: this.total, rowPx: this.rowPx, viewPx: this.viewPx };
  }

  /** Rows that came since following ended. */
  get news(): number {
    return this.follow ? 0 : Math.max(0, (this.feed?.known ?? 0) - this.pausedAt);
  }

  row(position: number): LogRow | undefined {
    return this.feed?.rows.get(position);
  }

  visible(): { first: number; end: number } {
    return visibleRows(this.anchor, this.metrics);
  }

  /** Shows a session's log in this mode, through this filter. Asking for what is shown already does nothing. */
  show(sessionId: string, mode: LogMode, filter: string): void {
    const anew = sessionId !== this.#sessionId;
    if (!anew && mode === this.#mode && filter === this.#filter) return;
    this.#sessionId = sessionId;
    this.#mode = mode;
    this.#filter = filter;
    if (anew) this.#forget();
    void this.#open(false);
  }

  /** The values that come with the rows: of each of these JSON paths. */
  setPaths(paths: readonly string[]): void {
    if (paths === this.#paths || (paths.length === 0 && this.#paths.length === 0)) return;
    this.#paths = paths;
    this.feed?.setPaths(paths);
    this.#next?.setPaths(paths);
    this.#pump();
    this.changed();
  }

  /** After the other side was lost, or a request failed. */
  retry(): void {
    this.error = null;
    void this.#open(true);
  }

  /** The other side has forgotten its views. */
  reopen(): void {
    if (this.#sessionId !== null) void this.#open(true);
  }

  /** What the log holds, as the session tells it: a log that does not change announces nothing of its own. */
  noteStatus(status: LogStatus): void {
    this.status = status;
    this.changed();
  }

  heard(event: InspectorSessionEvents['view']): void {
    const feed = [this.feed, this.#next].find((each) => each?.viewId === event.viewId);
    if (!feed) return;
    const { log } = event;
    feed.announce(event.total, event.scanning, log);
    this.#noteGeneration(log.generation);
    this.status = log;
    if (feed !== this.feed) return;
    this.cleared &&= event.total === 0;
    if (!this.follow && !feed.misaligned) this.#setTotal(feed, event.total);
    this.#pump();
    this.changed();
  }

  /** The window's size in pixels; 0 while it is out of sight: then nothing is fetched. */
  resize(viewPx: number, rowPx: number): void {
    if (viewPx === this.viewPx && rowPx === this.rowPx) return;
    const offset = this.rowPx > 0 ? this.anchor.offsetPx / this.rowPx : 0;
    const chosen = this.selection.cursor?.position ?? -1;
    const { first, end } = this.visible();
    this.viewPx = viewPx;
    this.rowPx = rowPx;
    this.anchor = anchorAt((this.anchor.row + offset) * rowPx, this.metrics);
    if (this.follow) this.anchor = endAnchor(this.metrics);
    // The detail that a row opens takes its room from the rows: never from that one.
    else if (viewPx > 0 && chosen >= first && chosen < end) this.anchor = reveal(this.anchor, chosen, this.metrics);
    this.#pump();
    this.changed();
  }

  scrollBy(deltaPx: number): void {
    this.#moveTo(moveBy(this.anchor, deltaPx, this.metrics));
  }

  /** The scroll bar, or a finger, moved. */
  scrolled(fromTop: number, toTop: number): void {
    this.#moveTo(scrolled(this.anchor, fromTop, toTop, this.metrics));
  }

  setFollow(follow: boolean): void {
    if (follow) {
      this.follow = true;
      if (this.feed)
        this.#setTotal(this.feed, this.feed.rows.missing(this.total, this.feed.known) ? this.total : this.feed.known);
      this.anchor = endAnchor(this.metrics);
    } else this.#pause();
    this.#pump();
    this.changed();
  }

  choose(position: number, extend: boolean): void {
    if (position < 0 || position >= this.total) return;
    this.selection.choose({ position, row: this.row(position) ?? null }, extend);
    this.#pause();
    this.anchor = reveal(this.anchor, position, this.metrics);
    this.#pump();
    this.changed();
  }

  /** Chooses a row for a menu: two that are chosen stay so when it is one of them. */
  chooseForMenu(position: number): void {
    const { selection } = this;
    if (position === selection.mate?.position) selection.swap();
    if (position !== selection.cursor?.position) this.choose(position, false);
    else this.changed();
  }

  unchoose(): void {
    this.selection.clear();
    this.changed();
  }

  step(step: Step, extend: boolean): void {
    const { metrics } = this;
    const to = stepFrom(step, this.selection.cursor?.position ?? -1, {
      ...this.visible(),
      total: this.total,
      page: pageRows(metrics),
    });
    this.choose(to, extend);
    if (step === 'last' && !extend) this.setFollow(true);
  }

  async toggleMark(): Promise<void> {
    const { feed } = this;
    const { cursor } = this.selection;
    if (!cursor?.row || !feed) return;
    const row = { ...(this.row(cursor.position) ?? cursor.row), id: cursor.row.id, marked: !cursor.row.marked };
    await this.#ask('mark', { id: row.id, marked: row.marked });
    if (feed.rows.get(cursor.position)?.id === row.id) feed.rows.replace(cursor.position, row);
    if (this.selection.cursor === cursor) this.selection.cursor = { ...cursor, row };
    this.changed();
  }

  /** Chooses the next row that holds the text. Goes round the ends once: `wrapped`. */
  async find(text: string, backwards: boolean): Promise<'found' | 'wrapped' | 'nothing'> {
    const { feed } = this;
    if (!feed || text === '') return 'nothing';
    const { cursor } = this.selection;
    const at = cursor && cursor.position >= 0 ? cursor.position : this.visible().first - (backwards ? 0 : 1);
    const from = backwards ? at - 1 : at + 1;
    const inside = from >= 0 && from < feed.known;
    let position = inside ? await feed.find(text, from, backwards) : null;
    const wrapped = position === null;
    if (wrapped) position = await feed.find(text, backwards ? Math.max(0, feed.known - 1) : 0, backwards);
    if (!this.#isStill(feed) || position === null) return 'nothing';
    this.#goTo(position);
    return wrapped ? 'wrapped' : 'found';
  }

  /** Chooses the row with this id; false when this view does not have it. */
  async jump(id: number): Promise<boolean> {
    const { feed } = this;
    const position = feed ? await feed.positionOf(id) : null;
    if (!this.#isStill(feed) || position === null) return false;
    this.#goTo(position);
    return true;
  }

  /** Whether an answer is about what shows; it may bring the news of a clear. */
  #isStill(feed: LogFeed | null): boolean {
    if (!feed || this.feed !== feed) return false;
    if (feed.generation !== null) this.#noteGeneration(feed.generation);
    return true;
  }

  #goTo(position: number): void {
    if (this.feed && position >= this.total) this.#setTotal(this.feed, Math.max(this.feed.known, position + 1));
    this.#pause();
    const { first, end } = this.visible();
    if (position < first + 1 || position >= end - 2) this.anchor = centre(position, this.metrics);
    this.choose(position, false);
  }

  #moveTo(anchor: Anchor): void {
    if (positionOf(anchor, this.metrics) === positionOf(this.anchor, this.metrics)) return;
    this.anchor = anchor;
    if (isAtEnd(anchor, this.metrics)) this.follow = true;
    else this.#pause();
    this.#pump();
    this.changed();
  }

  /** The log was cleared: what was chosen is gone, wherever its rows came from. */
  #noteGeneration(generation: number): void {
    const before = this.#generation ?? generation;
    this.#generation = Math.max(before, generation);
    if (generation <= before) return;
    this.cleared = true;
    this.selection.clear();
    this.anchor = TOP;
    this.follow = true;
    this.pausedAt = 0;
  }

  #pause(): void {
    if (!this.follow) return;
    this.follow = false;
    this.pausedAt = this.feed?.known ?? 0;
    if (this.feed) this.#setTotal(this.feed, this.feed.known);
  }

  #setTotal(feed: LogFeed, total: number): void {
    feed.total = total;
    this.anchor = anchorAt(positionOf(this.anchor, this.metrics), this.metrics);
  }

  #forget(): void {
    this.feed?.close();
    this.feed = this.#next = null;
    this.anchor = TOP;
    this.follow = true;
    this.selection.clear();
    this.problems = [];
    this.cleared = false;
    this.#generation = null;
    this.error = null;
  }

  /** `lost`: the other side does not know the old view, and may have given its number to another. */
  async #open(lost: boolean): Promise<void> {
    const ticket = ++this.#ticket;
    this.#openedAt = performance.now();
    const mode = this.#mode;
    const filter = this.#filter;
    this.opening = true;
    this.changed();
    try {
      const opened = await this.#ask('viewOpen', { mode, filter });
      const next = new LogFeed({ ...opened, mode, filter, paths: this.#paths }, this.#ask);
      if (ticket !== this.#ticket) return next.close();
      this.problems = opened.problems;
      if (opened.problems.length > 0 && this.feed?.mode === mode) {
        next.close();
      } else {
        this.#next = next;
        // Meanwhile another row may be chosen in the old view.
        for (let tries = 0; tries < MAX_SETTLES; tries++) {
          const settled = await this.#settle(next);
          if (ticket !== this.#ticket) return next.close();
          if (settled === this.selection.cursor) break;
        }
        if (!lost) this.feed?.close();
        this.feed = next;
        this.#next = null;
        if (next.generation !== null) this.#noteGeneration(next.generation);
        if (this.follow) this.anchor = endAnchor(this.metrics);
        // Rows that were announced before the view was in sight.
        else this.#setTotal(next, next.known);
      }
      this.error = null;
    } catch (error) {
      if (ticket !== this.#ticket) return;
      this.error = error;
    }
    this.opening = false;
    this.#pump();
    this.changed();
  }

  /** Where the window will stand in a new view, and the rows there: the old ones stay in sight until then. */
  async #settle(next: LogFeed): Promise<Chosen | null> {
    const { selection } = this;
    const chosen = selection.cursor;
    const pivot = chosen?.row ?? (this.follow ? null : this.row(this.anchor.row)) ?? null;
    const position = pivot ? await next.positionOf(pivot.id) : null;
    if (selection.cursor !== chosen) return chosen;
    const metrics = { ...this.metrics, rows: next.total };
    // A row that was chosen and never came has no place to look for.
    const settled = chosen?.row ? { ...chosen, position: position ?? -1 } : null;
    selection.choose(settled, false);
    const anchor = this.follow ? endAnchor(metrics) : position === null ? TOP : centre(position, metrics);
    const { first, end } = visibleRows(anchor, metrics);
    const range = next.near(first, end);
    if (range) await next.fetch(range, false);
    if (!this.follow) {
      this.anchor = anchor;
      this.pausedAt = next.known;
    }
    return settled;
  }

  #pump(): void {
    const { feed } = this;
    if (!feed || feed.busy || this.viewPx <= 0 || this.error !== null) return;
    const job = this.#job(feed);
    if (!job) return;
    feed.busy = true;
    job.then(
      () => this.#done(feed, null),
      (error: unknown) => this.#done(feed, error),
    );
  }

  #done(feed: LogFeed, error: unknown): void {
    feed.busy = false;
    if (this.feed !== feed) return;
    if (isLost(error) && performance.now() - this.#openedAt > REOPEN_MS) {
      void this.#open(true);
      return;
    }
    this.error = error;
    if (feed.generation !== null) this.#noteGeneration(feed.generation);
    this.cleared &&= feed.total === 0;
    this.anchor = this.follow ? endAnchor(this.metrics) : anchorAt(positionOf(this.anchor, this.metrics), this.metrics);
    this.selection.refresh((position) => this.row(position));
    const { first, end } = this.visible();
    feed.rows.trim(first, end);
    this.#pump();
    this.changed();
  }

  #job(feed: LogFeed): Promise<void> | null {
    if (feed.misaligned) {
      feed.misaligned = false;
      return this.#align(feed);
    }
    return this.#fetchShown(feed) ?? this.selection.readMissing(feed);
  }

  #fetchShown(feed: LogFeed): Promise<void> | null {
    if (!this.follow) {
      const { first, end } = this.visible();
      const range = feed.near(first, end);
      return range ? feed.fetch(range, false) : null;
    }
    const range = feed.tail(Math.ceil(this.viewPx / this.rowPx) + 2);
    if (range) return feed.fetch(range, true);
    if (feed.total !== feed.known) {
      feed.total = feed.known;
      this.anchor = endAnchor(this.metrics);
    }
    return null;
  }

  /** A row at hand by which the others are moved; none while following, where new ones come anyway and none is chosen. */
  #pivot(): { readonly position: number; readonly row: LogRow } | null {
    const { cursor } = this.selection;
    const position = this.follow ? (cursor?.position ?? -1) : this.anchor.row;
    const row = this.row(position);
    // What was found may count from elsewhere.
    return row && (!this.follow || row.id === cursor?.row?.id) ? { position, row } : null;
  }

  /** Rows were dropped in front: every position has moved, and what shows must not. */
  async #align(feed: LogFeed): Promise<void> {
    const pivot = this.#pivot();
    if (!pivot) {
      feed.forgetPositions();
      return this.selection.relocate(feed, () => this.feed === feed);
    }
    const { generation } = feed;
    const position = await feed.alignedTo(pivot.row.id);
    if (this.feed !== feed || feed.generation !== generation) return;
    if (!this.follow) feed.total = feed.known;
    if (position === null) {
      feed.forgetPositions();
      if (!this.follow) this.anchor = TOP;
      return this.selection.relocate(feed, () => this.feed === feed);
    }
    const by = position - pivot.position;
    feed.rows.shift(by);
    this.selection.shift(by);
    this.pausedAt = Math.max(0, this.pausedAt + by);
    if (!this.follow) this.anchor = { row: Math.max(0, this.anchor.row + by), offsetPx: this.anchor.offsetPx };
  }
}

/** The other side was started anew and does not know the view any more. */
function isLost(error: unknown): boolean {
  return error instanceof RemoteError && error.code === 'view.unknown';
}
