import { compile, type JSONPathQuery, type JSONValue } from 'json-p3';

const MAX_LENGTH = 1000;

/** Null when the text is an RFC 9535 query, else why not. */
export function jsonPathError(text: string): string | null {
  if (text.length > MAX_LENGTH) return `it is longer than ${MAX_LENGTH} characters.`;
  if (!text.startsWith('$')) return 'a path begins with $, the whole document.';
  try {
    compile(text);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A path is asked of every message that comes, and compiled once. */
const known = new Map<string, JSONPathQuery>();
const MAX_KNOWN = 256;

function compiled(path: string): JSONPathQuery {
  const query = known.get(path) ?? compile(path);
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(path, query);
  return query;
}

/** The values that a query selects, in the order of the document. Throws when the query is none. */
export function selectJson(path: string, json: unknown): readonly unknown[] {
  return compiled(path)
    .query(json as JSONValue)
    .values();
}

/** Where in the document the values stand that a query selects. Throws when the query is none. */
export function locateJson(path: string, json: unknown): readonly (readonly (string | number)[])[] {
  return compiled(path)
    .query(json as JSONValue)
    .nodes.map(({ location }) => location);
}
