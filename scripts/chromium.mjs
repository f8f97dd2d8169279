// @ts-check
// The one place that finds or installs a Chromium: for the tests, the pictures, and the editor in the browser.
// Only Node's own modules: this runs before an install too. Usage: node scripts/chromium.mjs (prints where it is, and
// where the headless shell is: what has no window, and takes half the CPU for a page).
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

const shellCommands = ['chromium-headless-shell', 'chrome-headless-shell'];
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

/** Where Playwright puts its builds, in a folder for each revision. */
const builds = {
  folder: 'chromium-',
  inside: [
    ...['chrome-linux', 'chrome-linux64', 'chrome-linux-arm64'].map((name) => `${name}/chrome`),
    'chrome-mac/Chromium.app/Contents/MacOS/Chromium',
    ...['chrome-mac-x64', 'chrome-mac-arm64'].map(
      (name) => `${name}/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing`,
    ),
    'chrome-win/chrome.exe',
    'chrome-win64/chrome.exe',
  ],
};
const shellBuilds = {
  folder: 'chromium_headless_shell-',
  inside: [
    ...['linux64', 'linux-arm64', 'mac-x64', 'mac-arm64'].map(
      (name) => `chrome-headless-shell-${name}/chrome-headless-shell`,
    ),
    'chrome-headless-shell-win64/chrome-headless-shell.exe',
  ],
};

const waysToInstall = 'Install Chromium or Google Chrome, or set CHROMIUM_PATH to an executable.';
const installMs = 600_000;
/** A shell saves time: it is not waited for as long as what nothing goes without. */
const shellInstallMs = 180_000;
const versionMs = 30_000;

/**
 * Path of a Chromium that starts. Where there is none it is installed: Debian's package by root on Debian, else Playwright's
 * build; WSPROBE_CHROMIUM=installed installs nothing. Throws with what to install.
 * @returns {string}
 */
export function findChromium() {
  const found = given() ?? installed();
  if (found !== null) return found;
  if (!mayInstall()) {
    throw new Error(`No Chromium found, and WSPROBE_CHROMIUM=installed lets none be installed. ${waysToInstall}`);
  }
  process.stderr.write('No Chromium found: installing one.\n');
  const failures = [
    ...(canAptGet() ? debianPackage('chromium', installMs) : []),
    ...(installed() === null ? playwrightsBuild('--no-shell', installMs) : []),
  ];
  const fresh = installed();
  if (fresh !== null) return fresh;
  throw new Error(['No Chromium found, and none could be installed.', ...failures, waysToInstall].join('\n'));
}

/**
 * Path of what shows pages and has no window of its own: the headless shell where one is installed, else a Chromium.
 * CHROMIUM_PATH is taken as it is.
 * @returns {string}
 */
export function findHeadless() {
  return given() ?? installedShell() ?? findChromium();
}

/** Where there is no headless shell and one may be installed, it is, as a Chromium would be. No fault if it cannot. */
function installShell() {
  if (given() !== null || installedShell() !== null || !mayInstall()) return;
  process.stderr.write('No headless shell found: installing one.\n');
  if (canAptGet()) debianPackage('chromium-headless-shell', shellInstallMs);
  if (installedShell() === null) playwrightsBuild('--only-shell', shellInstallMs);
}

/** @returns {string | null} */
function given() {
  const path = process.env['CHROMIUM_PATH'];
  if (path === undefined || path === '') return null;
  if (!isExecutable(path)) throw new Error(`CHROMIUM_PATH names ${path}, which is not an executable file.`);
  return path;
}

function mayInstall() {
  return process.env['WSPROBE_CHROMIUM'] !== 'installed';
}

/** @returns {string | null} */
function installed() {
  return firstThatStarts([...onPath(commands), ...(fixedPlaces[process.platform] ?? []), ...playwrights(builds)]);
}

/** @returns {string | null} */
function installedShell() {
  return firstThatStarts([...onPath(shellCommands), ...playwrights(shellBuilds)]);
}

/** @param {readonly string[]} places */
function firstThatStarts(places) {
  return places.find((path) => isExecutable(path) && starts(path)) ?? null;
}

/** @param {readonly string[]} names */
function onPath(names) {
  if (process.platform === 'win32') return [];
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return names.flatMap((name) => folders.map((dir) => join(dir, name)));
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

/**
 * @param {{ readonly folder: string, readonly inside: readonly string[] }} kind
 * @returns {readonly string[]}
 */
function playwrights({ folder, inside }) {
  const cache = process.env['PLAYWRIGHT_BROWSERS_PATH'] ?? playwrightsCache();
  if (!existsSync(cache)) return [];
  const revision = (/** @type {string} */ name) => Number(name.slice(folder.length));
  return readdirSync(cache)
    .filter((name) => name.startsWith(folder) && Number.isInteger(revision(name)))
    .sort((a, b) => revision(b) - revision(a))
    .flatMap((build) => inside.map((path) => join(cache, build, path)));
}

function playwrightsCache() {
  if (process.platform === 'darwin') return join(homedir(), 'Library/Caches/ms-playwright');
  if (process.platform === 'win32') return join(process.env['LOCALAPPDATA'] ?? homedir(), 'ms-playwright');
  return join(homedir(), '.cache/ms-playwright');
}

function canAptGet() {
  return process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/etc/debian_version');
}

/**
 * @param {string} name
 * @param {number} limitMs
 * @returns {readonly string[]} what went wrong
 */
function debianPackage(name, limitMs) {
  // Somebody else may be installing at this moment.
  const options = ['-q', '-o', 'DPkg::Lock::Timeout=300'];
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  // Lists that cannot be brought up to date may do as they are.
  const update = attempt('apt-get', ['update', ...options], env, limitMs);
  const install = attempt('apt-get', ['install', '-y', ...options, name], env, limitMs);
  return install.length === 0 ? [] : [...update, ...install];
}

/**
 * @param {'--no-shell' | '--only-shell'} which
 * @param {number} limitMs
 * @returns {readonly string[]} what went wrong
 */
function playwrightsBuild(which, limitMs) {
  const cli = join(root, 'node_modules/playwright-core/cli.js');
  if (!existsSync(cli)) return [];
  return attempt(process.execPath, [cli, 'install', which, 'chromium'], {}, limitMs);
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @param {number} limitMs
 * @returns {readonly string[]}
 */
function attempt(command, args, env, limitMs) {
  const { status, error, stderr } = spawnSync(command, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout: limitMs,
    env: { ...process.env, ...env },
  });
  if (status === 0) return [];
  const why = error?.message ?? stderr.trim().split('\n').slice(-3).join('\n');
  return [`${command} ${args.join(' ')}: ${why}`];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    const path = findChromium();
    installShell();
    process.stdout.write([...new Set([path, findHeadless()])].map((each) => `${each}\n`).join(''));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
