import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { extensionParts } from '../scripts/extensionParts.mjs';
import { root } from '../scripts/setup.mjs';

/** Thousands of bytes that the extension host loads as it activates the extension. */
export function measure() {
  const outputs = JSON.parse(readFileSync(join(root, 'out/meta.json'), 'utf8'));
  const parts = extensionParts(outputs, { late: false });
  return parts.reduce((sum, path) => sum + statSync(join(root, path)).size, 0) / 1000;
}
