import { clearScreenDown, createInterface, cursorTo, type Interface, moveCursor } from 'node:readline';
import type { Writable } from 'node:stream';
import type { Input } from '../io.js';
import { lengthOf, lettersOf } from '../render/text.js';
import { meantBy, PASTE_MARKS, type PasteKeys, pasteKeys } from './paste.js';

export interface LineEditorOptions {
  readonly input: Input;
  readonly output: Writable & { readonly columns?: number };
  /** Lines come whole and nothing is redrawn: a terminal that cannot move its cursor. */
  readonly isDumb: boolean;
  readonly complete: (line: string) => [matches: string[], part: string];
  /** What was meant, with the line breaks of what was pasted. */
  readonly onLine: (line: string) => void;
  readonly onInterrupt: () => void;
  /** Ctrl+D, or the terminal went away. */
  readonly onEnd: () => void;
}

const PROMPT = '> ';
const HISTORY_LINES = 1000;

/** A prompt at the foot of a terminal, with history and completion; what is printed above it leaves what is typed alone. */
export class LineEditor {
  readonly #options: LineEditorOptions;
  readonly #lines: Interface;
  readonly #keys: PasteKeys | null;
  #shown = '';
  #isOpen = true;

  constructor(options: LineEditorOptions) {
    this.#options = options;
    this.#keys = options.isDumb ? null : pasteKeys(options.input);
    if (!options.isDumb) options.output.write(PASTE_MARKS.on);
    this.#lines = createInterface({
      input: this.#keys?.input ?? options.input,
      output: options.output,
      terminal: !options.isDumb,
      prompt: PROMPT,
      historySize: HISTORY_LINES,
      removeHistoryDuplicates: true,
      completer: options.complete,
    });
    this.#lines.on('line', (line) => {
      this.#shown = line;
      options.onLine(options.isDumb ? line : meantBy(line));
    });
    this.#lines.on('SIGINT', () => options.onInterrupt());
    this.#lines.on('close', () => {
      if (!this.#isOpen) return;
      this.#leave();
      options.onEnd();
    });
    this.#lines.prompt();
  }

  /** Prints above the prompt. */
  above(write: () => void): void {
    if (!this.#isOpen || this.#options.isDumb) {
      write();
      return;
    }
    const { rows } = this.#lines.getCursorPos();
    this.#clearFrom(rows);
    write();
    this.#redraw();
  }

  /** Takes the line just entered off the screen: it is shown again as what was sent. */
  erase(): void {
    if (!this.#isOpen) return;
    if (!this.#options.isDumb)
      this.#clearFrom(Math.ceil(positionOf(PROMPT + this.#shown, this.#columns) / this.#columns));
    this.#lines.prompt();
  }

  /** Shows the prompt anew, after a line that stays on the screen. */
  prompt(): void {
    if (this.#isOpen) this.#lines.prompt();
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#leave();
    this.#lines.close();
  }

  /** Takes the prompt off the screen. */
  #leave(): void {
    if (!this.#options.isDumb) this.#clearFrom(this.#lines.getCursorPos().rows);
    this.#isOpen = false;
    this.#keys?.end();
    if (!this.#options.isDumb) this.#options.output.write(PASTE_MARKS.off);
  }

  /** As it stood. Not by readline's own means, which move up first by rows that it does not count while text is pasted. */
  #redraw(): void {
    const { output } = this.#options;
    const columns = this.#columns;
    const text = PROMPT + this.#lines.line;
    const cursor = this.#lines.getCursorPos();
    const end = positionOf(text, columns);
    // At the right edge a terminal goes to the next row only when something is written there.
    output.write(end % columns === 0 ? `${text} ` : text);
    cursorTo(output, cursor.cols);
    moveCursor(output, 0, cursor.rows - Math.floor(end / columns));
  }

  get #columns(): number {
    return this.#options.output.columns ?? 80;
  }

  #clearFrom(rowsUp: number): void {
    const { output } = this.#options;
    moveCursor(output, 0, -rowsUp);
    cursorTo(output, 0);
    clearScreenDown(output);
  }
}

/** How many cells from the prompt's beginning a text ends; a wide letter that does not fit into its row leaves a cell free. */
function positionOf(text: string, columns: number): number {
  let cells = 0;
  for (const letter of lettersOf(text)) {
    const width = lengthOf(letter);
    if (width === 2 && (cells + 1) % columns === 0) cells += 1;
    cells += width;
  }
  return cells;
}
