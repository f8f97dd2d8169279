const encoder = new TextEncoder();

/**
 * The source of a regular expression that finds one of the texts, as UTF-8, in bytes decoded as Latin-1. Without
 * `caseSensitive` each character also matches its upper and its lower case. V8 searches a slab so at gigabytes a
 * second; Buffer.indexOf is faster only for exact case.
 */
export function textPattern(texts: readonly string[], caseSensitive: boolean): string {
  return texts
    .map((text) => Array.from(text, (character) => characterPattern(character, caseSensitive)).join(''))
    .join('|');
}

/** A text of which each byte is one of two. */
export interface FoldedText {
  readonly lower: Uint8Array;
  readonly upper: Uint8Array;
}

/** Matches what the text's pattern finds; null for a text that says more: characters other than ASCII, in either case. */
export function foldText(text: string, caseSensitive: boolean): FoldedText | null {
  const upper = encoder.encode(caseSensitive ? text : text.toUpperCase());
  const lower = encoder.encode(caseSensitive ? text : text.toLowerCase());
  const isPlain = (bytes: Uint8Array) => bytes.length === text.length && bytes.every((byte) => byte < 0x80);
  return caseSensitive || (isPlain(upper) && isPlain(lower)) ? { lower, upper } : null;
}

function variants(character: string, caseSensitive: boolean): string[] {
  return caseSensitive ? [character] : [character, character.toLowerCase(), character.toUpperCase()];
}

function characterPattern(character: string, caseSensitive: boolean): string {
  const sources = [...new Set(variants(character, caseSensitive).map(bytesPattern))];
  if (sources.length === 1) return sources[0]!;
  return sources.every((source) => source.length === 4) ? `[${sources.join('')}]` : `(?:${sources.join('|')})`;
}

function bytesPattern(character: string): string {
  return Array.from(encoder.encode(character), (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}
