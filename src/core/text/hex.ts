/** All bytes as hex pairs with a space between. */
export function hexText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/** Hex pairs in two groups of eight, for a line of up to sixteen bytes. */
export function hexGroups(bytes: Uint8Array): string {
  return bytes.length > 8 ? `${hexText(bytes.subarray(0, 8))}  ${hexText(bytes.subarray(8))}` : hexText(bytes);
}

/** Hex pairs of the first bytes, for one line of a table. */
export function hexPreview(bytes: Uint8Array, limit: number): string {
  const pairs = hexText(bytes.subarray(0, limit));
  return bytes.length > limit ? `${pairs} …` : pairs;
}

/** Printable ASCII, a dot for everything else. */
export function asciiOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
}

/** Sixteen bytes a line: offset, hex in two groups of eight, printable ASCII. */
export function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let offset = 0; offset < bytes.length; offset += 16) {
    const row = bytes.subarray(offset, offset + 16);
    lines.push(`${offset.toString(16).padStart(8, '0')}  ${hexGroups(row).padEnd(48)}  ${asciiOf(row)}\n`);
  }
  return lines.join('');
}
