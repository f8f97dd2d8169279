import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { type Folder, folderTree, itemsIn } from '../../../src/host/views/folderTree.js';

const shown = ({ folders, items }: Folder<string>): unknown => [
  ...folders.map((folder) => [folder.name, folder.path, shown(folder)]),
  ...items,
];

describe('a tree of folders', () => {
  it('joins what holds one folder alone', () => {
    const paths = ['a.p', 'x/y/z/b.p', 'x/y/z/c.p', 'e/d.p', 'e/f/g.p'];
    assert.deepEqual(shown(folderTree(paths.map((path) => [path, path]))), [
      ['x/y/z', 'x/y/z', ['x/y/z/b.p', 'x/y/z/c.p']],
      ['e', 'e', [['f', 'e/f', ['e/f/g.p']], 'e/d.p']],
      'a.p',
    ]);
  });

  it('holds each item once, whatever the paths, and no folder without any', () => {
    const path = fc.array(fc.constantFrom('a', 'b', '__proto__', 'c d'), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(path), (paths) => {
        const tree = folderTree(paths.map((parts, index) => [parts.join('/'), index]));
        assert.deepEqual(
          [...itemsIn(tree)].toSorted((a, b) => a - b),
          [...paths.keys()],
        );
        const visit = (folder: Folder<number>) => {
          for (const each of folder.folders) {
            assert.ok(itemsIn(each).length > 0);
            visit(each);
          }
        };
        visit(tree);
      }),
    );
  });
});
