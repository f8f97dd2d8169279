import { hasHidden } from './shellWord.js';
import { joined, type Piece, type Words } from './words.js';

/** Without anything that PowerShell reads: a dot or colon after a dash parts an argument in two. */
const BARE = /^(?:[A-Za-z_/][A-Za-z0-9_./=+-]*|--?[A-Za-z][A-Za-z0-9-]*)$/;
/** Typographic quotes are quotes (about_Quoting_Rules). */
const SINGLE = /['\u2018-\u201b]/g;
const SPECIAL = /[`$"\u201c-\u201e]/g;
const EACH = /[^]/gu;
const NAMED: Readonly<Record<string, string>> = { '\n': '`n', '\r': '`r', '\t': '`t' };

/** about_Parsing, "Passing arguments that contain quote characters": `$PSNativeCommandArgumentPassing`. */
const OLD = 'PowerShell before 7.3 passes quotes and empty texts to programs as others: run this in 7.3 or later.';

/**
 * One argument of a program for PowerShell (about_Quoting_Rules, about_Special_Characters): in single quotes nothing is read but
 * the quotes themselves, in double quotes a backtick takes every character for itself. NUL cannot be passed.
 */
export function powershellWord(words: Words, notes: string[]): string {
  const pieces = joined(words);
  const [only] = pieces;
  const isMangled = only === undefined || pieces.some((piece) => 'literal' in piece && isMangledByOld(piece.literal));
  if (isMangled && !notes.includes(OLD)) notes.push(OLD);
  if (only === undefined) return "''";
  if (pieces.length > 1 || 'env' in only || hasHidden(only.literal)) return `"${pieces.map(expandable).join('')}"`;
  return BARE.test(only.literal) ? only.literal : `'${only.literal.replace(SINGLE, '$&$&')}'`;
}

function expandable(piece: Piece): string {
  if ('env' in piece) return `\${env:${piece.env}}`;
  const escaped = piece.literal.replace(SPECIAL, '`$&');
  return escaped.replace(EACH, (character) => {
    const named = NAMED[character];
    if (named !== undefined) return named;
    return hasHidden(character) ? `$([char]::ConvertFromUtf32(${character.codePointAt(0)}))` : character;
  });
}

/** Its own quotes, and what would become one with them. */
function isMangledByOld(text: string): boolean {
  return text.includes('"') || text.endsWith('\\');
}
