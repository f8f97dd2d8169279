import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { InspectorState } from '../../src/protocol/inspector.js';
import { FIXTURES } from './fixtures.js';
import { growLog, type OpenOptions, posted, pushSession, pushState, savedState, violations } from './harness.js';
import { OPEN_SESSION, SESSIONS } from './sessionFixtures.js';
import { useHarness } from './useHarness.js';

describe('session in Chromium', function () {
  this.timeout(180_000);
  const harness = useHarness();
  let page: Page;

  const open = async (state: InspectorState = SESSIONS.open, options: OpenOptions = {}) => {
    page = await harness.open(state, { log: {}, ...options });
  };
  const grid = () => page.getByRole('grid');
  const row = (position: number) => page.locator(`#log-row-${position}`);
  const tab = (name: string) => page.getByRole('tab', { name, exact: true });
  const sessionTab = (name: string) => page.locator(`#session-tab-${name}`);
  const current = (position: number) => page.locator(`[aria-activedescendant="log-row-${position}"]`).waitFor();
  const requests = async () => (await posted(page)).map(({ method }) => method);
  const last = async (method: string) => (await posted(page)).findLast((each) => each.method === method)?.params;
  const follow = () => page.getByRole('button', { name: 'Follow' });
  const format = () => page.getByRole('combobox', { name: 'Format' });
  const message = () => page.getByRole('textbox', { name: 'Message' });
  const focused = (name: string) =>
    page.waitForFunction((label) => document.activeElement?.getAttribute('aria-label') === label, name);
  const said = () => page.locator('#composer-said');
  const ready = async (rows = 1_000_000) => {
    await row(rows - 1).waitFor();
    await page.waitForFunction(() => document.querySelectorAll('.log-row.loading').length === 0);
  };
  /** First and last row whose whole height shows. */
  const shown = () =>
    page.evaluate(() => {
      const box = document.querySelector('.log-window')?.getBoundingClientRect();
      const whole = [...document.querySelectorAll('.log-row')].filter((each) => {
        const { top, bottom } = each.getBoundingClientRect();
        return box !== undefined && top >= box.top - 1 && bottom <= box.bottom + 1;
      });
      const positions = whole.map((each) => Number(each.getAttribute('data-position')));
      return [Math.min(...positions), Math.max(...positions)] as const;
    });

  it('saves what is shown, or what lies between two chosen rows, as a conversation', async () => {
    await open();
    await ready();
    const save = (name: string) => page.getByRole('button', { name, exact: true });
    await save('Save as conversation').click();
    assert.deepEqual(await last('saveConversation'), { filter: '', between: undefined });
    await row(999_995).click();
    await row(999_990).click({ modifiers: ['Shift'] });
    await save('Save the chosen row to the other one as conversation').click();
    const { between } = (await last('saveConversation')) as { readonly between: readonly number[] };
    assert.equal(between.length, 2);
    assert.ok(between.every((id) => id > 999_000));
    await page.keyboard.press('Escape');
    await page.getByRole('combobox', { name: 'Filter' }).fill('dir:out');
    await save('Save what the filter shows as conversation').waitFor();
  });

  it('keeps to the content security policy, with one request for each thing', async () => {
    await open();
    await ready();
    assert.deepEqual((await requests()).slice(0, 2), ['ready', 'viewOpen']);
    assert.deepEqual(await violations(page), []);
  });

  it('listens to other programs, filtered as asked, with nothing to send by', async () => {
    await open(SESSIONS.observed);
    await page.getByRole('heading', { name: 'Watching' }).waitFor();
    await page.getByText('2 open of 3 connections').waitFor();
    await page.getByRole('button', { name: 'Record', exact: true }).waitFor();
    assert.equal(await message().count(), 0);
    assert.equal(await page.getByRole('button', { name: 'Ping' }).count(), 0);
    const opened = (await posted(page)).filter(({ method }) => method === 'viewOpen');
    assert.deepEqual(
      opened.map(({ params }) => (params as { filter: string }).filter),
      ['conn:2'],
    );
  });

  it('tells which message departs first from a contract, shows it, and is let go', async () => {
    await open(SESSIONS.departing);
    const banner = page.getByRole('status', { name: 'Message contract' });
    await banner.getByText('2 of 1,204 messages depart from orders.contract.json.').waitFor();
    await banner.getByText('The first: order, $.total: expected integer, got "12.50"').waitFor();
    await ready();
    await banner.getByRole('button', { name: 'Show message' }).click();
    await page.waitForFunction(() => document.querySelector('.log-row[aria-selected="true"]') !== null);
    await banner.getByRole('button', { name: 'Stop checking' }).click();
    assert.ok((await requests()).includes('releaseContract'));
  });

  it('asks the host to learn a contract, and to check against one', async () => {
    await open();
    for (const [item, request] of [
      ['Learn message contract…', 'learnContract'],
      ['Check against message contract…', 'holdContract'],
    ] as const) {
      await page.getByRole('button', { name: 'More actions' }).click();
      await page.getByRole('menuitem', { name: item }).click();
      await page.waitForFunction(() => document.querySelector('[role="menu"]') === null);
      assert.ok((await requests()).includes(request));
    }
  });

  describe('a log of a million rows', () => {
    it('stands at its end, with no more rows on the page than show', async () => {
      await open();
      await ready();
      assert.equal((await shown())[1], 999_999);
      assert.ok((await page.locator('.log-row').count()) <= 60);
      assert.equal(await grid().getAttribute('aria-rowcount'), '1000001');
      assert.equal(await row(999_999).getAttribute('aria-rowindex'), '1000001');
      assert.equal(await follow().getAttribute('aria-pressed'), 'true');
    });

    it('scrolls to the middle by its bar, to the start and to the end by keys', async () => {
      await open();
      await ready();
      await page.locator('.log-scroll').evaluate((element) => {
        element.scrollTop = element.scrollHeight / 2;
      });
      await page.waitForFunction(() => {
        const position = Number(document.querySelector('.log-row:not(.loading)')?.getAttribute('data-position'));
        return position > 490_000 && position < 510_000;
      });
      await grid().focus();
      await page.keyboard.press('Home');
      await row(0).waitFor();
      assert.equal((await shown())[0], 0);
      await page.keyboard.press('End');
      await ready();
      assert.equal((await shown())[1], 999_999);
    });

    it('follows again once its bar was dragged to the end', async () => {
      await open();
      await ready();
      const drag = (share: number) =>
        page.locator('.log-scroll').evaluate((element, part) => {
          element.scrollTop = element.scrollHeight * part;
        }, share);
      await drag(0.3);
      await page.getByText(/^Paused at row 300,0/).waitFor();
      await drag(1);
      await page.getByText(/^Paused/).waitFor({ state: 'detached' });
      await ready();
      assert.equal((await shown())[1], 999_999);
    });

    it('stays at its end when the window gets smaller and larger', async () => {
      await open();
      await ready();
      for (const height of [700, 900, 640]) {
        await page.setViewportSize({ width: 1100, height });
        for (const name of ['Control frames', 'Raw frame', 'Message'])
          await page.getByRole('radio', { name, exact: true }).check();
      }
      // What a change of size sets off is over a few frames later.
      for (let frame = 0; frame < 5; frame++) await page.evaluate(() => new Promise(requestAnimationFrame));
      assert.equal(await page.getByText(/^Paused/).count(), 0);
      assert.equal((await shown())[1], 999_999);
    });

    it('moves by the pixels of the wheel, far from the ends too', async () => {
      await open();
      await ready();
      await page.locator('.log-scroll').evaluate((element) => {
        element.scrollTop = 4_000_000;
      });
      await page.waitForFunction(() => document.querySelector('.follow.following') === null);
      await page.waitForFunction(() => document.querySelectorAll('.log-row.loading').length === 0);
      const place = () =>
        page.evaluate(() => {
          const any = document.querySelector('.log-row');
          const height = any?.getBoundingClientRect().height ?? 0;
          return Number(any?.getAttribute('data-position')) * height - (any?.getBoundingClientRect().top ?? 0);
        });
      const before = await place();
      await grid().hover();
      await page.mouse.wheel(0, 437);
      await page.waitForFunction((from) => {
        const any = document.querySelector('.log-row');
        const box = any?.getBoundingClientRect();
        return Math.abs(Number(any?.getAttribute('data-position')) * (box?.height ?? 0) - (box?.top ?? 0) - from) > 1;
      }, before);
      assert.ok(Math.abs((await place()) - before - 437) < 1);
    });

    it('never has two requests for rows on their way', async () => {
      await open(SESSIONS.open, { log: { latencyMs: 30 } });
      await ready();
      await grid().hover();
      for (let step = 0; step < 12; step++) await page.mouse.wheel(0, -3000);
      await page.waitForFunction(() => document.querySelectorAll('.log-row.loading').length === 0);
      const most = await page.evaluate(
        () => (window as unknown as { fakeLog: { maxRowsInFlight: number } }).fakeLog.maxRowsInFlight,
      );
      assert.equal(most, 1);
    });

    it('follows what comes, pauses on scrolling up, says where and how much is new, and moves nothing', async () => {
      await open();
      await ready();
      await growLog(page, { rows: 1_000_500 });
      await ready(1_000_500);
      await grid().hover();
      await page.mouse.wheel(0, -600);
      await page.getByText(/^Paused at row 1,000,4/).waitFor();
      const before = await shown();
      await growLog(page, { rows: 1_002_000 });
      await page.getByText(/1,500 new$/).waitFor();
      assert.deepEqual(await shown(), before);
      await follow().click();
      await ready(1_002_000);
      assert.equal(await page.getByText(/^Paused/).count(), 0);
    });

    it('has one tab stop; arrow keys, PageUp and PageDown walk, Enter opens, Escape closes', async () => {
      await open();
      await ready();
      await grid().focus();
      await page.keyboard.press('Home');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      await current(2);
      await page.keyboard.press('PageDown');
      await page.locator('[aria-activedescendant="log-row-2"]').waitFor({ state: 'detached' });
      await page.keyboard.press('PageUp');
      await current(2);
      assert.equal(await page.locator('.log-row[tabindex]').count(), 0);
      await page.getByRole('region', { name: 'Chosen row' }).getByText('event "order:updated"').waitFor();
      await page.keyboard.press('Enter');
      assert.equal(await page.evaluate(() => document.activeElement?.id), 'detail-tab-decoded');
      await grid().focus();
      await page.keyboard.press('Escape');
      await page.getByRole('region', { name: 'Chosen row' }).waitFor({ state: 'detached' });
    });

    it('shows the time between two rows, and offers to compare them', async () => {
      await open();
      await ready();
      await row(999_980).click();
      await row(999_990).click({ modifiers: ['Shift'] });
      await page.getByText('7.540 ms between the two chosen rows').waitFor();
      await page.getByRole('button', { name: 'Compare the two chosen rows' }).click();
      const { ids } = (await last('comparePayloads')) as { ids: number[] };
      assert.equal(ids.length, 2);
    });

    it('marks with M', async () => {
      await open();
      await ready();
      await row(999_990).click();
      await page.keyboard.press('m');
      await row(999_990).getByText('marked').waitFor({ state: 'attached' });
      assert.equal(((await last('mark')) as { marked: boolean }).marked, true);
    });

    it('says what could not be done with a row, and moves none for it', async () => {
      await open(SESSIONS.open, { log: { rows: 400 }, refuse: { viewPair: 'The reply was dropped.' } });
      await ready(400);
      await row(390).click();
      await current(390);
      const top = async () => (await row(390).boundingBox())?.y;
      const before = await top();
      await page.keyboard.press('Shift+F10');
      await page.getByRole('menuitem', { name: 'Go to Reply or Request' }).click();
      const said = page.getByText('The reply was dropped.');
      await said.waitFor();
      assert.equal(await top(), before);
      await page.keyboard.press('ArrowUp');
      await said.waitFor({ state: 'detached' });
    });

    it('has a menu of a row for mouse and keyboard, and copies with Ctrl+C', async () => {
      await open(SESSIONS.open, { log: { rows: 400 } });
      await ready(400);
      const item = (name: string) => page.getByRole('menuitem', { name });
      const menu = page.getByRole('menu', { name: 'Row' });
      const onGrid = () => page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'grid');
      const sent = page.locator('.log-row.row-sent.kind-text').last();
      const position = Number(await sent.getAttribute('data-position'));
      await sent.locator('.cell-direction').click({ button: 'right' });
      await menu.waitFor();
      const box = await menu.boundingBox();
      const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
      assert.ok(box && box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height);
      assert.equal(await item('Filter: dir:out').count(), 1);
      await item('Send Again').click();
      await menu.waitFor({ state: 'detached' });
      const { id } = (await last('resend')) as { id: number };
      assert.ok(id >= position);
      await current(position);
      await page.keyboard.press('Control+c');
      await onGrid();
      await page.keyboard.press('Shift+F10');
      await menu.waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await menu.waitFor({ state: 'detached' });
      while ((await requests()).filter((name) => name === 'copyText').length < 2) await page.waitForTimeout(10);
      const copied = (await posted(page)).filter(({ method }) => method === 'copyText');
      const texts = copied.map(({ params }) => (params as { text: string }).text);
      assert.equal(texts.length, 2);
      assert.match(texts[0] ?? '', /^\{"id"/);
      assert.deepEqual(JSON.parse(texts[1] ?? ''), { id, direction: 'sent' });
      await onGrid();
      await page.keyboard.press('Shift+F10');
      await menu.waitFor();
      await page.keyboard.press('Escape');
      await menu.waitFor({ state: 'detached' });
      await onGrid();
      await page.keyboard.press('Shift+F10');
      await item('Edit and Send…').click();
      await page.waitForFunction(
        (text) => document.querySelector<HTMLTextAreaElement>('.composer-text')?.value === text,
        texts[0],
      );
      await grid().focus();
      await page.keyboard.press('Shift+F10');
      await item('Go to Reply or Request').click();
      await page.waitForFunction(
        (was) => !document.querySelector(`[aria-activedescendant="log-row-${was}"]`),
        position,
      );
    });

    it('shows times in three ways', async () => {
      await open();
      await ready();
      const time = () => row(999_999).locator('.cell-time').textContent();
      const times = page.getByRole('combobox', { name: 'Time' });
      assert.equal(await time(), '12:12:33.999');
      await times.selectOption('Since start');
      assert.equal(await time(), '12:33.999');
      await times.selectOption('Since previous');
      assert.equal(await time(), '+0.754 ms');
    });

    it('counts times from a row that was chosen for it, and remembers that', async () => {
      await open(SESSIONS.open, { log: { rows: 400 } });
      await ready(400);
      const time = (position: number) => row(position).locator('.cell-time').textContent();
      await row(390).click({ button: 'right' });
      await page.getByRole('menuitem', { name: 'Time from Here' }).click();
      await page.waitForFunction(() => document.querySelector('#log-row-390 .cell-time')?.textContent === '+0.000 ms');
      assert.deepEqual([await time(391), await time(389)], ['+0.754 ms', '−0.754 ms']);
      assert.equal(await page.getByRole('combobox', { name: 'Time' }).inputValue(), 'origin');
      const memento = await savedState(page);
      await harness.close(page);
      await open(SESSIONS.open, { log: { rows: 400 }, memento });
      await ready(400);
      assert.equal(await time(391), '+0.754 ms');
      await row(395).click();
      await page.keyboard.press('t');
      await page.waitForFunction(() => document.querySelector('#log-row-395 .cell-time')?.textContent === '+0.000 ms');
    });

    it('marks a pause between two rows, and moves none for it', async () => {
      await open(SESSIONS.open, { log: { rows: 400, pauseMs: 4200 } });
      await ready(400);
      assert.equal(await row(390).locator('.gap').textContent(), '— 4.20 s —');
      assert.equal(await row(391).locator('.gap').count(), 0);
      const tops = await page.evaluate(() =>
        [...document.querySelectorAll('.log-row')]
          .map((each) => each.getBoundingClientRect().top)
          .sort((a, b) => a - b),
      );
      assert.deepEqual(new Set(tops.slice(1).map((top, at) => Math.round(top - (tops[at] ?? 0)))).size, 1);
    });

    it('copies a payload as hex and as Base64', async () => {
      await open(SESSIONS.open, { log: { rows: 400 } });
      await ready(400);
      for (const [name, pattern] of [
        ['Copy as Hex', /^7b 22 69 64/],
        ['Copy as Base64', /^eyJpZCI6/],
      ] as const) {
        await row(398).click({ button: 'right' });
        await page.getByRole('menuitem', { name }).click();
        await page.waitForFunction(
          (source) =>
            (window as unknown as { posted: { method: string; params: { text?: string } }[] }).posted.some(
              ({ method, params }) => method === 'copyText' && new RegExp(source).test(params.text ?? ''),
            ),
          pattern.source,
        );
      }
    });

    it('says what was cleared, dropped, moved to disk, and that the disk is full', async () => {
      await open(SESSIONS.busy, { log: { status: SESSIONS.busy.session.log } });
      await ready();
      const status = page.getByRole('group', { name: 'Log status' });
      for (const text of [
        '1,000,000 rows',
        '212 MiB moved to disk',
        '318,233 payloads dropped',
        '214,007 oldest frames dropped',
      ])
        await status.getByText(text).waitFor();
      await status.getByText('Payloads are dropped instead of moved to disk: no space left on device').waitFor();
      await growLog(page, { rows: 0 });
      await page.getByText('Cleared').waitFor();
    });
  });

  describe('the filter', () => {
    const filter = () => page.getByRole('combobox', { name: 'Filter' });

    it('filters after a moment, says how many of all, and is kept', async () => {
      await open();
      await ready();
      await filter().fill('kind:text "error"');
      await page.getByText('10,310 of 1,000,000 rows').waitFor();
      assert.deepEqual(await last('viewOpen'), { mode: 'messages', filter: 'kind:text "error"' });
      assert.match(JSON.stringify(await savedState(page)), /kind:text/);
      await page.getByRole('button', { name: 'Clear filter' }).click();
      await page.getByText('1,000,000 rows', { exact: true }).waitFor();
      assert.equal(
        await page.evaluate(() => (window as unknown as { fakeLog: { openViews: number } }).fakeLog.openViews),
        1,
      );
    });

    it('underlines a problem at its place, says it, and leaves the rows alone', async () => {
      await open();
      await ready();
      await filter().fill('kind:text sise:1k');
      await page.getByText('Column 11: There is no field “sise”.').waitFor();
      assert.equal(await page.locator('.squiggle').textContent(), 'sise');
      assert.equal(await filter().getAttribute('aria-invalid'), 'true');
      assert.equal((await shown())[1], 999_999);
    });

    it('offers what may stand at the cursor, and takes it from the keyboard', async () => {
      await open();
      await ready();
      await filter().pressSequentially('ki');
      const options = page.locator('.completion');
      await options.filter({ hasText: 'kind:' }).waitFor();
      assert.equal(await filter().getAttribute('aria-activedescendant'), 'filter-completion-0');
      await page.keyboard.press('Enter');
      assert.equal(await filter().inputValue(), 'kind:');
      await options.filter({ hasText: 'kind:ping' }).waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Tab');
      assert.equal(await filter().inputValue(), 'kind:binary');
      assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('role')), 'combobox');
      await page.getByRole('listbox').waitFor({ state: 'hidden' });
      await filter().pressSequentially(' ');
      await page.keyboard.press('Enter');
      assert.equal(await filter().inputValue(), 'kind:binary ');
      await page.keyboard.press('Control+Space');
      await options.filter({ hasText: 'dir:' }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('listbox').waitFor({ state: 'hidden' });
      assert.equal(await filter().inputValue(), 'kind:binary ');
    });

    it('breaks no word that a completion goes into, and leaves what is wrong in sight', async () => {
      await open();
      await ready();
      await filter().fill('sise:1 knd:text');
      await page.getByText('Column 1: There is no field “sise”.').waitFor();
      for (let step = 0; step < 7; step++) await page.keyboard.press('ArrowLeft');
      await filter().pressSequentially('i');
      await page.locator('.completion').filter({ hasText: 'kind:' }).waitFor();
      const [list, said] = [page.locator('.completions'), page.locator('#filter-problem')];
      await said.getByText('There is no field').waitFor();
      const [above, below] = [await list.boundingBox(), await said.boundingBox()];
      assert.ok((below?.y ?? 0) >= (above?.y ?? 0) + (above?.height ?? 0) - 1);
      await page.keyboard.press('Tab');
      assert.equal(await filter().inputValue(), 'sise:1 kind:text');
    });

    it('says when nothing passes, and offers the way back', async () => {
      await open();
      await ready();
      await filter().fill('nothing');
      await page.getByText('No row passes the filter').waitFor();
      await page.getByText('1,000,000 rows are hidden.').waitFor();
      await page.locator('.log-empty').getByRole('button', { name: 'Clear filter' }).click();
      await ready();
    });

    it('finds forth and back, and goes round', async () => {
      await open();
      await ready();
      await grid().focus();
      await page.keyboard.press('Home');
      await page.keyboard.press('Control+f');
      await page.getByRole('textbox', { name: 'Find in the log' }).fill('order rejected');
      await page.keyboard.press('Enter');
      await page.locator('#log-row-97.chosen').waitFor();
      await page.keyboard.press('Enter');
      await page.locator('#log-row-194.chosen').waitFor();
      await page.keyboard.press('Shift+Enter');
      await page.locator('#log-row-97.chosen').waitFor();
      await page.getByRole('textbox', { name: 'Find in the log' }).fill('no such text');
      await page.keyboard.press('Enter');
      await page.getByText('No match').waitFor();
      await page.keyboard.press('Escape');
      assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('role')), 'grid');
    });
  });

  describe('the detail pane', () => {
    const pane = () => page.getByRole('region', { name: 'Chosen row' });

    it('shows JSON as received, as a tree that the keyboard walks', async () => {
      await open();
      await ready();
      await row(999_984).click();
      const tree = pane().getByRole('tree');
      await tree.getByText('9007199255740977').waitFor();
      await tree.focus();
      const lines = await tree.getByRole('treeitem').count();
      await page.keyboard.press('ArrowLeft');
      assert.equal(await tree.getByRole('treeitem').count(), 1);
      await page.keyboard.press('ArrowRight');
      assert.equal(await tree.getByRole('treeitem').count(), lines);
      await page.keyboard.press('ArrowDown');
      assert.equal(await tree.getByRole('treeitem', { selected: true }).textContent(), '"id": "24"');
    });

    it('has a menu of each value, for mouse and keyboard: copies it, shows or hides what has the same', async () => {
      await open();
      await ready();
      await row(999_984).click();
      const tree = pane().getByRole('tree');
      const item = (name: string) => page.getByRole('menuitem', { name, exact: true });
      const filter = page.getByRole('combobox', { name: 'Filter' });
      const filtered = async (text: string) => {
        while ((await filter.inputValue()) !== text) await page.waitForTimeout(10);
      };
      await tree.getByText('"ACME"').click({ button: 'right' });
      await item('Copy').click();
      while ((await last('copyText')) === undefined) await page.waitForTimeout(10);
      assert.deepEqual(await last('copyText'), { text: 'ACME' });
      await page.keyboard.press('Shift+F10');
      await item('Column: $.payload.data.newOrders.symbol').waitFor();
      await item('Hide: $.payload.data.newOrders.symbol == "ACME"').click();
      await filtered('not $.payload.data.newOrders.symbol == "ACME"');
      await filter.fill('dir:in or dir:out');
      await page
        .getByRole('row', { name: /"type":"next"/ })
        .last()
        .click();
      await tree.getByText('"type"').click({ button: 'right' });
      await item('Hide: $.type == "next"').click();
      await filtered('(dir:in or dir:out) not $.type == "next"');
    });

    it('shows text, hex, the decoded event and the wire facts, and keeps the tab for the next row', async () => {
      await open();
      await ready();
      await row(999_980).click();
      await pane().getByText('"order:updated"').last().waitFor();
      await tab('Text').click();
      await pane()
        .getByText(/^42\/orders,12\["order:updated"/)
        .waitFor();
      await tab('Hex').click();
      await pane().getByText('34 32 2f 6f 72 64 65 72').waitFor();
      await pane().locator('#detail-tab-wire').click();
      await pane().getByText('Frame header').waitFor({ state: 'attached' });
      await row(999_990).click();
      assert.equal(await pane().getByText('Compressed to').count(), 0);
      await row(999_993).click();
      await pane().getByText('Compressed to').waitFor();
      await pane().getByRole('button', { name: 'Show its frames' }).click();
      await page.getByRole('radio', { name: 'Wire', checked: true }).waitFor();
      await page.locator('.log-row.chosen').getByText('continuation').waitFor();
    });

    it('fetches a long payload by pieces, and hex at any place', async () => {
      await open(SESSIONS.open, { log: { rows: 999_000 } });
      await ready(999_000);
      await row(998_999).click();
      await pane().getByText('000000').waitFor();
      assert.deepEqual(
        (await posted(page))
          .filter(({ method }) => method === 'viewPayload')
          .map(({ params }) => (params as { offset: number }).offset),
        [0],
      );
      await page.locator('.hex-scroll').focus();
      await page.keyboard.press('End');
      await pane().getByText('0493d8').waitFor();
      await page.waitForFunction(() => !document.querySelector('.hex-scroll')?.textContent?.includes('Loading'));
      assert.ok((await page.locator('.hex-line').count()) < 60);
      await tab('Text').click();
      await pane().getByText('64 KiB of 293 KiB loaded').waitFor();
      await pane().getByRole('button', { name: 'Load more' }).click();
      await pane().getByText('128 KiB of 293 KiB loaded').waitFor();
      await pane()
        .getByRole('button', { name: /^Load all/ })
        .click();
      await pane().getByText('loaded').waitFor({ state: 'detached' });
    });

    it('never hides the row that opened it, below the rows too', async () => {
      await open();
      await page.setViewportSize({ width: 700, height: 800 });
      await ready();
      await row(999_999).click();
      await page.locator('.detail').waitFor();
      await page.waitForFunction(() => {
        const box = document.querySelector('.log-window')?.getBoundingClientRect();
        const chosen = document.querySelector('.log-row.current')?.getBoundingClientRect();
        return box && chosen && box.height < 400 && chosen.top >= box.top - 1 && chosen.bottom <= box.bottom + 1;
      });
    });

    it('stands beside the rows or below them, as somebody wants, remembers it, and hides no row for it', async () => {
      await open();
      await ready();
      await row(999_999).click();
      const inSight = () =>
        page.waitForFunction(() => {
          const box = document.querySelector('.log-window')?.getBoundingClientRect();
          const chosen = document.querySelector('.log-row.current')?.getBoundingClientRect();
          return box && chosen && chosen.top >= box.top - 1 && chosen.bottom <= box.bottom + 1;
        });
      const isBelow = async () => {
        const [rows, detail] = [await grid().boundingBox(), await pane().boundingBox()];
        return (detail?.y ?? 0) >= (rows?.y ?? 0) + (rows?.height ?? 0);
      };
      const move = () => pane().getByRole('button', { name: 'Beside the rows, or below them' }).click();
      assert.equal(await isBelow(), false);
      await move();
      await inSight();
      assert.equal(await isBelow(), true);
      const memento = await savedState(page);
      await harness.close(page);
      await open(SESSIONS.open, { memento });
      await ready();
      await row(999_999).click();
      await pane().waitFor();
      await inSight();
      assert.equal(await isBelow(), true);
      await move();
      assert.equal(await isBelow(), false);
      await page.setViewportSize({ width: 500, height: 800 });
      await inSight();
      assert.equal(await isBelow(), true);
    });

    it('is as wide as somebody makes it', async () => {
      await open();
      await ready();
      await row(999_990).click();
      const width = () => pane().evaluate((element) => element.getBoundingClientRect().width);
      const before = await width();
      await page.getByRole('separator').focus();
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.press('ArrowLeft');
      assert.ok((await width()) > before);
    });

    it('copies, saves and opens', async () => {
      await open();
      await ready();
      await row(999_984).click();
      await pane().getByRole('tree').waitFor();
      for (const name of ['Copy payload', 'Save payload', 'Open in editor'])
        await pane().getByRole('button', { name }).click();
      assert.match(((await last('copyText')) as { text: string }).text, /^\{"id":"24"/);
      assert.deepEqual(await last('savePayload'), await last('openPayload'));
    });
  });

  describe('the composer', () => {
    it('sends with Ctrl+Enter, says how much, and keeps the text', async () => {
      await open();
      await message().fill('hello');
      await page.keyboard.press('Control+Enter');
      await said().getByText('Sent 5 B').waitFor();
      assert.deepEqual(await last('send'), { message: { format: 'text', content: 'hello', binary: false } });
      assert.equal(await message().inputValue(), 'hello');
    });

    it('says where JSON is wrong, and does not send it', async () => {
      await open();
      await format().selectOption('JSON');
      await message().fill('{\n  "a": 1,,\n}');
      await said().getByText('Expected a key in double quotes at line 2, column 10.').waitFor();
      await page.keyboard.press('Control+Enter');
      assert.equal(await last('send'), undefined);
      await message().fill('{"b":12345678901234567890,"a":[]}');
      await page.getByRole('button', { name: 'Indent the JSON' }).click();
      assert.equal(await message().inputValue(), '{\n  "b": 12345678901234567890,\n  "a": []\n}');
    });

    it('checks hex, and takes hex to be binary', async () => {
      await open();
      await format().selectOption('Hex');
      await message().fill('de ad zz');
      await said().getByText('“z” at column 7 is no hex digit.').waitFor();
      await message().fill('de ad');
      await page.getByRole('button', { name: /^Send/ }).click();
      assert.deepEqual(await last('send'), { message: { format: 'hex', content: 'de ad', binary: true } });
    });

    it('compresses, or wraps for SockJS, and says whether the frame is binary', async () => {
      await open();
      await message().fill('hi');
      const around = page.getByRole('combobox', { name: 'Compressed or wrapped' });
      for (const [choice, more, binary] of [
        ['gzip', { compress: 'gzip' }, true],
        ['SockJS frame', { wrap: 'sockjs' }, false],
        ['As it is', {}, false],
      ] as const) {
        await around.selectOption(choice);
        await page.getByRole('button', { name: /^Send/ }).click();
        const { message: gone } = (await last('send')) as { readonly message: object };
        assert.deepEqual(JSON.parse(JSON.stringify(gone)), { format: 'text', content: 'hi', binary, ...more });
      }
    });

    it('goes through what was sent before at the edges of the text', async () => {
      await open();
      await message().fill('draft');
      await page.keyboard.press('ArrowUp');
      assert.equal(await message().inputValue(), '{"type":"ping"}');
      assert.equal(await format().inputValue(), 'json');
      await page.keyboard.press('ArrowUp');
      assert.equal(await message().inputValue(), 'first line\nsecond line');
      await said().getByText('2 of 2 sent before').waitFor();
      await page.keyboard.press('ArrowDown');
      assert.equal(await message().inputValue(), '{"type":"ping"}');
      await page.keyboard.press('ArrowDown');
      assert.equal(await message().inputValue(), 'draft');
    });

    it('takes a message of the profile', async () => {
      await open();
      await page.getByRole('combobox', { name: 'Saved messages' }).selectOption('magic bytes');
      assert.equal(await message().inputValue(), 'de ad be ef');
      assert.equal(await format().inputValue(), 'hex');
    });

    it('repeats, shows how far it is, and stops', async () => {
      await open();
      await message().fill('tick');
      await page.getByRole('radio', { name: 'Repeat' }).check();
      await page.getByRole('spinbutton', { name: 'Times' }).fill('100');
      await page.getByRole('spinbutton', { name: 'Every (ms)' }).fill('50');
      await page.getByRole('button', { name: 'Start' }).click();
      assert.deepEqual(await last('repeat'), {
        message: { format: 'text', content: 'tick', binary: false },
        times: 100,
        everyMs: 50,
      });
      await pushSession(page, { ...OPEN_SESSION, revision: 2, repeating: { sent: 12, total: 100, everyMs: 50 } });
      await page.getByText('12 of 100 sent, one every 50 ms').waitFor();
      await page.locator('.composer').getByRole('button', { name: 'Stop' }).click();
      assert.ok((await requests()).includes('stopRepeat'));
    });

    it('sends control frames, and raw ones behind a warning', async () => {
      await open();
      await message().fill('x');
      await page.getByRole('radio', { name: 'Control frames' }).check();
      await page.getByRole('textbox', { name: 'Payload' }).fill('beat');
      await page.locator('.composer').getByRole('button', { name: 'Pong' }).click();
      assert.deepEqual(await last('pong'), { payload: 'beat' });
      await page.getByLabel('Close code').fill('1005');
      await page.getByText(/A code that may be sent/).waitFor();
      await page.getByLabel('Close code').fill('4001');
      await page.getByRole('textbox', { name: 'Reason' }).fill('bye');
      await page.locator('.composer').getByRole('button', { name: 'Close' }).click();
      assert.deepEqual(await last('close'), { code: 4001, reason: 'bye' });
      await page.getByRole('radio', { name: 'Raw frame' }).check();
      assert.equal(await page.getByRole('button', { name: 'Send raw frame' }).count(), 0);
      await page.getByRole('button', { name: 'I know: show it' }).click();
      await page.getByRole('checkbox', { name: 'RSV3' }).click();
      await page.getByRole('combobox', { name: 'Opcode' }).selectOption('0x3 reserved');
      await page.getByRole('button', { name: 'Send raw frame' }).click();
      assert.deepEqual(await last('sendRaw'), {
        frame: {
          fin: true,
          rsv1: false,
          rsv2: false,
          rsv3: true,
          masked: true,
          opcode: 3,
          payload: { format: 'text', content: 'x', binary: false },
        },
      });
    });

    it('sends with Ctrl+Enter what stands before the person: the raw frame, the repetition, or nothing yet', async () => {
      await open();
      const sent = async () => (await requests()).filter((method) => /^(send|repeat)/i.test(method));
      await message().fill('x');
      await page.getByRole('radio', { name: 'Raw frame' }).check();
      await message().press('Control+Enter');
      assert.deepEqual(await sent(), []);
      await page.getByRole('button', { name: 'I know: show it' }).click();
      await message().press('Control+Enter');
      await page.getByRole('combobox', { name: 'Opcode' }).press('Control+Enter');
      await page.getByRole('radio', { name: 'Repeat' }).check();
      await message().press('Control+Enter');
      await page.getByRole('radio', { name: 'Message', exact: true }).check();
      await message().press('Control+Enter');
      assert.deepEqual(await sent(), ['sendRaw', 'sendRaw', 'repeat', 'send']);
    });

    it('closes with Enter in any field of the form, not with what may not be sent; Escape leads back to the message', async () => {
      await open();
      await page.getByRole('radio', { name: 'Control frames' }).check();
      await page.getByLabel('Close code').fill('1005');
      await page.getByLabel('Close code').press('Enter');
      assert.equal(await last('close'), undefined);
      await page.getByLabel('Close code').fill('4001');
      await page.getByRole('textbox', { name: 'Reason' }).fill('bye');
      await page.getByRole('textbox', { name: 'Reason' }).press('Enter');
      assert.deepEqual(await last('close'), { code: 4001, reason: 'bye' });
      await page.getByLabel('Close code').press('Enter');
      assert.equal((await requests()).filter((method) => method === 'close').length, 2);
      await page.getByLabel('Close code').press('Escape');
      await focused('Message');
    });

    it('never leaves the focus on nothing', async () => {
      await open();
      await page.getByRole('button', { name: 'Close…' }).click();
      await page.getByRole('dialog').getByRole('textbox', { name: 'Reason' }).press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await focused('Message');
      await page.getByRole('button', { name: 'Close…' }).click();
      await page.getByRole('dialog').getByRole('textbox', { name: 'Reason' }).press('Enter');
      assert.deepEqual(await last('close'), { code: 1000, reason: '' });
      await focused('Message');
      await page.getByRole('radio', { name: 'Raw frame' }).check();
      await page.getByRole('button', { name: 'I know: show it' }).click();
      await focused('Message');
      await page.getByRole('button', { name: 'Close…' }).click();
      await page.getByRole('dialog').getByRole('textbox', { name: 'Reason' }).focus();
      await pushSession(page, { ...OPEN_SESSION, revision: 3, state: 'closed' });
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await focused('Message');
    });

    it('chooses a file', async () => {
      await open();
      await format().selectOption('File');
      await page.getByRole('button', { name: 'Choose file…' }).click();
      await page.getByText('/home/ada/payload.bin').waitFor();
    });

    it('says what went wrong in the host’s words', async () => {
      await open(SESSIONS.open, { refuse: { send: 'The send buffer is full.' } });
      await message().fill('x');
      await page.keyboard.press('Control+Enter');
      await said().getByText('The send buffer is full.').waitFor();
    });

    it('says why nothing can be sent, and lets the text be written all the same', async () => {
      await open(SESSIONS.lost);
      await said().getByText('The connection is closed. Reconnect first.').waitFor();
      await message().fill('later');
      await page.keyboard.press('Control+Enter');
      assert.equal(await last('send'), undefined);
    });

    it('keeps the draft over a reload', async () => {
      await open();
      await message().fill('unfinished');
      const memento = await savedState(page);
      await harness.close(page);
      await open(SESSIONS.open, { memento });
      assert.equal(await message().inputValue(), 'unfinished');
    });
  });

  describe('the header', () => {
    it('says the state first, and its acts are one request each', async () => {
      await open();
      assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'Open');
      const actions = page.getByRole('group', { name: 'Session actions' });
      for (const name of ['Ping', 'Pause reading', 'Stop recording'])
        await actions.getByRole('button', { name }).click();
      await actions.getByRole('button', { name: /^Stop: end the connection/ }).click();
      const acts = (await posted(page)).filter(({ method }) =>
        ['ping', 'pause', 'record', 'terminate'].includes(method),
      );
      assert.deepEqual(acts, [
        { method: 'ping', params: { payload: '' } },
        { method: 'pause', params: { paused: true } },
        { method: 'record', params: { on: false } },
        { method: 'terminate', params: null },
      ]);
    });

    it('closes with a code and a reason', async () => {
      await open();
      await page.getByRole('button', { name: 'Close…' }).click();
      const dialog = page.getByRole('dialog', { name: 'Close the connection' });
      await dialog.getByRole('textbox', { name: 'Reason' }).fill('done');
      await dialog.getByRole('button', { name: 'Close', exact: true }).click();
      assert.deepEqual(await last('close'), { code: 1000, reason: 'done' });
    });

    it('has the rest in one menu that the keyboard walks', async () => {
      await open();
      await page.getByRole('button', { name: 'More actions' }).click();
      await page.locator('[role^="menuitem"]:focus').waitFor();
      await page.keyboard.press('End');
      assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Copy as Node script');
      await page.keyboard.press('Enter');
      assert.deepEqual(await last('copyAs'), { tool: 'node' });
      await page.getByRole('menu').waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'More actions' }).click();
      await page.getByRole('menuitemcheckbox', { name: 'Leave pings unanswered' }).click();
      assert.deepEqual(await last('refusePong'), { refuse: true });
      await page.getByRole('button', { name: 'More actions' }).click();
      await page.locator('[role^="menuitem"]:focus').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('menu').waitFor({ state: 'detached' });
    });

    it('counts down to the next attempt', async () => {
      const { session } = SESSIONS.reconnecting;
      const reconnect = { attempt: 2, maxAttempts: 10, dueMs: session.elapsedMs + 90_000 };
      await open({ ...SESSIONS.reconnecting, session: { ...session, reconnect } });
      const text = await page.getByText(/attempt 2 of 10 in \d+ s/).innerText();
      const left = Number(/in (\d+) s/.exec(text)?.[1]);
      assert.ok(left <= 90);
      await page.getByText(new RegExp(`in (${left - 1}|${left - 2}|${left - 3}|${left - 4}) s`)).waitFor();
      await page.getByRole('button', { name: 'Reconnect now' }).click();
      assert.ok((await requests()).includes('reconnect'));
    });

    it('takes a newer snapshot and never an older one', async () => {
      await open();
      await pushSession(page, { ...OPEN_SESSION, revision: 5, state: 'closing' });
      await page.getByRole('heading', { name: 'Closing…' }).waitFor();
      await pushSession(page, { ...OPEN_SESSION, revision: 4 });
      await pushSession(page, { ...OPEN_SESSION, revision: 6, state: 'closed' });
      await page.getByRole('heading', { name: 'Closed' }).waitFor();
    });

    it('says why it ended before anything else, the rest a click away', async () => {
      await open(SESSIONS.lost);
      await page.getByRole('heading', { level: 2, name: /cut 60\.0 s after the last frame/ }).waitFor();
      await page.getByRole('button', { name: 'Why, and what to do' }).click();
      await page.getByText('proxy_read_timeout 1h;').waitFor();
      await page.getByRole('button', { name: 'Close code 1006' }).click();
      await page.getByText('Abnormal Closure').waitFor();
    });
  });

  describe('states', () => {
    const empty = { log: { rows: 0 } };

    it('connecting, and nothing yet', async () => {
      await open(SESSIONS.connecting, empty);
      await page.getByText('Connecting to api.example.com').waitFor();
      await pushState(page, { ...SESSIONS.silent, revision: 2, session: { ...SESSIONS.silent.session, revision: 2 } });
      await page.getByText('No frame has crossed the wire yet').waitFor();
    });

    it('engine stopped', async () => {
      await open(SESSIONS.stopped, { refuse: { viewOpen: 'The engine stopped.' } });
      await page.getByRole('heading', { name: 'Engine stopped', exact: true }).waitFor();
      await page.getByText('The log cannot be read: The engine stopped.').waitFor();
      await page.getByRole('button', { name: 'Reconnect' }).waitFor();
    });

    it('a recording, read-only', async () => {
      await open(SESSIONS.recording);
      await ready();
      await page.getByText('A recording.').waitFor();
      // It is read: nothing is being recorded.
      assert.equal(await page.locator('dl dt', { hasText: 'Recording' }).count(), 0);
      assert.equal(await page.getByRole('region', { name: 'Send a message' }).count(), 0);
      assert.equal(await page.getByRole('button', { name: /connect/i }).count(), 0);
    });

    it('restored: never reconnects by itself, and offers to connect', async () => {
      await open(SESSIONS.restored);
      await ready();
      assert.equal((await requests()).includes('connect'), false);
      await page.getByRole('button', { name: 'Connect', exact: true }).click();
      assert.ok((await requests()).includes('connect'));
    });

    it('a probe offers to connect', async () => {
      await open(FIXTURES.healthy);
      await page.getByRole('button', { name: 'Connect', exact: true }).click();
      assert.ok((await requests()).includes('connect'));
    });

    it('a probe that becomes a session stays in its panel', async () => {
      await open(FIXTURES.healthy);
      await pushState(page, { ...SESSIONS.open, revision: 2 });
      await ready();
      for (const name of ['Handshake', 'Timings', 'Report']) {
        await sessionTab(name.toLowerCase()).click();
        await page.locator('#session-panel').getByRole('heading').first().waitFor();
      }
    });
  });

  it('lists operations, and jumps from an unanswered request to its row', async () => {
    await open();
    await ready();
    await tab('Operations').click();
    await page.getByRole('row', { name: /subscribe NewOrders 1,204 12\.1 ms 48\.2 ms 213 ms 1\.80 s 3 2/ }).waitFor();
    await page.getByText('1,318 messages could not be paired: dropped before they were read, or too long.').waitFor();
    await page.getByRole('button', { name: 'subscribe NewOrders #9' }).click();
    await page.locator('.log-row.chosen').waitFor();
    assert.equal(await page.locator('.log-row.chosen').getAttribute('data-position'), '183336');
  });

  it('never makes an element of hostile text, and hides none of it', async () => {
    const hostile = SESSIONS.hostile.session.name;
    await open(SESSIONS.hostile, { log: { hostile } });
    await ready();
    await row(999_990).click();
    for (const name of ['Text', 'Hex', 'JSON']) await tab(name).click();
    for (const name of ['operations', 'findings', 'close', 'log']) {
      await sessionTab(name).click();
      assert.equal(await page.locator('.inspector img, .inspector script').count(), 0, name);
      const text = await page.locator('.inspector').evaluate((element) => element.textContent ?? '');
      assert.doesNotMatch(text, /[\u0000-\u0008\u000b-\u001f\u202a-\u202e\u2066-\u2069]/, name);
      assert.match(text, /\\u202e/, name);
    }
    assert.equal(await page.evaluate(() => 'pwned' in window), false);
    assert.deepEqual(await violations(page), []);
  });

  describe('at 320 px', () => {
    for (const name of Object.keys(SESSIONS) as (keyof typeof SESSIONS)[]) {
      it(`${name} never scrolls sideways`, async () => {
        await open(SESSIONS[name], { width: 320 });
        if (name === 'open') await row(999_999).click();
        for (const each of await page.locator('.session-tabs > .tabs > .tablist > [role="tab"]').all()) {
          await each.click();
          const wide = await page.evaluate(() => {
            const panel = document.getElementById('session-panel');
            const { scrollWidth, clientWidth } = document.documentElement;
            return [scrollWidth - clientWidth, (panel?.scrollWidth ?? 0) - (panel?.clientWidth ?? 0)];
          });
          assert.ok(
            wide.every((excess) => excess <= 0),
            `${await each.textContent()}: ${wide.join(', ')}`,
          );
        }
      });
    }
  });
});
