import { deepStrictEqual, match, ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ALL_FINDING_IDS } from '../../src/core/diagnosis/findingIds.js';
import { FINDING_MEANINGS } from '../../src/core/diagnosis/meanings.js';
import { repositoryRoot } from '../host/paths.js';

const document = readFileSync(join(repositoryRoot, 'docs/DIAGNOSIS.md'), 'utf8');
const rows = document.split('\n').filter((line) => line.startsWith('| `'));

describe('docs/DIAGNOSIS.md', () => {
  it('is what the rules and the tests say', () => {
    const { status, stderr } = spawnSync(process.execPath, ['--import=tsx', 'scripts/diagnosis.mjs', '--check'], {
      cwd: repositoryRoot,
      encoding: 'utf8',
    });
    deepStrictEqual({ status, stderr }, { status: 0, stderr: '' });
  });

  it('has a row for every finding, in the order of the headlines', () => {
    deepStrictEqual(
      rows.map((row) => /^\| `([^`]+)`/.exec(row)?.[1]),
      [...ALL_FINDING_IDS],
    );
  });

  it('names a test for every finding', () => {
    deepStrictEqual(
      rows.filter((row) => !/(server|software|evidence): \[/.test(row)),
      [],
    );
  });

  it('says what each means in one sentence that fits a cell', () => {
    for (const [id, meaning] of Object.entries(FINDING_MEANINGS)) {
      match(meaning, /^["\p{Lu}][^|\n]{10,}\.$/u, id);
      ok(meaning.length <= 160, `${id}: ${meaning.length} characters`);
    }
  });
});
