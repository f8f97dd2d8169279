// Builds for release and packs the extension. Usage: node scripts/package.mjs [--out file.vsix]
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { withoutCommandLine } from './extensionParts.mjs';
import { repack } from './repack.mjs';
import { root, run } from './setup.mjs';

const stage = join(root, 'out/package');

/**
 * Packs a release build into `out`. What goes in is the allow-list of .vscodeignore, of the chunks those that the extension loads.
 * To make it as small as what is published takes ten seconds more.
 */
export async function packageExtension(out, { quiet = true, smallest = false } = {}) {
  run(process.execPath, [join(root, 'scripts/build.mjs'), '--release']);
  fillStage();
  const vsce = [
    join(root, 'node_modules/@vscode/vsce/vsce'),
    'package',
    // The bundles hold every run-time dependency.
    '--no-dependencies',
    '--allow-missing-repository',
    '--no-rewrite-relative-links',
    '--out',
    resolve(root, out),
  ];
  run(process.execPath, vsce, { quiet, cwd: stage });
  if (smallest) writeFileSync(resolve(root, out), await repack(readFileSync(resolve(root, out))));
}

/** A folder with what the allow-list may choose from: vsce holds every file of its folder against every line, minutes for a working tree. */
function fillStage() {
  rmSync(stage, { recursive: true, force: true });
  mkdirSync(stage, { recursive: true });
  const ignore = readFileSync(join(root, '.vscodeignore'), 'utf8');
  const tops = new Set([...ignore.matchAll(/^!([^/\n]+)/gm)].map(([, top]) => top));
  const outputs = JSON.parse(readFileSync(join(root, 'out/meta.json'), 'utf8'));
  const loaded = new Set(Object.keys(withoutCommandLine(outputs)));
  const isWanted = (path) => !relative(root, path).startsWith(`dist${sep}chunks${sep}`) || loaded.has(posix(path));
  for (const name of readdirSync(root)) {
    const isNamed = [...tops].some((top) =>
      new RegExp(`^${top.replaceAll('.', '\\.').replaceAll('*', '.*')}$`).test(name),
    );
    if (isNamed) cpSync(join(root, name), join(stage, name), { recursive: true, filter: isWanted });
  }
  for (const name of readdirSync(join(stage, 'media/schemas'))) makeSmall(join(stage, 'media/schemas', name));
  makeSmall(join(stage, 'package.json'), { devDependencies: undefined, scripts: undefined });
  writeFileSync(join(stage, '.vscodeignore'), `${ignore.trimEnd()}\n!README.md\n`);
  writeFileSync(join(stage, 'README.md'), readmeWithoutPictures());
}

/** JSON that nobody reads line by line. */
function makeSmall(path, changes = {}) {
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...changes }));
}

function posix(path) {
  return relative(root, path).replaceAll(sep, '/');
}

/** The package leaves the pictures out: they would weigh half as much as the product. */
function readmeWithoutPictures() {
  return readFileSync(join(root, 'README.md'), 'utf8').replaceAll(/^!\[[^\]]*\]\([^)]*\)\n\n?/gm, '');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const given = process.argv.indexOf('--out');
  const out = given === -1 ? join(root, 'dist/wsprobe.vsix') : (process.argv[given + 1] ?? '');
  void packageExtension(out, { quiet: false, smallest: true });
}
