import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { FIRST_THEME, seriousViolations } from './axe.js';
import { loadAxe, type OpenOptions, posted, pushState, violations } from './harness.js';
import type { SeriesSummary, WatchPageState } from '../../src/protocol/watchPage.js';
import { EMPTY_TIMELINE, TIMELINE, WATCHED } from './watchFixtures.js';
import { useHarness } from './useHarness.js';

describe('the page of a watched target', function () {
  this.timeout(180_000);
  const harness = useHarness('webview/watch/watch.tsx');

  async function opened(
    work: (page: Page) => Promise<void>,
    options: OpenOptions = {},
    state = WATCHED,
  ): Promise<void> {
    const page = await harness.open(state, { answers: { timeline: TIMELINE }, ...options });
    try {
      await work(page);
    } finally {
      await harness.close(page);
    }
  }

  const charts = (page: Page) => page.locator('.chart canvas');
  const lastRange = async (page: Page) => {
    const last = (await asked(page, 'timeline')).at(-1);
    ok(last);
    return last.params as { readonly fromMs: number; readonly toMs: number };
  };
  const asked = async (page: Page, method: string) => (await posted(page)).filter((each) => each.method === method);

  it('says how it is, what to do first, and draws three charts', () =>
    opened(async (page) => {
      await charts(page).nth(2).waitFor();
      strictEqual(await page.locator('h1').textContent(), 'Degraded');
      ok((await page.locator('.meta').textContent())?.includes('90.74 % available'));
      ok((await page.locator('.watch-alert h2').textContent())?.includes('over its budget'));
      strictEqual(await charts(page).count(), 3);
      // A legend tells values where somebody points alone, and each line of a chart by a colour of its own.
      deepStrictEqual([...new Set(await page.locator('.u-value').allTextContents())], ['']);
      strictEqual(await page.locator('.closes-table tbody tr').count(), 2);
      await page.getByRole('button', { name: 'Compare with Last Healthy' }).click();
      strictEqual((await asked(page, 'compareHealthy')).length, 1);
      deepStrictEqual(await violations(page), []);
    }));

  it('draws no two percentiles alike in any theme', async () => {
    for (const theme of ['light', 'dark', 'hc-dark', 'hc-light'] as const)
      await opened(
        async (page) => {
          await charts(page).nth(2).waitFor();
          const markers = page.locator('.chart').nth(2).locator('.u-marker');
          const colors = await markers.evaluateAll((all) => all.map((each) => getComputedStyle(each).borderColor));
          strictEqual(new Set(colors.slice(-3)).size, 3, `${theme}: ${colors.join(', ')}`);
        },
        { theme },
      );
  });

  it('says of a held connection what it went through, and what is known of lost messages', async () => {
    const held = (sequence: SeriesSummary['sequence']) => ({
      ...WATCHED,
      summary: { ...WATCHED.summary!, hold: true, drops: 3, reconnects: 4, sequence },
    });
    const said = (state: WatchPageState) => {
      let text = '';
      return opened(
        async (page) => {
          text = (await page.locator('section', { hasText: 'The held connection' }).textContent()) ?? '';
        },
        {},
        state,
      ).then(() => text);
    };
    const counted = await said(held({ numbered: 1_200, lost: 7, repeated: 2, unknown: 1 }));
    ok(counted.includes('Drops: 3. Reconnects: 4.'), counted);
    ok(counted.includes('7 lost, 2 repeated, 1,200 numbered'), counted);
    ok(counted.includes('what was lost there is unknown'), counted);
    ok((await said(held(null))).includes('is unknown: watch.sequence'), 'nothing is made up');
  });

  it('has the same as a table, whose reports open by the keyboard', () =>
    opened(async (page) => {
      await page.locator('.timeline-table summary').click();
      strictEqual(await page.locator('.timeline-table tbody tr').count(), TIMELINE.points.length);
      const open = page.locator('.timeline-table tbody button');
      strictEqual(await open.count(), 2);
      await open.last().focus();
      await page.keyboard.press('Enter');
      deepStrictEqual((await asked(page, 'openReport')).at(-1)?.params, { startedAt: '2026-11-20T12:37:10.000Z' });
    }));

  it('opens the report of a point that is pressed, and looks closer where one is dragged over', () =>
    opened(async (page) => {
      const over = page.locator('.chart .u-over').first();
      await over.waitFor();
      const box = await over.boundingBox();
      ok(box);
      const at = (minute: number) => box.x + (box.width * (minute + 0.5)) / 60;
      await page.mouse.click(at(37), box.y + 10);
      deepStrictEqual((await asked(page, 'openReport')).at(-1)?.params, { startedAt: '2026-11-20T12:37:10.000Z' });
      await page.mouse.move(at(20), box.y + 10);
      await page.mouse.down();
      await page.mouse.move(at(40), box.y + 12, { steps: 5 });
      await page.mouse.up();
      await page.getByRole('button', { name: 'Back to the Last 1 h' }).waitFor();
      const { fromMs, toMs } = await lastRange(page);
      const legend = page.locator('.chart').nth(1).locator('.u-series', { hasText: 'tls' }).locator('.u-value');
      await page.mouse.move(at(5), box.y + 10);
      strictEqual(await legend.textContent(), '9.5 ms');
      ok(Math.abs(fromMs - TIMELINE.fromMs - 20.5 * 60_000) < 60_000, `${fromMs}`);
      ok(Math.abs(toMs - TIMELINE.fromMs - 40.5 * 60_000) < 60_000, `${toMs}`);
      strictEqual((await asked(page, 'openReport')).length, 1);
    }));

  it('asks for another range, and for what is new while it looks at the latest alone', () =>
    opened(async (page) => {
      await page.getByRole('radio', { name: '24 h' }).check();
      const { fromMs, toMs } = await lastRange(page);
      strictEqual(toMs - fromMs, 86_400_000);
      const before = (await asked(page, 'timeline')).length;
      await pushState(page, WATCHED);
      await page.waitForFunction(
        (count) =>
          (window as unknown as { posted: { method: string }[] }).posted.filter(({ method }) => method === 'timeline')
            .length > count,
        before,
      );
    }));

  it('says where nothing was seen, and that it has ended', async () => {
    await opened((page) => page.getByText('Nothing was seen in this range.').waitFor(), {
      answers: { timeline: EMPTY_TIMELINE },
    });
    await opened(
      async (page) => {
        await page.getByText('This is no longer watched.').waitFor();
        strictEqual(await page.getByRole('button', { name: 'Stop Watching' }).count(), 0);
      },
      {},
      { ...WATCHED, ended: true },
    );
  });

  it('is of no width of its own, and has nothing serious for axe-core in any theme', () =>
    opened(
      async (page) => {
        await charts(page).nth(2).waitFor();
        await page.locator('.timeline-table summary').click();
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        ok(overflow <= 0, `${overflow} px outside`);
        await loadAxe(page);
        deepStrictEqual(await seriousViolations(page), []);
      },
      { width: 320, theme: FIRST_THEME },
    ));
});
