import { pathToFileURL } from 'node:url';
import { type Browser, type Frame, type Page, chromium } from 'playwright-core';
import { chromiumFlags, findChromium } from '../../scripts/chromium.mjs';
import { type ServerOptions, type VscodeServer, startServer } from './server.js';

export interface WorkbenchOptions extends ServerOptions {
  /** Absolute path of the folder (or `.code-workspace`) that is opened. */
  readonly folder: string;
  /** Loaded from its folder as a development extension; without it only what `vsix` installed is there. */
  readonly extensionDir?: string;
  /** A compiled CommonJS module that exports `run()`; its end arrives in `Workbench.suiteExit`. */
  readonly suite?: string;
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly deviceScaleFactor?: number;
  /** Receives what the suite and the extension print. */
  readonly onLog?: (line: string) => void;
}

export interface Workbench {
  readonly page: Page;
  readonly browser: Browser;
  readonly server: VscodeServer;
  /** Exit code of the suite, when one was given. */
  readonly suiteExit: Promise<number>;
  close(): Promise<void>;
}

/** A real VS Code (the server build) in headless Chromium. `close` ends browser, server and extension host. */
export async function openWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const executablePath = findChromium();
  const server = await startServer({ ...options, testDriver: options.testDriver ?? options.suite !== undefined });
  let browser: Browser | undefined;
  try {
    browser = await chromium.launch({ executablePath, args: chromiumFlags });
    const page = await browser.newPage({
      viewport: options.viewport ?? { width: 1280, height: 800 },
      deviceScaleFactor: options.deviceScaleFactor ?? 1,
    });
    const onLog = options.onLog ?? (() => undefined);
    const { suiteExit, exposed } = exposeDriver(page, onLog);
    await exposed;
    page.setDefaultTimeout(90_000);
    // A busy machine takes its time until all is loaded; what is waited for is the workbench.
    await page.goto(workbenchUrl(server, options), { waitUntil: 'commit' });
    await page.waitForSelector('.monaco-workbench', { timeout: 120_000 });
    const opened = browser;
    const close = async (): Promise<void> => {
      await opened.close();
      await server.stop();
    };
    return { page, browser, server, suiteExit, close };
  } catch (error) {
    await browser?.close();
    await server.stop();
    throw error;
  }
}

/** Address that opens the folder, with the development extension and the test module in its payload. */
export function workbenchUrl(
  server: VscodeServer,
  options: Pick<WorkbenchOptions, 'folder' | 'extensionDir' | 'suite'>,
): string {
  const remote = (path: string): string => `vscode-remote://127.0.0.1:${server.port}${urlPath(path)}`;
  const payload: [string, string][] = [['skipWelcome', 'true']];
  if (options.extensionDir !== undefined) payload.push(['extensionDevelopmentPath', remote(options.extensionDir)]);
  if (options.suite !== undefined) payload.push(['extensionTestsPath', remote(options.suite)]);
  const target = options.folder.endsWith('.code-workspace') ? 'workspace' : 'folder';
  const query = new URLSearchParams({ [target]: urlPath(options.folder), payload: JSON.stringify(payload) });
  return `${server.origin}/?${query.toString()}`;
}

/** Runs a command of the palette by its full label. */
export async function runCommand(page: Page, label: string): Promise<void> {
  const input = page.locator('.quick-input-widget input');
  const row = page.locator('.quick-input-list .monaco-list-row', { hasText: label }).first();
  // What is registered while the list is open does not come into it.
  await until(`"${label}" is there`, async () => {
    await page.keyboard.press('F1');
    await input.waitFor();
    await input.fill(`>${label}`);
    const isThere = await row.waitFor({ timeout: 5_000 }).then(
      () => true,
      () => false,
    );
    if (!isThere) await page.keyboard.press('Escape');
    return isThere;
  });
  await row.click();
}

/** Closes the editors, probes a URL from the palette and resolves to the inspector's frame once it shows the report. */
export async function probeFromPalette(page: Page, url: string): Promise<Frame> {
  await runCommand(page, 'View: Close All Editors');
  await until('the earlier inspector is gone', async () => (await frameShowing(page, 'h1.verdict')) === null);
  await runCommand(page, 'WebSocket: Probe');
  await page.locator('.quick-input-title', { hasText: 'Probe a WebSocket' }).waitFor();
  await page.locator('.quick-input-widget input').fill(url);
  const typed = page
    .locator('.quick-input-list .monaco-list-row', { hasText: url })
    .filter({ hasText: 'probe this URL' });
  await typed.first().click();
  const frame = await until('an inspector opens', () => frameShowing(page, '.target-url', url));
  await frame.locator('#details-panel').waitFor();
  return frame;
}

/** Polls what a page cannot announce (frames, processes) until it is neither null nor false; a busy machine takes its time. */
export async function until<T>(what: string, check: () => Promise<T | null | false>, timeoutMs = 60_000): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await check();
    if (found !== null && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs / 1000} s in vain until ${what}.`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** The webview whose document has `selector` (with `text` in it); null when there is none. */
export async function frameShowing(page: Page, selector: string, text = ''): Promise<Frame | null> {
  for (const frame of page.frames()) {
    if (frame === page.mainFrame()) continue;
    const count = await frame
      .locator(selector, { hasText: text })
      .count()
      // A frame may go away while it is asked.
      .catch(() => 0);
    if (count > 0) return frame;
  }
  return null;
}

// The smoke-test driver of the workbench calls these two when it finds them on the page.
function exposeDriver(
  page: Page,
  onLog: (line: string) => void,
): { suiteExit: Promise<number>; exposed: Promise<unknown> } {
  let settle: (code: number) => void = () => undefined;
  const suiteExit = new Promise<number>((done) => {
    settle = done;
  });
  const exposed = Promise.all([
    page.exposeFunction('codeAutomationLog', (_level: string, args: readonly unknown[]) => onLog(args.join(' '))),
    page.exposeFunction('codeAutomationExit', (code: number) => settle(code)),
  ]);
  return { suiteExit, exposed };
}

function urlPath(path: string): string {
  return pathToFileURL(path).pathname;
}
