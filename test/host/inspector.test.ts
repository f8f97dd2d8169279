import { deepStrictEqual, match, notStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import type { AxeResults, RunOptions } from 'axe-core';
import { type Playground, startPlayground } from '../../src/core/playground/index.js';
import { repositoryRoot } from './paths.js';
import { themes, useTheme } from './themes.js';
import { type Workbench, openWorkbench, probeFromPalette, until } from './workbench.js';

const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

describe('the inspector in a real VS Code', () => {
  let folder: string;
  let playground: Playground;
  let workbench: Workbench;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wsprobe-inspector-'));
    await cp(join(repositoryRoot, 'examples'), folder, { recursive: true });
    playground = await startPlayground({ port: 0 });
    workbench = await openWorkbench({
      extensionDir: repositoryRoot,
      folder,
      testDriver: true,
      settings: { 'workbench.colorTheme': 'Dark 2026' },
    });
    await workbench.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  });

  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return;
    const file = join(
      repositoryRoot,
      'out',
      `inspector-${this.currentTest.title.replaceAll(/\W+/g, '-').slice(0, 60)}.png`,
    );
    await workbench.page.screenshot({ path: file });
    process.stdout.write(`      ${file}\n`);
  });

  after(async () => {
    await workbench?.close();
    await playground?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const probe = (url: string): Promise<Frame> => probeFromPalette(workbench.page, url);

  /** A busy machine is slower than the budgets of a profile that names none. */
  const WELL = ['Healthy', 'Degraded'];
  const verdictOf = async (frame: Frame): Promise<string> => (await frame.locator('h1.verdict').innerText()).trim();

  it('probes a URL from the palette and shows a healthy verdict with its phases', async () => {
    const frame = await probe(`${playground.ws}/echo`);
    ok(WELL.includes(await verdictOf(frame)));
    match(await frame.locator('.target-url').innerText(), /\/echo$/);
    const phases = await frame.locator('.inspector').innerText();
    for (const name of ['DNS', 'TCP', 'Upgrade', 'Close']) ok(phases.includes(name), name);
  });

  it('says why a 200 instead of a 101 is no WebSocket, and what to change, first', async () => {
    const frame = await probe(`${playground.ws}/status/200`);
    strictEqual(await verdictOf(frame), 'Down');
    match(await frame.locator('#answer-title').innerText(), /200/);
    const answer = await frame.locator('section.answer').boundingBox();
    ok(answer !== null && answer.y < 400, 'the reason is in the upper half of the window');
    ok((await frame.locator('section.answer pre').count()) > 0, 'a fix to paste stands beside it');
  });

  it('explains a server that opens and then closes with 4401', async () => {
    const frame = await probe(`${playground.ws}/close/4401`);
    notStrictEqual(await verdictOf(frame), 'Healthy');
    await frame.locator('#details-tab-close').click();
    match(await frame.locator('#details-panel').innerText(), /4401/);
  });

  it('shows the chain of a certificate that was refused', async () => {
    const url = playground.tls['expired'];
    ok(url);
    const frame = await probe(`${url.replace(/\/$/, '')}/echo`);
    strictEqual(await verdictOf(frame), 'Down');
    match(await frame.locator('#answer-title').innerText(), /expired/i);
    await frame.locator('#details-tab-handshake').click();
    match(await frame.locator('#details-panel').innerText(), /expired/i);
  });

  it('opens every tab by the keyboard', async () => {
    const frame = await probe(`${playground.ws}/echo`);
    const tabs = frame.locator('[id^="details-tab-"]');
    const names = await tabs.evaluateAll((all) => all.map((tab) => tab.id.replace('details-tab-', '')));
    await frame.locator(`#details-tab-${names[0] ?? ''}`).click();
    await workbench.page.keyboard.press('Home');
    const visited: string[] = [];
    for (const name of names) {
      const selected = await frame.locator('[id^="details-tab-"][aria-selected="true"]').getAttribute('id');
      visited.push(selected?.replace('details-tab-', '') ?? '');
      strictEqual(await frame.evaluate(() => document.activeElement?.id), `details-tab-${name}`);
      ok((await frame.locator('#details-panel').innerText()).trim() !== '', `${name} shows something`);
      await workbench.page.keyboard.press('ArrowRight');
    }
    deepStrictEqual(visited, names);
  });

  it('runs again in the same panel', async () => {
    const frame = await probe(`${playground.ws}/echo`);
    const startedAt = (): Promise<string | null> => frame.locator('time').first().getAttribute('datetime');
    const first = await startedAt();
    await frame.getByText('Run again').click();
    await until(
      'a second report is there',
      async () => (await startedAt()) !== first && WELL.includes(await verdictOf(frame)),
    );
    const inspectors = workbench.page.locator('.tab[data-resource-name], .tabs-container .tab');
    strictEqual(await inspectors.count(), 1);
  });

  it('finds the one change that cures a failed handshake', async () => {
    const frame = await probe(`${playground.http2.h2c}/echo`);
    strictEqual(await verdictOf(frame), 'Down');
    await frame.getByText('Find what breaks it').click();
    await frame.locator('.cured').waitFor();
    match(await frame.locator('#experiment-title').innerText(), /HTTP\/2/);
    match(await frame.locator('tr.cure').innerText(), /Over HTTP\/2/);
    deepStrictEqual(await violationsIn(frame), []);
  });

  it('follows a redirect once, after it has asked', async () => {
    const frame = await probe(`${playground.ws}/redirect?to=/echo`);
    match(await frame.locator('.redirects').innerText(), /302[^]*Not followed/);
    const { page } = workbench;
    const dialog = page.locator('.monaco-dialog-box');
    await frame.getByText('Follow it once').click();
    match(await dialog.innerText(), /Follow the redirect to ws:\/\/127\.0\.0\.1:\d+\/echo\?/);
    await dialog.getByText('Cancel').click();
    await dialog.waitFor({ state: 'detached' });
    strictEqual(await verdictOf(frame), 'Down');
    await frame.getByText('Follow it once').click();
    await dialog.getByText('Follow Once').click();
    await until('it is well', async () => WELL.includes(await verdictOf(frame)));
    match(await frame.locator('.redirects').innerText(), /302[^]*Followed\./);
  });

  it('copies the report as JSON', async () => {
    const frame = await probe(`${playground.ws}/echo`);
    await frame.getByLabel('Copy report').first().click();
    const { page } = workbench;
    let copied = '';
    await until('the report is in the clipboard', async () => {
      copied = await page.evaluate(() => navigator.clipboard.readText());
      return copied.includes('wsprobe.report/1');
    });
    const report = JSON.parse(copied) as { url: string };
    strictEqual(report.url, `${playground.ws}/echo`);
  });

  for (const theme of themes) {
    it(`has no serious or critical accessibility violation in the ${theme.name} theme`, async () => {
      const frame = await probe(`${playground.ws}/status/200`);
      await useTheme(workbench.page, folder, theme);
      await frame.waitForSelector(`body.vscode-${kindOf(theme.workbenchClass)}`);
      const names = await frame
        .locator('[id^="details-tab-"]')
        .evaluateAll((all) => all.map((tab) => tab.id.replace('details-tab-', '')));
      for (const name of names) {
        await frame.locator(`#details-tab-${name}`).click();
        deepStrictEqual(await violationsIn(frame), [], name);
      }
    });
  }
});

function kindOf(workbenchClass: string): string {
  return (
    { vs: 'light', 'vs-dark': 'dark', 'hc-black': 'high-contrast', 'hc-light': 'high-contrast-light' }[
      workbenchClass
    ] ?? ''
  );
}

async function violationsIn(frame: Frame): Promise<readonly string[]> {
  // The policy of the page forbids a script element; the debugger's own evaluation does not pass through it.
  if (!(await frame.evaluate(() => 'axe' in globalThis))) await frame.evaluate(await axeSource());
  // A webview is transparent: VS Code paints the editor's background behind it, where axe does not look.
  await frame.evaluate(() => {
    document.documentElement.style.background = 'var(--vscode-editor-background)';
  });
  const options: RunOptions = { resultTypes: ['violations'] };
  const results = (await frame.evaluate(
    (given) => (globalThis as unknown as { axe: { run(options: unknown): Promise<unknown> } }).axe.run(given),
    options,
  )) as AxeResults;
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary ?? ''}`).join(' | ')}`);
}

let axeText: Promise<string> | undefined;

function axeSource(): Promise<string> {
  axeText ??= import('node:fs/promises').then((fs) => fs.readFile(axeFile, 'utf8'));
  return axeText;
}
