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

function characterPattern(character: string, caseSensitive: boolean): string {
  const variants = caseSensitive ? [character] : [character, character.toLowerCase(), character.toUpperCase()];
  const sources = [...new Set(variants.map(bytesPattern))];
  if (sources.length === 1) return sources[0]!;
  return sources.every((source) => source.length === 4) ? `[${sources.join('')}]` : `(?:${sources.join('|')})`;
}

function bytesPattern(character: string): string {
  return Array.from(encoder.encode(character), (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}
