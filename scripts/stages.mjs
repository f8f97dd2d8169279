// Runs stages one after another and closes with one line: `N passed, N failed, N skipped`.
// A stage is a `check` (one pass or one failure) or a `suite` (counts its own tests); both are arguments for Node.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from './setup.mjs';

const mochaTs = ['--no-config', '--extension', 'ts', '--node-option', 'import=tsx', '--forbid-only'];

/** A program of a dependency. */
export function bin(path) {
  return join('node_modules', path);
}

export function mocha(pattern, timeoutMs, ignored = []) {
  const options = ['--timeout', String(timeoutMs), '--reporter', './scripts/countingReporter.mjs'];
  return [bin('mocha/bin/mocha.js'), ...mochaTs, ...options, ...ignored.flatMap((file) => ['--ignore', file]), pattern];
}

/** Where a run leaves its counts for whoever sums them up. */
export function countsFile(name) {
  return join(root, 'out', 'counts', `${name}.json`);
}

/** The counts of all stages; they are printed, and kept under `name`. */
export async function runStages(name, stages, env = {}) {
  rmSync(countsFile(name), { force: true });
  const results = mkdtempSync(join(tmpdir(), 'wsprobe-results-'));
  process.once('exit', () => rmSync(results, { recursive: true, force: true }));
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const stage of stages) {
    process.stdout.write(`\n# ${stage.name}\n`);
    const startedAt = Date.now();
    const counts = stage.check
      ? await runCheck(stage.check, env)
      : await runSuite(stage.name, stage.suite, join(results, `${stage.name}.json`), env);
    for (const key of Object.keys(total)) total[key] += counts[key];
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    process.stdout.write(`# ${stage.name}: ${counts.failed === 0 ? 'ok' : 'FAILED'} in ${seconds} s\n`);
  }
  mkdirSync(dirname(countsFile(name)), { recursive: true });
  writeFileSync(countsFile(name), JSON.stringify(total));
  return total;
}

/** The closing line; true when everything passed, and something did. */
export function closeWith({ passed, failed, skipped }) {
  process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  return failed === 0 && passed > 0;
}

async function runCheck(command, env) {
  const code = await execute(command, env);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

async function runSuite(name, command, file, env) {
  const code = await execute(command, { ...env, WSPROBE_RESULTS: file });
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const test of testsIn(file)) counts[test.state] += 1;
  // A run that died without counting is a failure too, whatever it had counted before.
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  if (code === 0 && counts.passed === 0) {
    process.stdout.write(`${name}: no test ran.\n`);
    counts.failed += 1;
  }
  return counts;
}

function testsIn(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).tests;
  } catch {
    return [];
  }
}

function execute(args, env) {
  return new Promise((done) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
    });
    const interrupt = () => child.kill('SIGINT');
    process.once('exit', interrupt);
    child.once('error', (error) => {
      process.stderr.write(`${args.join(' ')}: ${error.message}\n`);
      done(1);
    });
    child.once('close', (code) => {
      process.off('exit', interrupt);
      done(code ?? 1);
    });
  });
}
