const [QUOTE, COMMA, BRACKET, BACKSLASH] = [0x22, 0x2c, 0x5b, 0x5c];

/**
 * Whether JSON holds more than so many values, found without parsing it: millions of small values cost many times their
 * bytes once parsed. Says nothing of whether it is JSON.
 */
export function hasMoreValues(bytes: Uint8Array, max: number): boolean {
  let values = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === COMMA || byte === BRACKET) values += 1;
    else if (byte === QUOTE) at = endOfText(bytes, at);
    if (values > max) return true;
  }
  return false;
}

function endOfText(bytes: Uint8Array, start: number): number {
  for (let at = start + 1; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH) at += 1;
  }
  return bytes.length;
}
