import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { InspectorState } from '../../src/protocol/inspector.js';
import { FIXES } from './fixFixtures.js';
import { posted } from './harness.js';
import { useHarness } from './useHarness.js';

describe('fixes in the inspector', function () {
  this.timeout(180_000);
  const harness = useHarness();
  let page: Page;

  const open = async (state: InspectorState) => {
    page = await harness.open(state);
  };
  const button = (name: string) => page.getByRole('region', { name: 'What to change' }).getByRole('button', { name });
  const asked = async () => (await posted(page)).filter(({ method }) => method !== 'ready');
  const choice = { finding: 'tls.plain-port', title: 'Connect without TLS (profile)' };

  it('are put into the profile, or tried once, by one press', async () => {
    await open(FIXES.fixable);
    await button('Apply and run again').click();
    await button('Try once').click();
    assert.deepEqual(await asked(), [
      { method: 'applyFix', params: choice },
      { method: 'tryFix', params: choice },
    ]);
  });

  it('are tried where there is no profile, and wait while a run is under way', async () => {
    await open(FIXES['fixable-url']);
    assert.equal(await button('Apply and run again').count(), 0);
    await button('Try once').click();
    assert.deepEqual(await asked(), [{ method: 'tryFix', params: choice }]);
    await harness.close(page);
    await open(FIXES['fix-running']);
    assert.equal(await button('Apply and run again').getAttribute('disabled'), '');
    await page.getByText('running with it…').waitFor();
  });

  it('for software have no such button, and are copied with their file', async () => {
    await open(FIXES.fixable);
    await page.getByRole('tab', { name: 'nginx: speak TLS on this port' }).first().click();
    assert.equal(await button('Try once').count(), 0);
    await page.getByText('nginx: /etc/nginx/nginx.conf, or a file that it includes').first().waitFor();
    await button('Copy nginx: speak TLS on this port').click();
    assert.deepEqual((await asked()).at(-1)?.params, {
      text: '# nginx: speak TLS on this port\n# /etc/nginx/nginx.conf, or a file that it includes\nlisten 443 ssl;',
    });
  });

  it('stand with the verdict before beside that of now, and can be undone', async () => {
    await open(FIXES['fix-applied']);
    const used = page.getByRole('region', { name: 'Applied to orders.wsprobe: Connect without TLS' });
    assert.match((await used.getByRole('status').textContent()) ?? '', /was\s+Down.*now\s+Healthy/);
    await used.getByText('"url": "ws://${env:API_HOST}/orders"').waitFor();
    await used.getByRole('button', { name: 'Undo' }).click();
    await used.getByRole('button', { name: 'Show difference' }).click();
    assert.deepEqual(await asked(), [
      { method: 'undoFix', params: null },
      { method: 'showFix', params: null },
    ]);
  });

  it('that were tried can be kept', async () => {
    await open(FIXES['fix-tried']);
    await page.getByRole('button', { name: 'Apply to orders.wsprobe' }).click();
    assert.deepEqual(await asked(), [{ method: 'keepFix', params: null }]);
    await harness.close(page);
    await open(FIXES['fix-tried-url']);
    await page.getByText(/Nothing was changed\./).waitFor();
  });
});
