import { deepStrictEqual, ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROFILE_SPEC } from '../../src/core/profile/keys.js';
import { stepSpec } from '../../src/core/profile/stepKeys.js';
import { repositoryRoot } from '../host/paths.js';

describe('docs/PROFILE.md', () => {
  const document = readFileSync(join(repositoryRoot, 'docs/PROFILE.md'), 'utf8');

  it('is what the keys and their words say', () => {
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--import=tsx', 'scripts/profileReference.mjs', '--check'],
      {
        cwd: repositoryRoot,
        encoding: 'utf8',
      },
    );
    deepStrictEqual({ status, stderr }, { status: 0, stderr: '' });
  });

  it('has a row for every key of a profile and of a step, and links that lead somewhere', () => {
    for (const key of [...Object.keys(PROFILE_SPEC.keys), ...Object.keys(stepSpec.keys)]) {
      ok(document.includes(`\n| \`${key}\` | `), key);
    }
    const headings = [...document.matchAll(/^## (.+)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^a-z ]/g, '')
        .replaceAll(' ', '-'),
    );
    for (const [, anchor = ''] of document.matchAll(/\]\(#([^)]+)\)/g)) ok(headings.includes(anchor), anchor);
  });
});
