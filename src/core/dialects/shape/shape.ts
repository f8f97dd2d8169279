/** `other` is what JSON has no word for: extensions, tags, undefined. */
export type ShapeKind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null' | 'binary' | 'other';

/** How much of a string or a number is given as text: enough for a label and an id. */
export const MAX_SHAPE_TEXT = 1_000;
/** Members past this one are counted, not reached by `get` and `at`. */
export const MAX_SHAPE_ENTRIES = 256;
/** Deeper nesting is a problem, in every format. */
export const MAX_SHAPE_DEPTH = 1_000;

/**
 * One value of a message looked at in place: nothing is built that a label does not ask for, and no digit is lost.
 * The same for JSON, MessagePack and CBOR.
 */
export interface Shape {
  readonly kind: ShapeKind;
  /** Content of a string, digits of a number, `true`; '' for anything else. At most `MAX_SHAPE_TEXT` characters. */
  readonly text: string;
  /** Members of an object, elements of an array; bytes of a binary; 0 for anything else. */
  readonly size: number;
  /** Keys of an object in the order of the message. */
  keys(): readonly string[];
  get(key: string): Shape | null;
  at(index: number): Shape | null;
  /** The whole of it for the detail pane, JSON-like. May be slow; never throws. */
  value(): unknown;
}

/** A message as shape; `problem` says why it is not whole, `shape` holds what could be read before that. */
export interface Reading {
  readonly shape: Shape | null;
  readonly problem: string | null;
}

/** Text of a string member, null when it is absent or no string. */
export function stringOf(shape: Shape | null, key: string): string | null {
  const member = shape?.get(key) ?? null;
  return member?.kind === 'string' ? member.text : null;
}

/** What tells one id from another: the string "1" and the number 1 differ. Null for null and for what is no id. */
export function idOf(shape: Shape | null): string | null {
  if (shape?.kind === 'string') return shape.text;
  return shape?.kind === 'number' ? `#${shape.text}` : null;
}
