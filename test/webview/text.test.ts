import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { fill } from '../../webview/shared/fill.js';
import { formatRelative } from '../../webview/shared/format.js';
import { visibleParts, visibleText } from '../../webview/shared/visibleText.js';

describe('visible text', () => {
  const cases: readonly (readonly [name: string, text: string, shown: string])[] = [
    ['plain text', 'Grüße, 世界 👩‍💻', 'Grüße, 世界 👩‍💻'],
    ['NUL and escape', '\u0000\u001b[31m', '\\x00\\x1b[31m'],
    ['line ends in one line', 'a\r\nb', 'a\\r\\nb'],
    ['C1 controls and DEL', '\u0085\u009b\u007f', '\\x85\\x9b\\x7f'],
    ['right-to-left override', 'abc\u202etxt.exe', 'abc\\u202etxt.exe'],
    ['isolates and marks', '\u2066\u2069\u200f\u061c', '\\u2066\\u2069\\u200f\\u061c'],
    ['zero width', 'to\u200bken\ufeff', 'to\\u200bken\\ufeff'],
    ['tag characters', 'a\u{e0041}b', 'a\\u{e0041}b'],
    ['a lone surrogate', 'x\ud800y', 'x\\ud800y'],
  ];
  for (const [name, text, shown] of cases) {
    it(`writes out ${name}`, () => assert.equal(visibleText(text), shown));
  }

  it('keeps lines and tabs where they are wanted, and no other control', () => {
    assert.equal(visibleText('a\r\nb\tc\rd\u0007', { multiline: true }), 'a\nb\tc\\rd\\x07');
  });

  it('never lets a control or bidirectional character through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        assert.doesNotMatch(visibleText(text), /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      }),
    );
  });

  it('marks what it wrote out, and only that', () => {
    assert.deepEqual(visibleParts('a\u202eb'), [
      { text: 'a', escaped: false },
      { text: '\\u202e', escaped: true },
      { text: 'b', escaped: false },
    ]);
  });
});

describe('formats', () => {
  it('says how long ago, and nothing for what is no time', () => {
    const now = Date.parse('2026-11-20T12:00:00Z');
    assert.equal(formatRelative('2026-11-20T11:59:50Z', now, 'en'), 'now');
    assert.equal(formatRelative('2026-11-20T11:58:00Z', now, 'en'), '2 minutes ago');
    assert.equal(formatRelative('2026-11-20T12:00:30Z', now, 'en'), 'now');
    assert.equal(formatRelative('2026-11-18T12:00:00Z', now, 'en'), '2 days ago');
    assert.equal(formatRelative('yesterday', now, 'en'), '');
  });

  it('fills places once: what is filled in is never a template', () => {
    assert.equal(fill('{a} and {b}', { a: '{b}', b: 'x' }), '{b} and x');
    assert.equal(fill('{missing}', {}), '{missing}');
    assert.equal(fill('{a}', { a: '$&$1' }), '$&$1');
  });
});
