// @ts-check
// The course of a suite as countingReporter.mjs wrote it.
import { readFileSync } from 'node:fs';

/**
 * A test or hook that began (`running`), a test that ended, or one that failed and is run once more (`again`).
 * @typedef {object} Result
 * @property {readonly string[]} title
 * @property {'running' | 'again' | 'passed' | 'failed' | 'skipped'} state
 * @property {number} ms
 * @property {string | null} error
 */

/**
 * Every line that is whole, in order; none where there is no file.
 * @param {string} file
 * @returns {readonly Result[]}
 */
export function readResults(file) {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return [];
  }
  // A process that was killed may have left half a line.
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

/**
 * What had begun last when the suite was cut off.
 * @param {readonly Result[]} results
 * @returns {string | null}
 */
export function lastBegun(results) {
  return results.findLast(({ state }) => state === 'running')?.title.join(' › ') ?? null;
}
