import { formatDuration } from '../../core/text/durations.js';
import { plainText } from '../../core/base/plainText.js';
import { LiveText } from '../liveText.js';
import type { Io } from '../io.js';

const REDRAW_MS = 200;
const MAX_NAMED = 3;

/** One line on a terminal's standard error while a run goes on: how far it is, and what it waits for. None in CI. */
export class RunProgress {
  readonly #io: Io;
  readonly #line: LiveText;
  readonly #running = new Set<string>();
  readonly #timer: NodeJS.Timeout | null;
  readonly #startedMs: number;
  readonly #count: () => { readonly done: number; readonly failed: number };
  readonly #total: number;

  constructor(io: Io, total: number, count: () => { readonly done: number; readonly failed: number }) {
    this.#io = io;
    this.#total = total;
    this.#count = count;
    this.#startedMs = io.now();
    this.#line = new LiveText(io, !isCi(io));
    this.#timer = this.#line.enabled ? setInterval(() => this.#draw(), REDRAW_MS) : null;
    this.#timer?.unref();
  }

  started(title: string): void {
    this.#running.add(title);
    this.#draw();
  }

  finished(title: string): void {
    this.#running.delete(title);
  }

  /** Makes room for a line of output. */
  clear(): void {
    this.#line.clear();
  }

  end(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#line.clear();
  }

  #draw(): void {
    const { done, failed } = this.#count();
    const named = [...this.#running].slice(0, MAX_NAMED).map((title) => plainText(title, 60));
    const more = this.#running.size > named.length ? `, ${this.#running.size - named.length} more` : '';
    const parts = [
      `${done}/${this.#total}`,
      ...(failed > 0 ? [`${failed} failed`] : []),
      formatDuration(this.#io.now() - this.#startedMs),
      ...(named.length > 0 ? [`${named.join(', ')}${more}`] : []),
    ];
    this.#line.draw(parts.join('  '));
  }
}

function isCi({ env }: Io): boolean {
  const ci = (env['CI'] ?? '').toLowerCase();
  return ci !== '' && ci !== '0' && ci !== 'false';
}
