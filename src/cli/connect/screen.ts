import type { Io, Output } from '../io.js';
import { type Style, styleFor, type Tone } from '../render/style.js';
import { toAscii } from '../render/words.js';
import { visibleText } from '../render/visible.js';
import type { LineEditor, LineEditorOptions } from './lineEditor.js';
import { Outlet, type OutletListener } from './outlet.js';
import type { ConnectSettings } from './settings.js';

/** A transcript on a terminal, the messages alone in a pipe, or JSON wherever it was asked for. */
export type ScreenKind = 'transcript' | 'plain' | 'json';

export function screenKindOf(io: Io, json: boolean): ScreenKind {
  if (json) return 'json';
  return io.stdout.isTTY ? 'transcript' : 'plain';
}

/** A person can type: there is a keyboard, and a terminal to show what is typed. */
export function hasKeyboard(io: Io): boolean {
  // Standard input last: it is opened by asking.
  return (io.stdout.isTTY || io.stderr.isTTY) && io.stdin.isTTY === true;
}

/** The outputs of a conversation and the prompt among them. */
export class Screen {
  readonly kind: ScreenKind;
  /** Standard output. */
  readonly outlet: Outlet;
  /** Of what is told beside the conversation. */
  readonly style: Style;
  readonly #io: Io;
  #editor: LineEditor | null = null;

  constructor(io: Io, { json, noColor }: Pick<ConnectSettings, 'json' | 'noColor'>, listener: OutletListener) {
    this.#io = io;
    this.kind = screenKindOf(io, json);
    this.style = styleFor(io, this.#beside, noColor);
    this.outlet = new Outlet(io.stdout, listener, {
      around: (write) => (io.stdout.isTTY && this.#editor !== null ? this.#editor.above(write) : write()),
    });
  }

  get editor(): LineEditor | null {
    return this.#editor;
  }

  openEditor(make: (where: Pick<LineEditorOptions, 'input' | 'output' | 'isDumb'>) => LineEditor): void {
    const { env, stderr, stdin, stdout } = this.#io;
    const terminal = stdout.isTTY ? stdout : stderr;
    const isDumb = env['TERM'] === 'dumb';
    this.outlet.flush();
    this.#editor = make({ input: stdin, output: terminal.stream, isDumb });
  }

  /** Says something beside the conversation: in the transcript where there is one, else on standard error. */
  tell(text: string, tone: Tone | null = 'dim'): void {
    const lines = visibleText(text).split('\n');
    this.lines(lines.map((line) => this.style.paint(tone, line)));
  }

  /** Lines that are safe and painted already. */
  lines(lines: readonly string[]): void {
    const text = lines.map((line) => `${this.style.unicode ? line : toAscii(line)}\n`).join('');
    if (this.kind === 'transcript') this.outlet.write(text);
    else this.#onStderr(text);
  }

  /** On standard error whatever else is where, after all that was said before. */
  problem(lines: readonly string[]): void {
    this.outlet.flush();
    this.#onStderr(lines.map((line) => `${line}\n`).join(''));
  }

  /** The prompt goes away; what was gathered is written. */
  close(): void {
    this.#editor?.close();
    this.#editor = null;
    this.outlet.flush();
  }

  get #beside(): Output {
    return this.kind === 'transcript' ? this.#io.stdout : this.#io.stderr;
  }

  #onStderr(text: string): void {
    const write = () => void this.#io.stderr.write(text);
    if (this.#editor !== null && this.#io.stderr.isTTY) this.#editor.above(write);
    else write();
  }
}
