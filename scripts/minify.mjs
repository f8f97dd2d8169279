// A second pass over what esbuild has minified: shorter names by how often each is used, and less code around them.
import { readFile, writeFile } from 'node:fs/promises';
import { minify } from '@swc/core';

// Where bytes of a peer pass by the million no function is moved into the one that calls it: it would be made anew each time.
const inPlace = { inline: 0, reduce_funcs: false, reduce_vars: false, collapse_vars: false };
const passedBy = /^src\/core\/(frames|transport\/carriers)\/|^node_modules\/ws\/lib\/receiver/;

/**
 * Writes the files of a release anew, and their sizes into `outputs`.
 * @param {Record<string, { bytes: number, inputs: Record<string, { bytesInOutput: number }> }>} outputs What the build wrote, by path.
 */
export async function minifyAgain(outputs) {
  for (const [path, output] of Object.entries(outputs)) {
    if (!/\.[cm]?js$/.test(path)) continue;
    const isHot = Object.entries(output.inputs).some(
      ([from, { bytesInOutput }]) => bytesInOutput > 0 && passedBy.test(from),
    );
    const { code } = await minify(await readFile(path, 'utf8'), {
      module: path.endsWith('.mjs') || path.startsWith('dist/webview/'),
      compress: { ecma: 2022, passes: 3, toplevel: true, ...(isHot && inPlace) },
      mangle: { toplevel: true },
      format: { comments: false },
    });
    await writeFile(path, code);
    output.bytes = Buffer.byteLength(code);
  }
}
