import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { shellWord } from '../../../../src/core/convert/copyAs/shellWord.js';
import type { Piece } from '../../../../src/core/convert/copyAs/words.js';
import { runShell, shellsHere } from './shell.js';

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

  const hostile = [
    "it's",
    'a\\',
    '\\\\',
    "a\\'b",
    "'\\''",
    '\u0001\\n',
    '$(id)`id`',
    '!x',
    '~',
    '{a,b}',
    '=ls',
    '%PATH%',
    'end\n',
    '',
  ];
  for (const [name, ...options] of shellsHere()) {
    it(`means the same to ${name}`, () => {
      const words = hostile.map((literal) => shellWord([{ literal }, { env: 'SECRET' }, { literal }]));
      const secret = `s'e"c\\ $HOME*`;
      const env = { PATH: process.env['PATH'] ?? '', HOME: '/', SECRET: secret };
      const said = execFileSync(name, [...options, '-c', `printf '%s\\0' ${words.join(' ')}`], { env }).toString();
      assert.deepEqual(
        said.split('\0').slice(0, -1),
        hostile.map((text) => text + secret + text),
      );
    });
  }

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
