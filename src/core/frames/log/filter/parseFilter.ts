import { jsonPathError } from '../../../base/jsonPath.js';
import type { FilterProblem } from '../../../base/logRow.js';
import { parseField, parseNumber } from './fieldValues.js';
import type { Comparison, FilterNode, JsonTest, NumberField, ParsedFilter } from './filterNode.js';
import { type FilterToken, type FilterValue, lexFilter } from './lexer.js';

const MAX_LENGTH = 10_000;
const MAX_DEPTH = 100;
/** As an expression that ignores case a text is longer, and V8 can hold only so much of one. */
const MAX_TEXT = 1000;

/**
 * Parses a filter: words and "quoted text", /regex/i, $.json.path == value, field:value, size>1k, `-` or `not`,
 * spaces for and, `or` or `|`, parentheses. Problems carry their place in the text; with one there is no root.
 */
export function parseFilter(text: string): ParsedFilter {
  if (text.length > MAX_LENGTH) {
    const message = `A filter has ${MAX_LENGTH} characters at most.`;
    return { root: null, caseSensitive: false, problems: [{ message, index: MAX_LENGTH, length: 1 }] };
  }
  const { tokens, problems } = lexFilter(text);
  const parser = new Parser(tokens, text.length, [...problems]);
  const root = parser.parse();
  const found = parser.problems.toSorted((a, b) => a.index - b.index);
  return { root: found.length > 0 ? null : root, caseSensitive: parser.caseSensitive, problems: found };
}

/** Stands where a problem is. */
const NOTHING: FilterNode = { type: 'and', nodes: [] };

class Parser {
  readonly problems: FilterProblem[];
  caseSensitive = false;
  readonly #tokens: readonly FilterToken[];
  readonly #end: number;
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly FilterToken[], end: number, problems: FilterProblem[]) {
    this.#tokens = tokens;
    this.#end = end;
    this.problems = problems;
  }

  parse(): FilterNode | null {
    const root = this.#or();
    const left = this.#tokens[this.#at];
    if (left !== undefined) this.#problem('This parenthesis closes nothing.', left);
    return root;
  }

  /** Null for a part that holds nothing but `case:`. */
  #or(): FilterNode | null {
    const nodes: FilterNode[] = [];
    for (;;) {
      const before = this.#at;
      const node = this.#and();
      const operator = this.#tokens[this.#at];
      const isOr = operator?.type === 'or';
      if (node !== null) nodes.push(node);
      else if (before === this.#at && (isOr || nodes.length > 0)) {
        this.#problem('Something is missing beside "or". Quote the word to search for it.', operator ?? this.#last());
      }
      if (!isOr) break;
      this.#at++;
      if (this.#at === this.#tokens.length) {
        this.#problem('Something is missing after "or". Quote the word to search for it.', operator);
        break;
      }
    }
    return nodes.length > 1 ? { type: 'or', nodes } : (nodes[0] ?? null);
  }

  #and(): FilterNode | null {
    const nodes: FilterNode[] = [];
    for (;;) {
      const token = this.#tokens[this.#at];
      if (token === undefined || token.type === 'or' || token.type === 'close') break;
      if (token.type === 'and') {
        this.#at++;
        const next = this.#tokens[this.#at];
        if (nodes.length === 0 || next === undefined || next.type === 'or' || next.type === 'close') {
          this.#problem('Something is missing beside "and". Quote the word to search for it.', token);
        }
        continue;
      }
      const node = this.#unary();
      if (node !== null) nodes.push(node);
    }
    return nodes.length > 1 ? { type: 'and', nodes } : (nodes[0] ?? null);
  }

  #unary(): FilterNode | null {
    const token = this.#tokens[this.#at++];
    if (token === undefined) return null;
    if (token.type !== 'not' && token.type !== 'open') return this.#term(token);
    if (++this.#depth > MAX_DEPTH) {
      this.#problem('This is nested too deeply.', token);
      this.#at = this.#tokens.length;
      return NOTHING;
    }
    const node = token.type === 'not' ? this.#not(token) : this.#parentheses(token);
    this.#depth--;
    return node;
  }

  #not(not: FilterToken): FilterNode | null {
    const next = this.#tokens[this.#at];
    if (next === undefined || next.type === 'or' || next.type === 'and' || next.type === 'close') {
      this.#problem('Something is missing after "not". Quote the word to search for it.', not);
      return null;
    }
    const node = this.#unary();
    return node === null ? null : { type: 'not', node };
  }

  #parentheses(open: FilterToken): FilterNode | null {
    const node = this.#or();
    if (this.#tokens[this.#at]?.type === 'close') this.#at++;
    else this.#problem('This parenthesis is never closed.', open);
    if (node === null) this.#problem('There is nothing between these parentheses.', open);
    return node;
  }

  #term(token: FilterToken): FilterNode | null {
    switch (token.type) {
      case 'word':
        return token.text.toLowerCase() === 'marked' ? { type: 'flag', flag: 'marked' } : this.#text(token);
      case 'string':
        return this.#text(token);
      case 'regex':
        return { type: 'regex', regex: this.#regex(token) };
      case 'path':
        return this.#json(token);
      case 'compare':
        return this.#number(token);
      case 'field':
        return this.#field(token);
      default:
        return null;
    }
  }

  #text(token: FilterValue & { readonly text: string }): FilterNode {
    if (token.text === '') this.#problem('There is nothing between these quotes.', token);
    if (token.text.length > MAX_TEXT) this.#problem(`A text has ${MAX_TEXT} characters at most.`, token);
    return { type: 'text', text: token.text };
  }

  #regex(token: Extract<FilterValue, { readonly type: 'regex' }>): RegExp {
    try {
      // A global or sticky expression would remember where it was in another payload.
      if (/[gy]/.test(token.flags)) throw new SyntaxError('the flags g and y mean nothing here');
      return new RegExp(token.source, token.flags);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#problem(`This is no regular expression: ${why}. To search for text with a slash, quote it.`, token);
      return /(?:)/;
    }
  }

  #json(token: Extract<FilterToken, { readonly type: 'path' }>): FilterNode {
    const error = jsonPathError(token.path);
    if (error !== null) {
      this.#problem(`This is no JSON path: ${error}`, { index: token.index, length: token.path.length });
    }
    return { type: 'json', path: token.path, test: this.#jsonTest(token) };
  }

  #jsonTest(token: Extract<FilterToken, { readonly type: 'path' }>): JsonTest {
    const { operator, value } = token;
    if (operator === null) return { type: 'exists' };
    if (value === null) {
      this.#problem(`A value is missing after "${operator}".`, token);
      return { type: 'exists' };
    }
    if (operator === '~') {
      if (value.type === 'regex') return { type: 'match', regex: this.#regex(value) };
      const source = value.text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
      return { type: 'match', regex: new RegExp(source, 'i') };
    }
    if (value.type === 'regex') {
      this.#problem('A regular expression stands after "~".', value);
      return { type: 'exists' };
    }
    const comparison = operator === '==' ? '=' : (operator as Comparison);
    return { type: 'compare', comparison, value: value.type === 'string' ? value.text : scalar(value.text) };
  }

  #number(token: Extract<FilterToken, { readonly type: 'compare' }>): FilterNode {
    const field = token.name as NumberField;
    const { operator, value } = token;
    if (operator === '~') this.#problem(`"${field}" is compared with <, <=, >, >=, = or !=.`, token);
    const text = value !== null && value.type !== 'regex' ? value.text : '';
    const number = parseNumber(field, text);
    if (typeof number === 'string') this.#problem(number, value ?? token);
    const comparison = operator === '==' || operator === ':' ? '=' : (operator as Comparison);
    return { type: 'number', field, comparison, value: typeof number === 'string' ? 0 : number };
  }

  #field(token: Extract<FilterToken, { readonly type: 'field' }>): FilterNode | null {
    const { value } = token;
    const text = value !== null && value.type !== 'regex' ? value.text : '';
    if (token.name === 'case') {
      if (!/^(?:on|off)$/i.test(text)) this.#problem('Write case:on or case:off.', value ?? token);
      this.caseSensitive = text.toLowerCase() === 'on';
      return null;
    }
    const node = parseField(token.name, text);
    if (typeof node !== 'string') return node;
    if (node !== '') this.#problem(node, value ?? token);
    return NOTHING;
  }

  #last(): { readonly index: number; readonly length: number } {
    return this.#tokens.at(-1) ?? { index: this.#end, length: 1 };
  }

  #problem(message: string, { index, length }: { readonly index: number; readonly length: number }): void {
    this.problems.push({ message, index, length });
  }
}

/** What a bare value after a JSON path means: JSON where it is some, else a string. */
function scalar(text: string): string | number | boolean | null {
  if (text === 'true') return true;
  if (text === 'false') return false;
  if (text === 'null') return null;
  return /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : text;
}
