import { hasHidden } from './shellWord.js';
import { joined, type Words } from './words.js';

const BARE = /^[A-Za-z0-9_@+:./\\=-]+$/;
const EACH = /[^]/gu;
const LEFT_OUT = 'cmd cannot pass line breaks and control characters: a space stands in their place.';
const AS_IT_IS = 'cmd puts the value of a variable in as it stands: one that holds a double quote breaks the command.';

/**
 * One argument of a program for the prompt of cmd. In double quotes cmd reads nothing but the next quote and `%`; a pair of quotes
 * within them is one for the C runtime (Parsing C command-line arguments) and changes nothing for cmd, so that a `.cmd`
 * file on the way reads the same. `%` stands outside behind a caret: no variable has a quote in its name.
 */
export function cmdWord(words: Words, notes: string[]): string {
  const note = (text: string) => void (notes.includes(text) || notes.push(text));
  const pieces = joined(words);
  const [only] = pieces;
  if (pieces.length === 1 && only && 'literal' in only && BARE.test(only.literal)) return only.literal;
  const text = pieces.map((piece, index) => {
    if ('env' in piece) {
      note(AS_IT_IS);
      return `%${piece.env}%`;
    }
    const visible = piece.literal.replace(EACH, (character) => {
      if (character !== '\n' && character !== '\t' && !hasHidden(character)) return character;
      note(LEFT_OUT);
      return ' ';
    });
    return quotedInside(visible, index === pieces.length - 1);
  });
  return `"${text.join('')}"`;
}

/** Backslashes mean themselves but before a quote, where each needs another. */
function quotedInside(text: string, isLast: boolean): string {
  const doubled = text.replace(isLast ? /(\\+)(?=["%]|$)/g : /(\\+)(?=["%])/g, '$1$1');
  return doubled.replaceAll('"', '""').replaceAll('%', '"^%"');
}
