import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { InspectorState } from '../../src/protocol/inspector.js';
import { FIXTURES } from './fixtures.js';
import { type OpenOptions, posted, pushState, savedState, showState, violations } from './harness.js';
import { STATES } from './states.js';
import { useHarness } from './useHarness.js';

describe('inspector in Chromium', function () {
  this.timeout(180_000);
  const harness = useHarness();
  let page: Page;

  const open = async (state: InspectorState | null, options: OpenOptions = {}) => {
    page = await harness.open(state, options);
  };
  const heading = (name: RegExp | string) => page.getByRole('heading', { name });
  const tab = (name: string) => page.getByRole('tab', { name: new RegExp(`^${name}`) });
  const phase = (name: string) => page.locator('.phase-row').filter({ hasText: name });
  const requests = async () => (await posted(page)).map(({ method }) => method);
  const selectedTab = () => page.locator('#details-panel').getAttribute('aria-labelledby');

  it('asks for its state once and keeps to the content security policy', async () => {
    await open(FIXTURES.healthy);
    assert.deepEqual(await posted(page), [{ method: 'ready', params: null }]);
    assert.deepEqual(await violations(page), []);
  });

  describe('says first', () => {
    const sentences: readonly (readonly [keyof typeof FIXTURES, string, RegExp])[] = [
      ['healthy', 'Healthy', /^Connected in 61\.3 ms, reply round trip 2\.27 ms \(p50 of 5\)\.$/],
      ['ping', 'Healthy', /^Connected in 3\.91 ms, ping round trip 0\.61 ms\.$/],
      ['slow', 'Degraded', /^The upgrade took 2\.21 s/],
      ['expired', 'Down', /^The certificate of api\.example\.com expired 12 days ago$/],
      ['not-websocket', 'Down', /^nginx answered 200 with a web page/],
      ['closed-4401', 'Down', /closed with 4401: the credentials were refused$/],
      ['idle', 'Not probed', /^Nothing has been probed yet$/],
      ['running', 'Running…', /^Waiting for the answer to the opening handshake$/],
      ['running-again', 'Running…', /^The certificate of api\.example\.com expired/],
      ['failed', 'Could not run', /^The probe engine stopped unexpectedly$/],
      ['cancelled', 'Cancelled', /^You cancelled this run$/],
      ['restored', 'Down', /closed with 4401/],
    ];
    for (const [name, verdict, sentence] of sentences) {
      it(`${name}: ${verdict}`, async () => {
        await open(FIXTURES[name]);
        assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), verdict);
        assert.match((await page.getByRole('heading', { level: 2 }).first().textContent()) ?? '', sentence);
      });
    }

    it('nothing yet: loading, until the host answers', async () => {
      await open(null);
      assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'Loading…');
      await pushState(page, FIXTURES.idle);
      await heading('Nothing has been probed yet').waitFor();
    });
  });

  it('says that a ping proves the library, not the application', async () => {
    await open(FIXTURES.ping);
    await page.getByText(/proves that the WebSocket library .* not that the application does/).waitFor();
  });

  it('puts the headline in larger text than anything else', async () => {
    await open(FIXTURES.expired);
    const sizes = await page.evaluate(() => {
      const size = (element: Element) => Number.parseFloat(getComputedStyle(element).fontSize);
      const title = document.getElementById('answer-title');
      const others = [...document.querySelectorAll('.inspector *')].filter(
        (element) => !title?.contains(element) && element !== title,
      );
      return { title: title ? size(title) : 0, others: Math.max(...others.map(size)) };
    });
    assert.ok(sizes.title > sizes.others, `${sizes.title} against ${sizes.others}`);
  });

  describe('tabs', () => {
    it('open on the one that shows the reason, and say so', async () => {
      await open(FIXTURES['closed-4401']);
      assert.equal(await selectedTab(), 'details-tab-close');
      assert.equal(await tab('Close').textContent(), 'Close, holds the reason');
      await heading(/4401\s*Unauthorized/).waitFor();
    });

    it('move with the arrow keys, Home and End, one tab stop for all', async () => {
      await open(FIXTURES.healthy);
      await tab('Handshake').focus();
      await page.keyboard.press('ArrowRight');
      assert.equal(await selectedTab(), 'details-tab-frames');
      assert.equal(await page.evaluate(() => document.activeElement?.id), 'details-tab-frames');
      await page.keyboard.press('End');
      assert.equal(await selectedTab(), 'details-tab-report');
      await page.keyboard.press('ArrowRight');
      assert.equal(await selectedTab(), 'details-tab-findings');
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.press('Home');
      assert.equal(await selectedTab(), 'details-tab-findings');
      assert.equal(await page.locator('.details [role="tab"][tabindex="0"]').count(), 1);
    });

    it('survive a reload, with what was open', async () => {
      await open(FIXTURES.healthy);
      await tab('Timings').click();
      await phase('TLS').click();
      const memento = await savedState(page);
      assert.equal((memento as { id: string }).id, 'panel-1');
      await harness.close(page);
      await open(FIXTURES.healthy, { memento });
      assert.equal(await selectedTab(), 'details-tab-timings');
      assert.equal(await phase('TLS').getAttribute('aria-expanded'), 'true');
    });

    it('have expectations only where there are some, and count the failed ones', async () => {
      await open(FIXTURES.expired);
      assert.equal(await tab('Expectations').count(), 0);
      await harness.close(page);
      await open(FIXTURES['closed-4401']);
      await tab('Expectations').click();
      await page.getByText('1 of 2 passed').waitFor();
      await page
        .getByRole('row', { name: /failed stays open for 250 ms at least 250 ms closed after 38.2 ms/ })
        .waitFor();
    });
  });

  describe('actions', () => {
    it('each send one request', async () => {
      await open(FIXTURES.expired);
      const compared = 'Compare with the last healthy one';
      for (const name of ['Run again', 'Open profile', compared, 'Copy report', 'Open report as JSON']) {
        await page.getByRole('group', { name: 'Actions' }).getByRole('button', { name }).click();
      }
      const asked = ['runAgain', 'openProfile', 'compareHealthy', 'copyReport', 'openReport'];
      assert.deepEqual(await requests(), ['ready', ...asked]);
    });

    it('offer no comparison of what is healthy', async () => {
      await open(FIXTURES.healthy);
      assert.equal(await page.getByRole('button', { name: 'Compare with the last healthy one' }).count(), 0);
    });

    it('offer to save where there is no profile, and to cancel while it runs', async () => {
      await open(FIXTURES.ping);
      await page.getByRole('button', { name: 'Save as profile' }).click();
      await harness.close(page);
      await open(FIXTURES.running);
      assert.equal(await page.getByRole('button', { name: /Run/ }).count(), 0);
      await page.getByRole('button', { name: 'Cancel' }).click();
      assert.deepEqual(await requests(), ['ready', 'cancel']);
    });

    it('work from the keyboard', async () => {
      await open(FIXTURES.expired);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      assert.deepEqual(await requests(), ['ready', 'runAgain']);
    });

    it('copy the fix that is shown, and say so', async () => {
      await open(FIXTURES.expired);
      const fix = page.getByRole('region', { name: 'What to change' });
      await fix.getByRole('tab', { name: 'cert-manager' }).click();
      await fix.getByRole('button', { name: /^Copy/ }).click();
      await fix.getByRole('button', { name: 'Copied' }).waitFor();
      assert.deepEqual((await posted(page)).at(-1), {
        method: 'copyText',
        params: { text: FIXTURES.expired.report.findings[0]?.fixes[1]?.snippet },
      });
    });

    it('tell when the host refuses', async () => {
      await open(FIXTURES.healthy, { refuse: { openReport: 'There is no report yet.' } });
      await page.getByRole('button', { name: 'Open report as JSON' }).click();
      await page.getByText('That did not work: There is no report yet.').waitFor();
      await page.getByRole('button', { name: 'Copy report' }).click();
      await page.getByText('That did not work').waitFor({ state: 'detached' });
    });

    it('tell when the host never gets as far as a state', async () => {
      await open(null, { refuse: { ready: 'The target is gone.' } });
      await page.getByText('That did not work: The target is gone.').waitFor();
    });
  });

  describe('state', () => {
    it('is replaced by a newer one and never by an older one', async () => {
      await open({ ...FIXTURES.healthy, revision: 5 });
      await pushState(page, { ...FIXTURES.expired, revision: 4 });
      await pushState(page, { ...FIXTURES['closed-4401'], revision: 6 });
      await heading(/closed with 4401/).waitFor();
      await pushState(page, { ...FIXTURES.expired, revision: 3 });
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
      assert.equal(await heading(/closed with 4401/).count(), 1);
    });

    it('keeps the last report in place while the next run goes, and nothing below moves', async () => {
      await open(FIXTURES.expired);
      const top = () => page.locator('.details').evaluate((element) => element.getBoundingClientRect().top);
      const before = await top();
      await pushState(page, { ...FIXTURES['running-again'], revision: 2 });
      await page.getByText('Last result:').waitFor();
      await page.getByText('to come').first().waitFor();
      assert.equal(await top(), before);
      assert.equal(await page.locator('.details').evaluate((element) => element.closest('.stale') !== null), true);
    });

    it('lets the running phase grow between two messages', async () => {
      await open(FIXTURES.running);
      await page.waitForFunction(() => {
        const time = document.querySelector('.phase-running .phase-time')?.textContent ?? '';
        return Number.parseFloat(time) > 60 || /^[\d.]+ (?:s|min)\b/.test(time);
      });
    });

    it('is announced once when a run ends', async () => {
      await open(FIXTURES.running);
      const live = page.locator('p[role="status"]').last();
      assert.equal(await live.textContent(), '');
      await pushState(page, { ...FIXTURES.expired, revision: 2 });
      await heading(/expired 12 days ago$/)
        .first()
        .waitFor();
      assert.equal(await live.textContent(), 'Down. The certificate of api.example.com expired 12 days ago');
    });

    it('restored says so and offers to run again', async () => {
      await open(FIXTURES.restored);
      await page.getByText('From an earlier window. Run again to refresh.').waitFor();
      await page.getByRole('button', { name: 'Run again' }).waitFor();
    });
  });

  describe('waterfall', () => {
    it('has a row a phase with its status in words, and the failed one says why', async () => {
      await open(FIXTURES.expired);
      const names = await page
        .locator('.phase-row')
        .evaluateAll((rows) => rows.map((row) => row.textContent?.replace(/\s+/g, ' ')));
      assert.deepEqual(names, [
        'DNS, ok, 3.41 ms',
        'TCP, ok, 11.2 ms',
        'TLS, failed, 24.9 ms',
        'Upgrade, not reached, not reached',
        'Message, not reached, not reached',
        'Close, not reached, not reached',
      ]);
      assert.equal(await page.locator('.phase-failed .phase-error').textContent(), 'certificate has expired');
      assert.deepEqual(await page.locator('.attempt-address').allTextContents(), [
        '[2001:db8::10]:443',
        '203.0.113.10:443',
      ]);
    });

    it('has a row for the token before the phases, with its answer to be opened', async () => {
      await open(FIXTURES.credentials);
      const row = page.locator('.phase-row').first();
      assert.match((await row.textContent()) ?? '', /^Token, ok, .*80\.4 ms$/);
      await row.click();
      const detail = await page.locator('#phase-credentials-body').textContent();
      assert.match(detail ?? '', /login\.example\.com\/oauth2\/token.*Answer200.*2026-11-20T13:00/);
      await open(FIXTURES['credentials-refused']);
      assert.match(
        (await page.locator('.phase-failed').textContent()) ?? '',
        /Token.*401 Unauthorized, invalid_client/,
      );
      assert.equal(await page.locator('.phase-failed').count(), 1);
    });

    it('draws bars to scale', async () => {
      await open(FIXTURES.expired);
      const box = (selector: string) =>
        page.locator(selector).evaluate((element) => {
          const { left, width } = element.getBoundingClientRect();
          return { left, width };
        });
      const track = await box('.phase:nth-child(3) .phase-row .track');
      const bar = await box('.phase:nth-child(3) .phase-row .bar');
      assert.ok(Math.abs((bar.left - track.left) / track.width - 14.9 / 40) < 0.01);
      assert.ok(Math.abs(bar.width / track.width - 24.871 / 40) < 0.01);
    });

    it('opens a phase on its details', async () => {
      await open(FIXTURES.healthy);
      await phase('Upgrade').click();
      await page.getByText('First byte of the answer').waitFor();
      await page.getByText('degraded above 1 s').waitFor();
    });
  });

  describe('handshake', () => {
    it('stands request beside response, explains a header, and shows both raw', async () => {
      await open(FIXTURES['not-websocket']);
      await page.getByRole('button', { name: 'Content-Type' }).click();
      await page.getByText(/HTML means a web page answered/).waitFor();
      await page.getByRole('region', { name: 'Body of the answer' }).first().getByText('<!doctype html>').waitFor();
      await page.getByRole('checkbox', { name: 'Raw' }).click();
      await page.getByText(/^GET \/orders\?tenant=acme HTTP\/1\.1\nHost: api\.example\.com/).waitFor();
      await page.getByRole('checkbox', { name: 'Raw' }).click();
      await page.getByRole('button', { name: 'Content-Type' }).waitFor();
    });

    it('shows the whole refused chain, the reason first', async () => {
      await open(FIXTURES.expired);
      await page.getByText('Refused: CERT_HAS_EXPIRED').waitFor();
      assert.deepEqual(await page.locator('.certificate h4').allTextContents(), [
        'api.example.com Serverexpired 12 days ago',
        'Example Issuing CA 3 Intermediate2304 days left',
        'Example Root R1 Root2304 days left',
      ]);
    });
  });

  describe('frames', () => {
    it('are a grid with one tab stop that arrow keys walk through', async () => {
      await open(FIXTURES.healthy);
      await tab('Frames').click();
      const rows = page.getByRole('grid').getByRole('row');
      assert.equal(await rows.count(), 11);
      await heading('Frame 1').waitFor();
      await page.locator('#frame-1').focus();
      await page.keyboard.press('End');
      await heading('Frame 9').waitFor();
      await page.keyboard.press('ArrowUp');
      await heading('Frame 8').waitFor();
      assert.equal(await page.evaluate(() => document.activeElement?.id), 'frame-8');
      assert.equal(await page.locator('.frame[tabindex="0"]').count(), 1);
      await page.keyboard.press('Home');
      await heading('Frame 0').waitFor();
    });

    it('show JSON as received, text and hex', async () => {
      await open(FIXTURES.healthy);
      await tab('Frames').click();
      await page.locator('#frame-5').click();
      await page.getByText('"id": 9007199254740993,').waitFor();
      await page.getByRole('tab', { name: 'Hex' }).click();
      await page.getByText('000000  7b 22 74 79 70 65 22 3a').waitFor();
      await page.locator('#frame-6').click();
      await page.getByText('000000  de ad be ef').waitFor();
      await page.getByRole('button', { name: 'Copy payload' }).click();
      const { params } = (await posted(page)).at(-1) ?? {};
      assert.match((params as { text: string }).text, /^00000000 {2}de ad be ef/);
    });
  });

  for (const state of ['hostile', 'hostile-network'] as const) {
    it(`never makes an element of ${state} text, and hides none of it`, async () => {
      await open(STATES[state]);
      for (const name of ['Findings', 'Expectations', 'Handshake', 'Frames', 'Timings', 'Close', 'Report']) {
        await tab(name).click();
        assert.equal(await page.locator('.inspector img, .inspector script').count(), 0, name);
        const text = await page.locator('.inspector').evaluate((element) => element.textContent ?? '');
        assert.doesNotMatch(text, /[\u0000-\u0008\u000b-\u001f\u202a-\u202e\u2066-\u2069]/, name);
        assert.match(text, /\\u202e/, name);
      }
      assert.equal(await page.evaluate(() => 'pwned' in window), false);
      assert.deepEqual(await violations(page), []);
    });
  }

  describe('at 320 px', () => {
    let narrow: Page;

    before(async () => {
      narrow = await harness.openForAll(STATES.idle, { width: 320 });
    });
    for (const [name, state] of Object.entries(STATES)) {
      it(`${name} never scrolls sideways`, async () => {
        await showState(narrow, state);
        const tabs = await narrow.locator('.details > .tabs > .tablist > [role="tab"]').all();
        for (const each of tabs.length > 0 ? tabs : [null]) {
          await each?.click();
          const [scroll, client] = await narrow.evaluate(() => {
            const { scrollWidth, clientWidth } = document.documentElement;
            return [scrollWidth, clientWidth];
          });
          assert.ok(scroll !== undefined && client !== undefined && scroll <= client, `${scroll} > ${client}`);
        }
      });
    }
  });
});
