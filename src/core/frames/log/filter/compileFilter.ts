import { compile } from 'json-p3';
import type { RowReader } from '../rowReader.js';
import { MAX_PATTERN_BYTES, type RowContent } from './content.js';
import type { Comparison, FilterNode, JsonScalar, JsonTest, ParsedFilter, RowFlag } from './filterNode.js';
import { type FoldedText, foldText, textPattern } from './textPattern.js';

/** Null: it cannot be known, because bytes that came are no longer there. */
type Judgement = boolean | null;
export type Judge = (content: RowContent) => Judgement;

export interface CompiledFilter {
  /** The whole filter, for a row by itself. */
  readonly judge: Judge;
  /**
   * Where every row that matches contains one of some texts, or, `inverted`, none of them: what finds them in Latin-1
   * (global), and what is left to ask of such a row, if anything.
   */
  readonly search: Search | null;
  /** It runs expressions of a person on bytes of a peer: only within a time limit. */
  readonly needsGuard: boolean;
  readonly usesContent: boolean;
  readonly usesMarks: boolean;
  readonly usesPlace: boolean;
}

export interface Search {
  readonly pattern: RegExp;
  /** The same byte by byte, where that can be said. */
  readonly folded: FoldedText | null;
  readonly inverted: boolean;
  readonly rest: Judge | null;
}

type IsMarked = (row: RowReader) => boolean;

/** Makes a parsed filter executable; `root` must not be null. */
export function compileFilter(
  filter: ParsedFilter & { readonly root: FilterNode },
  isMarked: IsMarked,
): CompiledFilter {
  const context = { caseSensitive: filter.caseSensitive, isMarked };
  const { root } = filter;
  const all = root.type === 'and' ? root.nodes : [root];
  const searched = all.find((node) => textsOf(node) !== null) ?? all.find(isWithout);
  const texts = searched === undefined ? null : textsOf(searched.type === 'not' ? searched.node : searched);
  const rest = all.filter((node) => node !== searched);
  return {
    judge: compileNode(root, context),
    search:
      texts === null
        ? null
        : {
            pattern: new RegExp(textPattern(texts, filter.caseSensitive), 'g'),
            folded: texts.length === 1 ? foldText(texts[0]!, filter.caseSensitive) : null,
            inverted: searched?.type === 'not',
            rest: rest.length === 0 ? null : compileNode({ type: 'and', nodes: rest }, context),
          },
    needsGuard: some(root, ({ type }) => type === 'regex' || type === 'json'),
    usesContent: some(root, ({ type }) => type === 'regex' || type === 'json' || type === 'text'),
    usesMarks: some(root, (node) => node.type === 'flag' && node.flag === 'marked'),
    usesPlace: some(root, (node) => node.type === 'flag' && node.flag === 'dropped'),
  };
}

interface Context {
  readonly caseSensitive: boolean;
  readonly isMarked: IsMarked;
}

/** The texts of which a row has to contain one; null when the node says anything else. */
function textsOf(node: FilterNode): string[] | null {
  if (node.type === 'text') return [node.text];
  if (node.type !== 'or') return null;
  const texts = node.nodes.map(textsOf);
  return texts.every((text) => text !== null) ? texts.flat() : null;
}

function isWithout(node: FilterNode): boolean {
  return node.type === 'not' && textsOf(node.node) !== null;
}

function some(node: FilterNode, is: (node: FilterNode) => boolean): boolean {
  if (is(node)) return true;
  if (node.type === 'not') return some(node.node, is);
  return 'nodes' in node && node.nodes.some((child) => some(child, is));
}

function cost(node: FilterNode): number {
  if (node.type === 'not') return cost(node.node);
  if ('nodes' in node) return Math.max(0, ...node.nodes.map(cost));
  return ['text', 'regex', 'json'].indexOf(node.type) + 1;
}

function compileNode(node: FilterNode, context: Context): Judge {
  switch (node.type) {
    case 'and':
    case 'or':
      return compileMany(node.type === 'or', node.nodes, context);
    case 'not': {
      const inner = compileNode(node.node, context);
      return (content) => {
        const judged = inner(content);
        return judged === null ? null : !judged;
      };
    }
    case 'text':
      return compileText(node.text, context.caseSensitive);
    case 'regex':
      return compileRegex(node.regex);
    case 'json':
      return compileJson(node.path, node.test);
    case 'flag':
      return compileFlag(node.flag, context.isMarked);
    case 'direction': {
      const wanted = node.sent ? 'sent' : 'received';
      return ({ row }) => row.kind !== 'event' && row.direction === wanted;
    }
    case 'kind':
      return ({ row }) => node.kinds.includes(row.kind);
    case 'opcode':
      return ({ row }) => row.kind !== 'event' && node.opcodes.includes(row.opcode);
    case 'connection':
      return ({ row }) => node.connections.includes(row.connection);
    case 'number': {
      const { field, comparison, value } = node;
      if (field === 'size') return ({ row }) => compare(row.sizeBytes, comparison, value);
      if (field === 'wire') return ({ row }) => compare(row.wireBytes, comparison, value);
      if (field === 'frames') return ({ row }) => compare(row.frames, comparison, value);
      return ({ row }) => compare(row.atMs, comparison, value);
    }
  }
}

/** And, or over three values: what cannot be known decides only where nothing else does. */
function compileMany(isOr: boolean, nodes: readonly FilterNode[], context: Context): Judge {
  const judges = nodes.toSorted((a, b) => cost(a) - cost(b)).map((node) => compileNode(node, context));
  return (content) => {
    let result: Judgement = !isOr;
    for (const judge of judges) {
      const judged = judge(content);
      if (judged === isOr) return isOr;
      if (judged === null) result = null;
    }
    return result;
  };
}

function compileText(text: string, caseSensitive: boolean): Judge {
  const pattern = new RegExp(textPattern([text], caseSensitive));
  return (content) => {
    if (!content.isReadable()) return null;
    if (pattern.test(content.latin1())) return true;
    return content.isPartial ? null : false;
  };
}

function compileRegex(regex: RegExp): Judge {
  return (content) => {
    if (!content.isReadable()) return null;
    if (regex.test(content.text())) return true;
    return content.isPartial || content.bytes > MAX_PATTERN_BYTES ? null : false;
  };
}

function compileJson(path: string, test: JsonTest): Judge {
  const query = compile(path);
  const judgeValues = compileJsonTest(test);
  return (content) => {
    if (!content.isReadable()) return null;
    if (content.isPartial || content.bytes > MAX_PATTERN_BYTES) return null;
    const json = content.json();
    if (json === null) return false;
    try {
      return judgeValues(query.query(json.value as Parameters<typeof query.query>[0]).values());
    } catch {
      // Nested deeper than the query can follow.
      return null;
    }
  };
}

function compileJsonTest(test: JsonTest): (values: readonly unknown[]) => boolean {
  if (test.type === 'exists') return (values) => values.length > 0;
  if (test.type === 'match') {
    return (values) =>
      values.some((value) => test.regex.test(typeof value === 'string' ? value : JSON.stringify(value)));
  }
  const { comparison, value: wanted } = test;
  if (comparison === '!=') return (values) => values.length > 0 && values.every((value) => value !== wanted);
  return (values) => values.some((value) => compareJson(value, comparison, wanted));
}

function compareJson(value: unknown, comparison: Comparison, wanted: JsonScalar): boolean {
  if (comparison === '=') return value === wanted;
  if (typeof value === 'number' && typeof wanted === 'number') return compare(value, comparison, wanted);
  return typeof value === 'string' && typeof wanted === 'string' && compare(value, comparison, wanted);
}

function compileFlag(flag: RowFlag, isMarked: IsMarked): Judge {
  switch (flag) {
    case 'marked':
      return ({ row }) => isMarked(row);
    case 'compressed':
      return ({ row }) => row.isCompressed;
    case 'fragmented':
      return ({ row }) => row.isFragmented;
    case 'truncated':
      return ({ row }) => row.isTruncated;
    case 'masked':
      return ({ row }) => row.isMasked;
    case 'dropped':
      return ({ row }) => row.place === 'dropped';
  }
}

function compare<T extends number | string>(value: T, comparison: Comparison, wanted: T): boolean {
  switch (comparison) {
    case '<':
      return value < wanted;
    case '<=':
      return value <= wanted;
    case '>':
      return value > wanted;
    case '>=':
      return value >= wanted;
    case '=':
      return value === wanted;
    case '!=':
      return value !== wanted;
  }
}
