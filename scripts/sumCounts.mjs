// @ts-check
// What `npm test` and `npm run test:peers` counted, summed in one closing line. A run that left no counts failed.
import { readFileSync } from 'node:fs';
import { add, closeWith, countsFile, none } from './stages.mjs';

const total = none();
for (const each of process.argv.slice(2)) add(total, readCounts(each));
process.exitCode = closeWith(total) ? 0 : 1;

/**
 * @param {string} run
 * @returns {import('./stages.mjs').Counts}
 */
function readCounts(run) {
  try {
    return JSON.parse(readFileSync(countsFile(run), 'utf8'));
  } catch {
    return { ...none(), failed: 1, told: [`${run}: left no counts`] };
  }
}
