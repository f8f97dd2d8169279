import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { shellWord } from '../../../../src/core/convert/copyAs/shellWord.js';
import type { Piece } from '../../../../src/core/convert/copyAs/words.js';
import { runShell } from './shell.js';

const nasty = [
  "'",
  '"',
  '\\',
  '$',
  '`',
  '!',
  '\n',
  ' ',
  '*',
  '~',
  '#',
  '\u001b',
  '\u202e',
  '\r',
  '%',
  'é',
  '-',
  '=',
  '$(x)',
];
const texts = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.array(fc.constantFrom(...nasty), { maxLength: 12 }).map((parts) => parts.join('')),
  )
  .map((text) => Buffer.from(text.replaceAll('\0', '')).toString());

describe('shellWord', () => {
  it('comes out of a shell as it went in', () => {
    fc.assert(
      fc.property(fc.array(texts, { minLength: 1, maxLength: 40 }), (values) => {
        const words = values.map((value) => shellWord([{ literal: value }]));
        assert.equal(runShell(`printf '%s\\0' ${words.join(' ')}`), values.map((value) => `${value}\0`).join(''));
      }),
      { numRuns: 30 },
    );
  });

  it('puts the values of variables in without reading them as shell', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(texts, fc.boolean()), { minLength: 1, maxLength: 8 }), texts, (parts, secret) => {
        const words = parts.map(([text, isSecret]): Piece => (isSecret ? { env: 'SECRET' } : { literal: text }));
        const expected = parts.map(([text, isSecret]) => (isSecret ? secret : text)).join('');
        assert.equal(runShell(`printf %s ${shellWord(words)}`, { SECRET: secret }), expected);
      }),
      { numRuns: 30 },
    );
  });

  it('shows what hides: no escape, bidirectional or carriage return character is pasted', () => {
    fc.assert(
      fc.property(texts, (text) => {
        assert.doesNotMatch(shellWord([{ literal: text }]), /(?![\n\t])[\p{Cc}\p{Cf}]/u);
      }),
    );
  });
});
