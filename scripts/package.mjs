// Builds for release and packs the extension. Usage: node scripts/package.mjs [--out file.vsix]
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
    // The README's pictures lie beside it.
    '--no-rewrite-relative-links',
    '--out',
    out,
  ];
  run(process.execPath, vsce, { quiet });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const given = process.argv.indexOf('--out');
  const out = given === -1 ? join(root, 'dist/wsprobe.vsix') : (process.argv[given + 1] ?? '');
  packageExtension(out, { quiet: false });
}
