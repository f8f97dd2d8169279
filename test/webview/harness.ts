import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type Browser, chromium, type Disposable, type Page } from 'playwright-core';
import { chromiumFlags, findChromium, findHeadless } from '../../scripts/chromium.mjs';
import { pageWords } from '../../src/host/inspector/pageWords.js';
import type { InspectorState } from '../../src/protocol/inspector.js';
import type { SessionSnapshot } from '../../src/protocol/session.js';
import type { WatchPageState } from '../../src/protocol/watchPage.js';
import type { FakeLog, FakeLogOptions } from './fakeLog.js';
import { LOG_STATUS } from './sessionFixtures.js';
import { DEFAULT_STYLES, type Theme, THEMES, type ThemeName } from './themes.js';

/** Checks pages for accessibility. */
export const AXE = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');

const NONCE = 'bm9uY2U';
/** The hash is that of an empty style element: the controls make one to ask whether `:focus-visible` is known. */
const EMPTY_STYLE = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";
const CSP = `default-src 'none'; style-src 'self' ${EMPTY_STYLE}; script-src 'nonce-${NONCE}'`;

export interface Posted {
  readonly method: string;
  readonly params: unknown;
}

export interface OpenOptions {
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  /** What `getState` gives: a panel that is shown again. */
  readonly memento?: unknown;
  /** Requests that the host answers with this error. */
  readonly refuse?: Readonly<Record<string, string>>;
  readonly reduceMotion?: boolean;
  /** What the host answers to requests by their name, always the same. */
  readonly answers?: Readonly<Record<string, unknown>>;
  /** What other panels have kept is still there. */
  readonly keepsStorage?: boolean;
  /** The host answers a session's requests out of a log made up on demand. */
  readonly log?: Partial<FakeLogOptions>;
}

export interface StartOptions {
  /** Where a built inspector is; without it, one is built from the sources. */
  readonly folder?: string;
  readonly entry?: string;
  /** Those of the editor's language. */
  readonly words?: Readonly<Record<string, string>>;
}

/** The inspector's bundle in a page like a VS Code webview: its CSP, its theme variables, a host that answers. */
export class Harness {
  readonly #browser: Browser;
  readonly #server: Server;
  readonly #fakeLog: string;
  /** Closed, and as good as new for whoever opens next: a page in a context of its own costs as much as what it shows. */
  readonly #idle: Page[] = [];
  /** What each page runs before anything else. */
  readonly #scripts = new Map<Page, readonly Disposable[]>();

  private constructor(browser: Browser, server: Server, fakeLog: string) {
    this.#browser = browser;
    this.#server = server;
    this.#fakeLog = fakeLog;
  }

  static async start({ folder, entry = 'webview/inspector.tsx', words }: StartOptions = {}): Promise<Harness> {
    // First what may be missing or wrong: nothing of it leaves anything open.
    // A shell draws its frames in another way than what people have: no browser to measure.
    const executablePath = folder === undefined ? findHeadless() : findChromium();
    const files = pageOf(folder === undefined ? await bundle(entry) : await built(folder), words);
    const fakeLog = await bundleFakeLog();
    const browser = await chromium.launch({ executablePath, args: chromiumFlags });
    const server = createServer((request, response) => {
      const file = files.get(request.url ?? '/');
      response.statusCode = file ? 200 : 404;
      if (file) {
        response.setHeader('content-type', file.type).setHeader('content-security-policy', CSP);
        // What a page has compiled is there for the next one.
        response.setHeader('cache-control', 'max-age=3600');
        // An isolated page has clocks of a few microseconds.
        response.setHeader('cross-origin-opener-policy', 'same-origin');
        response.setHeader('cross-origin-embedder-policy', 'require-corp');
      }
      response.end(file?.text);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Harness(browser, server, fakeLog);
  }

  async open(state: InspectorState | WatchPageState | null, options: OpenOptions = {}): Promise<Page> {
    const viewport = { width: options.width ?? 1100, height: options.height ?? 900 };
    const page = this.#idle.pop() ?? (await this.#newPage());
    await page.setViewportSize(viewport);
    const theme = THEMES[options.theme ?? 'dark'];
    this.#scripts.set(page, [
      await page.addInitScript({ content: 'globalThis.__name = (target) => target;' }),
      ...(options.log ? [await page.addInitScript({ content: this.#fakeLog })] : []),
      await page.addInitScript(hostScript, {
        state,
        answers: options.answers ?? {},
        theme,
        memento: options.memento ?? null,
        refuse: options.refuse ?? {},
        reduceMotion: options.reduceMotion === true,
        keepsStorage: options.keepsStorage === true,
        log: options.log ? { rows: 1_000_000, latencyMs: 4, status: LOG_STATUS, hostile: null, ...options.log } : null,
      }),
    ]);
    const { port } = this.#server.address() as AddressInfo;
    await page.goto(`http://127.0.0.1:${port}/`);
    await page.waitForSelector(state ? '.target' : '.inspector', { state: 'attached' });
    return page;
  }

  /** The page may not be used any more: it is given to the next `open`, which loads it anew. */
  async close(page: Page): Promise<void> {
    const scripts = this.#scripts.get(page);
    // Closed already: where an `open` fails, what a test closes in the end is the page before.
    if (!this.#scripts.delete(page)) return;
    // What lies under the pointer now would be under it then.
    await page.mouse.move(0, 0);
    for (const script of scripts ?? []) await script.dispose();
    this.#idle.push(page);
  }

  async #newPage(): Promise<Page> {
    const context = await this.#browser.newContext({ locale: 'en-GB', timezoneId: 'UTC' });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    return page;
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Puts axe-core into a page of the harness: from its server, so that it is compiled once. */
export function loadAxe(page: Page): Promise<void> {
  return page.evaluate(
    (nonce) =>
      new Promise<void>((resolve, reject) => {
        const script = document.createElement('script');
        script.nonce = nonce;
        script.src = '/axe.js';
        script.addEventListener('load', () => resolve());
        script.addEventListener('error', () => reject(new Error('axe-core was not loaded')));
        document.head.append(script);
      }),
    NONCE,
  );
}

/** Requests the page has made, in order. */
export function posted(page: Page): Promise<Posted[]> {
  return page.evaluate(() => (window as unknown as { posted: Posted[] }).posted);
}

export function savedState(page: Page): Promise<unknown> {
  return page.evaluate(() => (window as unknown as { saved: unknown }).saved);
}

/** Violations of the CSP so far. */
export function violations(page: Page): Promise<string[]> {
  return page.evaluate(() => (window as unknown as { violations: string[] }).violations);
}

/** Another colour theme while the panel is open, as VS Code changes it; the controls follow within two frames. */
export function changeTheme(page: Page, theme: ThemeName): Promise<void> {
  return page.evaluate(async (chosen) => {
    (window as unknown as { dress(theme: Theme): void }).dress(chosen);
    for (const _ of [1, 2]) await new Promise(requestAnimationFrame);
  }, THEMES[theme]);
}

/** What changed is on the screen. */
export function drawn(page: Page): Promise<void> {
  return page.evaluate(async () => {
    for (const _ of [1, 2]) await new Promise(requestAnimationFrame);
  });
}

export function pushState(page: Page, state: InspectorState | WatchPageState): Promise<void> {
  return page.evaluate((data) => window.postMessage({ kind: 'event', name: 'state', data }, '*'), state);
}

/** By page: above what any state begins with. */
const revisions = new WeakMap<Page, number>();

/** Shows a state in place of the one before, as a page that was opened for it would. */
export async function showState(page: Page, state: InspectorState): Promise<void> {
  const revision = (revisions.get(page) ?? 1_000) + 1;
  revisions.set(page, revision);
  await pushState(page, { ...state, revision });
  await drawn(page);
}

export function pushSession(page: Page, session: SessionSnapshot): Promise<void> {
  return page.evaluate((data) => window.postMessage({ kind: 'event', name: 'session', data }, '*'), session);
}

interface HostOptions {
  readonly state: InspectorState | WatchPageState | null;
  readonly answers: Readonly<Record<string, unknown>>;
  readonly theme: Theme;
  readonly memento: unknown;
  readonly refuse: Readonly<Record<string, string>>;
  readonly reduceMotion: boolean;
  readonly keepsStorage: boolean;
  readonly log: FakeLogOptions | null;
}

/** Runs in the page before anything else: VS Code's side of the webview. */
function hostScript({ state, answers, theme, memento, refuse, reduceMotion, keepsStorage, log }: HostOptions): void {
  if (!keepsStorage) localStorage.clear();
  const page = window as unknown as Record<string, unknown>;
  const posted: { method: string; params: unknown }[] = [];
  const violations: string[] = [];
  page['posted'] = posted;
  page['violations'] = violations;
  page['saved'] = memento;
  const fake = log ? new window.FakeLog(log) : null;
  page['fakeLog'] = fake;
  document.addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective));
  page['acquireVsCodeApi'] = () => ({
    postMessage: (message: { kind: string; id: number; method: string; params: unknown }) => {
      if (message.kind !== 'request') return;
      posted.push({ method: message.method, params: message.params });
      const refusal = refuse[message.method];
      if (message.method === 'ready' && state === null && refusal === undefined) return;
      const respond = fake?.answers[message.method];
      if (fake && respond && refusal === undefined) {
        const rows = message.method === 'viewRows' ? 1 : 0;
        fake.rowsInFlight += rows;
        fake.maxRowsInFlight = Math.max(fake.maxRowsInFlight, fake.rowsInFlight);
        setTimeout(() => {
          fake.rowsInFlight -= rows;
          let settled: unknown;
          try {
            settled = { kind: 'result', id: message.id, result: respond(message.params as never) };
          } catch (error) {
            const text = error instanceof Error ? error.message : String(error);
            settled = { kind: 'error', id: message.id, error: { code: 'test', message: text, hint: null } };
          }
          window.postMessage(settled, '*');
        }, fake.latencyMs);
        return;
      }
      const answer =
        refusal === undefined
          ? {
              kind: 'result',
              id: message.id,
              result: message.method === 'ready' ? state : (answers[message.method] ?? null),
            }
          : { kind: 'error', id: message.id, error: { code: 'test', message: refusal, hint: null } };
      queueMicrotask(() => window.postMessage(answer, '*'));
    },
    getState: () => page['saved'] ?? undefined,
    setState: (value: unknown) => {
      page['saved'] = value;
    },
  });
  const dress = (chosen: Theme) => {
    document.documentElement.removeAttribute('style');
    for (const [name, value] of Object.entries(chosen.variables))
      document.documentElement.style.setProperty(name, value);
    document.documentElement.lang = 'en';
    document.body.className = reduceMotion ? `${chosen.bodyClass} vscode-reduce-motion` : chosen.bodyClass;
    document.body.dataset['vscodeThemeKind'] = chosen.kind;
  };
  page['dress'] = dress;
  new MutationObserver((_, observer) => {
    if (!document.body) return;
    observer.disconnect();
    dress(theme);
  }).observe(document, { childList: true, subtree: true });
}

/** The log of the page's fake host: `change` it in the page, then tell the inspector. */
export async function growLog(
  page: Page,
  change: { readonly rows?: number; readonly dropped?: number },
): Promise<void> {
  await page.evaluate(({ rows, dropped }) => {
    const { fakeLog } = window as unknown as { fakeLog: FakeLog };
    if (rows !== undefined) fakeLog.rows = rows;
    if (rows === 0) fakeLog.status = { ...fakeLog.status, generation: fakeLog.status.generation + 1 };
    if (dropped !== undefined) fakeLog.dropped = dropped;
    window.postMessage({ kind: 'event', name: 'view', data: fakeLog.announcement(fakeLog.viewId) }, '*');
  }, change);
}

async function bundleFakeLog(): Promise<string> {
  const result = await build({
    absWorkingDir: fileURLToPath(new URL('../..', import.meta.url)),
    entryPoints: ['test/webview/fakeLog.ts'],
    bundle: true,
    write: false,
    platform: 'browser',
    target: 'chrome128',
    format: 'iife',
    logLevel: 'warning',
  });
  return result.outputFiles[0]?.text ?? '';
}

interface File {
  readonly type: string;
  readonly text: string;
}

interface Assets {
  readonly script: string;
  /** What it imports. */
  readonly shared?: string;
  readonly styles: string;
}

async function built(folder: string): Promise<Assets> {
  const [script = '', styles = '', shared = ''] = await Promise.all(
    ['inspector.js', 'inspector.css', 'shared.js'].map((name) => readFile(join(folder, name), 'utf8')),
  );
  return { script, styles, shared };
}

async function bundle(entry: string): Promise<Assets> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const result = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outdir: 'out',
    bundle: true,
    write: false,
    platform: 'browser',
    target: 'chrome128',
    format: 'iife',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'warning',
  });
  const textOf = (extension: string) => result.outputFiles.find((file) => file.path.endsWith(extension))?.text ?? '';
  return { script: textOf('.js'), styles: textOf('.css') };
}

function pageOf({ script, shared = '', styles }: Assets, words?: Readonly<Record<string, string>>): Map<string, File> {
  const html = `<!doctype html><html><head><meta charset="utf-8"><title>Inspector</title>
<link rel="stylesheet" href="/default.css"><link rel="stylesheet" href="/inspector.css"></head>
<body><main id="root"></main>${pageWords(words)}<script type="module" nonce="${NONCE}" src="/inspector.js"></script></body></html>`;
  const background = '\nhtml { background-color: var(--vscode-editor-background); }';
  return new Map([
    ['/', { type: 'text/html; charset=utf-8', text: html }],
    ['/default.css', { type: 'text/css', text: DEFAULT_STYLES + background }],
    ['/inspector.css', { type: 'text/css', text: styles }],
    ['/inspector.js', { type: 'text/javascript', text: script }],
    ['/shared.js', { type: 'text/javascript', text: shared }],
    ['/axe.js', { type: 'text/javascript', text: AXE }],
  ]);
}
