import { RawJson } from '../value/rawJson.js';
import { scanJson, skipSpace } from './jsonScan.js';
import { MAX_SHAPE_ENTRIES, MAX_SHAPE_TEXT, type Reading, type Shape, type ShapeKind } from './shape.js';

const kinds: Readonly<Record<string, ShapeKind>> = {
  '{': 'object',
  '[': 'array',
  '"': 'string',
  t: 'boolean',
  f: 'boolean',
  n: 'null',
};

class JsonShape implements Shape {
  readonly kind: ShapeKind;
  #marks: readonly number[] | null;
  #keys: readonly string[] | null = null;

  constructor(
    private readonly source: string,
    private readonly start: number,
    private readonly end: number,
    marks: readonly number[] | null = null,
  ) {
    this.kind = kinds[source.charAt(start)] ?? 'number';
    this.#marks = marks;
  }

  get text(): string {
    if (this.kind === 'string') return contentOf(this.source, this.start, this.end);
    if (this.kind !== 'number' && this.kind !== 'boolean') return '';
    return this.source.slice(this.start, Math.min(this.end, this.start + MAX_SHAPE_TEXT));
  }

  get size(): number {
    return Math.ceil(this.#members().length / this.#stride);
  }

  keys(): readonly string[] {
    this.#keys ??= this.kind === 'object' ? this.#readKeys() : [];
    return this.#keys;
  }

  get(key: string): Shape | null {
    const index = this.keys().lastIndexOf(key);
    return index < 0 ? null : this.#member(index * 4 + 2);
  }

  at(index: number): Shape | null {
    return this.kind === 'array' && index >= 0 ? this.#member(index * 2) : null;
  }

  value(): unknown {
    return new RawJson(this.source.slice(this.start, this.end));
  }

  get #stride(): number {
    return this.kind === 'object' ? 4 : 2;
  }

  #member(mark: number): Shape | null {
    const marks = this.#members();
    const start = marks[mark];
    return start === undefined ? null : new JsonShape(this.source, start, marks[mark + 1] ?? this.end);
  }

  #members(): readonly number[] {
    if (this.#marks) return this.#marks;
    const marks: number[] = [];
    if (this.kind === 'object' || this.kind === 'array') scanJson(this.source, this.start, marks);
    this.#marks = marks;
    return marks;
  }

  #readKeys(): string[] {
    const marks = this.#members();
    const keys: string[] = [];
    for (let mark = 0; mark + 1 < marks.length && keys.length < MAX_SHAPE_ENTRIES; mark += 4) {
      keys.push(contentOf(this.source, marks[mark] ?? 0, marks[mark + 1] ?? 0));
    }
    return keys;
  }
}

/**
 * JSON text as shape, read once from end to end. What follows a mistake is out of reach, what stands before it is not.
 * The last member of a key given twice wins, as in `JSON.parse`.
 */
export function readJson(source: string): Reading {
  const start = skipSpace(source, 0);
  if (start === source.length) return { shape: null, problem: 'empty: no JSON' };
  const marks: number[] = [];
  const end = scanJson(source, start, marks);
  const stop = end < 0 ? ~end : skipSpace(source, end);
  const whole = end >= 0 && stop === source.length;
  const started = end >= 0 || marks.length > 0;
  return {
    shape: started ? new JsonShape(source, start, end < 0 ? source.length : end, marks) : null,
    problem: whole ? null : `no valid JSON from character ${stop}`,
  };
}

/** Whether the whole text is one JSON object or array. */
export function isJsonContainer(source: string): boolean {
  const first = source.charAt(skipSpace(source, 0));
  return (first === '{' || first === '[') && readJson(source).problem === null;
}

function contentOf(source: string, start: number, end: number): string {
  // Six characters are the longest escape: a cut inside one is cut away below.
  const raw = source.slice(start + 1, Math.min(end - 1, start + 1 + MAX_SHAPE_TEXT));
  if (!raw.includes('\\')) return raw;
  for (let cut = 0; cut < 6; cut++) {
    try {
      return String(JSON.parse(`"${raw.slice(0, raw.length - cut)}"`));
    } catch {
      // Cut within an escape, or an escape that JSON does not know.
    }
  }
  return raw;
}
