import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { changeTheme, Harness } from './harness.js';
import { SESSIONS } from './sessionFixtures.js';
import { STATES } from './states.js';
import { THEME_NAMES } from './themes.js';

/** Every tab of these is looked at, the first one of all others. */
const ALL_TABS: readonly string[] = ['healthy', 'expired', 'closed-4401', 'hostile', 'hostile-network', 'proxied'];

const AXE = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** Themes differ in nothing but colours: everything else is asked for in one of them. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];
const [FULL_THEME, ...OTHER_THEMES] = THEME_NAMES;

/** What axe-core calls serious or critical, with the places. */
async function violationsIn(page: Page, rules: readonly string[] | null): Promise<string[]> {
  const options = rules === null ? {} : { runOnly: { type: 'rule', values: rules } };
  const found = await page.evaluate(async (given) => {
    const { axe } = window as unknown as { axe: { run(options: unknown): Promise<{ violations: unknown }> } };
    return (await axe.run({ ...given, preload: false, resultTypes: ['violations'] })).violations;
  }, options);
  return (found as readonly Violation[])
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`));
}

/** In every theme, one after the other on the page as it stands. */
async function seriousViolations(page: Page): Promise<string[]> {
  const found = (await violationsIn(page, null)).map((text) => `${FULL_THEME}: ${text}`);
  for (const theme of OTHER_THEMES) {
    await changeTheme(page, theme);
    found.push(...(await violationsIn(page, COLOUR_RULES)).map((text) => `${theme}: ${text}`));
  }
  await changeTheme(page, FULL_THEME);
  return found;
}

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
  ...['operations', 'findings', 'handshake', 'timings', 'close', 'report'].map(
    (name) => [`tab ${name}`, (page: Page) => page.locator(`#session-tab-${name}`).click()] as const,
  ),
];

describe('inspector accessibility', function () {
  this.timeout(120_000);
  let harness: Harness;

  before(async () => {
    harness = await Harness.start();
  });
  after(() => harness?.stop());

  for (const name of Object.keys(STATES) as (keyof typeof STATES)[]) {
    it(`${name} has nothing serious or critical for axe-core in any theme`, async () => {
      const page = await harness.open(STATES[name], { theme: FULL_THEME, reduceMotion: true });
      await page.evaluate(AXE);
      const tabs = ALL_TABS.includes(name)
        ? await page.locator('.details > .tabs > .tablist > [role="tab"]').all()
        : [];
      for (const each of tabs.length > 0 ? tabs : [null]) {
        await each?.click();
        assert.deepEqual(await seriousViolations(page), [], `tab ${(await each?.textContent()) ?? ''}`);
      }
      await harness.close(page);
    });
  }
  for (const name of Object.keys(SESSIONS) as (keyof typeof SESSIONS)[]) {
    it(`session ${name} has nothing serious or critical for axe-core in any theme`, async () => {
      const log = SESSIONS[name].session?.log.frames === 0 ? { rows: 0 } : {};
      const page = await harness.open(SESSIONS[name], { theme: FULL_THEME, reduceMotion: true, log });
      await page.evaluate(AXE);
      if (name === 'steps') await page.getByRole('radio', { name: 'Steps' }).check();
      assert.deepEqual(await seriousViolations(page), []);
      for (const [what, act] of name === 'open' ? SESSION_PARTS : []) {
        await act(page);
        assert.deepEqual(await seriousViolations(page), [], what);
      }
      await harness.close(page);
    });
  }
});
