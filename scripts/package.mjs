// Builds for release and packs the extension. Usage: node scripts/package.mjs [--out file.vsix]
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, run } from './setup.mjs';

/** Packs a release build into `out`. What goes in is the allow-list of .vscodeignore. */
export function packageExtension(out, { quiet = true } = {}) {
  run(process.execPath, [join(root, 'scripts/build.mjs'), '--release']);
  const vsce = [
    join(root, 'node_modules/@vscode/vsce/vsce'),
    'package',
    // The bundles hold every run-time dependency.
    '--no-dependencies',
    '--allow-missing-repository',
    '--no-rewrite-relative-links',
    '--readme-path',
    readmeWithoutPictures(),
    '--out',
    out,
  ];
  run(process.execPath, vsce, { quiet });
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
