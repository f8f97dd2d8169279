// The package's `main` is a UMD wrapper that bundlers cannot follow; its ES build can be.
import { createScanner, type Node, type ParseError, parseTree } from 'jsonc-parser/lib/esm/main.js';
import { type Place, ProblemList, quote, type Report } from './problems.js';

const MAX_TEXT_LENGTH = 1024 * 1024;
const MAX_DEPTH = 64;
const MAX_SYNTAX_PROBLEMS = 10;

export interface StringNode extends Place {
  readonly type: 'string';
  readonly value: string;
  /** Holds variables whose values are not known yet: rules about its text must wait. */
  readonly open?: boolean;
}

export interface Member {
  readonly key: { readonly name: string } & Place;
  readonly value: JsonNode;
}

export interface ObjectNode extends Place {
  readonly type: 'object';
  readonly members: readonly Member[];
}

interface ArrayNode extends Place {
  readonly type: 'array';
  readonly items: readonly JsonNode[];
}

export interface NumberNode extends Place {
  readonly type: 'number';
  readonly value: number;
  /** As written, for what a double cannot hold. */
  readonly raw: string;
}

export type JsonNode =
  | ObjectNode
  | ArrayNode
  | StringNode
  | NumberNode
  | ({ readonly type: 'boolean'; readonly value: boolean } & Place)
  | ({ readonly type: 'null' } & Place);

/** JSON with comments and trailing commas to a tree with places. Bounded: 1 MiB of text, 64 levels; never throws. */
export function readJsonc(text: string): { readonly root: JsonNode | null; readonly list: ProblemList } {
  const list = new ProblemList(text.length > MAX_TEXT_LENGTH ? '' : text);
  if (text.length > MAX_TEXT_LENGTH) {
    list.report('too-large', { offset: 0, length: 0 }, 'A profile may hold at most 1 MiB of text.');
    return { root: null, list };
  }
  const source = text.startsWith('\ufeff') ? ` ${text.slice(1)}` : text;
  const tooDeep = findTooDeep(source);
  if (tooDeep) {
    list.report('too-deep', tooDeep, `A profile may be nested at most ${MAX_DEPTH} levels deep.`);
    return { root: null, list };
  }
  const first: number = createScanner(source, true).scan();
  if (first === TOKEN.end) {
    list.report('not-json', { offset: 0, length: 0 }, 'The profile is empty: write { "url": "ws://…" }.');
    return { root: null, list };
  }
  const errors: ParseError[] = [];
  const tree = parseTree(source, errors, { allowTrailingComma: true, disallowComments: false });
  for (const error of errors.slice(0, MAX_SYNTAX_PROBLEMS)) {
    list.report('not-json', { offset: error.offset, length: error.length }, SYNTAX_MESSAGES[error.error] ?? NOT_JSON);
  }
  return { root: tree && errors.length === 0 ? convert(tree, source, list.report) : null, list };
}

/** As much of a tree as a text gives that is still being written: a key without a value has a null of no length. Same bounds. */
export function readUnfinished(text: string): JsonNode | null {
  if (text.length > MAX_TEXT_LENGTH || findTooDeep(text)) return null;
  const tree = parseTree(text, [], { allowTrailingComma: true, disallowComments: false });
  return tree ? convert(tree, text, () => {}) : null;
}

/** The plain value of a tree. Keys such as `__proto__` become own properties and nothing more. */
export function toValue(node: JsonNode): unknown {
  switch (node.type) {
    case 'object':
      return Object.fromEntries(node.members.map((member) => [member.key.name, toValue(member.value)]));
    case 'array':
      return node.items.map(toValue);
    case 'null':
      return null;
    default:
      return node.value;
  }
}

export function memberOf(node: JsonNode | undefined, name: string): Member | undefined {
  return node?.type === 'object' ? node.members.find((member) => member.key.name === name) : undefined;
}

export function nodeAt(node: JsonNode | undefined, ...path: readonly string[]): JsonNode | undefined {
  return path.reduce<JsonNode | undefined>((at, name) => memberOf(at, name)?.value, node);
}

/** Place in the file of a part of a string's decoded value, escapes taken into account. */
export function placeInString(text: string, node: Place, start: number, end: number): Place {
  let decoded = 0;
  let offset = node.offset + 1;
  let from = offset;
  const last = node.offset + node.length - 1;
  while (offset < last && decoded < end) {
    if (decoded === start) from = offset;
    if (text[offset] !== '\\') offset += 1;
    else offset += text[offset + 1] === 'u' ? 6 : 2;
    decoded += 1;
  }
  return { offset: from, length: offset - from };
}

// jsonc-parser descends by recursion, so depth is judged before it starts.
function findTooDeep(text: string): Place | null {
  const scanner = createScanner(text, true);
  let depth = 0;
  for (let token: number = scanner.scan(); token !== TOKEN.end; token = scanner.scan()) {
    if (token === TOKEN.openBrace || token === TOKEN.openBracket) depth += 1;
    else if (token === TOKEN.closeBrace || token === TOKEN.closeBracket) depth -= 1;
    if (depth > MAX_DEPTH) return { offset: scanner.getTokenOffset(), length: scanner.getTokenLength() };
  }
  return null;
}

const TOKEN = { openBrace: 1, closeBrace: 2, openBracket: 3, closeBracket: 4, end: 17 } as const;

function convert(node: Node, text: string, report: Report): JsonNode {
  const place = { offset: node.offset, length: node.length };
  switch (node.type) {
    case 'object':
      return { type: 'object', ...place, members: convertMembers(node.children ?? [], text, report) };
    case 'array':
      return { type: 'array', ...place, items: (node.children ?? []).map((child) => convert(child, text, report)) };
    case 'string':
      return { type: 'string', ...place, value: String(node.value) };
    case 'number':
      return {
        type: 'number',
        ...place,
        value: Number(node.value),
        raw: text.slice(node.offset, node.offset + node.length),
      };
    case 'boolean':
      return { type: 'boolean', ...place, value: node.value === true };
    default:
      return { type: 'null', ...place };
  }
}

function convertMembers(properties: readonly Node[], text: string, report: Report): Member[] {
  const seen = new Set<string>();
  const members: Member[] = [];
  for (const property of properties) {
    const [key, value] = property.children ?? [];
    if (!key) continue;
    const name = String(key.value);
    const place = { offset: key.offset, length: key.length };
    if (seen.has(name)) report('duplicate-key', place, `The key ${quote(name)} stands twice in this object.`);
    seen.add(name);
    members.push({ key: { name, ...place }, value: value ? convert(value, text, report) : nothingAfter(place) });
  }
  return members;
}

function nothingAfter({ offset, length }: Place): JsonNode {
  return { type: 'null', offset: offset + length, length: 0 };
}

const NOT_JSON = 'This is not JSON.';
/** By jsonc-parser's ParseErrorCode. */
const SYNTAX_MESSAGES: Readonly<Record<number, string>> = {
  1: 'This is not JSON: names and texts stand in double quotes.',
  2: 'This is not a JSON number.',
  3: 'A key in double quotes is expected here.',
  4: 'A value is expected here.',
  5: 'A colon is expected here.',
  6: 'A comma is expected here.',
  7: 'A closing brace } is missing.',
  8: 'A closing bracket ] is missing.',
  9: 'The profile ended before this: only one value may stand in the file.',
  11: 'The comment has no end.',
  12: 'The text has no closing double quote.',
  13: 'The number is not complete.',
  14: 'A \\u escape needs four hexadecimal digits.',
  15: 'This escape is not known in JSON.',
  16: 'A control character may not stand in a text: write it as an escape (\\n, \\u0000).',
};
