import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { InspectorState } from '../../src/protocol/inspector.js';
import { type OpenOptions, posted, pushState, violations } from './harness.js';
import { HTTP2_REFUSED_REPORT, NOT_CURED_REPORT, PROXIED_REPORT, VARIATIONS } from './networkFixtures.js';
import { SESSIONS } from './sessionFixtures.js';
import { STATES } from './states.js';
import { useHarness } from './useHarness.js';

describe('inspector of proxies, HTTP/2, redirects and experiments', function () {
  this.timeout(180_000);
  const harness = useHarness();
  let page: Page;

  const open = async (state: InspectorState, options: OpenOptions = {}) => {
    page = await harness.open(state, options);
  };
  const headings = () => page.locator('h2, h3').allTextContents();
  const chips = () => page.locator('.meta .chip').allTextContents();
  const actions = () => page.locator('.actions vscode-button').allTextContents();
  const requests = async () => (await posted(page)).map(({ method }) => method).slice(1);

  it('says what the proxy wants first, and shows its CONNECT and answer', async () => {
    await open(STATES['proxy-auth']);
    assert.match((await headings())[0] ?? '', /^The proxy proxy\.example\.com:3128 wants credentials/);
    assert.deepEqual(await chips(), ['through http://proxy.example.com:3128']);
    assert.equal(await page.locator('.chip').getAttribute('title'), 'Named by http.proxy');
    const proxy = page.getByRole('region', { name: 'Proxy', exact: true });
    assert.match(await proxy.innerText(), /CONNECT api\.example\.com:443 HTTP\/1\.1/);
    assert.match(await proxy.innerText(), /HTTP\/1\.1 407 Proxy Authentication Required/);
    assert.match(await proxy.innerText(), /Cache Access Denied/);
    assert.match(await page.locator('.phase-failed').innerText(), /^Proxy/);
    assert.deepEqual(await violations(page), []);
  });

  it('names whose DNS and TCP it was, and reads the times of the proxy in its row', async () => {
    await open(STATES.proxied);
    assert.deepEqual((await page.locator('.phase-name > span:first-of-type').allTextContents()).slice(0, 4), [
      'DNS, proxy',
      'TCP, proxy',
      'Proxy',
      'TLS',
    ]);
    const row = page.locator('.phase-row').nth(2);
    assert.match((await row.getAttribute('title')) ?? '', /Named by: http\.proxy/);
    await row.click();
    await page.getByText('First byte of the answer').waitFor();
  });

  it('names whose they were among the timings too, and where a run was cancelled', async () => {
    await open({ ...STATES.proxied });
    await page.getByRole('tab', { name: 'Timings' }).click();
    assert.deepEqual((await page.locator('.numbers th[scope="row"]').allTextContents()).slice(0, 3), [
      'DNS, proxy',
      'TCP, proxy',
      'Proxy',
    ]);
    const progress = { running: 'tcp', elapsedMs: 12, phases: PROXIED_REPORT.phases.slice(0, 3) } as const;
    await pushState(page, { ...STATES.proxied, status: 'cancelled', report: null, progress, revision: 2 });
    assert.match(await page.locator('.banner').innerText(), /TCP, proxy/);
  });

  it('shows what was said to a proxy raw, and back, where no request of ours came to be', async () => {
    await open(STATES['proxy-auth']);
    await page.getByRole('checkbox', { name: 'Raw' }).click();
    await page.getByText(/^CONNECT api\.example\.com:443 HTTP\/1\.1\nHost: /).waitFor();
    await page.getByRole('checkbox', { name: 'Raw' }).click();
    await page.getByRole('button', { name: 'Proxy-Authenticate' }).waitFor();
    await pushState(page, { ...STATES.proxied, revision: 2 });
    await page.getByRole('heading', { name: 'Healthy' }).waitFor();
    await page.getByRole('tab', { name: 'Handshake' }).click();
    assert.equal(await page.getByRole('checkbox', { name: 'Raw' }).count(), 1);
  });

  it('tells of a proxy that was not used, and why', async () => {
    await open(STATES['proxy-unused']);
    const row = page.locator('.phase-skipped .phase-row');
    assert.match(await row.innerText(), /Proxy[^]*not used/);
    assert.match((await row.getAttribute('title')) ?? '', /NO_PROXY lists \.example\.com/);
  });

  it('shows the certificates of an https: proxy apart from those of the server', async () => {
    await open(STATES['proxy-https']);
    assert.equal(await page.locator('.chain').count(), 2);
    await page.getByRole('region', { name: 'TLS with the proxy' }).waitFor();
  });

  it('says what compression was agreed, and what it saved', async () => {
    await open(STATES.proxied);
    const compression = page.getByRole('region', { name: 'Compression (permessage-deflate)' });
    assert.match(
      await compression.innerText(),
      /no context takeover: each message stands alone; window 32 KiB \(15 bits\)/,
    );
    assert.match(await compression.innerText(), /a message may refer to those before; window 4 KiB \(12 bits\)/);
    assert.match(await compression.innerText(), /34 B on the wire for \d+ B: \d/);
    await page.getByRole('tab', { name: /^Frames/ }).click();
    await page.getByRole('row', { name: /"type":"orders","items"/ }).click();
    assert.match(await page.locator('.frame-detail').innerText(), /Inflated\s+\d+ B, \d[\d.]* % of it on the wire/);
    assert.match(await page.locator('.frame-detail pre').innerText(), /"state": "open"/);
  });

  it('shows the version of HTTP near the verdict, with stream and sharing', async () => {
    await open(STATES.http2);
    assert.deepEqual(await chips(), ['HTTP/2, stream 3']);
    assert.match((await page.locator('.chip').getAttribute('title')) ?? '', /ENABLE_CONNECT_PROTOCOL is 1/);
    const names = await page.locator('#http-request ~ *, .message').first().locator('.header-name').allTextContents();
    assert.deepEqual(names.slice(0, 2), [':method', ':protocol']);
    await pushState(page, { ...STATES['http2-shared'], revision: 2 });
    await page.getByText('HTTP/2, stream 5, shared').waitFor();
    await pushState(page, { ...STATES.healthy, revision: 3 });
    await page.locator('.meta .chip', { hasText: 'HTTP/1.1' }).waitFor();
    const { report } = STATES.healthy;
    const http2 = HTTP2_REFUSED_REPORT.http2 ?? null;
    await pushState(page, { ...STATES.healthy, revision: 4, report: report && { ...report, http2 } });
    await page.locator('.meta .chip[title*="ENABLE_CONNECT_PROTOCOL"]', { hasText: 'HTTP/1.1' }).waitFor();
  });

  it('calls no certificate refused over which HTTP/2 was spoken, and puts HTTP/2 before it', async () => {
    const { tls } = HTTP2_REFUSED_REPORT;
    const untrusted = tls && { ...tls, authorized: false, authorizationError: 'SELF_SIGNED_CERT_IN_CHAIN' };
    await open({ ...STATES['http2-refused'], report: { ...HTTP2_REFUSED_REPORT, tls: untrusted } });
    assert.deepEqual((await page.locator('#details-panel h3').allTextContents()).slice(0, 2), [
      'HTTP/2',
      'TLS and certificates',
    ]);
    await page.locator('.trust-warning', { hasText: 'SELF_SIGNED_CERT_IN_CHAIN' }).waitFor();
  });

  it('shows redirects hop by hop, and follows one when asked', async () => {
    await open(STATES['redirect-followed']);
    const hops = await page.locator('.redirects li').allInnerTexts();
    assert.match(hops[0] ?? '', /302[^]*Followed\. Not sent along, as it is another origin: auth, Cookie, X-Tenant-Id/);
    assert.match(hops[1] ?? '', /301[^]*Not followed: the redirects go round in a loop/);
    await pushState(page, { ...STATES.redirect, revision: 2 });
    await page.locator('.actions').getByText('Follow it once').click();
    assert.deepEqual(await requests(), ['followRedirect']);
  });

  it('shows the connections that the probe made by itself, and the cookies of redirects', async () => {
    const state = STATES['redirect-followed'];
    const { report } = state;
    assert.ok(report);
    const [first, ...rest] = report.redirects ?? [];
    assert.ok(first);
    const cookies = [{ name: 'sid' }, { name: 'b<b>', because: 'it is Secure, and goes over wss: alone' }];
    const look = { reason: 'plain', atMs: 3, address: '192.0.2.9:443', request: 'GET / HTTP/1.1' } as const;
    await open({
      ...state,
      report: {
        ...report,
        redirects: [{ ...first, cookies }, ...rest],
        looks: [{ ...look, response: 'HTTP/1.1 101 <img>', error: null }],
      },
    });
    await page.getByText('cookies kept: sid; cookie b<b> not kept: it is Secure').waitFor();
    const looks = page.getByRole('region', { name: 'Second looks that the probe took by itself' });
    assert.match(await looks.innerText(), /192\.0\.2\.9:443\s+GET \/ HTTP\/1\.1: HTTP\/1\.1 101 <img>/);
    assert.deepEqual(await violations(page), []);
  });

  it('offers the experiment by the name that fits, among the actions and nowhere else', async () => {
    await open(STATES['proxy-auth']);
    assert.ok((await actions()).includes('Compare direct and proxy'));
    await pushState(page, { ...STATES.expired, revision: 2 });
    await page.locator('.actions').getByText('Find what breaks it').click();
    assert.deepEqual(await requests(), ['findCause']);
    await pushState(page, { ...STATES.healthy, revision: 3 });
    await page.getByRole('heading', { name: 'Healthy' }).waitFor();
    assert.ok(!(await actions()).includes('Find what breaks it'));
  });

  it('fills the table while the experiment runs, then puts the cure first', async () => {
    await open(STATES.finding);
    const rows = () => page.locator('.variations tbody tr').allInnerTexts();
    assert.equal((await rows()).length, 3);
    assert.match((await rows()).at(-1) ?? '', /change 3…/);
    await pushState(page, { ...STATES.finding, variations: VARIATIONS, revision: 2 });
    await page.getByText('change 4…').waitFor();
    assert.equal(await page.locator('.stale .waterfall').count(), 1, 'the clock of the last report');
    await page.getByText('Cancel').click();
    assert.deepEqual(await requests(), ['cancel']);
    await pushState(page, { ...STATES.cured, revision: 3 });
    await page.locator('.cured').waitFor();
    assert.match((await headings())[0] ?? '', /^\s*With the server’s own Origin the handshake passes$/);
    assert.ok((await headings()).some((text) => text.startsWith('The server answered 403')));
    assert.match(await page.locator('tr.cure').innerText(), /passed[^]*Origin: https:\/\/api\.example\.com/);
    const largest = await page.evaluate(() => {
      const size = (element: Element) => Number.parseFloat(getComputedStyle(element).fontSize);
      const all = [...document.querySelectorAll('h1, h2, h3, p, td')].sort((a, b) => size(b) - size(a));
      return all[0]?.id;
    });
    assert.equal(largest, 'experiment-title');
  });

  it('says that nothing cures, and what was left out', async () => {
    await open(STATES['not-cured']);
    assert.match((await headings())[0] ?? '', /No single change makes it pass/);
    await page.getByText('4 more were not tried').waitFor();
  });

  it('shows the id of a refusal of ours', async () => {
    await open(STATES.restricted);
    await page.getByText('guard.restricted-mode').waitFor();
  });

  it('offers the same to a session that could not connect, and shows what came of it', async () => {
    const session = SESSIONS.lost;
    await open({ ...session, report: STATES.cured.report }, { log: { rows: 0 } });
    await page.locator('.experiment').getByText('With the server’s own Origin').waitFor();
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Find what breaks it' }).click();
    assert.ok((await requests()).includes('findCause'));
  });

  it('of a session leaves room for the log, and can be scrolled from the keyboard', async () => {
    for (const [width, height] of [
      [400, 420],
      [400, 860],
      [1100, 860],
    ] as const) {
      await open({ ...SESSIONS.lost, report: NOT_CURED_REPORT }, { log: { rows: 0 }, width, height });
      const boxes = await page.evaluate(() =>
        ['.experiment', '.session-tabs', '.session-tabs .tablist', '.composer'].map((name) => {
          const { top, bottom } = document.querySelector(name)?.getBoundingClientRect() ?? { top: 0, bottom: 0 };
          return { top, bottom };
        }),
      );
      const [experiment, tabs, list, composer] = boxes;
      assert.ok(experiment && tabs && list && composer);
      assert.ok(experiment.bottom <= tabs.top && tabs.bottom <= composer.top, JSON.stringify(boxes));
      assert.ok(tabs.bottom - list.bottom >= 90, `${width}x${height}: ${tabs.bottom - list.bottom} px for the log`);
      assert.ok(experiment.bottom - experiment.top >= 60, JSON.stringify(experiment));
      const region = page.getByRole('region', { name: 'No single change makes it pass' });
      assert.equal(await region.getAttribute('tabindex'), '0');
      if (width === 1100) continue;
      await harness.close(page);
    }
  });

  it('of a session can be cancelled while it runs', async () => {
    const running = { ...SESSIONS.lost, report: NOT_CURED_REPORT, status: 'running', variations: VARIATIONS } as const;
    await open(running, { log: { rows: 0 } });
    await page.getByRole('button', { name: 'More actions' }).click();
    assert.equal(await page.getByRole('menuitem', { name: 'Find what breaks it' }).count(), 0);
    await page.getByRole('menuitem', { name: 'Cancel', exact: true }).click();
    assert.ok((await requests()).includes('cancel'));
  });
});
