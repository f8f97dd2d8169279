import type { Io } from './io.js';
import { cut } from './render/text.js';

const CLEAR_LINE = '\r\u001b[2K';
/** What a terminal writes by itself where Ctrl+C is pressed: with no room for it the line would go on in the next. */
const INTERRUPT = '^C';

/** A line on a terminal's standard error that is written again and again. */
export class LiveText {
  readonly enabled: boolean;
  readonly #io: Io;
  #isShown = false;

  constructor(io: Io, wanted = true) {
    this.#io = io;
    this.enabled = wanted && io.stderr.isTTY && io.env['TERM'] !== 'dumb';
  }

  draw(text: string): void {
    if (!this.enabled) return;
    this.#isShown = true;
    // Asked each time: a terminal may be made smaller.
    const { columns = this.#io.columns } = this.#io.stderr.stream as { readonly columns?: number };
    this.#io.stderr.write(CLEAR_LINE + cut(text, columns - 1 - INTERRUPT.length, ''));
  }

  /** Makes room for a line of output. */
  clear(): void {
    if (this.#isShown) this.#io.stderr.write(CLEAR_LINE);
    this.#isShown = false;
  }
}
