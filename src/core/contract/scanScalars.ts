import type { ValuePlace } from './places.js';

/** A string or number of a JSON text, and where its token stands. */
export interface Scalar extends ValuePlace {
  readonly start: number;
  readonly end: number;
  readonly value: string | number | null;
}

interface Level {
  readonly isArray: boolean;
  readonly key: string | null;
  member: string | null;
  index: number;
  first: unknown;
}

const TOKEN = /"(?:[^"\\]|\\[^])*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|null|[[\]{},]/g;
const MAX_DEPTH = 1_000;

/** The strings and numbers of a JSON text from `from` on, in its order, so that one can be put in place of another and nothing else changes. */
export function scanScalars(text: string, from: number, visit: (scalar: Scalar) => void): void {
  const levels: Level[] = [];
  TOKEN.lastIndex = from;
  for (let found = TOKEN.exec(text); found !== null; found = TOKEN.exec(text)) {
    const [token] = found;
    const level = levels.at(-1);
    const end = found.index + token.length;
    if (token === '[' || token === '{') {
      if (levels.length >= MAX_DEPTH) return;
      const key = level === undefined ? null : level.isArray ? level.key : level.member;
      levels.push({ isArray: token === '[', key, member: null, index: 0, first: undefined });
    } else if (token === ']' || token === '}') levels.pop();
    else if (token === ',') {
      if (level) level.index += 1;
    } else if (level?.isArray === false && token.startsWith('"') && isFollowedByColon(text, end)) {
      level.member = unquote(token);
    } else {
      const value = token === 'null' ? null : token.startsWith('"') ? unquote(token) : Number(token);
      const isTop = levels.length === 1 && level?.isArray === true;
      if (isTop && level.index === 0) level.first = value;
      const key = level === undefined ? null : level.isArray ? level.key : level.member;
      const place = { key, index: isTop ? level.index : null, first: isTop ? level.first : undefined };
      const { lastIndex } = TOKEN;
      visit({ ...place, start: found.index, end, value });
      // What is visited may hold JSON of its own.
      TOKEN.lastIndex = lastIndex;
    }
  }
}

const COLON = /\s*:/y;

function isFollowedByColon(text: string, at: number): boolean {
  COLON.lastIndex = at;
  return COLON.test(text);
}

function unquote(token: string): string {
  try {
    return JSON.parse(token) as string;
  } catch {
    return token.slice(1, -1);
  }
}
