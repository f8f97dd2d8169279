import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(process.cwd(), 'test/golden');

/** Holds a transcript against `test/golden/<name>.txt`. UPDATE_GOLDEN=1 writes it instead, never in CI. */
export function assertGolden(name: string, transcript: string): void {
  const path = join(FOLDER, `${name}.txt`);
  const text = `${transcript.trimEnd()}\n`;
  if ((process.env['UPDATE_GOLDEN'] ?? '') !== '') {
    if ((process.env['CI'] ?? '') !== '')
      throw new Error('UPDATE_GOLDEN must not be set in CI: goldens are read there.');
    writeFileSync(path, text);
    return;
  }
  assert.ok(existsSync(path), `${path} is missing: UPDATE_GOLDEN=1 writes it.`);
  assert.equal(text, readFileSync(path, 'utf8').replaceAll('\r\n', '\n'));
}
