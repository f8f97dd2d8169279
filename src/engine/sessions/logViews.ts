import { ProbeError } from '../../core/base/errors.js';
import type { FrameLog, LogView } from '../../core/frames/log/frameLog.js';
import type { LogMode } from '../../core/base/logRow.js';
import type { SessionEvents, LogView as OpenedView } from '../../protocol/session.js';
import { Announcer } from './announcer.js';

const ANNOUNCE_MS = 50;
const MAX_VIEWS = 32;

interface Entry {
  readonly sessionId: string;
  readonly view: LogView;
  readonly announcer: Announcer;
  readonly stop: () => void;
  find: AbortController;
}

/** The open windows on all logs, each announcing by itself that it has grown. */
export class LogViews {
  readonly #announce: (event: SessionEvents['view']) => Promise<unknown>;
  readonly #views = new Map<number, Entry>();
  #nextId = 1;

  constructor(announce: (event: SessionEvents['view']) => Promise<unknown>) {
    this.#announce = announce;
  }

  open(sessionId: string, log: FrameLog, mode: LogMode, filter: string): OpenedView {
    if (this.#views.size >= MAX_VIEWS)
      throw new ProbeError('view.too-many', `${MAX_VIEWS} log views are open already.`);
    const viewId = this.#nextId++;
    const view = log.openView({ mode, filter });
    const announcer = new Announcer(ANNOUNCE_MS, () =>
      this.#announce({ sessionId, viewId, total: view.total, scanning: view.scanning, log: log.status() }),
    );
    const stop = view.onDidGrow(() => announcer.touch());
    this.#views.set(viewId, { sessionId, view, announcer, stop, find: new AbortController() });
    return { viewId, total: view.total, problems: view.problems };
  }

  get(viewId: number): LogView {
    return this.entry(viewId).view;
  }

  /** Whether a view shows a message; one that is closed by now shows none. */
  shows(viewId: number | undefined): (id: number) => boolean {
    const view = viewId === undefined ? undefined : this.#views.get(viewId)?.view;
    return (id) => (view?.rowOf(id) ?? null) !== null;
  }

  /** A new search ends the one before it. */
  async find(viewId: number, text: string, from: number, backwards: boolean): Promise<number | null> {
    const entry = this.entry(viewId);
    entry.find.abort();
    entry.find = new AbortController();
    return entry.view.find(text, from, backwards, entry.find.signal);
  }

  close(viewId: number): void {
    const entry = this.#views.get(viewId);
    if (!entry) return;
    this.#views.delete(viewId);
    entry.find.abort();
    entry.stop();
    entry.announcer.dispose();
    entry.view.close();
  }

  closeOf(sessionId: string): void {
    for (const [viewId, entry] of this.#views) if (entry.sessionId === sessionId) this.close(viewId);
  }

  /** The view and whose it is. Throws `ProbeError` when it is closed. */
  entry(viewId: number): Entry {
    const entry = this.#views.get(viewId);
    if (entry) return entry;
    throw new ProbeError('view.unknown', 'This view of the log is closed.', { hint: 'Open it again.' });
  }
}
