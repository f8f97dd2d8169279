import assert from 'node:assert/strict';
import type { Problem } from '../../../src/core/profile/profile.js';

/** A text in which «…» marks the place of the expected problem. */
export function marked(source: string): { readonly text: string; readonly offset: number; readonly length: number } {
  const offset = source.indexOf('«');
  const length = source.indexOf('»') - offset - 1;
  return { text: source.replace(/[«»]/g, ''), offset, length };
}

/** Exactly one problem, of this code, at the mark, and its line and character agree with its offset. */
export function assertProblem(source: string, problems: readonly Problem[], code: string, message: RegExp): void {
  const { text, offset, length } = marked(source);
  assert.equal(problems.length, 1, `one problem expected: ${JSON.stringify(problems)}`);
  const [problem] = problems;
  assert.ok(problem);
  assert.equal(problem.code, code);
  assert.match(problem.message, message);
  assert.equal(text.slice(problem.offset, problem.offset + problem.length), text.slice(offset, offset + length));
  assert.equal(problem.offset, offset);
  const before = text.slice(0, offset).split(/\r\n|\r|\n/);
  assert.deepEqual([problem.line, problem.character], [before.length - 1, before.at(-1)?.length]);
}
