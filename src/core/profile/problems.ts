import type { Problem } from './profile.js';

export interface Place {
  readonly offset: number;
  readonly length: number;
}

/** What is costly to find out may be given as a function: it is called only when the problem is kept. */
type Lazy<T> = T | (() => T);

export type Report = (code: string, at: Lazy<Place>, message: Lazy<string>, severity?: Problem['severity']) => void;

const MAX_PROBLEMS = 200;
const MAX_CANDIDATES = 1000;

/** Collects problems with their places; keeps the first 200 and says when there were more. */
export class ProblemList {
  readonly #items: Problem[] = [];
  readonly #text: string;
  #lineStarts: number[] | null = null;

  constructor(text: string) {
    this.#text = text;
  }

  readonly report: Report = (code, at, message, severity = 'error') => {
    if (this.#items.length > MAX_PROBLEMS) return;
    const { offset, length } = typeof at === 'function' ? at() : at;
    const place = { ...this.positionOf(offset), offset, length };
    if (this.#items.length < MAX_PROBLEMS) {
      this.#items.push({ severity, code, message: typeof message === 'function' ? message() : message, ...place });
    } else {
      const rest = `More than ${MAX_PROBLEMS} problems: the rest is not shown.`;
      this.#items.push({ severity: 'error', code: 'too-many-problems', message: rest, ...place });
    }
  };

  /** In the order of the text. */
  get items(): readonly Problem[] {
    return this.#items.toSorted((a, b) => a.offset - b.offset);
  }

  get hasErrors(): boolean {
    return this.#items.some((problem) => problem.severity === 'error');
  }

  /** Line and character of a place, from 0. */
  positionOf(offset: number): { line: number; character: number } {
    const starts = (this.#lineStarts ??= lineStarts(this.#text));
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low, character: offset - (starts[low] ?? 0) };
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\r|\n/g)) starts.push(match.index + match[0].length);
  return starts;
}

/** A name as it may stand in a message: in backticks, cut, without control characters. */
export function quote(name: string): string {
  const clean = name.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
  return `\`${clean.length > 60 ? `${clean.slice(0, 57)}…` : clean}\``;
}

/** The known name nearest to a misspelt one, or null when none is near (edit distance of a third of its length). */
export function suggest(name: string, known: Iterable<string>): string | null {
  if (name.length > 40) return null;
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1;
  let tried = 0;
  for (const candidate of known) {
    if (++tried > MAX_CANDIDATES) break;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Optimal string alignment: a swap of neighbours counts once. */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let value = Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        value = Math.min(value, (beforePrevious[j - 2] ?? 0) + 1);
      }
      current.push(value);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}
