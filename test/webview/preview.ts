// Pictures of the inspector: npx tsx test/webview/preview.ts <folder> [--fixture name,…] [--theme name,…] [--width px] [--tab name] [--scene name] [--full]
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import type { InspectorState } from '../../src/protocol/inspector.js';
import { growLog, Harness } from './harness.js';
import { SESSIONS } from './sessionFixtures.js';
import { STATES } from './states.js';
import { THEME_NAMES, type ThemeName } from './themes.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    fixture: { type: 'string' },
    theme: { type: 'string' },
    width: { type: 'string', default: '1100' },
    height: { type: 'string', default: '860' },
    tab: { type: 'string' },
    scene: { type: 'string' },
    full: { type: 'boolean', default: false },
  },
});
const folder = positionals[0] ?? 'out/preview';
const states: Readonly<Record<string, InspectorState>> = {
  ...STATES,
  ...Object.fromEntries(Object.entries(SESSIONS).map(([name, state]) => [`session-${name}`, state])),
};
const fixtures = values.fixture?.split(',') ?? Object.keys(states);
const themes = (values.theme?.split(',') ?? [...THEME_NAMES]) as ThemeName[];

/** What a person did before the picture was taken. */
const SCENES: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  middle: async (page) => {
    await page.locator('.log-scroll').evaluate((element) => {
      element.scrollTop = 4_000_000;
    });
    await growLog(page, { rows: 1_000_412 });
    await settled(page);
  },
  filter: async (page) => {
    await page.getByRole('combobox', { name: 'Filter' }).fill('kind:text "error"');
    await page.getByText('of 1,000,000 rows').waitFor();
    await page.getByRole('combobox', { name: 'Filter' }).pressSequentially(' di');
    await page.locator('.completion').first().waitFor();
    await settled(page);
  },
  problem: async (page) => {
    await page.getByRole('combobox', { name: 'Filter' }).fill('kind:text sise:>1k');
    await page.locator('.squiggle').waitFor();
  },
  decoded: async (page) => {
    await page
      .getByRole('row', { name: /order:updated/ })
      .first()
      .click();
    await page.getByText('"order:updated"').last().waitFor();
    await settled(page);
  },
  requests: async (page) => {
    await page.getByRole('button', { name: 'Rows, times, columns' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Requests with their replies folded under them' }).click();
    await page.locator('.conversation-line').nth(3).click();
    await page.keyboard.press('ArrowRight');
    await page.locator('.line-reply').first().waitFor();
  },
  columns: async (page) => {
    await page.getByRole('button', { name: 'Rows, times, columns' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Number' }).click();
    await page.locator('.log-row:has-text("next") .cell-content').last().click({ button: 'right' });
    await page.getByRole('menuitem', { name: /^Column/ }).click();
    await page.getByRole('columnheader', { name: '$.type' }).waitFor();
    await page.locator('.log-row').nth(3).click({ button: 'right' });
    await settled(page);
  },
  details: (page) => page.getByRole('button', { name: 'Target and traffic' }).click(),
  wire: async (page) => {
    await page.getByRole('radio', { name: 'Wire' }).check();
    await page.getByRole('row', { name: /RSV1/ }).first().click();
    await page.getByText('Frame header').waitFor({ state: 'attached' });
    await settled(page);
  },
  json: async (page) => {
    await page
      .getByRole('row', { name: /"type":"next"/ })
      .nth(2)
      .click();
    await page
      .getByRole('row', { name: /"type":"next"/ })
      .nth(6)
      .click({ modifiers: ['Shift'] });
    await page.getByRole('tree').waitFor();
    await settled(page);
  },
  hex: async (page) => {
    await page
      .getByRole('row', { name: /binary/ })
      .first()
      .click();
    await page.locator('.hex-line').first().waitFor();
  },
  menu: async (page) => {
    await page.getByRole('button', { name: 'More actions' }).click();
  },
  close: async (page) => {
    await page.getByRole('button', { name: 'Close…' }).click();
  },
  repeat: (page) => page.getByRole('radio', { name: 'Repeat' }).check(),
  control: (page) => page.getByRole('radio', { name: 'Control frames' }).check(),
  raw: async (page) => {
    await page.getByRole('radio', { name: 'Raw frame' }).check();
    await page.getByRole('button', { name: 'I know: show it' }).click();
  },
  invalid: async (page) => {
    await page.getByRole('combobox', { name: 'Format' }).selectOption('json');
    await page.getByRole('textbox', { name: 'Message' }).fill('{\n  "type": "ping",\n  "at": 12,,\n}');
  },
};

/** Every row that shows is there. */
async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelectorAll('.log-row.loading').length === 0);
}

async function takePictures(): Promise<void> {
  await mkdir(folder, { recursive: true });
  const harness = await Harness.start();
  for (const name of fixtures) {
    for (const theme of themes) {
      const page = await harness.open(states[name] ?? null, {
        ...(name.startsWith('session-') ? { log: states[name]?.session?.log.frames === 0 ? { rows: 0 } : {} } : {}),
        theme,
        width: Number(values.width),
        height: Number(values.height),
      });
      if (values.tab)
        await page
          .getByRole('tab', { name: new RegExp(values.tab, 'i') })
          .first()
          .click();
      const scene = values.scene === undefined ? null : SCENES[values.scene];
      if (scene) await scene(page);
      const path = join(
        folder,
        [name, theme, values.width, values.tab, values.scene].filter(Boolean).join('-') + '.png',
      );
      await page.screenshot({ path, fullPage: values.full });
      await page.context().close();
      console.log(path);
    }
  }
  await harness.stop();
}

void takePictures();
