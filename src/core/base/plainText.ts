/** Nearly all that is ever asked about. */
const HARMLESS = /^[ -~]*$/;

/**
 * Text of a peer made safe to show: no C0, C1, bidirectional, zero-width or other format characters, no lone surrogates,
 * one line (line breaks and tabs become spaces), at most `max` UTF-16 units with "…" where it was cut. Never throws.
 */
export function plainText(text: string, max = 400): string {
  if (text.length <= max && HARMLESS.test(text)) return text;
  // Twice the room: characters that vanish must not make the answer shorter than it could be, and the work stays bounded.
  const clean = text
    .slice(0, max * 2 + 64)
    .replace(/[\t\n\v\f\r\u0085\u2028\u2029]+/g, ' ')
    // U+2065 is given to nobody, and shown as nothing (Default_Ignorable_Code_Point).
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\u2065]/gu, '');
  const whole = clean.length <= max && text.length <= max * 2 + 64;
  return whole ? clean : cut(clean, max);
}

/** Like `plainText`, with runs of white space folded and the ends trimmed: for quoting bodies and reasons. */
export function quoteText(text: string, max = 200): string {
  const folded = text.slice(0, max * 8 + 64).replace(/\s+/g, ' ');
  return plainText(folded, max).trim();
}

/** Like `plainText`, but line breaks stay: for snippets of several lines. */
export function plainLines(text: string, max = 4000): string {
  return text
    .slice(0, max)
    .split('\n')
    .map((line) => plainText(line, max))
    .join('\n');
}

function cut(text: string, max: number): string {
  const end = Math.max(0, max - 1);
  const half = text.charCodeAt(end - 1);
  const splitsPair = half >= 0xd800 && half <= 0xdbff;
  return `${text.slice(0, splitsPair ? end - 1 : end)}…`;
}
