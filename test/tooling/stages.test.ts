import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../../scripts/processTree.mjs';
import { choose, type Counts, mocha, type Stage } from '../../scripts/stages.mjs';
import { repositoryRoot } from '../host/paths.js';

interface Run {
  readonly code: number | null;
  readonly output: string;
}

describe('the stages of npm test', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'wsprobe-stages-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('end at once and say what to install where there is no browser, and run nothing that needs one', async () => {
    const { code, output } = await node(['scripts/test.mjs', '--only', 'webview'], withoutBrowser(folder));
    strictEqual(code, 1);
    match(output, /No Chromium found[^]*Install Chromium or Google Chrome, or set CHROMIUM_PATH/);
    match(output, /# webview 1\/4: NOT RUN, for the stage "chromium" failed/);
    match(output, /\nchromium: failed\n(webview \d\/4: not run\n){4}\n0 passed, 5 failed, 0 skipped\n$/);
  });

  it('name a browser that is no program', async () => {
    const { code, output } = await node(['scripts/chromium.mjs'], { CHROMIUM_PATH: join(folder, 'nothing') });
    strictEqual(code, 1);
    match(output, /^CHROMIUM_PATH names .*nothing, which is not an executable file\.\n$/);
  });

  it('take a headless shell for pages where there is one, and a Chromium where there is none', async function () {
    if (process.platform !== 'linux') this.skip();
    const env = withoutBrowser(folder);
    const program = (name: string) => {
      const file = inFolder(`path/${name}`, '#!/bin/sh\nexit 0\n');
      chmodSync(file, 0o755);
      return file;
    };
    const full = program('chromium');
    deepStrictEqual(await node(['scripts/chromium.mjs'], env), { code: 0, output: `${full}\n` });
    const shell = program('chromium-headless-shell');
    deepStrictEqual(await node(['scripts/chromium.mjs'], env), { code: 0, output: `${full}\n${shell}\n` });
    const chosen = { ...env, CHROMIUM_PATH: full };
    deepStrictEqual(await node(['scripts/chromium.mjs'], chosen), { code: 0, output: `${full}\n` });
  });

  it('end a suite whose browser cannot be had, in its hook', async () => {
    const suite = mocha('test/webview/network.test.ts', 60_000);
    const { code, output } = await node([...suite], withoutBrowser(folder));
    ok(code !== 0);
    match(output, /"before all" hook[^]*No Chromium found/);
  });

  it('end what runs into its limit with every process below it, and name the test that was running', async function () {
    if (process.platform === 'win32') this.skip();
    const test = inFolder(
      'endless.test.ts',
      `import { spawn } from 'node:child_process';
       import { writeFileSync } from 'node:fs';
       it('goes on for ever', (done) => {
         const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'inherit' });
         writeFileSync(${JSON.stringify(join(folder, 'pid'))}, String(child.pid));
       });`,
    );
    const { counts, output } = await stages([{ name: 'endless', suite: mocha(test, 600_000), limitS: 8 }]);
    match(output, /endless ran into its limit of 8 s, in: goes on for ever\n/);
    deepStrictEqual(counts, { passed: 0, failed: 1, skipped: 0, told: ['endless: failed'] });
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    strictEqual(isAlive(pid), false);
  });

  it('end a suite that something keeps alive, as a failure', async () => {
    const test = inFolder(
      'held.test.ts',
      `import { createServer } from 'node:net';
       before((done) => { createServer().listen(0, '127.0.0.1', () => done(new Error('the hook fails'))); });
       it('is never reached', () => {});`,
    );
    const suite = mocha(test, 60_000).map((arg) => (arg.startsWith('endsWithinMs=') ? 'endsWithinMs=100' : arg));
    const { counts, output } = await stages([{ name: 'held', suite, limitS: 60 }]);
    match(output, /this keeps their process from ending: .*TCPServerWrap/);
    deepStrictEqual([counts.passed, counts.failed, counts.skipped], [0, 2, 0]);
  });

  it('run a test once more that failed, and tell of it', async () => {
    const test = inFolder(
      'flaky.test.ts',
      `let runs = 0;
       it('fails at first', () => { runs += 1; if (runs === 1) throw new Error('too early\\nfor it'); });
       it('fails', () => { throw new Error('never'); });`,
    );
    const { counts } = await stages([{ name: 'flaky', suite: mocha(test, 60_000), limitS: 60 }]);
    const told = [
      'flaky: failed: fails: Error: never',
      'flaky: passed only when run again: fails at first: Error: too early',
    ];
    deepStrictEqual(counts, { passed: 1, failed: 1, skipped: 0, told });
  });

  it('run beside each other what may, show the output of each whole, and count one that died', async () => {
    const slow = `process.stdout.write('slow begins\\n'); setTimeout(() => process.stdout.write('slow ends\\n'), 500);`;
    const { counts, output } = await stages(
      [
        { name: 'slow', check: ['-e', slow], limitS: 30 },
        { name: 'dies', check: ['-e', 'console.log("dies here"); process.exit(3)'], limitS: 30 },
        { name: 'needy', check: ['-e', ''], limitS: 30, needs: ['dies'] },
        { name: 'last', check: ['-e', ''], limitS: 30, after: ['needy', 'slow'] },
      ],
      2,
    );
    deepStrictEqual(counts, { passed: 2, failed: 2, skipped: 0, told: ['dies: failed', 'needy: not run'] });
    match(output, /# slow\nslow begins\nslow ends\n# slow: ok/);
    match(output, /# dies\ndies here\n# dies: FAILED/);
    ok(output.indexOf('# last …') > output.indexOf('# slow: ok'));
  });

  it('have room for one more among those that wait', async () => {
    const told = JSON.stringify(join(folder, 'told'));
    const hears = `const { existsSync } = require('node:fs');
      const look = setInterval(() => existsSync(${told}) && clearInterval(look), 20);`;
    const { counts, output } = await stages([
      { name: 'hears', check: ['-e', hears], limitS: 30, waits: true },
      { name: 'busy', check: ['-e', ''], limitS: 30 },
      { name: 'tells', check: ['-e', `require('node:fs').writeFileSync(${told}, '')`], limitS: 30, waits: true },
    ]);
    deepStrictEqual(counts, { passed: 3, failed: 0, skipped: 0, told: [] });
    ok(output.indexOf('# busy') > output.indexOf('# hears: ok'));
  });

  it('bring along what a chosen stage needs', () => {
    const check = { check: [], limitS: 1 };
    const all: readonly Stage[] = [
      { name: 'a', ...check },
      { name: 'b', ...check, needs: ['a'] },
      { name: 'c', ...check, needs: ['b'], after: ['d'] },
      { name: 'd', ...check },
      { name: 'e 1/2', of: 'e', ...check, needs: ['b'] },
      { name: 'e 2/2', of: 'e', ...check },
    ];
    deepStrictEqual(
      choose(all, ['c']).map(({ name }) => name),
      ['a', 'b', 'c'],
    );
    deepStrictEqual(
      choose(all, ['e']).map(({ name }) => name),
      ['a', 'b', 'e 1/2', 'e 2/2'],
    );
  });

  function inFolder(name: string, text: string): string {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  }

  /** Runs stages in a process of their own, as `npm test` does. */
  async function stages(list: readonly Stage[], jobs = 1): Promise<{ counts: Counts; output: string }> {
    const name = `test-${process.pid}-${list[0]?.name ?? ''}`;
    const script = inFolder(
      'run.mjs',
      `import { countsFile, runStages } from ${JSON.stringify(new URL('../../scripts/stages.mjs', import.meta.url).href)};
       import { rmSync } from 'node:fs';
       const counts = await runStages(${JSON.stringify(name)}, ${JSON.stringify(list)}, { jobs: ${jobs} });
       rmSync(countsFile(${JSON.stringify(name)}));
       console.log('COUNTS ' + JSON.stringify(counts));`,
    );
    const { output } = await node([script], {});
    return { counts: JSON.parse(/COUNTS (.*)/.exec(output)?.[1] ?? 'null') as Counts, output };
  }
});

/** A machine that has Node and nothing else, on which nothing may be installed. */
function withoutBrowser(folder: string): NodeJS.ProcessEnv {
  const path = join(folder, 'path');
  mkdirSync(path);
  if (process.platform !== 'win32') symlinkSync(process.execPath, join(path, 'node'));
  return {
    PATH: path,
    PLAYWRIGHT_BROWSERS_PATH: path,
    WSPROBE_CHROMIUM: 'installed',
    // Where browsers stand in fixed places, only a wrong name hides them.
    CHROMIUM_PATH: '',
  };
}

async function node(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Run> {
  const { WSPROBE_RESULTS: _ours, NODE_OPTIONS: _loader, ...rest } = process.env;
  const child = spawn(process.execPath, [...args], {
    cwd: repositoryRoot,
    env: { ...rest, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output: Buffer.concat(output).toString() };
}
