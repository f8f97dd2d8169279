import assert from 'node:assert/strict';
import { references, renamable, rename } from '../../../src/core/language/rename.js';
import { cursor, edited } from './cursor.js';

describe('rename', () => {
  for (const [title, source, to, after] of [
    [
      'a variable from its use',
      '{ "variables": { "host": "h" }, "url": "ws://${ho¦st}/${host}" }',
      'name',
      '{ "variables": { "name": "h" }, "url": "ws://${name}/${name}" }',
    ],
    [
      'a variable from its declaration, in every environment',
      '{ "variables": { "ho¦st": "h" }, "environments": { "e": { "variables": { "host": "i" }, "url": "${host}" } } }',
      'x',
      '{ "variables": { "x": "h" }, "environments": { "e": { "variables": { "x": "i" }, "url": "${x}" } } }',
    ],
    [
      'a capture',
      '{ "steps": [{ "capture": { "id": "$.id" } }, { "repeat": { "steps": [{ "send": "${i¦d}", "capture": { "id": "$" } }] } }] }',
      'key',
      '{ "steps": [{ "capture": { "key": "$.id" } }, { "repeat": { "steps": [{ "send": "${key}", "capture": { "key": "$" } }] } }] }',
    ],
    [
      'a client',
      '{ "clients": { "ann": {} }, "steps": [{ "client": "a¦nn" }], "environments": { "e": { "clients": { "ann": {} } } } }',
      'a "b"',
      '{ "clients": { "a \\"b\\"": {} }, "steps": [{ "client": "a \\"b\\"" }], "environments": { "e": { "clients": { "a \\"b\\"": {} } } } }',
    ],
    [
      'behind escapes',
      '{ "variables": { "a": "" }, "url": "\\u0061\\n${a¦}" }',
      'b',
      '{ "variables": { "b": "" }, "url": "\\u0061\\n${b}" }',
    ],
    [
      'but not what only looks like it',
      '{ "variables": { "a¦": "" }, "url": "$${a}", "message": { "send": { "json": { "variables": { "a": 1 }, "capture": { "a": 1 } } } } }',
      'b',
      '{ "variables": { "b": "" }, "url": "$${a}", "message": { "send": { "json": { "variables": { "a": 1 }, "capture": { "a": 1 } } } } }',
    ],
    [
      'in a file with a mistake',
      '{ "variables": { "a": "" }, "url": "${a¦}" "x" ',
      'b',
      '{ "variables": { "b": "" }, "url": "${b}" "x" ',
    ],
  ] as const) {
    it(`renames ${title}`, () => {
      const { text, offset } = cursor(source);
      const edits = rename(text, offset, to);
      assert.ok(!('why' in edits), JSON.stringify(edits));
      assert.equal(edited(text, edits), after);
    });
  }

  for (const [title, source, to, why] of [
    ['no name', '{ "u¦rl": "ws://h" }', 'x', /no name of a variable/],
    ['a secret', '{ "url": "${secret:a¦}" }', 'x', /secret storage/],
    ['the environment', '{ "url": "${env:A¦}" }', 'x', /from the system/],
    ['to a name that none may have', '{ "variables": { "a¦": "" } }', '1 2', /is no name for a variable/],
    ['to a name that is taken for sending', '{ "variables": { "a¦": "" } }', 'uuid', /is taken/],
    ['to the name of another', '{ "variables": { "a¦": "", "b": "" } }', 'b', /another variable/],
    ['a client to nothing', '{ "clients": { "a¦": {} } }', ' ', /must not be empty/],
  ] as const) {
    it(`refuses ${title}`, () => {
      const { text, offset } = cursor(source);
      const edits = rename(text, offset, to);
      assert.ok('why' in edits);
      assert.match(edits.why, why);
    });
  }

  it('refuses what other profiles use too', () => {
    const { text, offset } = cursor('{ "url": "ws://${na¦me}/" }');
    const shared = [{ text: '', environments: { e: { variables: { name: '1' } } } }];
    const edits = rename(text, offset, 'x', shared);
    assert.ok('why' in edits);
    assert.match(edits.why, /`name` stands in wsprobe\.env\.json/);
    assert.deepEqual(renamable(text, offset, shared), edits);
  });

  it('knows the name alone as what is renamed', () => {
    const { text, offset } = cursor('{ "url": "ws://${na¦me}/" }');
    assert.deepEqual(renamable(text, offset), { offset: text.indexOf('name'), length: 4, name: 'name' });
    assert.equal(renamable(text, 3), null);
  });

  it('finds declarations and uses', () => {
    const { text, offset } = cursor('{ "variables": { "a": "" }, "url": "${a¦}", "origin": "${a}${b}" }');
    const found = references(text, offset);
    const words = (places: readonly { offset: number; length: number }[] = []) =>
      places.map((place) => `${place.offset}:${text.slice(place.offset, place.offset + place.length)}`);
    assert.deepEqual(words(found?.declarations), [`${text.indexOf('"a"') + 1}:a`]);
    assert.equal(found?.uses.length, 2);
    assert.equal(references(text, 3), null);
  });
});
