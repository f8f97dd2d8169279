// `npm run test:peers`: the product against servers that people really run. test/peers/README.md tells what it needs.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { installDependencies } from './setup.mjs';
import { findProgram, missingOf, SOFTWARE } from './software.mjs';
import { closeWith, mocha, runStages } from './stages.mjs';

const peers = {
  name: 'peers',
  suite: mocha('test/peers/**/*.test.ts', 30_000, ['test/peers/node/node_modules/**']),
  limitS: 1200,
};
// Nothing of the machine's own is removed for it.
const installing = ['install', '-y', '--no-install-recommends', '--no-remove'];
const available = process.env['WSPROBE_PEERS'] === 'available';

installDependencies();
installMissing();
for (const software of SOFTWARE) {
  const missing = missingOf(software);
  process.stdout.write(`${missing === null ? `${software.name}: ${findProgram(software)}` : `missing: ${missing}`}\n`);
}

// Every server writes its process group here, so that none outlives this script however the tests end.
const folder = mkdtempSync(join(tmpdir(), 'wsprobe-peers-'));
// Servers that give up root must still find their files.
chmodSync(folder, 0o755);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    stopAll();
    process.exit(130);
  });
}
try {
  const counts = await runStages('peers', [peers], {
    env: {
      WSPROBE_PEERS_FOLDER: folder,
      // What the tests themselves put aside goes the same way.
      TMPDIR: folder,
    },
  });
  process.exitCode = closeWith(counts) ? 0 : 1;
} finally {
  stopAll();
}

function stopAll() {
  for (const name of readdirSync(folder)) {
    const file = join(folder, name, 'group');
    if (!existsSync(file)) continue;
    try {
      process.kill(-Number(readFileSync(file, 'utf8')), 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
  for (const name of sharedMemory()) rmSync(name, { force: true });
  rmSync(folder, { recursive: true, force: true });
}

/** Files that servers of this run have left in shared memory. */
function sharedMemory() {
  const where = '/dev/shm';
  if (!existsSync(where)) return [];
  const prefix = `wsprobe${basename(folder).split('-').at(-1)}`;
  return readdirSync(where)
    .filter((name) => name.startsWith(prefix))
    .map((name) => join(where, name));
}

function installMissing() {
  const missing = SOFTWARE.filter((software) => findProgram(software) === null);
  if (missing.length === 0 || available) return;
  for (const { npm } of missing) if (npm !== undefined) installPackages(npm);
  const names = [...new Set(missing.flatMap((software) => software.package?.split(' ') ?? []))];
  if (names.length === 0) return;
  const command = ['apt-get', ...installing, ...names].join(' ');
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !hasApt()) {
    process.stderr.write(`Not installed here: ${names.join(', ')}. As root on Debian: ${command}\n`);
    return;
  }
  process.stderr.write(`${command}\n`);
  const allow = forbidStarts();
  try {
    if (!apt([...installing, ...names])) {
      apt(['update']);
      // One that cannot be had keeps none of the others away.
      for (const name of names) apt([...installing, name]);
    }
    // Installed for these tests alone: nothing of it shall start with the machine.
    const units = missing.flatMap((software) => (findProgram(software) && software.unit ? [software.unit] : []));
    if (units.length > 0) spawnSync('systemctl', ['disable', ...units], { stdio: 'ignore' });
  } finally {
    allow();
  }
}

/** Packages of npm in a folder of their own; their scripts do not run. */
function installPackages(folder) {
  const args = ['ci', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund'];
  const { status, stdout, stderr } = spawnSync('npm', args, { encoding: 'utf8' });
  if (status !== 0) process.stderr.write(`${stdout}${stderr}npm ${args.join(' ')} failed.\n`);
}

function apt(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status, stdout, stderr } = spawnSync('apt-get', args, { env, encoding: 'utf8' });
  if (status !== 0) process.stderr.write(`${stdout}${stderr}apt-get ${args.join(' ')} failed.\n`);
  return status === 0;
}

function hasApt() {
  return spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0;
}

/** Debian's own switch: with this in place no package starts a service. Returns how to take it away again. */
function forbidStarts() {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return () => {};
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  return () => rmSync(policy, { force: true });
}
