import assert from 'node:assert/strict';
import { styleFor } from '../../../src/cli/render/style.js';
import { cut, lengthOf, wrap } from '../../../src/cli/render/text.js';
import { fakeIo } from './fakeIo.js';

describe('styleFor', () => {
  const colours: [what: string, isTTY: boolean, env: Record<string, string>, noColor: boolean, colour: boolean][] = [
    ['a terminal', true, {}, false, true],
    ['a pipe', false, {}, false, false],
    ['NO_COLOR', true, { NO_COLOR: '1' }, false, false],
    ['an empty NO_COLOR', true, { NO_COLOR: '' }, false, true],
    ['FORCE_COLOR on a pipe', false, { FORCE_COLOR: '1' }, false, true],
    ['FORCE_COLOR=0 on a terminal', true, { FORCE_COLOR: '0' }, false, false],
    ['NO_COLOR and FORCE_COLOR', true, { NO_COLOR: '1', FORCE_COLOR: '1' }, false, false],
    ['--no-color and FORCE_COLOR', true, { FORCE_COLOR: '1' }, true, false],
    ['a dumb terminal', true, { TERM: 'dumb' }, false, false],
  ];
  for (const [what, stdoutIsTTY, env, noColor, colour] of colours) {
    it(`is ${colour ? '' : 'not '}in colour for ${what}`, () => {
      const io = fakeIo({ stdoutIsTTY, env });
      assert.equal(styleFor(io, io.stdout, noColor).colour, colour);
    });
  }

  const locales: [env: Record<string, string | undefined>, unicode: boolean][] = [
    [{ LANG: 'en_GB.UTF-8' }, true],
    [{ LANG: 'C.utf8' }, true],
    [{ LANG: 'C' }, false],
    [{ LANG: 'en_GB.UTF-8', LC_ALL: 'POSIX' }, false],
    [{ LANG: undefined }, false],
    [{ LANG: 'en_GB.UTF-8', TERM: 'dumb' }, false],
  ];
  for (const [env, unicode] of locales) {
    it(`draws in ${unicode ? 'Unicode' : 'ASCII'} under ${JSON.stringify(env)}`, () => {
      const io = fakeIo({ env });
      assert.equal(styleFor(io, io.stdout, false).unicode, unicode);
    });
  }
});

describe('text', () => {
  it('counts columns as a terminal does', () => {
    assert.deepEqual(['abc', 'é', 'e\u0301', '日本', '🙂', '👩‍🚀', '⌚', 'ｶﾞ'].map(lengthOf), [3, 1, 1, 4, 2, 2, 2, 2]);
  });

  it('wraps and splits words that are too long', () => {
    assert.deepEqual(wrap('one two wss://example.com/a', 8), ['one two', 'wss://ex', 'ample.co', 'm/a']);
    assert.deepEqual(wrap('', 8), ['']);
    assert.deepEqual(wrap('👩‍🚀👩‍🚀👩‍🚀', 4), ['👩‍🚀👩‍🚀', '👩‍🚀']);
    assert.deepEqual(wrap('e\u0301'.repeat(3), 2), ['e\u0301'.repeat(2), 'e\u0301']);
    assert.deepEqual(wrap('\u1100'.repeat(5), 4), ['\u1100\u1100', '\u1100\u1100', '\u1100']);
    assert.equal(cut('日本語テキスト', 7, '…'), '日本語…');
  });
});
