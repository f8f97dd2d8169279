import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { growLog, type OpenOptions, posted, savedState } from './harness.js';
import { SESSIONS } from './sessionFixtures.js';
import { useHarness } from './useHarness.js';

describe('requests with their replies in Chromium', function () {
  this.timeout(180_000);
  const harness = useHarness();
  let page: Page;

  const open = async (options: OpenOptions = {}) => {
    page = await harness.open(SESSIONS.open, { log: { rows: 4000 }, ...options });
    await page.getByRole('radio', { name: 'Requests' }).check();
    await line(299).getByText('ping').waitFor();
  };
  const grid = () => page.getByRole('treegrid', { name: 'Requests with their replies' });
  const line = (position: number) => page.locator(`#conversation-line-${position}`);
  const active = (position: number) =>
    page.locator(`[aria-activedescendant="conversation-line-${position}"]`).waitFor();

  it('are folded, open and fold by the keyboard, and show what a line holds', async () => {
    await open();
    assert.equal(await grid().getAttribute('aria-rowcount'), '300');
    await grid().focus();
    await page.keyboard.press('Home');
    await line(0).getByText('subscribe Orders 0').waitFor();
    assert.match((await line(2).textContent()) ?? '', /waiting/);
    await page.keyboard.press('ArrowDown');
    await active(1);
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(
      () => document.querySelector('[role="treegrid"]')?.getAttribute('aria-rowcount') === '302',
    );
    assert.deepEqual(
      [await line(1).getAttribute('aria-expanded'), await line(2).getAttribute('aria-level')],
      ['true', '2'],
    );
    await page.keyboard.press('ArrowDown');
    await active(2);
    await page
      .getByRole('region', { name: 'Chosen row' })
      .getByRole('heading', { name: /received/ })
      .waitFor();
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'tab');
    await grid().focus();
    await page.keyboard.press('ArrowLeft');
    await active(1);
    await page.keyboard.press('ArrowLeft');
    await page.waitForFunction(
      () => document.querySelector('[role="treegrid"]')?.getAttribute('aria-rowcount') === '300',
    );
    await page.keyboard.press('End');
    await active(299);
    await line(299).getByText('ping').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('region', { name: 'Chosen row' }).waitFor({ state: 'detached' });
  });

  it('open with the mouse, lead to the row in the log, and are remembered', async () => {
    await open();
    await grid().focus();
    await page.keyboard.press('Home');
    await line(3).locator('.line-fold').click();
    await page.waitForFunction(
      () => document.querySelector('[role="treegrid"]')?.getAttribute('aria-rowcount') === '304',
    );
    await line(5).click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Show in the Log' }).click();
    await page.locator('.log-row.current').waitFor();
    assert.equal(await page.locator('.log-row.current').getAttribute('data-position'), '32');
    await page.getByRole('radio', { name: 'Requests' }).check();
    const memento = await savedState(page);
    await harness.close(page);
    page = await harness.open(SESSIONS.open, { log: { rows: 4000 }, memento });
    await grid().waitFor();
  });

  it('are gone with their detail when the log is cleared', async () => {
    await open();
    await line(299).click();
    await page.getByRole('region', { name: 'Chosen row' }).waitFor();
    await growLog(page, { rows: 0 });
    await page.getByRole('region', { name: 'Chosen row' }).waitFor({ state: 'detached' });
    await page.locator('.conversation-line.chosen').waitFor({ state: 'detached' });
  });

  it('are those that the filter finds, and say when there is none', async () => {
    await open();
    const filter = page.getByRole('combobox', { name: 'Filter' });
    await filter.fill('ORDERS');
    await page.waitForFunction(
      () => document.querySelector('[role="treegrid"]')?.getAttribute('aria-rowcount') === '150',
    );
    await line(149).getByText('subscribe Orders 298').waitFor();
    await filter.fill('nothing');
    await page.getByText('No request passes the filter').waitFor();
    await filter.fill('');
    await line(299).getByText('ping').waitFor();
    await page.keyboard.press('Tab');
    await line(299).click();
    await page.keyboard.press('Control+c');
    while (!(await posted(page)).some(({ method }) => method === 'copyText')) await page.waitForTimeout(10);
  });
});
