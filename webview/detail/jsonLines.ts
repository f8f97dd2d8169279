import { isExpandable, jsonChildren, jsonNodeAt, type JsonNode } from './jsonTree.js';

/** Entries shown of one container before "more" is asked for. */
const PAGE_ENTRIES = 100;
/** Lines of a tree that stand on the page at once. */
export const MAX_LINES = 3000;
/** Longer values are cut in the tree. */
export const MAX_VALUE = 1000;
/** Deeper levels stay closed until somebody opens them; a short text is opened further. */
const OPEN_LEVELS = { short: 6, long: 2 };
const SHORT = 4000;

export interface JsonLine {
  readonly depth: number;
  /** Unique in the tree: where the value starts; a "more" line is named after its container. */
  readonly id: string;
  readonly key: string | null;
  /** Null for the line that offers more entries of a container. */
  readonly node: JsonNode | null;
  readonly expandable: boolean;
  readonly open: boolean;
}

/** What a person opened or closed, by where a container starts, and how many entries of it are asked for. */
export interface JsonOpening {
  readonly toggled: ReadonlySet<number>;
  readonly shown: ReadonlyMap<number, number>;
}

export const UNTOUCHED: JsonOpening = { toggled: new Set(), shown: new Map() };

/** The lines of a tree as far as it is open. */
export function jsonLines(text: string, opening: JsonOpening): readonly JsonLine[] {
  const root = jsonNodeAt(text, 0);
  if (!root) return [];
  const levels = text.length <= SHORT ? OPEN_LEVELS.short : OPEN_LEVELS.long;
  const lines: JsonLine[] = [];
  const pending: { depth: number; key: string | null; node: JsonNode | null; of: number }[] = [
    { depth: 0, key: null, node: root, of: 0 },
  ];
  while (pending.length > 0 && lines.length < MAX_LINES) {
    const next = pending.pop();
    if (!next) break;
    const { depth, key, node, of } = next;
    if (!node) {
      lines.push({ depth, id: `more-${of}`, key, node, expandable: false, open: false });
      continue;
    }
    const expandable = isExpandable(text, node);
    const open = expandable && depth < levels !== opening.toggled.has(node.start);
    lines.push({ depth, id: `${node.start}`, key, node, expandable, open });
    if (!open) continue;
    const limit = opening.shown.get(node.start) ?? PAGE_ENTRIES;
    const { entries, more } = jsonChildren(text, node, 0, limit);
    if (more) pending.push({ depth: depth + 1, key: null, node: null, of: node.start });
    for (let index = entries.length - 1; index >= 0; index--) {
      const entry = entries[index];
      if (entry) pending.push({ depth: depth + 1, key: entry.key ?? String(index), node: entry.node, of: node.start });
    }
  }
  return lines;
}

export function toggled(opening: JsonOpening, start: number): JsonOpening {
  const set = new Set(opening.toggled);
  if (!set.delete(start)) set.add(start);
  return { ...opening, toggled: set };
}

export function withMore(opening: JsonOpening, start: number): JsonOpening {
  const shown = new Map(opening.shown);
  shown.set(start, (shown.get(start) ?? PAGE_ENTRIES) * 2);
  return { ...opening, shown };
}
