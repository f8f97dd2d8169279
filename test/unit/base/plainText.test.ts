import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { plainLines, plainText, quoteText } from '../../../src/core/base/plainText.js';

const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029\u2065]/u;

describe('plainText', () => {
  const table: readonly (readonly [input: string, output: string])[] = [
    ['plain', 'plain'],
    ['two\r\nlines\tand a tab', 'two lines and a tab'],
    ['\u001b[31mred\u001b[0m', '[31mred[0m'],
    ['\u009b31m', '31m'],
    ['exe.\u202egnp', 'exe.gnp'],
    ['zero\u200bwidth\ufeff', 'zerowidth'],
    ['re\u2065served', 'reserved'],
    ['half \ud800 pair', 'half  pair'],
    ['\ud83d\ude00 ümlaut', '\ud83d\ude00 ümlaut'],
    ['a\u2028b', 'a b'],
    ['nul\u0000', 'nul'],
  ];
  for (const [input, output] of table) {
    it(JSON.stringify(input), () => assert.equal(plainText(input), output));
  }

  it('cuts at the limit and never through a pair', () => {
    assert.equal(plainText('abcdef', 4), 'abc…');
    assert.equal(plainText('ab\ud83d\ude00ef', 4), 'ab…');
    assert.equal(plainText('abcd', 4), 'abcd');
  });

  it('keeps its promises for every text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 900 }), fc.integer({ min: 1, max: 300 }), (text, max) => {
        for (const clean of [plainText(text, max), quoteText(text, max)]) {
          assert.ok(clean.length <= max);
          assert.doesNotMatch(clean, unsafe);
        }
        for (const line of plainLines(text).split('\n')) assert.doesNotMatch(line, unsafe);
      }),
    );
  });

  it('is no work in proportion to a huge text', () => {
    assert.equal(plainText('\u0000'.repeat(10_000_000), 10), '…');
  });
});
