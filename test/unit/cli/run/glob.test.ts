import assert from 'node:assert/strict';
import { isGlob, parseGlob } from '../../../../src/cli/run/glob.js';

describe('globs', () => {
  const rows: [pattern: string, matches: readonly string[], not: readonly string[]][] = [
    ['*.wsprobe', ['a.wsprobe', 'ä b.wsprobe'], ['a/b.wsprobe', '.a.wsprobe', 'a.wsprobex']],
    ['a?.wsprobe', ['ab.wsprobe'], ['a.wsprobe', 'abc.wsprobe', 'a/.wsprobe']],
    ['**/*.wsprobe', ['a.wsprobe', 'a/b/c.wsprobe'], ['a/b', '.a/b.wsprobe']],
    ['a/**/b.wsprobe', ['a/b.wsprobe', 'a/x/y/b.wsprobe'], ['b.wsprobe', 'a/xb.wsprobe']],
    ['a/**', ['a/b', 'a/b/c'], ['a/.b']],
    ['[a-c]?[!x].wsprobe', ['b12.wsprobe'], ['d12.wsprobe', 'b1x.wsprobe']],
    ['{a,b/*}.wsprobe', ['a.wsprobe', 'b/c.wsprobe'], ['b.wsprobe']],
    ['{a{1,2},b}', ['a1', 'a2', 'b'], ['a', '1']],
    ['.h*', ['.hidden'], ['hidden']],
    ['a(b|c)+*', ['a(b|c)+', 'a(b|c)+x'], ['ab']],
  ];
  for (const [pattern, matches, not] of rows) {
    it(`${pattern} means what it means in a shell`, () => {
      assert.ok(isGlob(pattern));
      const glob = parseGlob(pattern);
      const below = (path: string) => (glob.base === '' ? path : path.slice(glob.base.length + 1));
      for (const path of matches) assert.ok(glob.matches(below(path)), path);
      for (const path of not) assert.ok(!glob.matches(below(path)), path);
    });
  }

  it('starts where its stars begin, and goes only where a match may be', () => {
    const glob = parseGlob('/srv/checks/*/local/**/*.wsprobe');
    assert.equal(glob.base, '/srv/checks');
    assert.deepEqual(
      ['orders', 'orders/local', 'orders/local/x/y', 'orders/remote'].map((folder) => glob.reaches(folder)),
      [true, true, true, false],
    );
    assert.equal(parseGlob('/*.wsprobe').base, '/');
  });

  it('knows a plain path', () => {
    for (const path of ['a/b.wsprobe', 'a[].wsprobe', 'a}b']) assert.ok(!isGlob(path), path);
  });

  it('takes no time for a pattern that could take for ever', () => {
    const stars = parseGlob(`${'**/'.repeat(12)}${'*'.repeat(200)}x`);
    assert.ok(!stars.matches(`${'a/'.repeat(12)}${'a'.repeat(200)}y`));
    const many = parseGlob('{a,b}'.repeat(40));
    assert.ok(!many.matches('c'));
  });
});
