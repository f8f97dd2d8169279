// @ts-check
// What every npm script does first on a fresh clone: node scripts/setup.mjs installs what is missing. Only Node's own modules.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The repository's root. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Installs the dependencies when they are missing or older than the lock file. */
export function installDependencies() {
  if (isInstalled()) return;
  process.stderr.write('Installing dependencies.\n');
  // Not `npm ci`: it refuses a lock file that lacks the tools' binaries for other systems, and not every registry has them.
  run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']);
}

/**
 * Loads a TypeScript module of this repository; after `installDependencies` only.
 * @param {string} path
 */
export async function loadTypeScript(path) {
  const load = createRequire(import.meta.url);
  load('tsx');
  return load(join(root, path));
}

/**
 * Runs a command in the repository; ends this process with its exit code when it fails. Its output goes to standard error.
 * @param {string} command
 * @param {readonly string[]} args
 */
export function run(command, args, { quiet = false, cwd = root } = {}) {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd,
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 2, 2],
    encoding: 'utf8',
    shell: process.platform === 'win32' && command === 'npm',
  });
  if (error !== undefined) throw error;
  if (status !== 0) {
    process.stderr.write(`${stdout ?? ''}${stderr ?? ''}${command} ${args.join(' ')} failed.\n`);
    process.exit(status ?? 1);
  }
}

/** @typedef {{ readonly version?: string, readonly optional?: boolean }} Entry */

// npm writes what it installed beside it: every package of the lock file at the same version means nothing to do.
function isInstalled() {
  const done = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(done)) return false;
  const installed = JSON.parse(readFileSync(done, 'utf8')).packages;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(/** @type {Record<string, Entry>} */ (wanted)).every(
    ([path, entry]) => path === '' || entry.optional === true || installed[path]?.version === entry.version,
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) installDependencies();
