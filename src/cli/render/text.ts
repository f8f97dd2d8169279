import stringWidth from 'string-width';
import type { Style, Tone } from './style.js';
import { toAscii } from './words.js';

/** Terminal columns that a text takes, by what a reader sees as one letter. */
export function lengthOf(text: string): number {
  return stringWidth(text, AS_WRITTEN);
}

// Colours are painted on after measuring: an escape that stands in a text is none of ours.
const AS_WRITTEN = { countAnsiEscapeCodes: true };

const segmenter = new Intl.Segmenter();

/** What a reader sees as one letter each, marks and joined signs with it: of two columns at most. */
export function* lettersOf(text: string): Generator<string> {
  for (const { segment } of segmenter.segment(text)) {
    // Consonants and marks can be heaped upon each other without an end.
    if (lengthOf(segment) > 2) yield* segment;
    else yield segment;
  }
}

/** The text's letters that fit into `columns`, and the rest. */
function splitAt(text: string, columns: number): [fits: string, rest: string] {
  let used = 0;
  let end = 0;
  for (const letter of lettersOf(text)) {
    used += lengthOf(letter);
    if (used > columns) break;
    end += letter.length;
  }
  return [text.slice(0, end), text.slice(end)];
}

export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - lengthOf(text)));
}

export function padStart(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - lengthOf(text))) + text;
}

export function cut(text: string, columns: number, ellipsis: string): string {
  if (splitAt(text, columns)[1] === '') return text;
  return splitAt(text, Math.max(0, columns - ellipsis.length))[0] + ellipsis;
}

/** Words on lines of at most `columns` (2 or more); a word that is longer (a URL, a token) is split. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    if (line !== '' && lengthOf(line) + 1 + lengthOf(word) <= columns) {
      line += ` ${word}`;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (lengthOf(line) > columns) {
      const [fits, rest] = splitAt(line, columns);
      lines.push(fits);
      line = rest;
    }
  }
  if (line !== '' || lines.length === 0) lines.push(line);
  return lines;
}

const LABEL_COLUMNS = 12;

/** Lines with a column of labels at the left, text wrapped beside it. */
export class Page {
  readonly #lines: string[] = [];
  readonly #style: Style;

  constructor(style: Style) {
    this.#style = style;
  }

  get textColumns(): number {
    return this.#style.width - LABEL_COLUMNS;
  }

  gap(): void {
    if (this.#lines.length > 0 && this.#lines.at(-1) !== '') this.#lines.push('');
  }

  /** A line that starts at the left edge. */
  heading(text: string): void {
    this.#lines.push(text);
  }

  /** Wrapped text; further lines stand under the first. */
  row(label: string, text: string, tone: Tone | null = null): void {
    const lines = wrap(text, this.textColumns);
    for (const [index, line] of lines.entries()) this.#put(index === 0 ? label : '', this.#style.paint(tone, line));
  }

  /** A line laid out by the caller, within `textColumns`. */
  raw(label: string, text: string, labelTone: Tone = 'dim'): void {
    this.#put(label, text, labelTone);
  }

  bullet(label: string, text: string, sign: string, tone: Tone | null = null): void {
    for (const [index, line] of wrap(text, this.textColumns - 2).entries())
      this.#put(index === 0 ? label : '', index === 0 ? `${this.#style.paint(tone, sign)} ${line}` : `  ${line}`);
  }

  /** Lines to copy: kept as they are, never wrapped. */
  block(text: string): void {
    for (const line of text.replace(/\n+$/, '').split('\n')) this.#put('', this.#style.paint('accent', `  ${line}`));
  }

  lines(): string[] {
    const lines = this.#lines.map((line) => line.replace(/[\r\n]/g, ' ').trimEnd());
    while (lines.at(-1) === '') lines.pop();
    return this.#style.unicode ? lines : lines.map(toAscii);
  }

  #put(label: string, text: string, labelTone: Tone = 'dim'): void {
    const gutter = ' '.repeat(Math.max(1, LABEL_COLUMNS - lengthOf(label)));
    this.#lines.push(this.#style.paint(labelTone, label) + gutter + text);
  }
}
