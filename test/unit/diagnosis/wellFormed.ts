import assert from 'node:assert/strict';
import type { Finding } from '../../../src/core/base/model.js';

const unsafe = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]/u;
const unsafeInSnippet = new RegExp(unsafe.source.replace('\\u0000-\\u001f', '\\u0000-\\u0009\\u000b-\\u001f'), 'u');

/** What every finding must be, whatever it quotes: a sentence first, lines safe to show, snippets that can be read. */
export function assertWellFormed(finding: Finding): void {
  const { id, title, explanation, evidence, fixes } = finding;
  assert.match(title, /\.$/, `${id}: the title is a sentence`);
  assert.doesNotMatch(title, /\.\.$/, `${id}: one full stop`);
  assert.ok(title.length > 10 && title.length <= 300 && explanation.length > 40, `${id}: lengths`);
  for (const text of [title, explanation, ...evidence])
    assert.doesNotMatch(text, unsafe, `${id}: ${JSON.stringify(text)}`);
  for (const fix of fixes) {
    assert.ok(fix.title.length > 0 && fix.snippet.length > 0, `${id}: an empty fix`);
    assert.doesNotMatch(fix.snippet, unsafeInSnippet, id);
    if (fix.language === 'json') assert.doesNotThrow(() => JSON.parse(fix.snippet), `${id}: ${fix.snippet}`);
  }
}
