/**
 * Whether the first bytes after a 101 are HTML or an HTTP response: a proxy that upgraded the client but not the
 * backend. Empty lines before them are passed over.
 */
export function looksLikeHttp(firstBytes: Uint8Array): boolean {
  const text = leadingText(firstBytes);
  return /^<([a-z!/?]|$)/i.test(text) || text.startsWith('HTTP/');
}

/** Whether more bytes could still make it HTTP: `H`, `HT`… or nothing but empty lines. */
export function mayBecomeHttp(firstBytes: Uint8Array): boolean {
  const text = leadingText(firstBytes);
  return text.length < 5 && 'HTTP/'.startsWith(text);
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
