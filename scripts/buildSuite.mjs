// @ts-check
// Bundles test files into one CommonJS module that VS Code's extension host can run (`exports.run`).
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Bundles every `*.test.ts` directly in `folder` into `out/test/<name>.js`. Resolves to its path, or null without a test.
 * @param {string} name
 * @param {string} folder
 * @returns {Promise<string | null>}
 */
export async function buildSuite(name, folder) {
  const absolute = join(root, folder);
  const files = existsSync(absolute)
    ? readdirSync(absolute)
        .filter((file) => file.endsWith('.test.ts'))
        .sort()
    : [];
  if (files.length === 0) return null;
  const outfile = join(root, 'out/test', `${name}.js`);
  await build({
    stdin: {
      contents: [
        `import { runMocha } from './test/host/runMocha.ts';`,
        `export const run = () => runMocha(() => {`,
        ...files.map((file) => `  require(${JSON.stringify(`./${folder}/${file}`)});`),
        `});`,
      ].join('\n'),
      resolveDir: root,
      loader: 'ts',
    },
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // import.meta.url has no meaning in CommonJS; sources reached from a test may still name it.
    define: { 'import.meta.url': '__importMetaUrl' },
    banner: { js: "const __importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
    external: ['vscode', 'mocha', 'bufferutil', 'utf-8-validate', 'playwright-core', 'esbuild'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return outfile;
}
