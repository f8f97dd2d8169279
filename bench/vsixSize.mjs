import { statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../scripts/setup.mjs';

/** Thousands of bytes of the package. */
export function measure() {
  return statSync(join(root, 'dist/wsprobe.vsix')).size / 1000;
}
