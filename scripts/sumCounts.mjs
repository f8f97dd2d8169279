// @ts-check
// What `npm test` and `npm run test:peers` counted, summed in one closing line. A run that left no counts failed.
import { readFileSync } from 'node:fs';
import { add, closeWith, countsFile } from './stages.mjs';

const total = { passed: 0, failed: 0, skipped: 0 };
for (const name of process.argv.slice(2)) add(total, readCounts(countsFile(name)));
process.exitCode = closeWith(total) ? 0 : 1;

/**
 * @param {string} file
 * @returns {import('./stages.mjs').Counts}
 */
function readCounts(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
