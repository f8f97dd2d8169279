import { statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../scripts/setup.mjs';

/** Thousands of bytes of the extension host's bundle. */
export function measure() {
  return statSync(join(root, 'dist/extension.js')).size / 1000;
}
