import { type JsonNode, memberOf, nodeAt, placeInString, readUnfinished, type StringNode } from '../profile/jsonc.js';
import type { Place } from '../profile/problems.js';
import { ownPath, type Path } from '../profile/variables.js';

/** The text of a profile, valid or still being written, with as much of its tree as there is. */
export interface ProfileDocument {
  readonly text: string;
  /** Null: there is none, or the text is too long or too deep for a profile. */
  readonly root: JsonNode | null;
}

let last: ProfileDocument | null = null;

/** An editor asks many things of one text: the last one is kept read. */
export function openDocument(text: string): ProfileDocument {
  if (last?.text !== text) last = { text, root: readUnfinished(text) };
  return last;
}

/** What stands at an offset: a key, or a value that holds no others. */
export interface Spot {
  readonly kind: 'key' | 'value';
  /** The names and positions that lead there from the top of the file; of a key its own name is the last. */
  readonly path: Path;
  /** The same inside the profile, environment, client or repeat that it belongs to. */
  readonly own: Path;
  /** With its quotes. */
  readonly place: Place;
  /** A value's node; null for a key. */
  readonly node: JsonNode | null;
}

export function spotAt({ root }: ProfileDocument, offset: number): Spot | null {
  let node = root;
  const path: (string | number)[] = [];
  while (node && (node.type === 'object' || node.type === 'array')) {
    if (node.type === 'array') {
      const index = node.items.findIndex((item) => holds(item, offset));
      if (index < 0) return null;
      path.push(index);
      node = node.items[index] ?? null;
      continue;
    }
    const member = node.members.find(({ key, value }) => holds(key, offset) || holds(value, offset));
    if (!member) return null;
    path.push(member.key.name);
    if (holds(member.key, offset)) return spot('key', path, member.key, null);
    node = member.value;
  }
  return node ? spot('value', path, node, node) : null;
}

/** The one client that a path leads into, null when it leads into none. */
export function clientOf(path: Path): string | null {
  const at = path[0] === 'environments' ? 2 : 0;
  return path[at] === 'clients' && path.length > at + 2 ? String(path[at + 1]) : null;
}

function spot(kind: Spot['kind'], path: Path, { offset, length }: Place, node: JsonNode | null): Spot {
  return { kind, path, own: ownPath(path), place: { offset, length }, node };
}

/** Both edges count: between quote and quote a cursor stands in the text. */
function holds({ offset, length }: Place, at: number): boolean {
  return at >= offset && at <= offset + length;
}

/** Calls back for every key and every text, in the order of the file. */
export function walk(
  node: JsonNode | null,
  visit: { key?: (path: Path, place: Place) => void; text?: (path: Path, node: StringNode) => void },
  path: Path = [],
): void {
  if (node?.type === 'string') visit.text?.(path, node);
  if (node?.type === 'array') for (const [index, item] of node.items.entries()) walk(item, visit, [...path, index]);
  if (node?.type !== 'object') return;
  for (const { key, value } of node.members) {
    visit.key?.([...path, key.name], key);
    walk(value, visit, [...path, key.name]);
  }
}

/** Where a part of a string's value stands in the file. */
export function partPlace({ text }: ProfileDocument, node: StringNode, start: number, end: number): Place {
  return placeInString(text, node, start, end);
}

/** Between its quotes. */
export function inside({ offset, length }: Place): Place {
  return { offset: offset + 1, length: Math.max(0, length - 2) };
}

/** What stands at the end of a path; null when nothing does. */
export function nodeOf(root: JsonNode | null, path: Path): JsonNode | null {
  let node = root;
  for (const step of path) {
    if (typeof step === 'number') node = (node?.type === 'array' ? node.items[step] : null) ?? null;
    else node = memberOf(node ?? undefined, step)?.value ?? null;
  }
  return node;
}

/** The names of an object's keys; none when there is no such object. */
export function keysAt(root: JsonNode | null, ...path: readonly string[]): readonly string[] {
  const node = nodeAt(root ?? undefined, ...path);
  return node?.type === 'object' ? node.members.map(({ key }) => key.name) : [];
}
