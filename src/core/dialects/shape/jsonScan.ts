import { MAX_SHAPE_DEPTH } from './shape.js';

const OBJECT = 0x7b;
const OBJECT_END = 0x7d;
const ARRAY = 0x5b;
const ARRAY_END = 0x5d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;

/** Where the scan is in a container: FIRST may close it at once, NEXT follows a comma, AFTER follows a member. */
const FIRST = 0;
const NEXT = 1;
const BEFORE_COLON = 2;
const VALUE = 3;
const AFTER = 4;

/**
 * Index after the JSON value (RFC 8259) that begins at `at`, or the complement (`~index`) of where it stops being one.
 * `marks` gets the members of this value in order: for an object key start, key end, value start, value end of each; for
 * an array value start, value end. A value cut off by the end of the text leaves its start behind.
 */
export function scanJson(text: string, at: number, marks: number[] | null = null): number {
  let container = text.charCodeAt(at);
  if (container !== OBJECT && container !== ARRAY) return scanScalar(text, at);
  const outer: number[] = [];
  let state = FIRST;
  let i = at + 1;
  for (;;) {
    let code = text.charCodeAt(i);
    if (code <= 0x20) {
      i = skipSpace(text, i);
      code = text.charCodeAt(i);
    }
    const members = outer.length === 0 ? marks : null;
    if ((state === FIRST || state === AFTER) && code === (container === OBJECT ? OBJECT_END : ARRAY_END)) {
      i++;
      const parent = outer.pop();
      if (parent === undefined) return i;
      container = parent;
      if (outer.length === 0) marks?.push(i);
      state = AFTER;
    } else if (state === AFTER) {
      if (code !== COMMA) return ~i;
      i++;
      state = NEXT;
    } else if (state === BEFORE_COLON) {
      if (code !== COLON) return ~i;
      i++;
      state = VALUE;
    } else if (container === OBJECT && state !== VALUE) {
      const end = code === QUOTE ? scanString(text, i) : ~i;
      if (end < 0) return end;
      members?.push(i, end);
      i = end;
      state = BEFORE_COLON;
    } else {
      if (i < text.length) members?.push(i);
      if (code === OBJECT || code === ARRAY) {
        if (outer.length === MAX_SHAPE_DEPTH) return ~i;
        outer.push(container);
        container = code;
        i++;
        state = FIRST;
      } else {
        i = scanScalar(text, i);
        if (i < 0) return i;
        members?.push(i);
        state = AFTER;
      }
    }
  }
}

/** First index from `at` that is no JSON white space. */
export function skipSpace(text: string, at: number): number {
  let i = at;
  for (;;) {
    const code = text.charCodeAt(i);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return i;
    i++;
  }
}

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

function scanScalar(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code === QUOTE) return scanString(text, at);
  // Short integers are most of the numbers there are.
  if (code >= 0x31 && code <= 0x39) {
    let i = at + 1;
    while (isDigit(text.charCodeAt(i))) i++;
    const after = text.charCodeAt(i);
    if (after === COMMA || after === OBJECT_END || after === ARRAY_END) return i;
  }
  if (code === 0x74) return text.startsWith('true', at) ? at + 4 : ~at;
  if (code === 0x66) return text.startsWith('false', at) ? at + 5 : ~at;
  if (code === 0x6e) return text.startsWith('null', at) ? at + 4 : ~at;
  number.lastIndex = at;
  return number.test(text) ? number.lastIndex : ~at;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function scanString(text: string, at: number): number {
  const near = Math.min(text.length, at + NEAR);
  for (let i = at + 1; i < near; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) return i + 1;
    if (code === BACKSLASH) i++;
  }
  return scanLongString(text, at);
}

/** Past this many characters the engine's own search is faster than a loop. */
const NEAR = 24;

function scanLongString(text: string, at: number): number {
  let i = at + 1;
  for (;;) {
    const quote = text.indexOf('"', i);
    if (quote < 0) return ~text.length;
    let before = quote - 1;
    while (text.charCodeAt(before) === BACKSLASH) before--;
    // An even run of backslashes escapes itself. The opening quote ends every run.
    if ((quote - before) % 2 === 1) return quote + 1;
    i = quote + 1;
  }
}
