import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { Frame } from 'playwright-core';
import { inTurn, type PlantedServer } from '../support/leakPlaces.js';
import { SECRET, traceOf } from '../support/plantedSecret.js';
import { repositoryRoot } from './paths.js';
import { frameShowing, openWorkbench, runCommand, until, type Workbench } from './workbench.js';

/** How often the server is asked: it says the secret somewhere else each time. */
const TURNS = 9;

describe('a secret in a real VS Code', () => {
  let folder: string;
  let refusing: PlantedServer;
  let opening: PlantedServer;
  let workbench: Workbench;
  /** Where it would have been. */
  const redacted = new Set<string>();

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wsprobe-secret-'));
    refusing = await inTurn(SECRET, { opens: false });
    opening = await inTurn(SECRET, { opens: true });
    const profile = ({ url }: PlantedServer) => ({
      name: 'with ${secret:t} in its name',
      url: `${url}?token=\${secret:t}`,
      headers: { 'X-Token': '${secret:t}' },
    });
    await writeFile(join(folder, 'refusing.wsprobe'), JSON.stringify(profile(refusing), null, 2));
    await writeFile(join(folder, 'opening.wsprobe'), JSON.stringify(profile(opening), null, 2));
    workbench = await openWorkbench({ extensionDir: repositoryRoot, folder, testDriver: true });
    await workbench.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  });

  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return;
    await workbench.page.screenshot({ path: join(repositoryRoot, 'out', 'secrets.png') });
  });

  after(async () => {
    await workbench?.close();
    refusing?.stop();
    opening?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Texts, titles and names of the workbench and of every page in it. */
  async function isNowhereOnScreen(when: string, frames = workbench.page.frames()): Promise<void> {
    for (const frame of frames) {
      const content = await frame.content().catch(() => '');
      if (content.includes('[redacted]')) redacted.add(frame === workbench.page.mainFrame() ? 'workbench' : 'page');
      const trace = traceOf(content);
      strictEqual(trace, null, `${when}, in ${frame === workbench.page.mainFrame() ? 'the workbench' : frame.url()}`);
    }
  }

  async function open(name: string): Promise<void> {
    const { page } = workbench;
    await runCommand(page, 'View: Close All Editors');
    await page.keyboard.press('Control+P');
    await page.locator('.quick-input-widget input').fill(name);
    await page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first().click();
    await page.locator('.tab.active', { hasText: name }).first().waitFor();
  }

  const lens = (title: string) => workbench.page.locator('.codelens-decoration a', { hasText: title }).first();
  const allow = () => workbench.page.locator('.monaco-dialog-box').getByText('Allow').click();

  it('is taken in a field that does not show it', async () => {
    const { page } = workbench;
    await page.locator('.activitybar .action-label[aria-label*="WebSocket"]').waitFor();
    await runCommand(page, 'WebSocket: Set Secret');
    const input = page.locator('.quick-input-widget input');
    await page.locator('.quick-input-widget', { hasText: 'name' }).waitFor();
    await input.fill('t');
    await page.keyboard.press('Enter');
    await page.locator('.quick-input-widget input[type="password"]').fill(SECRET);
    await isNowhereOnScreen('as it is typed');
    await page.keyboard.press('Enter');
    await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  });

  it('is on no surface while probes run that are told it', async () => {
    await open('refusing.wsprobe');
    await lens('Probe').click();
    await allow();
    const frame = await until('an inspector opens', () => frameShowing(workbench.page, '#details-panel'));
    for (let turn = 0; turn < TURNS; turn++) {
      const before = await shownAt(frame);
      if (turn > 0) {
        await frame.getByText('Run again', { exact: true }).click();
        await until('the next report is there', async () => (await shownAt(frame)) !== before);
      }
      await frame.locator('h1.verdict', { hasText: /Healthy|Degraded|Down/ }).waitFor();
      await isNowhereOnScreen(`after probe ${turn + 1}`);
      for (const tab of await frame.locator('[id^="details-tab-"]').all()) {
        await tab.click();
        await isNowhereOnScreen(`after probe ${turn + 1}, ${await tab.innerText()}`, [frame]);
      }
    }
    await frame.getByLabel('Copy report').first().click();
    const copied = await until('the report is in the clipboard', async () => {
      const text = await workbench.page.evaluate(() => navigator.clipboard.readText());
      return text.includes('wsprobe.report/1') && text;
    });
    strictEqual(traceOf(copied), null);
  });

  it('is on no surface of sessions', async () => {
    const { page } = workbench;
    await open('opening.wsprobe');
    await lens('Connect').click();
    await allow();
    const frame = await until('a session is shown', () => frameShowing(page, '.inspector', 'Closed'));
    for (let turn = 1; turn < TURNS; turn++) {
      await frame
        .locator('.log-row', { hasText: /Closed|Failed/ })
        .last()
        .waitFor();
      await frame.locator('.log-row').last().click();
      await isNowhereOnScreen(`in session ${turn}`);
      for (let row = 0; row < 4; row++) {
        await isNowhereOnScreen(`in session ${turn}, row ${row}`, [frame]);
        await page.keyboard.press('ArrowUp');
      }
      const rows = await rowsOf(frame);
      await frame
        .getByRole('button', { name: /^Reconnect/ })
        .first()
        .click();
      await until('it was opened anew', async () => (await rowsOf(frame)) > rows);
    }
    await runCommand(page, 'WebSocket: Focus on Sessions View');
    await runCommand(page, 'WebSocket: Focus on History View');
    await isNowhereOnScreen('with the views open');
  });

  it('is in no line of the log channel', async () => {
    const { page } = workbench;
    await runCommand(page, 'Output: Show Output Channels');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'WebSocket' }).first().click();
    await page.locator('.output-view-container .view-line, .panel .view-line').first().waitFor();
    await isNowhereOnScreen('in the log channel');
  });

  it('is in no file that VS Code and the extension keep', async () => {
    const { dataDir } = workbench.server;
    const found: string[] = [];
    for (const entry of await readdir(dataDir, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      // It may go while it is looked at.
      const text = await readFile(path, 'latin1').catch(() => '');
      if (text.includes('[redacted]')) redacted.add('file');
      const trace = traceOf(text);
      if (trace !== null) found.push(`${relative(dataDir, path)}: ${trace}`);
    }
    strictEqual(found.join('\n'), '');
    deepStrictEqual([...redacted].sort(), ['file', 'page', 'workbench']);
  });

  async function rowsOf(frame: Frame): Promise<number> {
    return Number(/(\d+) rows/.exec(await frame.locator('.inspector').innerText())?.[1] ?? 0);
  }

  async function shownAt(frame: Frame): Promise<string | null> {
    return frame.locator('time').first().getAttribute('datetime');
  }
});
