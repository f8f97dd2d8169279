import { match, strictEqual, throws } from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { thirdPartyNotices } from '../../scripts/notices.mjs';

const grant = 'Permission is hereby granted, free of charge, to any person.';

describe('third-party notices', () => {
  let root: string;

  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'wsprobe-notices-')));
  });

  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function write(path: string, text = ''): string {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return path;
  }

  function addPackage(folder: string, more: object = {}): void {
    const name = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
    write(`${folder}/package.json`, JSON.stringify({ name, version: '1.2.3', license: 'MIT', ...more }));
  }

  function notices(...files: readonly string[]): string {
    return thirdPartyNotices(
      { 'dist/a.js': { inputs: Object.fromEntries(files.map((file) => [file, { bytesInOutput: 1 }])) } },
      root,
    );
  }

  it('name each package once, with version, address and terms, whatever the order', () => {
    addPackage('node_modules/@scope/b', { repository: { url: 'git+ssh://git@github.com/scope/b.git' } });
    write('node_modules/@scope/b/LICENCE', 'Copyright B\r\nall of it\r\n');
    addPackage('node_modules/a', { repository: 'owner/a' });
    write('node_modules/a/license.md', 'Copyright A\n');
    write('node_modules/a/sub/package.json', '{ "name": "a-sub" }');
    const files = [
      write('src/own.ts'),
      write('node_modules/a/sub/index.js'),
      write('node_modules/a/index.js'),
      write('node_modules/@scope/b/lib/b.js'),
    ];
    const text = notices(...files);
    const rule = '='.repeat(80);
    strictEqual(
      text.slice(text.indexOf(rule)),
      `${rule}\n\n@scope/b 1.2.3 (MIT)\nhttps://github.com/scope/b\n\nCopyright B\nall of it\n\n` +
        `${rule}\n\na 1.2.3 (MIT)\nhttps://github.com/owner/a\n\nCopyright A\n`,
    );
    strictEqual(notices(...files.toReversed()), text);
  });

  it('name both versions of a package that is bundled twice', () => {
    for (const [folder, version] of [
      ['node_modules/a', '1.0.0'],
      ['node_modules/b/node_modules/a', '2.0.0'],
    ] as const) {
      addPackage(folder, { version });
      write(`${folder}/LICENSE`, 'Copyright A');
      write(`${folder}/a.js`);
    }
    match(notices('node_modules/a/a.js', 'node_modules/b/node_modules/a/a.js'), /\na 1\.0\.0 [^]*\na 2\.0\.0 /);
  });

  it('leave out what was shaken out of the bundle', () => {
    addPackage('node_modules/a');
    const inputs = { [write('node_modules/a/a.js')]: { bytesInOutput: 0 } };
    strictEqual(thirdPartyNotices({ 'dist/a.js': { inputs } }, root), notices(write('src/own.ts')));
  });

  it("hold the terms of another's code inside a file, and not the package's own once more", () => {
    addPackage('node_modules/a');
    write('node_modules/a/LICENSE', `MIT License\n\nCopyright A\n\n${grant}\n`);
    const file = write(
      'node_modules/a/a.js',
      `/*\n * a 1.2.3\n *\n * Copyright A\n *\n * ${grant}\n */\n/*!\n * inner 0.1\n *\n * Copyright Inner\n *\n * ${grant}\n */\n/* Copyright: none */`,
    );
    match(
      notices(file),
      new RegExp(`MIT License\n\nCopyright A\n\n${grant}\n\ninner 0.1\n\nCopyright Inner\n\n${grant}\n$`),
    );
  });

  it('fail for a package without a licence text, and for a file whose package is not known', () => {
    addPackage('node_modules/bare');
    const file = write('node_modules/bare/index.js');
    throws(() => notices(file), /bare 1\.2\.3 is bundled, but has no licence text/);
    write('node_modules/bare/LICENSE', ' \n');
    throws(() => notices(file), /bare 1\.2\.3 is bundled, but has no licence text/);
    throws(() => notices('../elsewhere/index.js'), /\.\.\/elsewhere\/index\.js is bundled, but is no file of a known/);
    throws(() => notices('(disabled):node_modules/bare/x.js'), /is no file of a known package/);
  });
});
