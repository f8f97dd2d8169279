import assert from 'node:assert/strict';
import { lineDifference } from '../../../src/core/text/lineDifference.js';

describe('the difference of two texts by lines', () => {
  const told = (before: string, after: string) =>
    lineDifference(before, after).map(({ kind, text }) => `${kind === 'added' ? '+' : '-'}${text}`);

  it('tells the lines that went and those that came, and none that stayed', () => {
    assert.deepEqual(told('{\n  a\n}', '{\n  a,\n  b\n}'), ['-  a', '+  a,', '+  b']);
    assert.deepEqual(told('a\nb\nc\nd', 'x\nb\nc\ny'), ['-a', '+x', '-d', '+y']);
    assert.deepEqual(told('a\nb', 'a\r\nb'), []);
    assert.deepEqual(told('a', 'a\nb'), ['+b']);
    assert.deepEqual(told('', 'b'), ['-', '+b']);
  });

  it('ends, however long the texts are', () => {
    const long = Array.from({ length: 5_000 }, (_, index) => `${index}`);
    assert.equal(told(long.join('\n'), long.toReversed().join('\n')).length, 40);
  });
});
