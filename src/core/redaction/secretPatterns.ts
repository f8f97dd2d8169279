import { edgePatterns } from './secretEdges.js';

/** Regular expressions that find secrets in each spelling they may leave in, the longest secrets first. */
export interface SecretPatterns {
  readonly plain: RegExp;
  /** As `plain`, for bytes read as latin1. */
  readonly bytes: RegExp;
  /** Base64 and hexadecimal; null when every secret is too short for them. */
  readonly encoded: RegExp | null;
  /** What may be a secret's beginning at the end of bytes read as latin1, and its ending at their start. */
  readonly beginning: RegExp;
  readonly endings: readonly RegExp[];
  /** No spelling of a secret is longer than this in bytes. */
  readonly longestBytes: number;
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
    bytes: plain(asLatin1),
    encoded: encoded.length > 0 ? new RegExp(encoded.join('|'), 'g') : null,
    ...edgePatterns(pieces.flatMap(spellingsOf)),
    longestBytes: Math.max(...pieces.map((piece) => Buffer.byteLength(piece))) * LONGEST_SPELLING,
  };
}

/** A JSON escape within JSON within JSON writes twelve characters for one. */
const LONGEST_SPELLING = 12;

/** Each way to write a value, an expression a character, for bytes read as latin1. */
function spellingsOf(secret: string): readonly (readonly string[])[] {
  const plain = [...secret.matchAll(CHARACTERS)].map(([character]) => characterSpelling(character, asLatin1));
  if (secret.length < 3) return [[`(?<![A-Za-z0-9])${plain[0] ?? ''}`, ...plain.slice(1)]];
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].map((shift) => Array.from(ownDigits(bytes, shift), digitSpelling));
  const digits = bytes.toString('hex');
  const hex = Array.from(digits, (digit, index) => (index % 2 === 0 ? '[ :-]?' : '') + anyCase(digit));
  return [plain, ...base64, hex];
}

function cutLong(secret: string): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < secret.length; at += PIECE) pieces.push(secret.slice(at, at + PIECE));
  const last = pieces.at(-1) ?? '';
  // A short rest would match everywhere, so it stays with the piece before it.
  if (pieces.length > 1 && last.length < 16) pieces.splice(-2, 2, (pieces.at(-2) ?? '') + last);
  return pieces;
}

/** A run of backslashes counts as one. */
const CHARACTERS = /\\+|[^]/gu;

function asLatin1(character: string): string {
  return Buffer.from(character).toString('latin1');
}

function plainSpelling(secret: string, literal: (character: string) => string): string {
  const body = secret.replace(CHARACTERS, (character) => characterSpelling(character, literal));
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
  const pairs = [...bytes.subarray(0, 8)].map(pairSpelling);
  const rest = bytes.length > 8 ? `(?:[ :-]?[0-9a-fA-F]{2}){0,${bytes.length - 8}}` : '';
  return pairs.join('[ :-]?') + rest;
}

function pairSpelling(byte: number): string {
  return anyCase(byte.toString(16).padStart(2, '0'));
}

/**
 * Within a longer base64 text a value starts 0, 1 or 2 bytes into a group of three, and its first and last digit may share
 * bits with its neighbours. What it has to itself is sought; `replaceEncoded` takes the shared digits along.
 */
function base64Spelling(bytes: Uint8Array, shift: number): string {
  const shared = ((shift + bytes.length) * 8) % 6 === 0 ? '' : '[A-Za-z0-9+/_-]?';
  return Array.from(ownDigits(bytes, shift), digitSpelling).join('') + shared;
}

function ownDigits(bytes: Uint8Array, shift: number): string {
  const digits = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
  return digits.slice(shift === 0 ? 0 : shift + 1, Math.floor(((shift + bytes.length) * 8) / 6));
}

function digitSpelling(digit: string): string {
  return BASE64_SPELLINGS[digit] ?? digit;
}

/** The matches, each with up to three base64 digits before it, which share bits with the value. */
export function encodedRanges(text: string, pattern: RegExp): { start: number; end: number }[] {
  const ranges: { start: number; end: number }[] = [];
  let done = 0;
  for (const match of text.matchAll(pattern)) {
    let start = match.index;
    while (start > done && match.index - start < 3 && /[A-Za-z0-9+/_-]/.test(text[start - 1] ?? '')) start -= 1;
    done = match.index + match[0].length;
    ranges.push({ start, end: done });
  }
  return ranges;
}

const BASE64_SPELLINGS: Readonly<Record<string, string>> = {
  '+': '(?:[+-]|%2[bB])',
  '/': '(?:[/_]|%2[fF]|\\\\{1,7}/)',
};

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
