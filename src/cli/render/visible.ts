/**
 * Text of a peer as it is, but for what a terminal or a reader's eye would obey: control, format and bidirectional characters and
 * lone surrogates stand as `\u001b`, which inside JSON is the same JSON. Line breaks and tabs stay; CR LF is a line break.
 */
export function visibleText(text: string): string {
  if (/^[\t\n\u0020-\u007e]*$/.test(text)) return text;
  return text
    .replaceAll('\r\n', '\n')
    .replace(/(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029\u2065]/gu, (letter) =>
      Array.from({ length: letter.length }, (_, at) => `\\u${hex(letter.charCodeAt(at), 4)}`).join(''),
    );
}

const ROW_BYTES = 16;

/** Rows of an offset, sixteen bytes as hex pairs and as ASCII. */
export function hexRows(bytes: Uint8Array): string[] {
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += ROW_BYTES) {
    const row = [...bytes.subarray(at, at + ROW_BYTES)];
    rows.push(
      `${hex(at, 4)}  ${row
        .map((byte) => hex(byte, 2))
        .join(' ')
        .padEnd(ROW_BYTES * 3 - 1)}  ${asciiOf(row)}`,
    );
  }
  return rows;
}

function asciiOf(bytes: readonly number[]): string {
  return bytes.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
