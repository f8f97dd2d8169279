// Runs the suites of test/vscode in a real VS Code and counts them into WSPROBE_RESULTS.
// Usage: node --import tsx test/host/suites.ts [name…]
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSuite } from '../../scripts/buildSuite.mjs';
import { repositoryRoot } from './paths.js';
import { chooseVscode, runSuite } from './runSuite.js';

interface Suite {
  readonly name: string;
  readonly folder: string;
  readonly trust: boolean;
}

interface CountedTest {
  readonly title: readonly string[];
  readonly state: 'passed' | 'failed' | 'skipped';
  readonly ms: number;
  readonly error: string | null;
}

const suites: readonly Suite[] = [
  { name: 'vscode', folder: 'test/vscode', trust: true },
  { name: 'restricted', folder: 'test/vscode/restricted', trust: false },
];

const marks = { passed: '✔', failed: '✘', skipped: '-' };

async function main(names: readonly string[]): Promise<void> {
  process.stdout.write(`VS Code: ${(await chooseVscode()) === 'electron' ? 'desktop' : 'server build'}\n`);
  const all: CountedTest[] = [];
  for (const suite of suites) {
    if (names.length > 0 && !names.includes(suite.name)) continue;
    all.push(...(await runOne(suite)));
  }
  const file = process.env['WSPROBE_RESULTS'];
  if (file !== undefined) await writeFile(file, JSON.stringify({ tests: all }));
  process.exitCode = all.some((test) => test.state === 'failed') ? 1 : 0;
}

async function runOne(suite: Suite): Promise<readonly CountedTest[]> {
  const bundle = await buildSuite(suite.name, suite.folder);
  if (bundle === null) return [];
  const data = await mkdtemp(join(tmpdir(), 'wsprobe-suite-'));
  const results = join(data, 'results.json');
  // A copy: tests may write into their workspace.
  const folder = join(data, 'examples');
  await cp(join(repositoryRoot, 'examples'), folder, { recursive: true });
  const output: string[] = [];
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
    const tests = await counted(results);
    for (const test of tests) {
      process.stdout.write(`  ${marks[test.state]} ${test.title.join(' › ')} (${test.ms} ms)\n`);
      if (test.error !== null) process.stdout.write(`${test.error}\n`);
    }
    if (code !== 0 && !tests.some((test) => test.state === 'failed')) {
      return [...tests, await died(suite, `The suite ended with code ${code}.`, output)];
    }
    return tests;
  } catch (error) {
    return [...(await counted(results)), await died(suite, String(error), output)];
  } finally {
    await rm(data, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

async function counted(file: string): Promise<readonly CountedTest[]> {
  const text = await readFile(file, 'utf8').catch(() => '{ "tests": [] }');
  return (JSON.parse(text) as { tests: CountedTest[] }).tests;
}

async function died(suite: Suite, reason: string, output: readonly string[]): Promise<CountedTest> {
  const log = join(repositoryRoot, 'out', `${suite.name}.log`);
  await writeFile(log, output.join('\n'));
  process.stdout.write(`  ✘ ${suite.name}: ${reason} VS Code's own output: ${log}\n${output.slice(-15).join('\n')}\n`);
  return { title: [suite.name], state: 'failed', ms: 0, error: reason };
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
