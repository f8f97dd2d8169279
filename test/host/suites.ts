// Runs the suites of test/vscode in a real VS Code and counts them into WSPROBE_RESULTS.
// Usage: node --import tsx test/host/suites.ts [name…]
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSuite } from '../../scripts/buildSuite.mjs';
import { lastBegun, readResults } from '../../scripts/results.mjs';
import { repositoryRoot } from './paths.js';
import { chooseVscode, runSuite } from './runSuite.js';

interface Suite {
  readonly name: string;
  readonly folder: string;
  readonly trust: boolean;
}

const suites: readonly Suite[] = [
  { name: 'vscode', folder: 'test/vscode', trust: true },
  { name: 'restricted', folder: 'test/vscode/restricted', trust: false },
];

const marks = { again: '↻', passed: '✔', failed: '✘', skipped: '-' };

async function main(names: readonly string[]): Promise<void> {
  process.stdout.write(`VS Code: ${(await chooseVscode()) === 'electron' ? 'desktop' : 'server build'}\n`);
  let failed = false;
  for (const suite of suites) {
    if (names.length > 0 && !names.includes(suite.name)) continue;
    if (!(await runOne(suite))) failed = true;
  }
  process.exitCode = failed ? 1 : 0;
}

/** True when every test passed. */
async function runOne(suite: Suite): Promise<boolean> {
  const bundle = await buildSuite(suite.name, suite.folder);
  if (bundle === null) return true;
  const data = await mkdtemp(join(tmpdir(), 'wsprobe-suite-'));
  // Whoever counts the tests of all suites is told as they go.
  const results = process.env['WSPROBE_RESULTS'] ?? join(data, 'results.jsonl');
  const told = readResults(results).length;
  // A copy: tests may write into their workspace.
  const folder = join(data, 'examples');
  await cp(join(repositoryRoot, 'examples'), folder, { recursive: true });
  const output: string[] = [];
  let ended: string | null;
  try {
    const code = await runSuite({
      extensionDir: repositoryRoot,
      suite: bundle,
      folder,
      trust: suite.trust,
      env: { WSPROBE_RESULTS: results },
      onLog: (line) => output.push(line),
      onOutput: (line) => output.push(line),
    });
    ended = code === 0 ? null : `The suite ended with code ${code}.`;
  } catch (error) {
    ended = String(error);
  }
  const tests = readResults(results).slice(told);
  await rm(data, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  for (const { state, title, ms, error } of tests) {
    if (state === 'running') continue;
    process.stdout.write(`  ${marks[state]} ${title.join(' › ')} (${ms} ms)\n`);
    if (error !== null) process.stdout.write(`${error}\n`);
  }
  if (ended !== null && !tests.some(({ state }) => state === 'failed')) {
    const at = lastBegun(tests);
    await tellDeath(suite, `${ended}${at === null ? '' : ` Last begun: ${at}.`}`, output);
  }
  return ended === null;
}

async function tellDeath(suite: Suite, reason: string, output: readonly string[]): Promise<void> {
  const log = join(repositoryRoot, 'out', `${suite.name}.log`);
  await writeFile(log, output.join('\n'));
  process.stdout.write(`  ✘ ${suite.name}: ${reason} VS Code's own output: ${log}\n${output.slice(-15).join('\n')}\n`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
