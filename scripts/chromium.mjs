// Finds a Chromium for the tests, the pictures and the editor in the browser. Only Node's own modules: this runs before an install too.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { isExecutable } from './isExecutable.mjs';

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

const fixedPlaces = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: [process.env['PROGRAMFILES'], process.env['PROGRAMFILES(X86)'], process.env['LOCALAPPDATA']]
    .filter((folder) => folder !== undefined)
    .flatMap((folder) => [
      join(folder, 'Google/Chrome/Application/chrome.exe'),
      join(folder, 'Chromium/Application/chrome.exe'),
      join(folder, 'Microsoft/Edge/Application/msedge.exe'),
    ]),
};

/** Path of a Chromium executable. Installs Debian's package when root on Debian; rejects with what to install otherwise. */
export async function findChromium() {
  const given = process.env['CHROMIUM_PATH'];
  if (given !== undefined && given !== '') {
    if (!isExecutable(given)) throw new Error(`CHROMIUM_PATH names ${given}, which is not an executable file.`);
    return given;
  }
  const found = installed() ?? playwrights();
  if (found !== null) return found;
  if (canAptGet()) {
    process.stderr.write('No Chromium found: installing the chromium package.\n');
    installDebianPackage();
    const fresh = installed();
    if (fresh !== null) return fresh;
  }
  throw new Error(
    'No Chromium found. Install Chromium or Google Chrome, or run "npx playwright-core install chromium", or set CHROMIUM_PATH to an executable.',
  );
}

function installed() {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const onPath = process.platform === 'win32' ? [] : commands.flatMap((name) => folders.map((dir) => join(dir, name)));
  return [...onPath, ...(fixedPlaces[process.platform] ?? [])].find(isExecutable) ?? null;
}

function playwrights() {
  const cache =
    process.env['PLAYWRIGHT_BROWSERS_PATH'] ??
    {
      darwin: join(homedir(), 'Library/Caches/ms-playwright'),
      win32: join(process.env['LOCALAPPDATA'] ?? homedir(), 'ms-playwright'),
    }[process.platform] ??
    join(homedir(), '.cache/ms-playwright');
  if (!existsSync(cache)) return null;
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
  return builds.flatMap((build) => inside.map((path) => join(cache, build, path))).find(isExecutable) ?? null;
}

function canAptGet() {
  return process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/etc/debian_version');
}

function installDebianPackage() {
  const run = (args) =>
    execFileSync('apt-get', args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  run(['update', '-q']);
  run(['install', '-y', '-q', 'chromium']);
}
