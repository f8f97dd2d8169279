// Everything `npm test` runs, in order, and one closing line: `N passed, N failed, N skipped`.
// Usage: node scripts/test.mjs [--only name,name]
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installDependencies, root } from './setup.mjs';

// The server build of VS Code, which these drive, does not exist for Windows.
const windows = process.platform === 'win32';
const mochaTs = ['--no-config', '--extension', 'ts', '--node-option', 'import=tsx', '--forbid-only'];

// A check is one pass or one failure; a suite counts its own tests.
const stages = [
  { name: 'build', check: ['scripts/build.mjs'] },
  { name: 'format', check: [bin('@biomejs/biome/bin/biome'), 'format', '.'] },
  { name: 'lint', check: [bin('oxlint/bin/oxlint'), '--type-aware', '--deny-warnings'] },
  { name: 'types of the sources', check: [bin('typescript/bin/tsc'), '--noEmit', '-p', 'tsconfig.json'] },
  { name: 'types of the webview', check: [bin('typescript/bin/tsc'), '--noEmit', '-p', 'webview/tsconfig.json'] },
  { name: 'types of the tests', check: [bin('typescript/bin/tsc'), '--noEmit', '-p', 'test/tsconfig.json'] },
  { name: 'unit', suite: mocha('test/unit/**/*.test.ts', 20_000) },
  { name: 'webview', suite: mocha('test/webview/**/*.test.ts', 60_000) },
  {
    name: 'tooling',
    suite: mocha('test/tooling/**/*.test.ts', 300_000, windows ? ['test/tooling/start.test.ts'] : []),
  },
  { name: 'vscode', suite: ['--import', 'tsx', 'test/host/suites.ts'] },
  ...(windows ? [] : [{ name: 'inspector', suite: mocha('test/host/**/*.test.ts', 300_000) }]),
];

const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1]?.split(',') : null;
const unknown = only?.filter((name) => !stages.some((stage) => stage.name === name)) ?? [];
if (only === undefined || unknown.length > 0) {
  process.stderr.write(`--only takes names out of: ${stages.map((stage) => stage.name).join(', ')}\n`);
  process.exit(2);
}

installDependencies();
const results = mkdtempSync(join(tmpdir(), 'wsprobe-results-'));
const total = { passed: 0, failed: 0, skipped: 0 };
try {
  for (const stage of stages) {
    if (only !== null && !only.includes(stage.name)) continue;
    process.stdout.write(`\n# ${stage.name}\n`);
    const startedAt = Date.now();
    const counts = stage.check ? await runCheck(stage.check) : await runMochaSuite(stage.name, stage.suite);
    for (const key of Object.keys(total)) total[key] += counts[key];
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    process.stdout.write(`# ${stage.name}: ${counts.failed === 0 ? 'ok' : 'FAILED'} in ${seconds} s\n`);
  }
} finally {
  rmSync(results, { recursive: true, force: true });
}
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;

function bin(path) {
  return join('node_modules', path);
}

function mocha(pattern, timeoutMs, ignored = []) {
  const options = ['--timeout', String(timeoutMs), '--reporter', './scripts/countingReporter.mjs'];
  return [bin('mocha/bin/mocha.js'), ...mochaTs, ...options, ...ignored.flatMap((file) => ['--ignore', file]), pattern];
}

async function runCheck(command) {
  const code = await execute(command, {});
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

async function runMochaSuite(name, command) {
  const file = join(results, `${name}.json`);
  const code = await execute(command, { WSPROBE_RESULTS: file });
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
    child.once('error', (error) => {
      process.stderr.write(`${args.join(' ')}: ${error.message}\n`);
      done(1);
    });
    child.once('close', (code) => done(code ?? 1));
  });
}
