// Everything `npm test` runs, in order, and one closing line: `N passed, N failed, N skipped`.
// Usage: node scripts/test.mjs [--only name,name]
import { installDependencies } from './setup.mjs';
import { bin, closeWith, mocha, runStages } from './stages.mjs';

// The server build of VS Code, which these drive, does not exist for Windows.
const windows = process.platform === 'win32';

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
const chosen = stages.filter(({ name }) => only === null || only.includes(name));
process.exitCode = closeWith(await runStages('test', chosen)) ? 0 : 1;
