/** Regular expressions that find secrets in each spelling they may leave in, the longest secrets first. */
export interface SecretPatterns {
  readonly plain: RegExp;
  /** As `plain`, for bytes read as latin1. */
  readonly bytes: RegExp;
  /** Base64 and hexadecimal; null when every secret is too short for them. */
  readonly encoded: RegExp | null;
}

/** A pattern stays compilable up to this many characters of a secret; a longer one is hidden piece by piece. */
const PIECE = 1024;

export function secretPatterns(secrets: readonly string[]): SecretPatterns | null {
  const pieces = [...new Set(secrets.filter((secret) => secret.trim() !== '').flatMap(cutLong))];
  if (pieces.length === 0) return null;
  pieces.sort((a, b) => b.length - a.length);
  const encoded = pieces.flatMap(encodedSpellings);
  const plain = (literal: (character: string) => string) =>
    new RegExp(pieces.map((piece) => plainSpelling(piece, literal)).join('|'), 'g');
  return {
    plain: plain((character) => character),
    bytes: plain((character) => Buffer.from(character).toString('latin1')),
    encoded: encoded.length > 0 ? new RegExp(encoded.join('|'), 'g') : null,
  };
}

function cutLong(secret: string): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < secret.length; at += PIECE) pieces.push(secret.slice(at, at + PIECE));
  const last = pieces.at(-1) ?? '';
  // A short rest would match everywhere, so it stays with the piece before it.
  if (pieces.length > 1 && last.length < 16) pieces.splice(-2, 2, (pieces.at(-2) ?? '') + last);
  return pieces;
}

function plainSpelling(secret: string, literal: (character: string) => string): string {
  const body = secret.replace(/\\+|[^]/gu, (character) => characterSpelling(character, literal));
  return secret.length < 3 ? `(?<![A-Za-z0-9])${body}(?![A-Za-z0-9])` : body;
}

/** A character as it is, percent-encoded, or escaped as in JSON, also in JSON within JSON (bounded: no run of `\` can stall). */
function characterSpelling(character: string, literal: (character: string) => string): string {
  if (/^[A-Za-z0-9_~-]$/.test(character)) return character;
  if (character.startsWith('\\')) {
    const percent = `(?:%5[cC]){${character.length}}`;
    return `(?:\\\\{${character.length},${Math.min(character.length * 8, 1000)}}|${percent})`;
  }
  const ways = [escapeRegExp(literal(character)), percentEncoded(character), jsonEscaped(character)];
  if (character === ' ') ways.push('\\+');
  if (character === '"' || character === '/') ways.push(`\\\\{1,7}${character}`);
  const short = SHORT_ESCAPES[character];
  if (short !== undefined) ways.push(`\\\\{1,7}${short}`);
  return `(?:${ways.join('|')})`;
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = { '\n': 'n', '\r': 'r', '\t': 't', '\b': 'b', '\f': 'f' };

function percentEncoded(character: string): string {
  return [...Buffer.from(character)].map((byte) => `%${anyCase(byte.toString(16).padStart(2, '0'))}`).join('');
}

function jsonEscaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\\\{1,7}u${anyCase(unit.toString(16).padStart(4, '0'))}`).join('');
}

function anyCase(hex: string): string {
  return hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

function encodedSpellings(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  if (bytes.length < 3) return [];
  const shifts = [0, 1, 2].map((shift) => base64Spelling(bytes, shift));
  return bytes.length < 4 ? shifts : [...shifts, hexSpelling(bytes)];
}

/** The first bytes, then as many pairs as the value is long: a dump may be cut, and a whole long value compiles slowly. */
function hexSpelling(bytes: Uint8Array): string {
  const pairs = [...bytes.subarray(0, 8)].map((byte) => anyCase(byte.toString(16).padStart(2, '0')));
  const rest = bytes.length > 8 ? `(?:[ :-]?[0-9a-fA-F]{2}){0,${bytes.length - 8}}` : '';
  return pairs.join('[ :-]?') + rest;
}

/**
 * Within a longer base64 text a value starts 0, 1 or 2 bytes into a group of three, and its first and last digit may share
 * bits with its neighbours. What it has to itself is sought; `replaceEncoded` takes the shared digits along.
 */
function base64Spelling(bytes: Uint8Array, shift: number): string {
  const digits = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
  const bits = (shift + bytes.length) * 8;
  const own = digits.slice(shift === 0 ? 0 : shift + 1, Math.floor(bits / 6));
  const shared = bits % 6 === 0 ? '' : '[A-Za-z0-9+/_-]?';
  return own.replace(/[+/]/g, (digit) => BASE64_SPELLINGS[digit] ?? '') + shared;
}

/** Replaces matches and up to three base64 digits before each, which share bits with the value. */
export function replaceEncoded(text: string, pattern: RegExp, replacement: (length: number) => string): string {
  let result = '';
  let done = 0;
  for (const match of text.matchAll(pattern)) {
    let start = match.index;
    while (start > done && match.index - start < 3 && /[A-Za-z0-9+/_-]/.test(text[start - 1] ?? '')) start -= 1;
    result += text.slice(done, start) + replacement(match.index + match[0].length - start);
    done = match.index + match[0].length;
  }
  return done === 0 ? text : result + text.slice(done);
}

const BASE64_SPELLINGS: Readonly<Record<string, string>> = {
  '+': '(?:[+-]|%2[bB])',
  '/': '(?:[/_]|%2[fF]|\\\\{1,7}/)',
};

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
