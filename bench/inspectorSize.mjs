import { statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../scripts/setup.mjs';

/** Thousands of bytes of the page's bundle. */
export function measure() {
  return statSync(join(root, 'dist/webview/inspector.js')).size / 1000;
}
