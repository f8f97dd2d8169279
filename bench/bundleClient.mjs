import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { root } from '../scripts/setup.mjs';

/** Bundles `bench/<file>.ts`, which runs in a process of its own, as the engine is bundled. Resolves to the path. */
export async function bundleClient(file) {
  const outfile = join(root, 'out/bench', `${basename(file, '.ts')}.cjs`);
  await build({
    entryPoints: [join(root, 'bench', file)],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['bufferutil', 'utf-8-validate'],
    logLevel: 'warning',
  });
  return outfile;
}
