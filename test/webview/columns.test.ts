import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import {
  asPath,
  columnsOf,
  INITIAL_COLUMNS,
  parseColumns,
  resized,
  toggled,
  withPath,
} from '../../webview/log/columns.js';
import { type OpenOptions, posted, savedState } from './harness.js';
import { SESSIONS } from './sessionFixtures.js';
import { useHarness } from './useHarness.js';

describe('columns', () => {
  const shown = (state: typeof INITIAL_COLUMNS, mode: 'messages' | 'wire' = 'messages') =>
    columnsOf(state, mode, false).map(({ id }) => id);

  it('are chosen, have a path where one is wanted, and none on the wire', () => {
    assert.deepEqual(shown(INITIAL_COLUMNS), ['mark', 'time', 'direction', 'type', 'size', 'wire', 'content']);
    const state = withPath(
      withPath(toggled(toggled(INITIAL_COLUMNS, 'number', false), 'size', false), '$.type'),
      '$.type',
    );
    assert.deepEqual(shown(state), ['mark', 'number', 'time', 'direction', 'type', 'wire', '$.type', 'content']);
    assert.ok(!shown(state, 'wire').includes('$.type'));
  });

  it('say whose a row is where several connections share a log, or a person wants it', () => {
    const shared = (state: typeof INITIAL_COLUMNS) => columnsOf(state, 'messages', true).map(({ id }) => id);
    assert.ok(shared(INITIAL_COLUMNS).includes('connection'));
    assert.ok(!shared(toggled(INITIAL_COLUMNS, 'connection', true)).includes('connection'));
    assert.ok(shown(toggled(INITIAL_COLUMNS, 'connection', false)).includes('connection'));
  });

  it('take a path as people write it', () => {
    assert.deepEqual(['$.a', 'a.b', '.a', '[0]', '$..a', ' '].map(asPath), ['$.a', '$.a.b', '$.a', '$[0]', '$..a', '']);
  });

  it('keep what fits of what was kept, and no more', () => {
    const state = resized(withPath(INITIAL_COLUMNS, '$.type'), '$.type', 200);
    assert.deepEqual(parseColumns(JSON.parse(JSON.stringify(state))), state);
    const broken = { chosen: { time: 1, nope: true }, widths: { time: 1e9, size: 'x' }, paths: [1, '', '$.a', '$.a'] };
    assert.deepEqual(parseColumns(broken), { chosen: {}, widths: { time: 900 }, paths: ['$.a'] });
    for (const none of [null, 1, [], { paths: {} }]) assert.deepEqual(parseColumns(none), INITIAL_COLUMNS);
  });
});

describe('columns in Chromium', function () {
  this.timeout(180_000);
  const harness = useHarness();
  let page: Page;

  const open = async (options: OpenOptions = {}) => {
    page = await harness.open(SESSIONS.open, { log: { rows: 400 }, ...options });
    await page.locator('#log-row-398').waitFor();
  };
  const head = (name: string) => page.getByRole('columnheader', { name, exact: true });
  const item = (name: string) => page.getByRole('menuitem', { name, exact: true });
  const check = (name: string) => page.getByRole('menuitemcheckbox', { name, exact: true });
  const menu = () => page.getByRole('button', { name: 'Rows, times, columns' });
  const width = async (name: string) => (await head(name).boundingBox())?.width ?? 0;
  const addPath = async (path: string) => {
    await menu().click();
    await item('Column from a JSON Path…').click();
    await page.getByLabel('JSON path', { exact: true }).fill(path);
    await page.keyboard.press('Enter');
  };
  /** Every cell of the last row stands under its header. */
  const aligned = () =>
    page.evaluate(() => {
      const left = (selector: string) =>
        [...document.querySelectorAll(`${selector} > *`)].map((each) => Math.round(each.getBoundingClientRect().left));
      return [left('.log-head'), left('#log-row-398')];
    });

  it('show and hide by a menu, and are remembered', async () => {
    await open();
    await menu().click();
    assert.equal(await check('Size').getAttribute('aria-checked'), 'true');
    await check('Number').click();
    await page.locator('#log-row-398 .cell-number').waitFor();
    await menu().click();
    await check('Size').click();
    await head('Size').waitFor({ state: 'detached' });
    assert.equal(await page.locator('#log-row-398 .cell-number').textContent(), '434');
    const [heads, cells] = await aligned();
    assert.deepEqual(cells, heads);
    const memento = await savedState(page);
    await harness.close(page);
    await open({ memento });
    await page.locator('#log-row-398 .cell-number').waitFor();
    assert.equal(await head('Size').count(), 0);
    await menu().click();
    await item('Reset Columns').click();
    await head('Size').waitFor();
  });

  it('are made from a JSON path, filtered by, and taken away again', async () => {
    await open();
    await addPath('payload[[');
    await page.getByText('This is no JSON path: the query is broken').waitFor();
    await page.getByLabel('JSON path', { exact: true }).fill('type');
    await page.keyboard.press('Enter');
    const cell = page.locator('#log-row-398 [data-column="$.type"]');
    await page.waitForFunction(
      () => document.querySelector('#log-row-398 [data-column="$.type"]')?.textContent === 'next',
    );
    const [heads, cells] = await aligned();
    assert.deepEqual(cells, heads);
    await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'grid');
    await cell.click({ button: 'right' });
    await item('Filter: $.type == "next"').click();
    await page.waitForFunction(
      () => document.querySelector<HTMLInputElement>('.filter-input')?.value === '$.type == "next"',
    );
    await head('$.type').click({ button: 'right' });
    await check('Value of $.type').click();
    await head('$.type').waitFor({ state: 'detached' });
    const asked = (await posted(page)).filter(({ method }) => method === 'viewRows').map(({ params }) => params);
    assert.ok(asked.some((params) => JSON.stringify((params as { paths: unknown }).paths) === '["$.type"]'));
  });

  it('offer a path from the row itself', async () => {
    await open();
    await page.locator('#log-row-398 .cell-content').click({ button: 'right' });
    await item('Column: $.type').click();
    await head('$.type').waitFor();
  });

  it('are resized with the mouse, and get their usual width back by a double click', async () => {
    await open();
    const before = await width('Type');
    const box = await head('Type').boundingBox();
    const edge = { x: (box?.x ?? 0) + (box?.width ?? 0) - 3, y: (box?.y ?? 0) + 10 };
    await page.mouse.move(edge.x, edge.y);
    await page.mouse.down();
    await page.mouse.move(edge.x + 60, edge.y, { steps: 3 });
    await page.mouse.up();
    assert.equal(Math.round(await width('Type')), Math.round(before + 60));
    const [heads, cells] = await aligned();
    assert.deepEqual(cells, heads);
    await page.mouse.dblclick(edge.x + 60, edge.y);
    assert.equal(await width('Type'), before);
  });

  it('are walked and resized with the keyboard alone', async () => {
    await open();
    await page.getByRole('grid').focus();
    await page.keyboard.press('Tab');
    const focused = () => page.evaluate(() => document.activeElement?.textContent);
    assert.equal(await focused(), 'Time');
    const before = await width('Type');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    assert.equal(await focused(), 'Type');
    await page.keyboard.press('Shift+ArrowRight');
    assert.equal(Math.round(await width('Type')), Math.round(before + 16));
    await page.keyboard.press('Enter');
    await item('Usual Width').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    assert.equal(await width('Type'), before);
    assert.equal(await focused(), 'Type');
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'grid');
  });

  it('keep every row in its room at 320 pixels, however many there are', async () => {
    await open({ width: 320 });
    for (const path of ['id', 'type', 'seq']) {
      await addPath(path);
      await head(`$.${path}`).waitFor();
    }
    const outside = await page.evaluate(
      () =>
        [...document.querySelectorAll('.log-head > *')].filter((each) => each.getBoundingClientRect().right > 321)
          .length,
    );
    assert.equal(outside, 0);
    assert.ok(((await head('Content').boundingBox())?.width ?? 0) >= 40);
  });

  it('are in a new panel as they were last chosen, and one that was there keeps its own', async () => {
    await open();
    await menu().click();
    await check('Size').click();
    await head('Size').waitFor({ state: 'detached' });
    await harness.close(page);
    await open({ keepsStorage: true });
    assert.equal(await head('Size').count(), 0);
    await harness.close(page);
    await open({ keepsStorage: true, memento: { view: { session: { columns: { chosen: { wire: false } } } } } });
    assert.deepEqual([await head('Size').count(), await head('Wire').count()], [1, 0]);
  });

  it('are offered the paths of the messages that are there', async () => {
    await open();
    await menu().click();
    await item('Column from a JSON Path…').click();
    const options = () =>
      page.locator('#column-paths option').evaluateAll((all) => all.map((each) => each.getAttribute('value')));
    await page.locator('#column-paths option').first().waitFor({ state: 'attached' });
    assert.deepEqual(await options(), ['$.type', '$.payload.data.newOrders.id']);
    assert.equal(await page.getByRole('combobox', { name: 'JSON path' }).getAttribute('list'), 'column-paths');
  });
});
