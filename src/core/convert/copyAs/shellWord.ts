import { joined, type Words } from './words.js';

const BARE = /^[A-Za-z0-9_@%+:,./-]+$/;
/** What a terminal would act on, or not show, when the command is pasted. */
const HIDDEN = /(?![\n\t])[\p{Cc}\p{Cf}\u2028\u2029]/u;
const EACH_HIDDEN = new RegExp(HIDDEN.source, 'gu');

/** One argument for a POSIX shell; the values of variables are never split or expanded again. NUL cannot be passed. */
export function shellWord(words: Words): string {
  const text = joined(words)
    .map((piece) => ('env' in piece ? `"$${piece.env}"` : quoted(piece.literal)))
    .join('');
  return text === '' ? "''" : text;
}

/** A command over several lines, an argument or option each. */
export function shellCommand(name: string, parts: readonly (readonly string[])[]): string {
  return [name, ...parts.map((part) => part.join(' '))].join(' \\\n  ');
}

export function hasHidden(text: string): boolean {
  return HIDDEN.test(text);
}

function quoted(text: string): string {
  if (text === '') return '';
  if (BARE.test(text)) return text;
  if (!hasHidden(text)) return singleQuoted(text);
  // A command substitution drops line breaks at its end.
  const body = text.replace(/\n+$/, '');
  const escaped = body.replace(/\\/g, '\\\\').replace(EACH_HIDDEN, octal);
  return `"$(printf %b ${singleQuoted(escaped)})"${body === text ? '' : singleQuoted(text.slice(body.length))}`;
}

/** Between single quotes fish reads a backslash before another, or before the end: that one stands between double quotes. */
const READ_BY_FISH = /\\(?=\\|$)/g;

function singleQuoted(text: string): string {
  return text
    .split("'")
    .map((part) => `'${part.replace(READ_BY_FISH, `'"\\\\"'`)}'`)
    .join("\\'");
}

function octal(character: string): string {
  return [...Buffer.from(character)].map((byte) => `\\0${byte.toString(8).padStart(3, '0')}`).join('');
}
