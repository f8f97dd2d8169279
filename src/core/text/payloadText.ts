/** Longer texts are shown as received: formatting them would hold up whoever asks. */
const MAX_FORMATTED = 1024 * 1024;
/** A peer can nest so deep that the indentation is all there is. */
const MAX_INDENTED = 8 * MAX_FORMATTED;

/** How a payload is best read as a document. `extension` decides the colours. */
export interface PayloadText {
  readonly extension: 'json' | 'txt' | 'hex';
  readonly text: string;
}

/** Text as received, JSON re-indented, bytes as a hex dump. `cut`: how many bytes of the payload are not in `bytes`. */
export function payloadText(bytes: Uint8Array, binary: boolean, cut: number): PayloadText {
  const note = cut > 0 ? `\n… ${cut} bytes more\n` : '';
  if (binary) return { extension: 'hex', text: hexDump(bytes) + note };
  const text = new TextDecoder().decode(bytes);
  if (cut > 0) return { extension: 'txt', text: text + note };
  const json = indentJson(text);
  return json === null ? { extension: 'txt', text } : { extension: 'json', text: `${json}\n` };
}

/** Sixteen bytes a line: offset, hex in two groups of eight, printable ASCII. */
export function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let offset = 0; offset < bytes.length; offset += 16) {
    const row = bytes.subarray(offset, offset + 16);
    const pairs = Array.from(row, (byte) => byte.toString(16).padStart(2, '0'));
    const hex = `${pairs.slice(0, 8).join(' ')}  ${pairs.slice(8).join(' ')}`.padEnd(48);
    const ascii = Array.from(row, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${offset.toString(16).padStart(8, '0')}  ${hex}  ${ascii}`);
  }
  return lines.map((line) => `${line}\n`).join('');
}

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
  const out: string[] = [];
  let depth = 0;
  let length = 0;
  let last = '';
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}:,]|[^\s[\]{}:,"]+/g)) {
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
