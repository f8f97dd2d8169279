import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { drawn } from './harness.js';
import { SESSIONS } from './sessionFixtures.js';
import { STATES } from './states.js';
import { useHarness } from './useHarness.js';

/** A sidebar, a narrow one, and a window of 1100 by 860 at 200 %. */
const SIZES = [
  [280, 620],
  [320, 620],
  [550, 430],
  [760, 700],
  [1100, 700],
] as const;

describe('a session in little room', function () {
  this.timeout(180_000);
  const harness = useHarness();
  let page: Page;

  /** What can be used and lies outside of the window, by its name or class. */
  const outside = () =>
    page.evaluate(() => {
      const { innerWidth, innerHeight } = window;
      const used = document.querySelectorAll(
        'button, vscode-button, input, select, textarea, [role="tab"], [role="grid"], [role="menu"], [role="dialog"], .target, .log-status',
      );
      return [...used]
        .filter((element) => element.checkVisibility() && !element.closest('.visually-hidden'))
        .map((element) => [element, element.getBoundingClientRect()] as const)
        .filter(([, { width, left, top, right, bottom }]) => {
          return width > 0 && (left < -1 || top < -1 || right > innerWidth + 1 || bottom > innerHeight + 1);
        })
        .map(([element]) => `${element.getAttribute('aria-label') ?? ''} ${element.className}`.trim());
    });

  /** Without what is said beside the state, which has a line of its own. */
  const headerPx = () =>
    page.evaluate(() => {
      const height = (selector: string) => document.querySelector(selector)?.getBoundingClientRect().height ?? 0;
      return height('.session-top') - height('.session-notes');
    });

  it('has Send in reach in 320 by 300 as well', async () => {
    page = await harness.open(SESSIONS.open, { log: {}, width: 320, height: 300 });
    await page.locator('.log-row').first().waitFor();
    assert.deepEqual(await outside(), []);
  });

  for (const name of Object.keys(SESSIONS) as (keyof typeof SESSIONS)[]) {
    it(`${name} has all of itself in any size, its header in one line, and Send in reach`, async () => {
      const [[width, height]] = SIZES;
      page = await harness.open(SESSIONS[name], { log: {}, width, height });
      for (const [wide, high] of SIZES) {
        await page.setViewportSize({ width: wide, height: high });
        await drawn(page);
        await page.locator('.log-row').first().waitFor();
        assert.deepEqual(await outside(), [], `${wide} by ${high}`);
        assert.ok((await headerPx()) <= 36, `${await headerPx()} in ${wide} by ${high}`);
      }
    });
  }

  it('draws what a message is called whole: its frame ends inside of its cell', async () => {
    page = await harness.open(SESSIONS.open, { log: {}, width: 320, height: 620 });
    await page.locator('.label').first().waitFor();
    const over = await page.evaluate(
      () =>
        [...document.querySelectorAll('.label')].filter((label) => {
          const cell = label.closest('.cell-content')?.getBoundingClientRect();
          return !cell || label.getBoundingClientRect().right > cell.right + 1;
        }).length,
    );
    assert.equal(over, 0);
  });

  it('leaves nothing of a probe alone on a line: no button to copy, no head of a cell that is empty', async () => {
    page = await harness.open(STATES.steps, { width: 320, height: 620 });
    await page.locator('.target-url').waitFor();
    const alone = await page.evaluate(() => {
      const url = document.querySelector('.target-url')!;
      const text = document.createRange();
      text.selectNodeContents(url.firstChild!);
      const last = [...text.getClientRects()].at(-1)!;
      const { top } = url.querySelector('.copy')!.getBoundingClientRect();
      const empty = [...document.querySelectorAll('td:empty')].filter((cell) => cell.checkVisibility()).length;
      return [top > last.bottom, empty];
    });
    assert.deepEqual(alone, [false, 0]);
    await page.setViewportSize({ width: 1100, height: 700 });
    const { height } = (await page.locator('.target-url').boundingBox())!;
    assert.ok(height < 30, `${height}`);
  });

  it('opens every menu, form and detail inside of 280 by 620, and no row that was opened is hidden', async () => {
    page = await harness.open(SESSIONS.open, { log: { rows: 400 }, width: 280, height: 620 });
    await page.locator('#log-row-399').waitFor();
    for (const name of ['More actions', 'Rows, times, columns', 'Target and traffic', 'Close…']) {
      await page.getByRole('button', { name, exact: true }).click();
      await page.locator('[role="menu"], [role="dialog"]').waitFor();
      assert.deepEqual(await outside(), [], name);
      await page.keyboard.press('Escape');
      await page.locator('[role="menu"], [role="dialog"]').waitFor({ state: 'detached' });
    }
    await page.getByRole('button', { name: 'Format and kind of message' }).click();
    await page.getByRole('radio', { name: 'Raw frame' }).waitFor();
    assert.deepEqual(await outside(), []);
    await page.getByRole('button', { name: 'Format and kind of message' }).click();
    await page.locator('#log-row-399').click();
    await page.locator('.detail').waitFor();
    await page.waitForFunction(() => {
      const box = document.querySelector('.log-window')?.getBoundingClientRect();
      const chosen = document.querySelector('.log-row.current')?.getBoundingClientRect();
      return box && chosen && chosen.top >= box.top - 1 && chosen.bottom <= box.bottom + 1;
    });
    assert.deepEqual(await outside(), []);
  });

  it('has rows and times in the menu, where their controls have no room', async () => {
    page = await harness.open(SESSIONS.open, { log: { rows: 400 }, width: 320 });
    await page.locator('#log-row-399').waitFor();
    const pick = async (name: string) => {
      await page.getByRole('button', { name: 'Rows, times, columns' }).click();
      await page.getByRole('menuitemcheckbox', { name, exact: true }).click();
    };
    await pick('Since previous');
    await page.waitForFunction(() => document.querySelector('#log-row-399 .cell-time')?.textContent === '+0.754 ms');
    await pick('One row a frame, as on the wire');
    await page.locator('.log-scroll.mode-wire').waitFor();
  });
});

describe('a report in little room', function () {
  this.timeout(180_000);
  const harness = useHarness();

  it('has its small buttons on one line, whatever the width', async () => {
    const page = await harness.open(STATES['not-cured']);
    for (let width = 320; width <= 1100; width += 20) {
      await page.setViewportSize({ width, height: 700 });
      await drawn(page);
      const tops = await page
        .locator('.together > *')
        .evaluateAll((buttons) => buttons.map((each) => Math.round(each.getBoundingClientRect().top)));
      assert.deepEqual(tops, [tops[0], tops[0], tops[0]], `${width} px`);
    }
    await harness.close(page);
  });
});
