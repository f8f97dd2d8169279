import assert from 'node:assert/strict';
import { type Browser, chromium } from 'playwright-core';
import { chromiumFlags, findHeadless } from '../../scripts/chromium.mjs';
import { allViolations, injectAxe } from './axe.js';
import { conversation, result, RESULTS, told } from '../unit/cli/run/results.js';

/** The page of `wsprobe run --reporter html`, as a browser shows it. */
describe('the page of a run', () => {
  let browser: Browser;
  before(async () => {
    browser = await chromium.launch({ executablePath: findHeadless(), args: chromiumFlags });
  });
  after(() => browser.close());

  const sideBySide = ['local', 'staging'].map((environment) =>
    result({ report: conversation }, { item: { file: `${'long-'.repeat(12)}name.wsprobe`, environment } }),
  );
  const pages = {
    'of one environment': () => told('html', RESULTS),
    'of two environments': () => told('html', sideBySide, { head: { environments: ['local', 'staging'] } }),
  };

  for (const [name, make] of Object.entries(pages)) {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [320, 1100]) {
        it(`${name} is readable in ${colorScheme}, ${width} px wide, by everybody`, async function () {
          this.timeout(180_000);
          const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
          try {
            const told: string[] = [];
            page.on('console', (message) => told.push(message.text()));
            page.on('request', (request) => told.push(request.url()));
            await page.setContent(await make());
            const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
            assert.equal(wide, 0);
            assert.deepEqual(told, []);
            await page.evaluate(() => {
              for (const details of document.querySelectorAll('details')) details.open = true;
            });
            await injectAxe(page);
            assert.deepEqual(await allViolations(page), []);
          } finally {
            await page.close();
          }
        });
      }
    }
  }
});
