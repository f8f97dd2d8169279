// Builds for release and packs the extension. Usage: node scripts/package.mjs [--out file.vsix]
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { withoutCommandLine } from './extensionParts.mjs';
import { root, run } from './setup.mjs';

/** Packs a release build into `out`. What goes in is the allow-list of .vscodeignore, of the chunks those that the extension loads. */
export function packageExtension(out, { quiet = true } = {}) {
  run(process.execPath, [join(root, 'scripts/build.mjs'), '--release']);
  const vsce = [
    join(root, 'node_modules/@vscode/vsce/vsce'),
    'package',
    // The bundles hold every run-time dependency.
    '--no-dependencies',
    '--allow-missing-repository',
    '--no-rewrite-relative-links',
    '--ignoreFile',
    ignoreFile(),
    '--readme-path',
    readmeWithoutPictures(),
    '--out',
    out,
  ];
  run(process.execPath, vsce, { quiet });
}

/** The allow-list, with the chunks by name. Gives its path. */
function ignoreFile() {
  const outputs = JSON.parse(readFileSync(join(root, 'out/meta.json'), 'utf8'));
  const chunks = Object.keys(withoutCommandLine(outputs)).filter((path) => path.startsWith('dist/chunks/'));
  const text = readFileSync(join(root, '.vscodeignore'), 'utf8').replace(/^!dist\/chunks\/.*\n/gm, '');
  const path = 'out/package/.vscodeignore';
  mkdirSync(join(root, 'out/package'), { recursive: true });
  writeFileSync(join(root, path), text + chunks.map((chunk) => `!${chunk}\n`).join(''));
  return path;
}

/** The package leaves the pictures out: they would weigh half as much as the product. Gives the path of its README. */
function readmeWithoutPictures() {
  const text = readFileSync(join(root, 'README.md'), 'utf8');
  const path = 'out/package/README.md';
  mkdirSync(join(root, 'out/package'), { recursive: true });
  writeFileSync(join(root, path), text.replaceAll(/^!\[[^\]]*\]\([^)]*\)\n\n?/gm, ''));
  return path;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const given = process.argv.indexOf('--out');
  const out = given === -1 ? join(root, 'dist/wsprobe.vsix') : (process.argv[given + 1] ?? '');
  packageExtension(out, { quiet: false });
}
