import { fill } from '../shared/fill.js';
import { detailWords } from './strings.js';

/** Where a text stops being JSON (RFC 8259), and why. */
export interface JsonProblem {
  readonly message: string;
  readonly index: number;
}

const words = detailWords.jsonProblem;

const SPACE = /[ \t\n\r]*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])/y;
const LITERAL = /(?:true|false|null)(?!\w)/y;

/** The first problem; null when the whole text is one JSON value. Nesting of any depth is read without recursion. */
export function jsonProblem(text: string): JsonProblem | null {
  const open: ('{' | '[')[] = [];
  let at = match(SPACE, text, 0) ?? 0;
  let expecting: 'value' | 'firstKey' | 'key' | 'firstItem' | 'comma' = 'value';
  const space = () => {
    at = match(SPACE, text, at) ?? at;
  };
  for (;;) {
    space();
    const character = text[at];
    if (expecting === 'comma') {
      const inside = open.at(-1);
      if (inside === undefined) return character === undefined ? null : problem(words.after, at);
      const close = inside === '{' ? '}' : ']';
      if (character === close) {
        open.pop();
        at++;
      } else if (character === ',') {
        at++;
        expecting = inside === '{' ? 'key' : 'value';
      } else return problem(fill(words.comma, { close }), at);
      continue;
    }
    if (expecting === 'firstKey' || expecting === 'key') {
      if (expecting === 'firstKey' && character === '}') {
        open.pop();
        at++;
        expecting = 'comma';
        continue;
      }
      const end = match(STRING, text, at);
      if (end === null) return character === '"' ? stringProblem(text, at) : problem(words.key, at);
      at = end;
      space();
      if (text[at] !== ':') return problem(words.colon, at);
      at++;
      expecting = 'value';
      continue;
    }
    if (expecting === 'firstItem' && character === ']') {
      open.pop();
      at++;
      expecting = 'comma';
      continue;
    }
    if (character === '{' || character === '[') {
      open.push(character);
      at++;
      expecting = character === '{' ? 'firstKey' : 'firstItem';
      continue;
    }
    const end = match(STRING, text, at) ?? match(NUMBER, text, at) ?? match(LITERAL, text, at);
    if (end === null) {
      return character === '"'
        ? stringProblem(text, at)
        : problem(character === undefined ? words.end : words.value, at);
    }
    at = end;
    expecting = 'comma';
  }
}

/** Line and column of an index, both from 1. */
export function placeOf(text: string, index: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, index);
  const line = before.split('\n').length;
  return { line, column: index - before.lastIndexOf('\n') };
}

function stringProblem(text: string, start: number): JsonProblem {
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at] ?? '';
    if (character < ' ') return problem(words.control, at);
    if (character !== '\\') continue;
    if (!/^\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/.test(text.slice(at, at + 6))) return problem(words.escape, at);
    at++;
  }
  return problem(words.open, text.length);
}

function problem(message: string, index: number): JsonProblem {
  return { message, index };
}

function match(pattern: RegExp, text: string, at: number): number | null {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : null;
}
