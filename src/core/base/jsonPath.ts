import { compile, query } from 'json-p3';

const MAX_LENGTH = 1000;

/** Null when the text is an RFC 9535 query, else why not. */
export function jsonPathError(text: string): string | null {
  if (text.length > MAX_LENGTH) return `it is longer than ${MAX_LENGTH} characters.`;
  try {
    compile(text);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The values that a query selects, in the order of the document. Throws when the query is none. */
export function selectJson(path: string, json: unknown): readonly unknown[] {
  return query(path, json as Parameters<typeof query>[1]).values();
}
