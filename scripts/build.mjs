// Bundles the product: extension host (CommonJS), engine worker and command line (ES modules that share chunks), inspector.
// Usage: node scripts/build.mjs [--release]
import { chmod, rm } from 'node:fs/promises';
import { build } from 'esbuild';

const release = process.argv.includes('--release');

const common = {
  bundle: true,
  minify: release,
  sourcemap: release ? false : 'linked',
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
};

// ws asks for these two at run time and does without them.
const optionalNative = ['bufferutil', 'utf-8-validate'];

// CommonJS packages inside ES module output still call require() for Node's own modules.
const requireBanner =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

await rm('dist', { recursive: true, force: true });
await Promise.all([
  build({
    ...common,
    entryPoints: { extension: 'src/extension.ts' },
    outdir: 'dist',
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['vscode'],
  }),
  // `vscode` is not external here: a leak of it into the core breaks the build.
  build({
    ...common,
    entryPoints: { 'engine/worker': 'src/engine/worker.ts', 'cli/wsprobe': 'src/cli/wsprobe.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    splitting: true,
    external: optionalNative,
    banner: { js: requireBanner },
  }),
  build({
    ...common,
    entryPoints: { inspector: 'webview/inspector.tsx' },
    outdir: 'dist/webview',
    platform: 'browser',
    target: 'chrome128',
    format: 'iife',
    jsx: 'automatic',
    jsxImportSource: 'preact',
  }),
]);
await chmod('dist/cli/wsprobe.mjs', 0o755);
