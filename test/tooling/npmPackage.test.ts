import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { type ChildProcess, type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { build } from 'esbuild';
import { repositoryRoot } from '../host/paths.js';
import { bundledPackages, bundleOutputs, manifest, noticedPackages } from './bundles.js';

const windows = process.platform === 'win32';

const allowed = [
  /^(package\.json|LICENSE|README\.md)$/,
  /^dist\/cli\/(wsprobe\.mjs|THIRD-PARTY-NOTICES\.txt)$/,
  /^dist\/(chunks|core)\/[\w./-]+\.mjs$/,
  /^dist\/chunks\/json(Path|Schema)\.cjs$/,
  /^media\/schemas\/(contract|experiment|profile|report|rollup|run|sample)\.schema\.json$/,
];

describe('the npm package', () => {
  let folder: string;
  let home: string;
  let installed: string;
  let files: readonly string[];
  let playground: ChildProcess | undefined;

  before(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'wsprobe-npm-')));
    home = join(folder, 'home');
    mkdirSync(home);
    // Otherwise npm looks for a project in the folders above.
    writeFileSync(join(home, 'package.json'), '{ "private": true }\n');
    succeed(run('npm', ['pack'], { cwd: repositoryRoot, env: { npm_config_pack_destination: folder } }));
    const tarballs = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
    deepStrictEqual(tarballs, [`wsprobe-${manifest(repositoryRoot).version}.tgz`]);
    succeed(run('npm', ['install', '--offline', '--no-audit', '--no-fund', `../${tarballs[0]}`]));
    installed = join(home, 'node_modules/wsprobe');
    files = filesIn(installed);
  });

  after(async () => {
    if (playground !== undefined) await stop(playground);
    rmSync(folder, { recursive: true, force: true });
  });

  it('holds the command line alone', () => {
    deepStrictEqual(
      files.filter((name) => !allowed.some((pattern) => pattern.test(name))),
      [],
    );
    for (const name of ['LICENSE', 'README.md', 'dist/cli/THIRD-PARTY-NOTICES.txt']) ok(files.includes(name), name);
  });

  it('holds each module that the command line can load, and no other', async () => {
    const { metafile } = await build({
      entryPoints: [join(installed, 'dist/cli/wsprobe.mjs')],
      absWorkingDir: installed,
      bundle: true,
      write: false,
      outdir: folder,
      splitting: true,
      format: 'esm',
      platform: 'node',
      external: ['bufferutil', 'utf-8-validate'],
      metafile: true,
      logLevel: 'silent',
    });
    deepStrictEqual(
      Object.keys(metafile.inputs).toSorted(),
      files.filter((name) => name.endsWith('.mjs')),
    );
  });

  it('installs nothing else and runs nothing while it is installed', () => {
    const { dependencies, scripts = {} } = manifest(installed);
    strictEqual(dependencies, undefined);
    deepStrictEqual(
      Object.keys(scripts).filter((name) => /^(pre|post)?(install|prepare)$/.test(name)),
      [],
    );
    deepStrictEqual(
      readdirSync(join(home, 'node_modules')).filter((name) => !name.startsWith('.')),
      ['wsprobe'],
    );
  });

  it('names every package that it bundles in its notices, with its terms, and none of the inspector', () => {
    const outputs = Object.entries(bundleOutputs()).filter(([path]) => files.includes(path));
    const bundled = bundledPackages(Object.fromEntries(outputs));
    ok(bundled.some((name) => name.startsWith('ws ')));
    ok(!bundled.some((name) => name.startsWith('preact ')));
    const text = readFileSync(join(installed, 'dist/cli/THIRD-PARTY-NOTICES.txt'), 'utf8');
    deepStrictEqual(noticedPackages(text), bundled);
  });

  it('answers npx with its version', () => {
    const { status, stdout, stderr } = run('npx', ['--no-install', 'wsprobe', '--version']);
    deepStrictEqual({ status, stdout, stderr }, { status: 0, stdout: `${manifest(installed).version}\n`, stderr: '' });
    if (!windows) ok((statSync(join(installed, 'dist/cli/wsprobe.mjs')).mode & 0o111) !== 0);
  });

  it('has its playground probed, with the exit codes of a probe and a report as its schema says', async () => {
    playground = spawn('npx', ['--no-install', 'wsprobe', 'playground', '--port', '0', '--json'], {
      ...options(),
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: !windows,
    });
    ok(playground.stdout);
    const [line] = (await once(createInterface({ input: playground.stdout }), 'line')) as [string];
    const { ws } = JSON.parse(line) as { ws: string };

    const healthy = run('npx', ['--no-install', 'wsprobe', 'probe', `${ws}/echo`, '--json', '--hold', '20']);
    strictEqual(healthy.status, 0, healthy.stderr);
    const isReport = validator('report');
    ok(isReport(JSON.parse(healthy.stdout)), JSON.stringify(isReport.errors));

    strictEqual(wsprobe('probe', `${ws}/close/4401`).status, 1);
    const refused = wsprobe('probe', `${ws}/status/403`);
    strictEqual(refused.status, 3);
    match(refused.stdout, /403/);
    strictEqual(wsprobe('probe', '--no-such-option').status, 2);

    const profile = { url: `${ws}/echo`, expect: { holdMs: 20 } };
    const isProfile = validator('profile');
    ok(isProfile(profile), JSON.stringify(isProfile.errors));
    writeFileSync(join(home, 'echo.wsprobe'), JSON.stringify(profile));
    const ran = wsprobe('run', '.');
    strictEqual(ran.status, 0, ran.stderr);
    match(ran.stdout, /echo\.wsprobe/);
  });

  function validator(name: 'report' | 'profile') {
    const path = join(installed, `media/schemas/${name}.schema.json`);
    const ajv = new Ajv({ allowUnionTypes: true, strict: false });
    addFormats.default(ajv);
    return ajv.compile(JSON.parse(readFileSync(path, 'utf8')) as object);
  }

  // What npx runs, without its second of start.
  function wsprobe(...args: readonly string[]): SpawnSyncReturns<string> {
    return run(join('node_modules', '.bin', 'wsprobe'), args);
  }

  function run(command: string, args: readonly string[], more: Options = {}): SpawnSyncReturns<string> {
    const done = spawnSync(command, args, { ...options(more), encoding: 'utf8' });
    if (done.error !== undefined) throw done.error;
    return done;
  }

  // As if from a shell outside of the repository: nothing in a cache, no network, nothing that `npm test` told its children.
  function options({ cwd = home, env = {} }: Options = {}) {
    const own = Object.entries(process.env).filter(([name]) => !/^npm_|^INIT_CWD$/i.test(name));
    const settings = {
      npm_config_cache: join(folder, 'cache'),
      npm_config_offline: 'true',
      npm_config_update_notifier: 'false',
    };
    return { cwd, env: { ...Object.fromEntries(own), NO_COLOR: '1', ...settings, ...env }, shell: windows };
  }
});

interface Options {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

function succeed({ status, stdout, stderr }: SpawnSyncReturns<string>): void {
  strictEqual(status, 0, `${stdout}${stderr}`);
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .toSorted();
}

/** npx does not hand every signal on, so the whole group gets it. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  if (windows) spawnSync('taskkill', ['/pid', String(child.pid), '/t', '/f']);
  else process.kill(-child.pid, 'SIGINT');
  await closed;
}
