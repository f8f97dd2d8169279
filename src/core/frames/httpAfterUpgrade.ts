/**
 * Whether the first bytes after a 101 are HTML or an HTTP response: a proxy that upgraded the client but not the
 * backend. Empty lines before them are passed over.
 */
export function looksLikeHttp(firstBytes: Uint8Array): boolean {
  const text = leadingText(firstBytes);
  return /^<([a-z!/?]|$)/i.test(text) || text.startsWith('HTTP/');
}

/** The same of a later frame, where HTML would be a guess: a status line, as servers write into timed-out sockets. */
export function looksLikeStatusLine(bytes: Uint8Array): boolean {
  return leadingText(bytes).startsWith('HTTP/1.');
}

/** Whether more bytes could still make it a status line: `H`, `HTT`… or nothing but empty lines. */
export function mayBecomeHttp(bytes: Uint8Array): boolean {
  const text = leadingText(bytes);
  return text.length < 7 && 'HTTP/1.'.startsWith(text);
}

/** The bytes as text for a message, when they are printable ASCII throughout; else null. */
export function printableText(bytes: Uint8Array): string | null {
  if (bytes.length < 4) return null;
  const text = Buffer.from(bytes).toString('latin1');
  return /^[\t\r\n\x20-\x7e]+$/.test(text) ? text.replace(/\s+/g, ' ').trim() : null;
}

function leadingText(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, 64))
    .toString('latin1')
    .replace(/^[\r\n\t ]+/, '');
}
