import type { FilterProblem } from '../../../base/logRow.js';
import { findField } from './fields.js';

interface At {
  /** 0-based, in the filter's text. */
  readonly index: number;
  readonly length: number;
}

export type FilterValue = At &
  (
    | { readonly type: 'word'; readonly text: string }
    | { readonly type: 'string'; readonly text: string }
    | { readonly type: 'regex'; readonly source: string; readonly flags: string }
  );

export type FilterToken =
  | FilterValue
  | (At & { readonly type: 'open' | 'close' | 'or' | 'and' | 'not' })
  | (At & { readonly type: 'field'; readonly name: string; readonly value: FilterValue | null })
  | (At & {
      readonly type: 'compare';
      readonly name: string;
      readonly operator: string;
      readonly value: FilterValue | null;
    })
  | (At & {
      readonly type: 'path';
      readonly path: string;
      readonly operator: string | null;
      readonly value: FilterValue | null;
    });

export interface Lexed {
  readonly tokens: readonly FilterToken[];
  readonly problems: readonly FilterProblem[];
}

const KEYWORDS: Readonly<Record<string, 'or' | 'and' | 'not'>> = { or: 'or', and: 'and', not: 'not' };
const SINGLE: Readonly<Record<string, 'open' | 'close' | 'or'>> = { '(': 'open', ')': 'close', '|': 'or' };
const OPERATOR = /\s*(<=|>=|==|!=|=|<|>|~)\s*/y;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', '/': '/' };

/** Splits a filter into tokens; what cannot be read is a problem and left out. */
export function lexFilter(text: string): Lexed {
  return new Lexer(text).lex();
}

class Lexer {
  readonly #text: string;
  readonly #tokens: FilterToken[] = [];
  readonly #problems: FilterProblem[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  lex(): Lexed {
    for (;;) {
      this.#skip(/\s*/y);
      if (this.#at >= this.#text.length) return { tokens: this.#tokens, problems: this.#problems };
      this.#tokens.push(this.#token());
    }
  }

  #token(): FilterToken {
    const index = this.#at;
    const character = this.#text[index]!;
    const single = SINGLE[character];
    if (single !== undefined) {
      this.#at++;
      return { type: single, index, length: 1 };
    }
    if (character === '-' && /[^\s|)]/.test(this.#text[index + 1] ?? ' ')) {
      this.#at++;
      return { type: 'not', index, length: 1 };
    }
    if (character === '$' && /^\$(?:[.[\s)|=!<>~]|$)/.test(this.#text.slice(index, index + 2))) return this.#path();
    return this.#fieldAt() ?? this.#value();
  }

  /** `name:value` or `name>value`, when the name is a field's. */
  #fieldAt(): FilterToken | null {
    const index = this.#at;
    const name = this.#take(/[A-Za-z]+/y);
    if (name === '') return null;
    const field = findField(name);
    const isUrl = this.#text.startsWith('://', this.#at);
    if (this.#text[this.#at] === ':' && !isUrl && field?.takes !== 'comparison') {
      this.#at++;
      const value = this.#valueOrNull();
      if (field === undefined) {
        const quoted = JSON.stringify(this.#text.slice(index, this.#at));
        this.#problem(`There is no field "${name}". To search for this text, quote it: ${quoted}`, index, name.length);
      }
      return { type: 'field', name: name.toLowerCase(), value, index, length: this.#at - index };
    }
    if (field?.takes === 'comparison') {
      const operator = this.#text[this.#at] === ':' ? this.#take(/:/y) : this.#operator();
      if (operator !== null) {
        const value = this.#valueOrNull();
        return { type: 'compare', name: field.name, operator, value, index, length: this.#at - index };
      }
    }
    this.#at = index;
    return null;
  }

  #path(): FilterToken {
    const index = this.#at;
    let depth = 0;
    let quote = '';
    for (; this.#at < this.#text.length; this.#at++) {
      const character = this.#text[this.#at]!;
      if (quote !== '') {
        if (character === '\\') this.#at++;
        else if (character === quote) quote = '';
      } else if (depth > 0 && (character === '"' || character === "'")) quote = character;
      else if (character === '[' || (depth > 0 && character === '(')) depth++;
      else if (depth > 0 && (character === ']' || character === ')')) depth--;
      else if (depth === 0 && /[\s)(|=!<>~]/.test(character)) break;
    }
    this.#at = Math.min(this.#at, this.#text.length);
    const path = this.#text.slice(index, this.#at);
    const operator = this.#operator();
    const value = operator === null ? null : this.#valueOrNull();
    return { type: 'path', path, operator, value, index, length: this.#at - index };
  }

  #operator(): string | null {
    OPERATOR.lastIndex = this.#at;
    const found = OPERATOR.exec(this.#text);
    if (found === null) return null;
    this.#at += found[0].length;
    return found[1]!;
  }

  #valueOrNull(): FilterValue | null {
    const character = this.#text[this.#at] ?? ' ';
    if (/[\s()|]/.test(character)) return null;
    const value = this.#value();
    return 'text' in value || value.type === 'regex' ? value : { ...value, type: 'word', text: value.type };
  }

  #value(): FilterValue | (At & { readonly type: 'or' | 'and' | 'not' }) {
    const index = this.#at;
    const character = this.#text[index];
    if (character === '"') return this.#string();
    if (character === '/') return this.#regex();
    const text = this.#take(/[^\s()|]+/y);
    const keyword = KEYWORDS[text.toLowerCase()];
    const length = text.length;
    return keyword === undefined ? { type: 'word', text, index, length } : { type: keyword, index, length };
  }

  #string(): FilterValue {
    const index = this.#at++;
    let text = '';
    for (;;) {
      const character = this.#text[this.#at];
      if (character === undefined) {
        this.#problem('This text has no closing quote.', index, this.#at - index);
        break;
      }
      this.#at++;
      if (character === '"') break;
      text += character === '\\' ? this.#escape() : character;
    }
    return { type: 'string', text, index, length: this.#at - index };
  }

  #escape(): string {
    const unicode = this.#take(/u[0-9A-Fa-f]{4}/y);
    if (unicode !== '') return String.fromCharCode(Number.parseInt(unicode.slice(1), 16));
    const character = this.#text[this.#at] ?? '';
    this.#at += character.length;
    return ESCAPES[character] ?? `\\${character}`;
  }

  #regex(): FilterValue {
    const index = this.#at++;
    let inClass = false;
    for (; ; this.#at++) {
      const character = this.#text[this.#at];
      if (character === undefined) {
        const message = 'This regular expression has no closing "/". To search for text with a slash, quote it.';
        this.#problem(message, index, this.#at - index);
        return { type: 'regex', source: '', flags: '', index, length: this.#at - index };
      }
      if (character === '\\') this.#at++;
      else if (character === '[') inClass = true;
      else if (character === ']') inClass = false;
      else if (character === '/' && !inClass) break;
    }
    const source = this.#text.slice(index + 1, this.#at);
    this.#at++;
    const flags = this.#take(/[^\s()|]*/y);
    return { type: 'regex', source, flags, index, length: this.#at - index };
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }

  #skip(pattern: RegExp): void {
    this.#take(pattern);
  }

  #problem(message: string, index: number, length: number): void {
    this.#problems.push({ message, index, length: Math.max(1, length) });
  }
}
