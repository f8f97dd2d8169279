import { statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../scripts/setup.mjs';

/** Thousands of bytes of the page's bundle, with what it shares with the other page. */
export function measure() {
  const sizes = ['inspector.js', 'shared.js'].map((name) => statSync(join(root, 'dist/webview', name)).size);
  return sizes.reduce((sum, size) => sum + size, 0) / 1000;
}
