// @ts-check
// Runs one stage in a process of its own: within its limit, to its end, and leaving no process behind.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { killGroup, killTree } from './processTree.mjs';
import { lastBegun, readResults } from './results.mjs';
import { root } from './setup.mjs';

/** @typedef {import('./stages.mjs').Stage} Stage */
/** @typedef {import('./stages.mjs').Counts} Counts */

/** What an ended process has written may still be on its way. */
const lastOutputMs = 2_000;
const politeMs = 5_000;

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
/** @type {readonly NodeJS.Signals[]} */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Its counts; what it printed is shown as it comes, or whole and at its end where `keepsOutput`.
 * @param {Stage} stage
 * @param {{ env: NodeJS.ProcessEnv, keepsOutput: boolean }} options
 * @returns {Promise<Counts>}
 */
export async function runStage(stage, { env, keepsOutput }) {
  const folder = mkdtempSync(join(tmpdir(), 'wsprobe-stage-'));
  const file = join(folder, 'results.jsonl');
  const heading = `\n# ${stage.name}\n`;
  process.stdout.write(keepsOutput ? `# ${stage.name} …\n` : heading);
  const startedAt = Date.now();
  try {
    const { ok, output, late } = await execute(stage, { ...env, WSPROBE_RESULTS: file }, keepsOutput);
    const results = readResults(file);
    /** @type {import('./results.mjs').Result} */
    const check = { title: [], state: ok ? 'passed' : 'failed', ms: 0, error: null };
    const counts = countSuite(stage.name, stage.suite ? results : [check], ok);
    const lines = keepsOutput ? [heading, output] : [];
    if (late) {
      const at = lastBegun(results);
      lines.push(`${stage.name} ran into its limit of ${stage.limitS} s${at === null ? '' : `, in: ${at}`}\n`);
    } else if (ok && counts.passed === 0) {
      lines.push(`${stage.name}: no test ran.\n`);
    }
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    lines.push(`# ${stage.name}: ${counts.failed === 0 ? 'ok' : 'FAILED'} in ${seconds} s\n`);
    process.stdout.write(lines.join(''));
    return counts;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} name
 * @param {readonly import('./results.mjs').Result[]} results
 * @param {boolean} ok
 * @returns {Counts}
 */
function countSuite(name, results, ok) {
  const of = (/** @type {import('./results.mjs').Result['state']} */ state) =>
    results.filter((each) => each.state === state);
  const tell = (/** @type {string} */ word, /** @type {readonly import('./results.mjs').Result[]} */ those) =>
    those.map(({ title, error }) =>
      [`${name}: ${word}`, title.join(' › '), error?.split('\n', 1)[0]].filter(Boolean).join(': '),
    );
  const failed = of('failed');
  const titles = new Set(failed.map(({ title }) => title.join('\n')));
  const flaky = of('again').filter(({ title }) => !titles.has(title.join('\n')));
  const passed = of('passed').length;
  // A run that died without counting is a failure too, whatever it had counted before; so is one that ran nothing.
  const died = failed.length === 0 && (!ok || passed === 0);
  return {
    passed,
    failed: died ? 1 : failed.length,
    skipped: of('skipped').length,
    told: [...(died ? [`${name}: failed`] : tell('failed', failed)), ...tell('passed only when run again', flaky)],
  };
}

/**
 * @param {Stage} stage
 * @param {NodeJS.ProcessEnv} env
 * @param {boolean} keepsOutput
 * @returns {Promise<{ ok: boolean, output: string, late: boolean }>}
 */
async function execute({ check, suite, limitS }, env, keepsOutput) {
  const child = spawn(process.execPath, [...(check ?? suite ?? [])], {
    cwd: root,
    stdio: keepsOutput ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
    // A group of its own: what it leaves behind is found by it.
    detached: process.platform !== 'win32',
  });
  if (running.size === 0) for (const signal of signals) process.on(signal, interrupt);
  running.add(child);
  /** @type {Buffer[]} */
  const output = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => output.push(chunk));
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    if (child.pid !== undefined) killTree(child.pid);
  }, limitS * 1000);
  const closed = once(child, 'close').catch(() => undefined);
  const code = await new Promise((done) => {
    child.once('exit', done);
    child.once('error', (error) => {
      output.push(Buffer.from(`${error.message}\n`));
      done(1);
    });
  });
  clearTimeout(timer);
  if (child.pid !== undefined) killGroup(child.pid);
  await within(closed, lastOutputMs);
  running.delete(child);
  if (running.size === 0) for (const signal of signals) process.off(signal, interrupt);
  return { ok: code === 0 && !late, output: Buffer.concat(output).toString(), late };
}

/**
 * Waits, but not for ever: a process that got away may hold the pipe.
 * @param {Promise<unknown>} end
 * @param {number} ms
 */
async function within(end, ms) {
  const patience = new AbortController();
  const { signal } = patience;
  await Promise.race([end, pause(ms, undefined, { signal }).catch(() => undefined)]);
  patience.abort();
}

/** Ctrl+C: the stages may clean up behind them, then all of it ends. */
function interrupt() {
  void endAll().then(() => process.exit(130));
}

async function endAll() {
  for (const child of running) child.kill('SIGINT');
  const alive = [...running].filter((child) => (child.exitCode ?? child.signalCode) === null);
  const ends = alive.map((child) => once(child, 'exit'));
  await within(Promise.all(ends), politeMs);
  for (const child of running) if (child.pid !== undefined) killTree(child.pid);
}
