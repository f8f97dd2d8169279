import { deepStrictEqual, ok } from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Locator } from 'playwright-core';
import { type Playground, startPlayground } from '../../src/core/playground/index.js';
import { repositoryRoot } from './paths.js';
import { themes, useTheme } from './themes.js';
import { frameShowing, openWorkbench, runCommand, until, type Workbench } from './workbench.js';

/** What a person does with a profile in the editor, by mouse and keyboard. */
describe('a profile in a real VS Code', () => {
  let folder: string;
  let playground: Playground;
  let workbench: Workbench;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wsprobe-profiles-'));
    playground = await startPlayground({ port: 0 });
    const url = `${playground.ws}/echo`;
    const conversation = {
      url,
      steps: [{ send: 'hello' }, { expect: { contains: 'bye' }, withinMs: 100 }, { ping: {} }],
    };
    const profiles = {
      'inside.wsprobe': '{\n  "url": "ws://example.test/",\n  "variables": { "tenant": "acme" },\n  "origin": ""\n}\n',
      'fix.wsprobe': `{\n  "url": "${url}",\n  "heaters": {}\n}\n`,
      'rename.wsprobe': '{\n  "url": "ws://${host}/",\n  "variables": { "host": "example.test" }\n}\n',
      'never.wsprobe': '{}\n',
      'vanishes.wsprobe': `{ "url": "${url}", "expect": { "holdMs": 4000 } }\n`,
      'talk.wsprobe': `${JSON.stringify(conversation, null, 2)}\n`,
    };
    for (const [name, text] of Object.entries(profiles)) await writeFile(join(folder, name), text);
    workbench = await openWorkbench({
      extensionDir: repositoryRoot,
      folder,
      testDriver: true,
      settings: { 'workbench.colorTheme': 'Dark 2026', 'editor.minimap.enabled': false, 'files.autoSave': 'off' },
    });
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await picture(`failed-${this.currentTest.title}`);
  });

  after(async () => {
    await workbench?.close();
    await playground?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('completes inside a text', async () => {
    await openAt('inside.wsprobe', 4, 14);
    const { page } = workbench;
    // What is typed before the extension is there is completed by nobody.
    await page.locator('.codelens-decoration', { hasText: 'Probe' }).first().waitFor();
    await page.keyboard.type('${');
    const item = page.locator('.suggest-widget .monaco-list-row', { hasText: 'tenant' }).first();
    await item.waitFor();
    await pictures('completion');
    await item.click();
    await saved('inside.wsprobe', (text) => text.includes('"origin": "${tenant}"'));
  });

  it('mends a misspelt key by its quick fix', async () => {
    await openAt('fix.wsprobe', 3, 5);
    const { page } = workbench;
    await page.locator('.squiggly-error').first().waitFor();
    await page.keyboard.press('Control+.');
    const fix = page.locator('.action-widget .monaco-list-row', { hasText: 'Change to "headers"' });
    await fix.waitFor();
    await pictures('quick-fix');
    await fix.click();
    await saved('fix.wsprobe', (text) => text.includes('"headers": {}') && !text.includes('heaters'));
  });

  it('renames a variable', async () => {
    await openAt('rename.wsprobe', 2, 18);
    const { page } = workbench;
    const box = page.locator('.rename-box input');
    // Nothing tells that the extension can rename by now.
    await until('the name can be changed', async () => {
      await page.keyboard.press('F2');
      return box.waitFor({ timeout: 2_000 }).then(
        () => true,
        () => false,
      );
    });
    await box.fill('server');
    await pictures('rename');
    await page.keyboard.press('Enter');
    // A file that is saved before its edit has come stays as it was.
    await page.locator('.view-lines', { hasText: '"server": "example.test"' }).first().waitFor();
    await saved(
      'rename.wsprobe',
      (text) => text.includes('ws://${server}/') && text.includes('"server": "example.test"'),
    );
  });

  it('runs in the Test Explorer, and keeps its results over a reload, as those of before', async () => {
    const { page } = workbench;
    await runCommand(page, 'View: Close All Editors');
    await showTests();
    const row = testRow('talk');
    await row.waitFor();
    await row.hover();
    await row.locator('.action-label[aria-label^="Run Test"]').click();
    await stateOf(row, 'failed');
    await row.click();
    await page.keyboard.press('ArrowRight');
    await stateOf(testRow('1 send'), 'passed');
    await stateOf(testRow('2 expect'), 'failed');
    await openAt('talk.wsprobe', 1, 1);
    await pictures('tests');
    await page.reload();
    await page.waitForSelector('.monaco-workbench');
    await showTests();
    await stateOf(testRow('talk'), 'failed');
    await page.locator('.test-explorer .retired').first().waitFor();
  });

  it('debugs in a session that stands at the failed step', async () => {
    const { page } = workbench;
    const row = testRow('talk');
    await row.hover();
    await row.locator('.action-label[aria-label^="Debug Test"]').click();
    await stateOf(row, 'failed');
    const frame = await until('the session is shown', () => frameShowing(page, '.inspector', 'Open'));
    ok(frame);
    await openAt('talk.wsprobe', 1, 1);
    await page.locator('.codelens-decoration', { hasText: 'Run to Here' }).first().waitFor();
    await pictures('debug');
  });

  async function showTests(): Promise<void> {
    const { page } = workbench;
    if ((await page.locator('.test-explorer').count()) > 0) return;
    // A badge lies over the middle.
    await page.locator('.activitybar .action-label[aria-label^="Testing"]').click({ force: true });
    await page.locator('.test-explorer').waitFor();
  }

  it('runs again at each save, says each time why it cannot, and passes once it can', async () => {
    const { page } = workbench;
    await showTests();
    const row = testRow('never');
    await row.hover();
    await row.locator('.action-label[aria-label="Turn on Continuous Run"]').click();
    await row.locator('.action-label[aria-label="Turn off Continuous Run"]').waitFor();
    await openAt('never.wsprobe', 1, 2);
    const write = async (text: string): Promise<void> => {
      await page.keyboard.press('Control+A');
      // The editor closes what was opened.
      await page.keyboard.insertText(text.slice(0, -1));
    };
    for (const key of ['first', 'second', 'third']) {
      await write(`{ "url": "${playground.ws}/echo", "${key}": 1 }`);
      // What was told of the text before is no longer new.
      if (key !== 'first') await row.locator('.codicon-testing-error-icon.retired').waitFor();
      await saved('never.wsprobe', (text) => text.includes(key));
      await row.locator('.codicon-testing-error-icon:not(.retired)').waitFor();
    }
    await write(`{ "url": "${playground.ws}/echo" }`);
    await saved('never.wsprobe', (text) => !text.includes('third'));
    await stateOf(row, 'passed');
  });

  it('takes a profile that vanishes while it runs away, with its result', async () => {
    await showTests();
    const row = testRow('vanishes');
    await row.hover();
    await row.locator('.action-label[aria-label^="Run Test"]').click();
    await row.locator('.codicon-testing-loading-icon, .codicon-loading').first().waitFor();
    await rm(join(folder, 'vanishes.wsprobe'));
    await row.waitFor({ state: 'detached' });
    await testRow('talk').waitFor();
  });

  it('is made of a session that was held, where the person says', async () => {
    const { page } = workbench;
    await runCommand(page, 'View: Close All Editors');
    await runCommand(page, 'WebSocket: Connect…');
    await page.locator('.quick-input-title', { hasText: 'Connect to a WebSocket' }).waitFor();
    await page.locator('.quick-input-widget input').fill(`${playground.ws}/echo?said`);
    await page.locator('.quick-input-list .monaco-list-row', { hasText: '/echo?said' }).first().click();
    const frame = await until('a session is open', () => frameShowing(page, '.session-top', '/echo?said'));
    await frame.locator('.composer-text').fill('said by hand');
    await frame.locator('.composer-text').press('Control+Enter');
    await frame.locator('.log-row', { hasText: 'said by hand' }).nth(1).waitFor();
    await frame.getByRole('button', { name: 'Save as conversation' }).click();
    await page.locator('.quick-input-title', { hasText: 'Save as Conversation' }).waitFor();
    // Its place comes a moment after the dialog.
    const box = page.locator('.quick-input-widget input').first();
    const made = await until('a place is offered', async () => {
      const place = await box.inputValue();
      return place.startsWith(folder) && place.endsWith('.wsprobe') ? place : null;
    });
    await page.locator('.quick-input-widget .monaco-button', { hasText: /^Save$|^OK$/ }).click();
    await page.locator('.tab.active', { hasText: basename(made) }).waitFor();
    const { steps } = JSON.parse(await readFile(made, 'utf8')) as { readonly steps: unknown };
    deepStrictEqual(steps, [{ send: { text: 'said by hand' } }, { expect: { equals: 'said by hand' } }]);
  });

  function testRow(label: string): Locator {
    return workbench.page.locator('.test-explorer .monaco-list-row', { hasText: label }).first();
  }

  async function stateOf(row: Locator, state: 'passed' | 'failed'): Promise<void> {
    await row.locator(`.codicon-testing-${state}-icon`).waitFor();
  }

  async function openAt(name: string, line: number, column: number): Promise<void> {
    const { page } = workbench;
    await page.keyboard.press('Control+P');
    const input = page.locator('.quick-input-widget input');
    await input.waitFor();
    await input.fill(`${name}:${line}:${column}`);
    await page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first().click();
    await page.locator('.tab.active', { hasText: name }).first().waitFor();
    await page.locator('.statusbar-item', { hasText: `Ln ${line}, Col ${column}` }).waitFor();
    await page.locator('.monaco-editor.focused').first().waitFor();
  }

  /** Saves, and waits until the file says so. */
  async function saved(name: string, is: (text: string) => boolean): Promise<void> {
    // Once: each is another run where profiles are run as they are saved.
    await workbench.page.keyboard.press('Control+S');
    await until(`${name} is as it should be`, async () => is(await readFile(join(folder, name), 'utf8')));
  }

  /** For a person to look at. */
  async function pictures(name: string): Promise<void> {
    if (process.env['WSPROBE_PICTURES'] === undefined) return;
    for (const theme of themes) {
      await useTheme(workbench.page, folder, theme);
      await picture(`${name}-${theme.name}`);
    }
  }

  async function picture(name: string): Promise<void> {
    await mkdir(join(repositoryRoot, 'out/pictures'), { recursive: true });
    const path = join(repositoryRoot, 'out/pictures', `profile-${name.replaceAll(/\W+/g, '-').slice(0, 60)}.png`);
    await workbench.page.screenshot({ path });
    process.stdout.write(`      ${path}\n`);
  }
});
