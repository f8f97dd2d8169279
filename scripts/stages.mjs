// @ts-check
// Runs stages, several beside each other, and closes with one line: `N passed, N failed, N skipped`.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runStage } from './runStage.mjs';
import { root } from './setup.mjs';

/**
 * @typedef {object} Stage
 * @property {string} name
 * @property {string} [of] The name of the whole of which this stage is a part.
 * @property {readonly string[]} [check] Arguments for Node: one pass or one failure.
 * @property {readonly string[]} [suite] Arguments for Node: counts its own tests.
 * @property {number} limitS A stage that has not ended by then is ended, and has failed.
 * @property {readonly string[]} [needs] Stages without whose success this one cannot start; they run even when not asked for.
 * @property {readonly string[]} [after] Stages that must be over before this one starts, however they ended.
 * @property {boolean} [waits] Much of its time: among such stages alone there is room for one more.
 *
 * `told`: a line for each stage or test that failed, and for each test that passed only when it was run again.
 * @typedef {{ passed: number, failed: number, skipped: number, told: readonly string[] }} Counts
 *
 * @typedef {object} Options
 * @property {NodeJS.ProcessEnv} [env]
 * @property {number} [jobs] Stages at a time. The output of one (the default) is seen as it comes, of more when a stage is over.
 */

const mochaTs = ['--no-config', '--extension', 'ts', '--node-option', 'import=tsx', '--forbid-only'];

/**
 * A program of a dependency.
 * @param {string} path
 */
export function bin(path) {
  return join('node_modules', path);
}

/**
 * @param {string | readonly string[]} files
 * @param {number} timeoutMs
 * @param {readonly string[]} ignored
 * @returns {readonly string[]}
 */
export function mocha(files, timeoutMs, ignored = []) {
  const reporter = ['--reporter', './scripts/countingReporter.mjs', '--reporter-option', 'endsWithinMs=10000'];
  const options = [
    '--timeout',
    String(timeoutMs),
    '--retries',
    '1',
    ...reporter,
    ...ignored.flatMap((file) => ['--ignore', file]),
  ];
  return [bin('mocha/bin/mocha.js'), ...mochaTs, ...options, ...[files].flat()];
}

/**
 * The test files below a folder as a stage of several parts, which may run beside each other. Those that take longest are
 * `dearest`, the longest first: they are dealt before all others.
 * @param {string} name
 * @param {string} folder
 * @param {number} parts
 * @param {Omit<Stage, 'name' | 'suite'> & { readonly timeoutMs: number, readonly dearest?: readonly string[] }} options
 * @returns {readonly Stage[]}
 */
export function inParts(name, folder, parts, { timeoutMs, dearest = [], ...stage }) {
  const rankOf = (/** @type {string} */ file) => {
    const rank = dearest.findIndex((each) => file.endsWith(`/${each}.test.ts`));
    return rank < 0 ? dearest.length : rank;
  };
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => `${folder}/${file.replaceAll('\\', '/')}`)
    .sort((a, b) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1));
  return Array.from({ length: parts }, (_, part) => ({
    ...stage,
    name: `${name} ${part + 1}/${parts}`,
    of: name,
    // Dealt like cards: neighbours are alike in what they take.
    suite: mocha(
      files.filter((_file, index) => index % parts === part),
      timeoutMs,
    ),
  }));
}

/**
 * Where a run leaves its counts for whoever sums them up.
 * @param {string} name
 */
export function countsFile(name) {
  return join(root, 'out', 'counts', `${name}.json`);
}

/**
 * The stages that are named, and those that they need, in their order.
 * @param {readonly Stage[]} stages
 * @param {readonly string[]} names
 */
export function choose(stages, names) {
  /** @type {(name: string) => readonly string[]} */
  const withNeeds = (wanted) =>
    stages
      .filter(({ name, of }) => name === wanted || of === wanted)
      .flatMap(({ name, needs = [] }) => [name, ...needs.flatMap(withNeeds)]);
  const chosen = new Set(names.flatMap(withNeeds));
  return stages.filter(({ name }) => chosen.has(name));
}

/**
 * The counts of all stages; they are printed, and kept under `name`.
 * @param {string} name
 * @param {readonly Stage[]} stages
 * @param {Options} options
 * @returns {Promise<Counts>}
 */
export async function runStages(name, stages, { env = {}, jobs = 1 } = {}) {
  rmSync(countsFile(name), { force: true });
  const startedAt = Date.now();
  const total = none();
  /** @type {Map<string, boolean>} */
  const over = new Map();
  /** @type {Map<Stage, Promise<void>>} */
  const running = new Map();
  const hasRoom = (/** @type {Stage} */ stage) =>
    running.size < jobs || (running.size === jobs && [stage, ...running.keys()].every(({ waits }) => waits === true));
  const end = (/** @type {Stage} */ stage, /** @type {Counts} */ counts) => {
    running.delete(stage);
    over.set(stage.name, counts.failed === 0);
    add(total, counts);
  };
  const waiting = [...stages];
  while (waiting.length > 0 || running.size > 0) {
    const next = waiting.findIndex((each) => isReady(each, stages, over) && hasRoom(each));
    const stage = waiting[next];
    if (stage === undefined) {
      if (running.size === 0)
        throw new Error(`These stages wait for each other: ${waiting.map((each) => each.name).join(', ')}`);
      await Promise.race(running.values());
      continue;
    }
    waiting.splice(next, 1);
    const failed = stage.needs?.find((each) => over.get(each) === false);
    if (failed === undefined) {
      const run = runStage(stage, { env, keepsOutput: jobs > 1 });
      running.set(
        stage,
        run.then((counts) => end(stage, counts)),
      );
    } else {
      process.stdout.write(`\n# ${stage.name}: NOT RUN, for the stage "${failed}" failed\n`);
      end(stage, { ...none(), failed: 1, told: [`${stage.name}: not run`] });
    }
  }
  mkdirSync(dirname(countsFile(name)), { recursive: true });
  writeFileSync(countsFile(name), JSON.stringify(total));
  process.stdout.write(`\n# all of it: ${((Date.now() - startedAt) / 1000).toFixed(1)} s\n`);
  return total;
}

/**
 * @param {Stage} stage
 * @param {readonly Stage[]} all
 * @param {ReadonlyMap<string, boolean>} over
 */
function isReady({ needs = [], after = [] }, all, over) {
  return [...needs, ...after].every((name) => over.has(name) || !all.some((stage) => stage.name === name));
}

/** @returns {Counts} */
export function none() {
  return { passed: 0, failed: 0, skipped: 0, told: [] };
}

/**
 * The closing line, below what failed; true when everything passed, and something did.
 * @param {Counts} counts
 */
export function closeWith({ passed, failed, skipped, told }) {
  if (told.length > 0) process.stdout.write(`\n${told.join('\n')}\n`);
  process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  return failed === 0 && passed > 0;
}

/**
 * @param {Counts} total
 * @param {Counts} counts
 */
export function add(total, counts) {
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
  total.told = [...total.told, ...counts.told];
}
