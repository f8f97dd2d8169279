import assert from 'node:assert/strict';
import { renderProblems } from '../../../src/cli/render/problems.js';
import { createStyle } from '../../../src/cli/render/style.js';
import type { Problem } from '../../../src/core/profile/profile.js';

const style = createStyle({ width: 60, unicode: true, colour: false });

function problemAt(source: string, marked: string, severity: Problem['severity'] = 'error'): Problem {
  const offset = source.indexOf(marked);
  const before = source.slice(0, offset).split('\n');
  return {
    severity,
    code: 'unknown-key',
    message: 'there is no such key',
    line: before.length - 1,
    character: before.at(-1)?.length ?? 0,
    offset,
    length: marked.length,
  };
}

describe('renderProblems', () => {
  it('prints place, message, line and caret like a compiler, in the order of the file', () => {
    const source = '{\n  "url": "ws://localhost/",\n\t"hedders": {},\n  "x": 1\n}';
    const problems = [problemAt(source, '"x"', 'warning'), problemAt(source, '"hedders"')];
    assert.deepEqual(renderProblems('a.wsprobe', source, problems, style), [
      'a.wsprobe:3:2: error: there is no such key [unknown-key]',
      '  3 |  "hedders": {},',
      '    |  ^~~~~~~~~',
      'a.wsprobe:4:3: warning: there is no such key [unknown-key]',
      '  4 |   "x": 1',
      '    |   ^~~',
    ]);
  });

  it('shows the part of a long line where the problem is', () => {
    const source = `{ "url": "${'x'.repeat(300)}", "bad": 1 }`;
    const [, line = '', caret = ''] = renderProblems('a.wsprobe', source, [problemAt(source, '"bad"')], style);
    assert.ok(line.length <= 60 && line.includes('"bad"'));
    assert.equal(caret.indexOf('^'), line.indexOf('"bad"'));
    assert.match(caret, /\^~~~~$/);
  });

  it('prints no place where there is no file', () => {
    const problem = { ...problemAt('x', 'x'), message: 'The URL is empty.' };
    assert.deepEqual(renderProblems('url', null, [problem], style), ['url: error: The URL is empty. [unknown-key]']);
  });

  it('points at a place past the end of the line without failing', () => {
    const problem: Problem = { ...problemAt('{', '{'), character: 40, line: 9, length: 0 };
    assert.equal(renderProblems('a.wsprobe', '{', [problem], style).length, 3);
  });
});
