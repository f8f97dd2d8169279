import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { checkUrl, splitZone } from '../../../src/core/base/url.js';
import { runProbe } from '../../../src/core/probe/runProbe.js';
import { planFromUrl } from '../../../src/core/profile/resolve.js';
import { redirectPlan } from '../../../src/core/profile/redirectPlan.js';
import { planFor } from '../../support/plan.js';
import { UpgradeServer } from '../../support/upgradeServer.js';

describe('the zone of an address', () => {
  const planOf = (url: string, allowLinkLocal = false) => {
    const { plan, problems } = planFromUrl(url, {}, { env: {}, secrets: {}, baseDir: null, allowLinkLocal });
    assert.deepEqual(problems, []);
    assert.ok(plan);
    return plan;
  };

  it('is written %25 and the interface', () => {
    assert.equal(checkUrl('ws://[fe80::1%25eth0]:8080/'), null);
    assert.match(checkUrl('ws://[fe80::1%eth0]:8080/') ?? '', /%25eth0/);
    assert.notEqual(checkUrl('ws://[fe80::1%25]/'), null);
    assert.notEqual(checkUrl('ws://[fe80::1%25a/b]/'), null);
    assert.deepEqual(splitZone('wss://[fe80::1%25eth0.1]:1/x'), { bare: 'wss://[fe80::1]:1/x', zone: 'eth0.1' });
  });

  it('is refused where link-local addresses are, with the way to allow it', async () => {
    const report = await runProbe(planOf('ws://[fe80::1%25eth0]:8080/'));
    const [headline] = report.findings;
    assert.equal(headline?.id, 'guard.metadata-address');
    assert.match(headline.evidence.join(), /fe80::1%eth0/);
    assert.match(
      headline.fixes.map(({ snippet }) => snippet).join(),
      /--allow-link-local 'ws:\/\/\[fe80::1%25eth0\]:8080\/'|--allow-link-local ws:\/\/\[fe80::1%25eth0\]:8080\//,
    );
  });

  it('goes to another host no further than a redirect does', () => {
    const plan = planOf('ws://[fe80::1%25eth0]:8080/');
    const next = (target: string) => {
      const led = redirectPlan(plan, target);
      return 'plan' in led ? led.plan.zone : led.refused;
    };
    assert.equal(next('ws://[fe80::1]:9/'), 'eth0');
    assert.equal(next('ws://[fe80::2]:8080/'), undefined);
  });

  it('leads to the interface, and no server is told of it', async function () {
    const name = Object.entries(networkInterfaces()).find(([, all]) =>
      all?.some(({ address }) => address === '::1'),
    )?.[0];
    if (name === undefined || process.platform === 'win32') return this.skip();
    const server = await UpgradeServer.start(undefined, { host: '::1' });
    const { port } = new URL(server.url());
    const plan = planOf(`ws://[::1%25${name}]:${port}/x`);
    const report = await runProbe({ ...planFor(plan.url), zone: name });
    await server.stop();
    assert.equal(report.verdict, 'healthy', JSON.stringify(report.error));
    assert.equal(server.asked[0]?.headers.host, `[::1]:${port}`);
    assert.equal(report.attempts[0]?.address, `::1%${name}`);
  });
});
