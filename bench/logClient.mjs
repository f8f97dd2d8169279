import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from '../scripts/setup.mjs';

/** Bundles what measures the frame log, as it ships, and gives its path. */
export async function bundleLogClient() {
  const outfile = join(root, 'out/bench/logClient.mjs');
  await build({
    entryPoints: [join(root, 'bench/logMeasure.ts')],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'warning',
  });
  return outfile;
}
