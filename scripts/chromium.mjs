// @ts-check
// The one place that finds or installs a Chromium: for the tests, the pictures, and the editor in the browser.
// Only Node's own modules: this runs before an install too. Usage: node scripts/chromium.mjs (prints where it is).
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isExecutable } from './isExecutable.mjs';
import { root } from './setup.mjs';

/** Flags for a headless Chromium that works as root and asks nothing of the network. */
export const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const commands = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge', 'chrome'];

/** @type {Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>>} */
const fixedPlaces = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA']
    .flatMap((name) => process.env[name] ?? [])
    .flatMap((folder) => [
      join(folder, 'Google/Chrome/Application/chrome.exe'),
      join(folder, 'Chromium/Application/chrome.exe'),
      join(folder, 'Microsoft/Edge/Application/msedge.exe'),
    ]),
};

const waysToInstall = 'Install Chromium or Google Chrome, or set CHROMIUM_PATH to an executable.';
const installMs = 600_000;
const versionMs = 30_000;

/**
 * Path of a Chromium that starts. Where there is none it is installed: Debian's package by root on Debian, else Playwright's
 * build; WSPROBE_CHROMIUM=installed installs nothing. Throws with what to install.
 * @returns {string}
 */
export function findChromium() {
  const given = process.env['CHROMIUM_PATH'];
  if (given !== undefined && given !== '') {
    if (!isExecutable(given)) throw new Error(`CHROMIUM_PATH names ${given}, which is not an executable file.`);
    return given;
  }
  const found = installed();
  if (found !== null) return found;
  if (process.env['WSPROBE_CHROMIUM'] === 'installed') {
    throw new Error(`No Chromium found, and WSPROBE_CHROMIUM=installed lets none be installed. ${waysToInstall}`);
  }
  process.stderr.write('No Chromium found: installing one.\n');
  const failures = [...(canAptGet() ? debianPackage() : []), ...(installed() === null ? playwrightsBuild() : [])];
  const fresh = installed();
  if (fresh !== null) return fresh;
  throw new Error(['No Chromium found, and none could be installed.', ...failures, waysToInstall].join('\n'));
}

/** @returns {string | null} */
function installed() {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const onPath = process.platform === 'win32' ? [] : commands.flatMap((name) => folders.map((dir) => join(dir, name)));
  const places = [...onPath, ...(fixedPlaces[process.platform] ?? []), ...playwrights()];
  return places.find((path) => isExecutable(path) && starts(path)) ?? null;
}

/**
 * Ubuntu's `chromium-browser` is a script that names a snap, and Playwright's build needs libraries of the system.
 * @param {string} path
 */
function starts(path) {
  // Windows would open a window.
  if (process.platform === 'win32') return true;
  return spawnSync(path, ['--version'], { stdio: 'ignore', timeout: versionMs }).status === 0;
}

/** @returns {readonly string[]} */
function playwrights() {
  const cache = process.env['PLAYWRIGHT_BROWSERS_PATH'] ?? playwrightsCache();
  if (!existsSync(cache)) return [];
  const builds = readdirSync(cache)
    .filter((name) => /^chromium-\d+$/.test(name))
    .sort((a, b) => Number(b.slice(9)) - Number(a.slice(9)));
  const inside = [
    'chrome-linux/chrome',
    'chrome-linux64/chrome',
    'chrome-mac/Chromium.app/Contents/MacOS/Chromium',
    'chrome-win/chrome.exe',
    'chrome-win64/chrome.exe',
  ];
  return builds.flatMap((build) => inside.map((path) => join(cache, build, path)));
}

function playwrightsCache() {
  if (process.platform === 'darwin') return join(homedir(), 'Library/Caches/ms-playwright');
  if (process.platform === 'win32') return join(process.env['LOCALAPPDATA'] ?? homedir(), 'ms-playwright');
  return join(homedir(), '.cache/ms-playwright');
}

function canAptGet() {
  return process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/etc/debian_version');
}

/** @returns {readonly string[]} what went wrong */
function debianPackage() {
  // Somebody else may be installing at this moment.
  const options = ['-q', '-o', 'DPkg::Lock::Timeout=300'];
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  // Lists that cannot be brought up to date may do as they are.
  const update = attempt('apt-get', ['update', ...options], env);
  const install = attempt('apt-get', ['install', '-y', ...options, 'chromium'], env);
  return install.length === 0 ? [] : [...update, ...install];
}

/** @returns {readonly string[]} what went wrong */
function playwrightsBuild() {
  const cli = join(root, 'node_modules/playwright-core/cli.js');
  if (!existsSync(cli)) return [];
  return attempt(process.execPath, [cli, 'install', '--no-shell', 'chromium'], {});
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {readonly string[]}
 */
function attempt(command, args, env) {
  const { status, error, stderr } = spawnSync(command, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout: installMs,
    env: { ...process.env, ...env },
  });
  if (status === 0) return [];
  const why = error?.message ?? stderr.trim().split('\n').slice(-3).join('\n');
  return [`${command} ${args.join(' ')}: ${why}`];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    process.stdout.write(`${findChromium()}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
