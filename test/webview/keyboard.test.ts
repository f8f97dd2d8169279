import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { FIXTURES } from './fixtures.js';
import { posted, pushSession, pushState } from './harness.js';
import { OPEN_SESSION, SESSIONS } from './sessionFixtures.js';
import { useHarness } from './useHarness.js';

/** More stops than a panel has. */
const MAX_STOPS = 60;
/** What a person can use, or is led by. */
const NAMED = [
  'button',
  'textbox',
  'combobox',
  'checkbox',
  'radio',
  'radiogroup',
  'tab',
  'tablist',
  'tabpanel',
  'menu',
  'menuitem',
  'menuitemcheckbox',
  'grid',
  'treegrid',
  'columnheader',
  'dialog',
  'splitter',
  'region',
  'listbox',
  'option',
  'heading',
  'tree',
  'treeitem',
];

interface AxNode {
  readonly nodeId: string;
  readonly childIds?: readonly string[];
  readonly ignored: boolean;
  readonly role?: { readonly value?: string };
  readonly name?: { readonly value?: string };
}

describe('a session for who has no mouse, or does not see it', function () {
  this.timeout(180_000);
  const harness = useHarness();
  let page: Page;

  const press = async (...keys: readonly string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  /** Name of what has the focus, as a screen reader says it. */
  const focused = () =>
    page.evaluate(() => {
      const element = document.activeElement;
      return element?.getAttribute('aria-label') ?? element?.textContent?.trim() ?? '';
    });
  /** Goes on with Tab until the focus is there. */
  const tabTo = async (name: string, key = 'Tab') => {
    const met: string[] = [];
    for (let stop = 0; stop < MAX_STOPS; stop++) {
      const now = await focused();
      if (now === name) return;
      met.push(now);
      await press(key);
    }
    assert.fail(`${name} is no stop of: ${met.join(' | ')}`);
  };
  const until = async (method: string) => {
    for (;;) {
      const found = (await posted(page)).findLast((each) => each.method === method);
      if (found) return found.params;
      await page.waitForTimeout(10);
    }
  };
  const isGrid = () => page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'grid');

  it('connects, filters, opens a row, uses its menu, sends and closes by the keyboard alone', async () => {
    page = await harness.open(FIXTURES.healthy, { log: { rows: 400 } });
    await page.evaluate(() => document.body.focus());
    await tabTo('Connect');
    await press('Enter');
    await until('connect');
    await pushState(page, { ...SESSIONS.open, revision: 2 });
    await page.locator('#log-row-399').waitFor();
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());

    await tabTo('Filter');
    await page.keyboard.type('ki');
    await page.locator('.completion').first().waitFor();
    await press('Tab');
    await page.locator('.completion', { hasText: 'kind:text' }).waitFor();
    await press('Enter');
    await page.getByText('5 of 1,000,000 rows').waitFor();
    await press('Escape');
    await page.getByText('400 of 1,000,000 rows').or(page.getByText('400 rows')).first().waitFor();

    await tabTo('Frames, in the order of the wire');
    await press('End', 'ArrowUp');
    await page.locator('[aria-activedescendant="log-row-398"]').waitFor();
    await press('Enter');
    await page.waitForFunction(() => document.activeElement?.id === 'detail-tab-json');
    await press('Escape');
    await isGrid();
    await page.locator('.detail').waitFor();
    await press('Shift+F10');
    await page.locator('[role="menuitem"]:focus').waitFor();
    while (!(await focused()).startsWith('Time from Here')) await press('ArrowDown');
    await press('Enter');
    await page.waitForFunction(() => document.querySelector('#log-row-398 .cell-time')?.textContent === '+0.000 ms');
    await isGrid();
    await press('m', 'Control+c');
    await until('mark');
    await until('copyText');

    await tabTo('Message');
    await page.keyboard.type('hello');
    await press('Control+Enter');
    assert.deepEqual(await until('send'), { message: { format: 'text', content: 'hello', binary: false } });

    await tabTo('Close…', 'Shift+Tab');
    await press('Enter');
    await page.getByRole('dialog', { name: 'Close the connection' }).waitFor();
    await press('Tab');
    await page.keyboard.type('done');
    await press('Enter');
    assert.deepEqual(await until('close'), { code: 1000, reason: 'done' });
    await pushSession(page, { ...OPEN_SESSION, revision: 9, state: 'closed' });
    await page.getByRole('heading', { name: 'Closed' }).waitFor();
    assert.notEqual(await page.evaluate(() => document.activeElement?.tagName), 'BODY');
  });

  it('has a name for everything in the accessibility tree, in words, and for nothing twice at a place', async () => {
    page = await harness.open(SESSIONS.open, { log: { rows: 400 } });
    await page.locator('#log-row-399').waitFor();
    await page.locator('#log-row-398').click();
    await page.getByRole('tree').waitFor();
    const parts: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['log', async () => undefined],
      ['view', () => page.getByRole('button', { name: 'Rows, times, columns' }).click()],
      ['details', () => page.getByRole('button', { name: 'Target and traffic' }).click()],
      ['requests', () => page.getByRole('radio', { name: 'Requests' }).check()],
      ['operations', () => page.locator('#session-tab-operations').click()],
      ['handshake', () => page.locator('#session-tab-handshake').click()],
    ];
    const client = await page.context().newCDPSession(page);
    for (const [part, act] of parts) {
      await act();
      const { nodes } = (await client.send('Accessibility.getFullAXTree')) as { readonly nodes: readonly AxNode[] };
      const said = nodes
        .filter(({ ignored, role }) => !ignored && NAMED.includes(role?.value ?? ''))
        .map(({ role, name }) => [role?.value ?? '', name?.value?.trim() ?? ''] as const);
      assert.ok(said.length > 10, part);
      const unnamed = said.filter(([, name]) => name === '' || /undefined|\[object|\{\w+\}/.test(name));
      assert.deepEqual(unnamed, [], part);
      const buttons = said.filter(([role]) => role === 'button').map(([, name]) => name);
      // A header has a button in the request and one in the answer.
      const places = part === 'handshake' ? [''] : ['Copy'];
      const twice = buttons.filter(
        (name, at) => buttons.indexOf(name) !== at && !places.some((each) => name.startsWith(each)),
      );
      assert.deepEqual(twice, [], part);
      await press('Escape');
    }
    await client.detach();
  });

  it('says rows in their order, however they were scrolled', async () => {
    page = await harness.open(SESSIONS.open, { log: { rows: 4000 } });
    await page.locator('#log-row-3999').waitFor();
    await page.getByRole('grid').hover();
    await page.mouse.wheel(0, -137);
    const first = await page.evaluate(async () => {
      const shown = () =>
        [...document.querySelectorAll('.log-row')].map((row) => Number(row.getAttribute('data-position')));
      const owned = () => document.querySelector('[role="grid"]')?.getAttribute('aria-owns')?.split(' ') ?? [];
      while (owned()[0] !== `log-row-${Math.min(...shown())}` || owned().length !== shown().length)
        await new Promise(requestAnimationFrame);
      return Math.min(...shown());
    });
    const client = await page.context().newCDPSession(page);
    const { nodes } = (await client.send('Accessibility.getFullAXTree')) as { readonly nodes: readonly AxNode[] };
    const grid = nodes.find(({ role }) => role?.value === 'grid');
    const rows = (grid?.childIds ?? []).map((id) => nodes.find(({ nodeId }) => nodeId === id));
    const numbers = rows.flatMap((row) => /"seq":(\d+)/.exec(row?.name?.value ?? '')?.[1] ?? []).map(Number);
    assert.ok(numbers.length > 10 && numbers[0] !== undefined && numbers[0] >= first, numbers.join());
    assert.deepEqual(
      numbers,
      numbers.toSorted((a, b) => a - b),
    );
    await client.detach();
  });

  it('says a row by its cells, and how many rows and columns there are', async () => {
    page = await harness.open(SESSIONS.open, { log: { rows: 400 } });
    await page.locator('#log-row-398').waitFor();
    const grid = page.getByRole('grid', { name: 'Frames, in the order of the wire' });
    assert.deepEqual(
      [await grid.getAttribute('aria-rowcount'), await grid.getAttribute('aria-colcount')],
      ['401', '7'],
    );
    for (const width of [1100, 320]) {
      await page.setViewportSize({ width, height: 800 });
      const row = (await grid.ariaSnapshot()).split('\n').find((line) => line.includes('row "12:00:00.300')) ?? '';
      for (const cell of ['recv', 'text', 'newOrders']) assert.ok(row.includes(cell), `${width}: ${row}`);
    }
  });
});
