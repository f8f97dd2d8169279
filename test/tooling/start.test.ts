import { deepStrictEqual, match, strictEqual } from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type Browser, chromium } from 'playwright-core';
import { chromiumFlags, findChromium } from '../../scripts/chromium.mjs';
import { descendants, isAlive } from '../../scripts/processTree.mjs';
import { repositoryRoot } from '../host/paths.js';
import { frameShowing, until } from '../host/workbench.js';

describe('npm start', () => {
  let browser: Browser;
  let npm: ChildProcess | undefined;
  let processes: readonly number[] = [];

  before(async () => {
    browser = await chromium.launch({ executablePath: findChromium(), args: chromiumFlags });
  });

  after(async () => {
    await browser?.close();
    const left = [...processes, ...descendants(npm?.pid ?? 0), npm?.pid ?? 0].filter((pid) => pid > 0 && isAlive(pid));
    for (const pid of left) process.kill(pid, 'SIGKILL');
  });

  // The walk through the README starts it too, and proves the same of Ctrl+C.
  it('opens the examples with the extension and leaves no process after SIGTERM', async () => {
    npm = spawn('npm', ['start'], {
      cwd: repositoryRoot,
      env: { ...process.env, WSPROBE_VSCODE: 'server' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const url = await addressIn(npm);
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(url);
    await page.locator('.explorer-folders-view [aria-label^="echo.wsprobe"]').dblclick({ timeout: 60_000 });
    // The code lens comes from the extension, so it is there only when the extension is active.
    await page.locator('.codelens-decoration a', { hasText: 'Probe' }).first().waitFor({ timeout: 60_000 });
    await page.locator('.codelens-decoration a', { hasText: 'Probe' }).first().click();
    const inspector = await until('the inspector opens', () => frameShowing(page, 'h1.verdict', 'Healthy'), 30_000);
    match(await inspector.locator('.target-url').innerText(), /\/echo$/);
    await page.close();

    const pid = npm.pid ?? 0;
    processes = descendants(pid);
    const ended = once(npm, 'close');
    // A service manager signals npm alone.
    process.kill(pid, 'SIGTERM');
    await ended;
    deepStrictEqual(await stillAlive(processes), []);
    strictEqual(await answers(url), false);
  });
});

async function addressIn(child: ChildProcess): Promise<string> {
  return new Promise((done, fail) => {
    child.once('close', (code) => fail(new Error(`npm start ended with code ${String(code)} before it was ready.`)));
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const url = /^wsprobe is ready: (http:\S+)$/.exec(line)?.[1];
      if (url !== undefined) done(url);
    });
  });
}

async function stillAlive(processes: readonly number[]): Promise<readonly number[]> {
  // The kernel may need a moment to reap what was killed.
  await until('all processes are gone', async () => processes.every((pid) => !isAlive(pid))).catch(() => undefined);
  return processes.filter(isAlive);
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}
