// Everything `npm test` runs, and one closing line: `N passed, N failed, N skipped`.
// Usage: node scripts/test.mjs [--only name,name]
import { installDependencies } from './setup.mjs';
import { bin, choose, closeWith, inParts, mocha, runStages } from './stages.mjs';

// The server build of VS Code, which these drive, does not exist for Windows.
const windows = process.platform === 'win32';
// Of two cores: a stage waits for about a third of its time. With four, windows of VS Code took longer than people would wait.
const jobs = 3;

const readme = 'test/tooling/readme.test.ts';

const stages = [
  { name: 'chromium', check: ['scripts/chromium.mjs'], limitS: 1500 },
  { name: 'editor', check: ['--import', 'tsx', 'test/host/prepare.ts'], limitS: 1500 },
  { name: 'build', check: ['scripts/build.mjs'], limitS: 120 },
  { name: 'format', check: [bin('@biomejs/biome/bin/biome'), 'format', '.'], limitS: 120 },
  // Types are checked here too: both need the same programs, and to make them is most of the work.
  { name: 'lint', check: [bin('oxlint/bin/oxlint'), '--type-aware', '--type-check', '--deny-warnings'], limitS: 300 },
  // In a clone of its own. It and "tooling" after it are the longest way.
  ...(windows ? [] : [{ name: 'readme', suite: mocha(readme, 300_000), limitS: 1500, needs: ['editor'] }]),
  {
    name: 'vscode',
    suite: ['--import', 'tsx', 'test/host/suites.ts'],
    limitS: 1500,
    needs: ['build', 'editor', ...(windows ? [] : ['chromium'])],
  },
  ...(windows
    ? []
    : [
        {
          name: 'inspector',
          suite: mocha('test/host/**/*.test.ts', 300_000),
          limitS: 1500,
          needs: ['build', 'editor', 'chromium'],
        },
      ]),
  {
    name: 'tooling',
    suite: mocha('test/tooling/**/*.test.ts', 300_000, [
      readme,
      ...(windows ? ['test/tooling/start.test.ts', 'test/tooling/recipes.test.ts'] : []),
    ]),
    limitS: 1500,
    needs: windows ? [] : ['build', 'editor', 'chromium'],
    // It builds for release where the first two run what is built, and starts a playground where the third does.
    after: ['vscode', 'inspector', 'readme'],
  },
  // Last in the list: they start wherever there is room, while the ones above wait for each other.
  ...inParts('webview', 'test/webview', 4, {
    timeoutMs: 120_000,
    limitS: 1500,
    needs: ['chromium'],
    dearest: ['accessibility', 'inspector', 'session'],
  }),
  ...inParts('unit', 'test/unit', 6, {
    timeoutMs: 60_000,
    limitS: 1500,
    waits: true,
    dearest: [
      'noSecretLeaves',
      'ways',
      'hostile/files',
      'relay/flood',
      'autobahn',
      'recordedLoad',
      'everyOption',
      'log/view',
    ],
  }),
];

const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1]?.split(',') : null;
const names = [...new Set(stages.map(({ name, of = name }) => of))];
const unknown = only?.filter((name) => !names.includes(name)) ?? [];
if (only === undefined || unknown.length > 0) {
  process.stderr.write(`--only takes names out of: ${names.join(', ')}\n`);
  process.exit(2);
}

installDependencies();
const chosen = only === null ? stages : choose(stages, only);
process.exitCode = closeWith(await runStages('test', chosen, { jobs })) ? 0 : 1;
