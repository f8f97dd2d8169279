import { applyEdits, format } from 'jsonc-parser';

const MAX_CHARACTERS = 1024 * 1024;

/** JSON on several lines, its numbers and the order of its keys as they were; any other text as it is. */
export function prettyJson(text: string): string {
  if (text.length > MAX_CHARACTERS || !/^\s*[[{]/.test(text)) return text;
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  return applyEdits(text, format(text, undefined, { insertSpaces: true, tabSize: 2, eol: '\n' }));
}
