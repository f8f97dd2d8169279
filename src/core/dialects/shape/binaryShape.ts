import { type BinaryFormat, type Head, newHead, scanBinary } from './binaryScan.js';
import { MAX_SHAPE_ENTRIES, MAX_SHAPE_TEXT, type Reading, type Shape, type ShapeKind } from './shape.js';

class BinaryShape implements Shape {
  readonly #head: Head = newHead();
  #marks: readonly number[] | null;
  #keys: readonly string[] | null = null;

  constructor(
    private readonly format: BinaryFormat,
    private readonly bytes: Uint8Array,
    private readonly start: number,
    private readonly end: number,
    marks: readonly number[] | null = null,
  ) {
    format.head(bytes, start, this.#head);
    this.#marks = marks;
  }

  get kind(): ShapeKind {
    return this.#head.kind;
  }

  get size(): number {
    return this.#head.size === Number.POSITIVE_INFINITY ? this.#members().length / this.#stride : this.#head.size;
  }

  get text(): string {
    if (this.kind === 'number') return this.format.number(this.bytes, this.start);
    if (this.kind === 'boolean') return String(this.bytes[this.start] === this.format.trueByte);
    if (this.kind !== 'string' || this.#head.children > 0) return '';
    const end = Math.min(this.#head.next, this.#head.content + MAX_SHAPE_TEXT);
    return Buffer.from(
      this.bytes.buffer,
      this.bytes.byteOffset + this.#head.content,
      end - this.#head.content,
    ).toString();
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
    try {
      return this.format.decode(this.bytes.subarray(this.start, this.end));
    } catch (error) {
      return { $problem: error instanceof Error ? error.message : String(error) };
    }
  }

  get #stride(): number {
    return this.kind === 'object' ? 4 : 2;
  }

  #member(mark: number): BinaryShape | null {
    const marks = this.#members();
    const start = marks[mark];
    const end = marks[mark + 1];
    return start === undefined || end === undefined ? null : new BinaryShape(this.format, this.bytes, start, end);
  }

  #members(): readonly number[] {
    if (this.#marks) return this.#marks;
    const marks: number[] = [];
    if (this.#head.children > 0) scanBinary(this.format, this.bytes, this.start, marks);
    this.#marks = marks;
    return marks;
  }

  /** A key that is no string is given as the text of its number, else as '': it keeps its place. */
  #readKeys(): string[] {
    const count = Math.min(MAX_SHAPE_ENTRIES, Math.floor(this.#members().length / 4));
    return Array.from({ length: count }, (_, index) => this.#member(index * 4)?.text ?? '');
  }
}

/** One item from `at`: `end` is the index after it. Trailing bytes are the caller's to judge. */
export function readItem(format: BinaryFormat, bytes: Uint8Array, at: number): Reading & { readonly end: number } {
  const marks: number[] = [];
  const end = scanBinary(format, bytes, at, marks);
  if (end >= 0) return { shape: new BinaryShape(format, bytes, at, end, marks), problem: null, end };
  return { shape: null, problem: `no valid ${format.name} from byte ${~end}`, end: bytes.length };
}

/** Only this much of an item is looked at for a label: a long one would take too long. */
const MAX_START = 1_048_576;

/** The item that begins the bytes. Of one longer than 1 MiB those members that are whole by then; `partial` says so. */
export function readStart(format: BinaryFormat, bytes: Uint8Array): Reading & { readonly partial: boolean } {
  if (bytes.length <= MAX_START) return { ...readItem(format, bytes, 0), partial: false };
  const start = bytes.subarray(0, MAX_START);
  const marks: number[] = [];
  const end = scanBinary(format, start, 0, marks);
  if (end >= 0 || marks.length > 0) {
    return { shape: new BinaryShape(format, start, 0, MAX_START, marks), problem: null, partial: true };
  }
  return { shape: null, problem: `no valid ${format.name} from byte ${~end}`, partial: true };
}
