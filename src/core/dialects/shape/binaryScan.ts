import { MAX_SHAPE_DEPTH, type ShapeKind } from './shape.js';

/** What the head of a binary item says. Filled in place: one for a whole scan. */
export interface Head {
  kind: ShapeKind;
  /** Where the bytes of a string or binary begin; otherwise the end of the head. */
  content: number;
  /** Members of an object, elements of an array, bytes of a string or binary. */
  size: number;
  /** Items that follow as parts of this one: Infinity up to a break. */
  children: number;
  /** Index after the head and its content, children not included. */
  next: number;
}

/** MessagePack or CBOR, as far as a scan needs to know it. */
export interface BinaryFormat {
  readonly name: string;
  /** Reads the head at `at`; false where it is cut off or no head of this format. Lengths past the end may be claimed. */
  head(bytes: Uint8Array, at: number, head: Head): boolean;
  isBreak(byte: number | undefined): boolean;
  readonly trueByte: number;
  /** Digits of the number at `at`. */
  number(bytes: Uint8Array, at: number): string;
  /** The whole item by the format's library, JSON-like. May throw. */
  decode(item: Uint8Array): unknown;
}

export function newHead(): Head {
  return { kind: 'null', content: 0, size: 0, children: 0, next: 0 };
}

interface Container {
  readonly kind: ShapeKind;
  readonly endless: boolean;
  left: number;
  seen: number;
}

/**
 * Index after the item that begins at `at`, or the complement (`~index`) of where it stops being one. Refuses claims that
 * the bytes cannot keep (every item takes a byte), so that a library may afterwards allocate what is claimed.
 * `marks` gets the bounds of its direct children: start, end of each.
 */
export function scanBinary(format: BinaryFormat, bytes: Uint8Array, at: number, marks: number[] | null = null): number {
  const head = newHead();
  const open: Container[] = [];
  let claimed = 0;
  let i = at;
  for (;;) {
    const container = open.at(-1);
    if (container?.endless && format.isBreak(bytes[i])) {
      if (container.kind === 'object' && container.seen % 2 === 1) return ~i;
      container.left = 0;
      i++;
    } else {
      if (open.length === 1) marks?.push(i);
      if (!format.head(bytes, i, head) || head.next > bytes.length || !fits(container, head)) return ~i;
      i = head.next;
      if (container) {
        container.left--;
        container.seen++;
        if (!container.endless) claimed--;
      }
      const endless = head.children === Number.POSITIVE_INFINITY;
      if (head.children > 0) {
        if (!endless) claimed += head.children;
        if (open.length === MAX_SHAPE_DEPTH || claimed > bytes.length - i) return ~i;
        open.push({ kind: head.kind, endless, left: head.children, seen: 0 });
      } else if (open.length === 1) marks?.push(i);
    }
    while (open.at(-1)?.left === 0) {
      open.pop();
      if (open.length === 1) marks?.push(i);
    }
    if (open.length === 0) return i;
  }
}

/** A string in parts (CBOR) takes whole strings of its own kind only. */
function fits(container: Container | undefined, head: Head): boolean {
  if (container?.kind !== 'string' && container?.kind !== 'binary') return true;
  return head.kind === container.kind && head.children === 0;
}
