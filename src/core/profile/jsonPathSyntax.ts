import { compile } from 'json-p3';

/** Null when the text is an RFC 9535 query, else why not. */
export function jsonPathError(text: string): string | null {
  try {
    compile(text);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
