import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extensionParts, withoutCommandLine } from '../../scripts/extensionParts.mjs';
import { packageExtension } from '../../scripts/package.mjs';
import { entriesOf } from '../../scripts/repack.mjs';
import { repositoryRoot } from '../host/paths.js';
import { type BundleOutputs, bundledPackages, bundleOutputs, manifest, noticedPackages } from './bundles.js';

const allowed = [
  /^(package\.json|package\.nls(\.[\w-]+)?\.json|LICENSE|README\.md|CHANGELOG\.md|SUPPORT\.md)$/,
  /^dist\/(extension\.js|host-[\w-]+\.js|THIRD-PARTY-NOTICES\.txt)$/,
  /^dist\/(engine|chunks|core)\/[\w./-]+\.mjs$/,
  /^dist\/chunks\/json(Path|Schema)\.cjs$/,
  /^dist\/webview\/[\w.-]+\.(js|css)$/,
  /^media\/[\w./-]+\.(json|svg|png|md)$/,
  /^l10n\/[\w.-]+\.json$/,
];

/** What the contributions of the manifest name by its place. */
function contributedFiles(): string[] {
  const { contributes } = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as {
    readonly contributes: unknown;
  };
  return [...JSON.stringify(contributes).matchAll(/"\.\/([\w./-]+)"/g)].flatMap(([, file]) => file ?? []);
}

const needed = [
  ...contributedFiles(),
  'package.json',
  'package.nls.json',
  'LICENSE',
  'README.md',
  'CHANGELOG.md',
  'dist/extension.js',
  'dist/THIRD-PARTY-NOTICES.txt',
  'dist/engine/worker.mjs',
  'dist/webview/inspector.js',
  'dist/webview/shared.js',
];

describe('the package', () => {
  let folder: string;
  let vsix: string;
  let outputs: BundleOutputs;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'wsprobe-package-'));
    vsix = join(folder, 'wsprobe.vsix');
    // As small as it is published it is made by the walk through the README.
    await packageExtension(vsix);
    outputs = bundleOutputs();
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it('holds what the allow-list names and nothing else', () => {
    const files = entriesOf(readFileSync(vsix))
      .map(({ name }) => name)
      .filter((name) => name.startsWith('extension/'))
      .map((name) => name.slice('extension/'.length));
    const spelled = new Map(files.map((name) => [name.toLowerCase(), name]));
    deepStrictEqual(
      needed.filter((name) => !spelled.has(name.toLowerCase()) && !spelled.has(`${name.toLowerCase()}.txt`)),
      [],
      'missing',
    );
    const chunks = files.filter((name) => name.startsWith('dist/chunks/'));
    deepStrictEqual(
      chunks.toSorted(),
      Object.keys(withoutCommandLine(outputs))
        .filter((path) => path.startsWith('dist/chunks/'))
        .toSorted(),
    );
    const names = files.map((name) => (name.toLowerCase() === 'license.txt' ? 'LICENSE' : name));
    deepStrictEqual(
      names.filter((name) => !allowed.some((pattern) => new RegExp(pattern.source, 'i').test(name))),
      [],
      'not allowed',
    );
  });

  it('has an extension bundle of at most 114 KB, an inspector of at most 300 KB', () => {
    const bundle = extensionParts(outputs, { late: false }).reduce(
      (sum, path) => sum + statSync(join(repositoryRoot, path)).size,
      0,
    );
    ok(bundle <= 114_000, `${bundle} bytes`);
    const inspector = ['inspector.js', 'shared.js'].reduce(
      (sum, name) => sum + statSync(join(repositoryRoot, 'dist/webview', name)).size,
      0,
    );
    ok(inspector <= 300_000, `${inspector} bytes`);
  });

  it('names every package that it bundles in its notices, with its terms', () => {
    const text = readFileSync(join(repositoryRoot, 'dist/THIRD-PARTY-NOTICES.txt'), 'utf8');
    deepStrictEqual(noticedPackages(text), bundledPackages(withoutCommandLine(outputs)));
  });

  it('bundles the libraries that the documents name, and installs none', () => {
    const { dependencies, devDependencies = {} } = manifest(repositoryRoot);
    strictEqual(dependencies, undefined);
    const bundled = bundledPackages(outputs).map((title) => title.slice(0, title.lastIndexOf(' ')));
    const text = readFileSync(join(repositoryRoot, 'docs/DEVELOPMENT.md'), 'utf8');
    const [, section = ''] = text.split('\n## What it stands on\n');
    const [table = ''] = section.split('\n## ');
    deepStrictEqual(
      [...table.matchAll(/^\| \[([^\]]+)\]/gm)].map(([, name = '']) => name).toSorted(),
      bundled.filter((name) => name in devDependencies),
    );
  });

  it('reads no profile in the extension host: a long one would keep it', () => {
    const parts = extensionParts(outputs, { late: true });
    const held = parts.flatMap((path) => Object.keys(outputs[path]?.inputs ?? {}));
    deepStrictEqual(
      held.filter((path) =>
        /jsonc-parser|core\/profile\/(parse|jsonc|check)\.ts|core\/language\/document\.ts/.test(path),
      ),
      [],
    );
  });

  it('has no socket code in the extension bundle and no Node in the inspector', () => {
    const parts = extensionParts(outputs, { late: true });
    const extension = parts.flatMap((path) => Object.keys(outputs[path]?.inputs ?? {}));
    ok(extension.includes('src/extension.ts') && extension.includes('src/host/late.ts'));
    deepStrictEqual(
      extension.filter((path) => /node_modules\/ws\/|src\/core\/(transport|probe|playground)\/|webview/.test(path)),
      [],
    );
    const inspector = ['inspector.js', 'shared.js'].flatMap((name) =>
      Object.keys(outputs[`dist/webview/${name}`]?.inputs ?? {}),
    );
    ok(inspector.includes('webview/inspector.tsx'));
    deepStrictEqual(
      inspector.filter((path) => /node_modules\/ws\/|src\/(host|engine|cli)\//.test(path)),
      [],
    );
  });
});
