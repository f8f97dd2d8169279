/** Longer texts are shown as received: formatting them would hold up whoever asks. */
const MAX_FORMATTED = 1024 * 1024;
/** A peer can nest so deep that the indentation is all there is. */
const MAX_INDENTED = 8 * MAX_FORMATTED;

/**
 * JSON re-indented token by token: the order of keys, doubled keys, escapes and big numbers stay as received. The text
 * itself when it is longer than 1 MiB, or would grow beyond 8 MiB; null when it is no JSON object or array.
 */
export function indentJson(text: string): string | null {
  if (!/^\s*[[{]/.test(text)) return null;
  if (text.length > MAX_FORMATTED) return text;
  try {
    JSON.parse(text);
  } catch {
    return null;
  }
  return reindent(text);
}

/**
 * The same tokens of a text that is JSON but for `${variables}`, which count as one token each, indented by two; the
 * text itself where that would grow beyond 8 MiB.
 */
export function reindent(text: string): string {
  const out: string[] = [];
  let depth = 0;
  let length = 0;
  let last = '';
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|\$\{[^{}]*\}|[[\]{}:,]|[^\s[\]{}:,"]+/g)) {
    const closes = token === '}' || token === ']';
    const afterOpening = last === '{' || last === '[';
    if (closes) depth--;
    if (closes ? !afterOpening : afterOpening || last === ',') {
      out.push('\n', '  '.repeat(depth));
      length += 1 + 2 * depth;
    }
    length += token.length + 1;
    if (length > MAX_INDENTED) return text;
    out.push(token === ':' ? ': ' : token);
    if (token === '{' || token === '[') depth++;
    last = token;
  }
  return out.join('');
}
