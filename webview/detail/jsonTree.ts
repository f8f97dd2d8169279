/**
 * JSON as it was received: nothing is parsed into values, so numbers of any size, escapes, duplicate keys and the order of
 * keys stay as they are. Children are found when a node is opened; nothing recurses, nothing has to be valid or complete.
 */

type JsonKind = 'object' | 'array' | 'string' | 'number' | 'literal' | 'other';

/** `text.slice(start, end)`; not complete when the text ends before the value does. */
export interface JsonNode {
  readonly kind: JsonKind;
  readonly start: number;
  readonly end: number;
  readonly complete: boolean;
}

export interface JsonEntry {
  /** The key as it stands, in its quotes; null in an array. */
  readonly key: string | null;
  readonly node: JsonNode;
}

const SPACE = /[ \t\n\r]*/y;
const ATOM = /[^ \t\n\r[\]{}:,"]*/y;
const STRING_REST = /[^"\\]*/y;
const STRUCTURE = /[^"[\]{}]*/y;

/** The value at or after `at`; null when nothing is left. */
export function jsonNodeAt(text: string, at: number): JsonNode | null {
  const start = skip(SPACE, text, at);
  switch (text[start]) {
    case undefined:
      return null;
    case '{':
      return container(text, start, 'object');
    case '[':
      return container(text, start, 'array');
    case '"': {
      const end = stringEnd(text, start);
      return { kind: 'string', start, end: end ?? text.length, complete: end !== null };
    }
    default: {
      const end = Math.max(skip(ATOM, text, start), start + 1);
      const atom = text.slice(start, Math.min(end, start + 400));
      return { kind: atomKind(atom), start, end, complete: true };
    }
  }
}

/** Entries of an object or an array from the `from`th on, `limit` at most; `more` when there are others. */
export function jsonChildren(
  text: string,
  node: JsonNode,
  from: number,
  limit: number,
): { readonly entries: readonly JsonEntry[]; readonly more: boolean } {
  const entries: JsonEntry[] = [];
  if (node.kind !== 'object' && node.kind !== 'array') return { entries, more: false };
  const end = node.complete ? node.end - 1 : node.end;
  let at = node.start + 1;
  for (let index = 0; ; index++) {
    at = skip(SPACE, text, at);
    while (at < end && text[at] === ',') at = skip(SPACE, text, at + 1);
    if (at >= end) return { entries, more: false };
    const first = jsonNodeAt(text, at);
    if (!first) return { entries, more: false };
    let entry: JsonEntry = { key: null, node: first };
    at = first.end;
    const colon = skip(SPACE, text, at);
    if (node.kind === 'object' && text[colon] === ':' && colon < end) {
      const value = jsonNodeAt(text, colon + 1);
      const key = text.slice(first.start, first.end);
      const missing: JsonNode = { kind: 'other', start: end, end, complete: false };
      entry = { key, node: value && value.start < end ? value : missing };
      at = Math.max(entry.node.end, colon + 1);
    }
    if (index < from) continue;
    if (entries.length === limit) return { entries, more: true };
    entries.push(entry);
  }
}

/** True for an object or array that has something in it. */
export function isExpandable(text: string, node: JsonNode): boolean {
  return jsonChildren(text, node, 0, 1).entries.length > 0;
}

function container(text: string, start: number, kind: 'object' | 'array'): JsonNode {
  let depth = 0;
  let at = start;
  while (at < text.length) {
    switch (text[at]) {
      case '"':
        at = stringEnd(text, at) ?? text.length;
        break;
      case '{':
      case '[':
        depth++;
        at++;
        break;
      default:
        depth--;
        at++;
        if (depth === 0) return { kind, start, end: at, complete: true };
    }
    at = skip(STRUCTURE, text, at);
  }
  return { kind, start, end: text.length, complete: false };
}

function stringEnd(text: string, start: number): number | null {
  let at = start + 1;
  for (;;) {
    at = skip(STRING_REST, text, at);
    if (at >= text.length) return null;
    if (text[at] === '"') return at + 1;
    at += 2;
  }
}

function atomKind(atom: string): JsonKind {
  if (/^-?\d/.test(atom)) return 'number';
  return atom === 'true' || atom === 'false' || atom === 'null' ? 'literal' : 'other';
}

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}
