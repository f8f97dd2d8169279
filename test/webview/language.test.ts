import { deepEqual, equal } from 'node:assert/strict';
import { translated } from '../../webview/shared/translated.js';
import { FIXTURES } from './fixtures.js';
import { Harness, violations } from './harness.js';

describe('words of the pages', () => {
  it('are those of the bundle where it has them, and stand as they are where not', () => {
    const words = { a: 'One', deep: { b: 'Two of {count}', c: 'toString' }, d: 'Three' };
    deepEqual(translated(words, { One: 'Eins', 'Two of {count}': 'Zwei von {count}' }), {
      a: 'Eins',
      deep: { b: 'Zwei von {count}', c: 'toString' },
      d: 'Three',
    });
    deepEqual(translated(words), words);
  });

  it('come with the page, under its policy, and are text whatever they hold', async function () {
    this.timeout(180_000);
    const hostile = '</script><img src="x"><!--<script>';
    const harness = await Harness.start({ words: { Healthy: 'Gesund', Findings: hostile } });
    try {
      const page = await harness.open(FIXTURES.healthy);
      await page.getByText('Gesund', { exact: true }).first().waitFor();
      equal(await page.getByRole('tab', { name: hostile }).count(), 1);
      equal(await page.locator('img').count(), 0);
      deepEqual(await violations(page), []);
    } finally {
      await harness.stop();
    }
  });
});
