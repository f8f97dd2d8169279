import { doesNotMatch, equal } from 'node:assert/strict';
import { assert, constantFrom, property, string } from 'fast-check';
import { markdownBlock, markdownCode, markdownTable, markdownText } from '../../../src/core/text/markdown.js';

const ACTIVE = Array.from('ab1 .:/@[]()<>!`*_#|\\-\n');

describe('text as Markdown', () => {
  it('leaves a sentence as it is, and shows markup as what it is', () => {
    equal(markdownText('Cut after 3 s, by whom?'), 'Cut after 3 s, by whom?');
    equal(markdownText('![a](https://evil.test) *b* a|b\n# c'), '!\\[a\\](https\\://evil\\.test) \\*b\\* a\\|b \\# c');
    equal(markdownText('1. a'), '1\\. a');
    equal(markdownText('- a'), '\\- a');
  });

  it('never leaves markup or an address that a renderer finds, in one line', () => {
    assert(
      property(string({ unit: constantFrom(...ACTIVE) }), (text) => {
        const shown = markdownText(text).replaceAll(/\\./g, '');
        doesNotMatch(shown, /[`*_[\]<#|\\\n]|:\/\/|\w[.@]\w/);
      }),
    );
  });

  it('is code whatever ticks are in it', () => {
    equal(markdownCode('a`b'), '`aˋb`');
    equal(markdownBlock('a\n```\nb', 'json'), '````json\na\n```\nb\n````');
    equal(markdownBlock('a', 'x y\n'), '```\na\n```');
  });

  it('is a table', () => {
    equal(markdownTable(['a', 'b'], [['1', '2']]), '| a | b |\n| --- | --- |\n| 1 | 2 |');
  });
});
