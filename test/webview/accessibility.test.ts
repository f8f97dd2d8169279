import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { FIRST_THEME, seriousViolations } from './axe.js';
import { loadAxe, showState } from './harness.js';
import { SESSIONS } from './sessionFixtures.js';
import { STATES } from './states.js';
import { THEME_NAMES } from './themes.js';
import { useHarness } from './useHarness.js';

/** Every tab of these is looked at, the first one of all others. */
const ALL_TABS = ['healthy', 'expired', 'closed-4401', 'hostile', 'hostile-network', 'proxied'] as const;

/** What somebody opens one after the other. */
const SESSION_PARTS: readonly (readonly [string, (page: Page) => Promise<unknown>])[] = [
  ['a chosen row', (page) => page.locator('.log-row').nth(5).click()],
  ...['text', 'json', 'hex', 'decoded', 'wire'].map(
    (name) => [`detail ${name}`, (page: Page) => page.locator(`#detail-tab-${name}`).click()] as const,
  ),
  ...['Repeat', 'Control frames', 'Raw frame'].map(
    (name) => [`composer ${name}`, (page: Page) => page.getByRole('radio', { name }).check()] as const,
  ),
  ['raw frame', (page) => page.getByRole('button', { name: 'I know: show it' }).click()],
  ['find', (page) => page.getByRole('button', { name: 'Find' }).click()],
  ['menu', (page) => page.getByRole('button', { name: 'More actions' }).click()],
  ['filter problem', (page) => page.getByRole('combobox', { name: 'Filter' }).fill('sise:1')],
  ['filter problem shown', (page) => page.locator('.squiggle').waitFor()],
  ['close', (page) => page.getByRole('button', { name: 'Close…' }).click()],
  ['close put away', (page) => page.mouse.click(500, 500)],
  ...['operations', 'findings', 'handshake', 'timings', 'close', 'report'].map(
    (name) => [`tab ${name}`, (page: Page) => page.locator(`#session-tab-${name}`).click()] as const,
  ),
];

/** The same for the columns, the places and the ways of the log. */
const LOG_PARTS: typeof SESSION_PARTS = [
  ['menu of rows, times and columns', (page) => page.getByRole('button', { name: 'Rows, times, columns' }).click()],
  ['form of a column', (page) => page.getByRole('menuitem', { name: 'Column from a JSON Path…' }).click()],
  ['problem of a column', (page) => page.getByLabel('JSON path', { exact: true }).fill('a[[')],
  ['problem of a column shown', (page) => page.keyboard.press('Enter')],
  ['column', (page) => addColumn(page)],
  ['menu of a column', (page) => page.getByRole('columnheader', { name: '$.type' }).press('Enter')],
  ['menu of a row', (page) => menuOfRow(page)],
  ['time from a row', (page) => page.getByRole('menuitem', { name: 'Time from Here' }).click()],
  ['detail below', (page) => page.getByRole('button', { name: 'Beside the rows, or below them' }).click()],
  ['target and traffic', (page) => page.getByRole('button', { name: 'Target and traffic' }).click()],
  ['target and traffic closed', (page) => page.keyboard.press('Escape')],
  ['requests', (page) => page.getByRole('radio', { name: 'Requests' }).check()],
  ['replies of a request', (page) => unfold(page)],
  ['a narrow panel', (page) => page.setViewportSize({ width: 320, height: 620 })],
  ['options of the composer', (page) => page.getByRole('button', { name: 'Format and kind of message' }).click()],
  ['a wide panel', (page) => page.setViewportSize({ width: 1100, height: 900 })],
];

async function addColumn(page: Page): Promise<void> {
  await page.getByLabel('JSON path', { exact: true }).fill('type');
  await page.keyboard.press('Enter');
  await page.getByRole('columnheader', { name: '$.type' }).waitFor();
}

async function menuOfRow(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await page.locator('.log-row').nth(5).click({ button: 'right' });
}

async function unfold(page: Page): Promise<void> {
  await page.getByRole('treegrid').focus();
  for (const key of ['Home', 'ArrowDown', 'ArrowRight']) await page.keyboard.press(key);
  await page.locator('.line-reply').first().waitFor();
}

describe('inspector accessibility', function () {
  this.timeout(120_000);
  const harness = useHarness();

  it('is not had by a text that nobody can read, in any theme, though all else was seen before', async () => {
    const page = await harness.open(STATES.idle, { theme: FIRST_THEME, reduceMotion: true });
    await loadAxe(page);
    assert.deepEqual(await seriousViolations(page), []);
    await page.locator('.target-url').evaluate((element) => {
      element.style.color = 'color-mix(in srgb, var(--vscode-editor-foreground) 15%, var(--vscode-editor-background))';
    });
    for (const _ of ['first', 'run again']) {
      const found = await seriousViolations(page);
      assert.deepEqual(
        found.map((text) => text.split(':', 2).join()),
        THEME_NAMES.map((theme) => `${theme}, color-contrast`),
      );
    }
    await harness.close(page);
  });

  for (const name of ALL_TABS) {
    it(`${name} has nothing serious or critical for axe-core in any theme, in any tab`, async () => {
      const page = await harness.open(STATES[name], { theme: FIRST_THEME, reduceMotion: true });
      await loadAxe(page);
      for (const [at, each] of (await page.locator('.details > .tabs > .tablist > [role="tab"]').all()).entries()) {
        await each.click();
        const violations = await seriousViolations(page, at === 0 ? null : '.details');
        assert.deepEqual(violations, [], `tab ${(await each.textContent()) ?? ''}`);
      }
      await harness.close(page);
    });
  }
  describe('of one state after the other on a page', () => {
    let page: Page;

    before(async () => {
      page = await harness.openForAll(STATES.idle, { theme: FIRST_THEME, reduceMotion: true });
      await loadAxe(page);
    });
    for (const [name, state] of Object.entries(STATES)) {
      if (ALL_TABS.some((each) => each === name)) continue;
      it(`${name} has nothing serious or critical for axe-core in any theme`, async () => {
        await showState(page, state);
        assert.deepEqual(await seriousViolations(page), []);
      });
    }
  });
  for (const name of Object.keys(SESSIONS) as (keyof typeof SESSIONS)[]) {
    it(`session ${name} has nothing serious or critical for axe-core in any theme`, async () => {
      const log = SESSIONS[name].session?.log.frames === 0 ? { rows: 0 } : {};
      const page = await harness.open(SESSIONS[name], { theme: FIRST_THEME, reduceMotion: true, log });
      await loadAxe(page);
      if (name === 'steps') await page.getByRole('radio', { name: 'Steps' }).check();
      assert.deepEqual(await seriousViolations(page), []);
      await harness.close(page);
    });
  }
  for (const [title, parts] of [
    ['what a session has', SESSION_PARTS],
    ['what its log has', LOG_PARTS],
  ] as const) {
    it(`${title} has nothing serious or critical for axe-core in any theme`, async () => {
      const page = await harness.open(SESSIONS.open, { theme: FIRST_THEME, reduceMotion: true, log: {} });
      await page.locator('.log-row').first().waitFor();
      await loadAxe(page);
      for (const [what, act] of parts) {
        await act(page);
        assert.deepEqual(await seriousViolations(page), [], what);
      }
      await harness.close(page);
    });
  }
});
