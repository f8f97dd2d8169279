import { REDACTED } from './redactor.js';

/**
 * What stands behind each mark of a redacted text, in order; null where that cannot be told for sure. With it a person may edit
 * a message without its secrets being shown.
 */
export function behindMarks(text: string, redacted: string): readonly string[] | null {
  const [first = '', ...rest] = redacted.split(REDACTED);
  if (!text.startsWith(first)) return null;
  const hidden: string[] = [];
  let at = first.length;
  for (const [index, piece] of rest.entries()) {
    const isLast = index === rest.length - 1;
    const end = isLast ? text.length - piece.length : text.indexOf(piece, at);
    // Two marks side by side: nobody knows where the one ends.
    if (end < at || (piece === '' && !isLast) || !text.startsWith(piece, end)) return null;
    hidden.push(text.slice(at, end));
    at = end + piece.length;
  }
  return at === text.length ? hidden : null;
}

/** An edited text with what stands behind its marks; null where marks were added or taken away. */
export function unmarked(edited: string, hidden: readonly string[]): string | null {
  const pieces = edited.split(REDACTED);
  if (pieces.length !== hidden.length + 1) return null;
  return pieces.map((piece, index) => piece + (hidden[index] ?? '')).join('');
}
