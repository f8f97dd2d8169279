import { ProbeError } from '../../core/base/errors.js';
import type { Sessions } from '../sessions/sessions.js';

const MAX_VIEWS = 16;

/** The views on logs that one page has opened: it may use no others, and they close with it. */
export class PanelViews {
  readonly #sessions: Pick<Sessions, 'requestView'>;
  readonly #onClosed: (viewId: number) => void;
  readonly #open = new Set<number>();
  #generation = 0;

  constructor(sessions: Pick<Sessions, 'requestView'>, onClosed: (viewId: number) => void) {
    this.#sessions = sessions;
    this.#onClosed = onClosed;
  }

  has(viewId: number): boolean {
    return this.#open.has(viewId);
  }

  /** Throws for a view of somebody else. */
  require(viewId: number): void {
    if (!this.has(viewId)) throw new ProbeError('view.unknown', 'This view is closed.');
  }

  /** Keeps what `opening` resolves to; closes it at once when the page has gone meanwhile. */
  async add<T extends { readonly viewId: number }>(opening: Promise<T>): Promise<T> {
    const generation = this.#generation;
    const view = await opening;
    this.#open.add(view.viewId);
    if (generation !== this.#generation) this.close(view.viewId);
    for (const oldest of this.#open) {
      if (this.#open.size <= MAX_VIEWS) break;
      this.close(oldest);
    }
    return view;
  }

  close(viewId: number): void {
    if (!this.#open.delete(viewId)) return;
    this.#onClosed(viewId);
    // A view that ended with its session needs no closing.
    this.#sessions.requestView('viewClose', { viewId }).catch(() => undefined);
  }

  /** Their logs are gone: there is nothing to close. */
  abandon(): void {
    for (const viewId of this.#open) this.#onClosed(viewId);
    this.#open.clear();
  }

  closeAll(): void {
    this.#generation++;
    for (const viewId of this.#open) this.close(viewId);
  }
}
