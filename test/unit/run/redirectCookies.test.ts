import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Report } from '../../../src/core/base/model.js';
import { runProbe } from '../../../src/core/probe/runProbe.js';
import { RunCookies } from '../../../src/core/run/runCookies.js';
import { type Network, systemNetwork } from '../../../src/core/transport/network.js';
import { planFor } from '../../support/plan.js';
import { assertMatchesSchema } from '../../support/reportSchema.js';
import { UpgradeServer, type Visit } from '../../support/upgradeServer.js';

const FOLLOWED = { followRedirects: true };

/** Every name leads to this machine. */
const network: Network = { ...systemNetwork, lookup: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]) };

async function probing(
  visit: (visit: Visit, server: UpgradeServer) => void,
  check: (report: Report, server: UpgradeServer) => void,
  overrides: NonNullable<Parameters<typeof planFor>[1]> = FOLLOWED,
  urlOf = (server: UpgradeServer) => server.url('/ws'),
): Promise<void> {
  const server: UpgradeServer = await UpgradeServer.start((one) => visit(one, server));
  try {
    const report = await runProbe(planFor(urlOf(server), overrides), { network });
    assertMatchesSchema(report);
    check(report, server);
  } finally {
    await server.stop();
  }
}

const cookiesOf = (server: UpgradeServer) => server.asked.map(({ headers }) => headers.cookie ?? null);

/** Lets in who brings the cookie, and sets it for all others. */
const door =
  (setCookie: string, location = '/ws') =>
  (visit: Visit) => {
    if (/sid=canary-1/.test(visit.headers.cookie ?? '')) void visit.accept();
    else visit.refuse(302, { Location: location, 'Set-Cookie': setCookie });
  };

describe('cookies of redirects', () => {
  it('are kept along the hops, so that a loop that sets one ends, and told without their value', () =>
    probing(door('sid=canary-1; Path=/; HttpOnly; SameSite=Lax'), (report, server) => {
      assert.equal(report.verdict, 'healthy');
      assert.deepEqual(cookiesOf(server), [null, 'sid=canary-1']);
      assert.deepEqual(report.redirects?.[0]?.cookies, [{ name: 'sid' }]);
      assert.doesNotMatch(JSON.stringify(report), /canary/);
    }));

  it('take the place of a cookie of the same name, in the profile as in a header, and leave the others', () =>
    probing(
      door('sid=canary-1'),
      (report, server) => {
        assert.equal(report.verdict, 'healthy');
        assert.deepEqual(cookiesOf(server), ['theme=dark; lang=en; sid=old', 'theme=dark; lang=en; sid=canary-1']);
      },
      { ...FOLLOWED, headers: [['Cookie', 'theme=dark']], cookies: { lang: 'en', sid: 'old' } },
    ));

  it('may take one back', () =>
    probing(
      (visit) => {
        if (visit.path === '/in') void visit.accept();
        else visit.refuse(302, { Location: '/in', 'Set-Cookie': 'sid=; Max-Age=0' });
      },
      (report, server) => {
        assert.deepEqual(cookiesOf(server), ['sid=old; lang=en', 'lang=en']);
        assert.match(report.redirects?.[0]?.cookies?.[0]?.because ?? '', /expired/);
      },
      { ...FOLLOWED, cookies: { sid: 'old', lang: 'en' } },
    ));

  const carried: [setCookie: string, from: string, to: string, sent: string | null][] = [
    ['a=one1', 'a.site.test', '/next', 'a=one1'],
    ['a=one1; Path=/other', 'a.site.test', '/next', null],
    ['a=one1; Path=/next', 'a.site.test', '/next/x', 'a=one1'],
    ['a=one1; Path=/next', 'a.site.test', '/nextdoor', null],
    ['a=one1; Domain=site.test', 'a.site.test', '//b.site.test:PORT/', 'a=one1'],
    ['a=one1', 'a.site.test', '//b.site.test:PORT/', null],
    ['a=one1; Domain=b.site.test', 'a.site.test', '//b.site.test:PORT/', null],
    ['a=one1; Domain=com', 'a.example.com', '//b.example.com:PORT/', null],
    ['a=one1; Domain=co.uk', 'a.co.uk', '//b.co.uk:PORT/', null],
    ['a=one1; Domain=github.io', 'a.github.io', '//b.github.io:PORT/', null],
    ['a=one1; Domain=site.test', 'a.site.test', '//evilsite.test:PORT/', null],
    ['a=one1; Secure', 'a.site.test', '/next', null],
    ['a=one1; Expires=Thu, 01 Jan 1970 00:00:00 GMT', 'a.site.test', '/next', null],
    ['a=one1; Max-Age=60', 'a.site.test', '/next', 'a=one1'],
    ['__Host-a=one1; Path=/', 'a.site.test', '/next', null],
    [`a=${'x'.repeat(5_000)}`, 'a.site.test', '/next', null],
    ['no cookie at all', 'a.site.test', '/next', null],
    ['=one1', 'a.site.test', '/next', null],
  ];
  for (const [setCookie, from, to, sent] of carried) {
    it(`${setCookie.slice(0, 60)} from ${from} goes ${sent === null ? 'not ' : ''}along to ${to}`, () =>
      probing(
        (visit, server) => {
          if (visit.path === '/ws') {
            visit.refuse(302, { Location: to.replace('PORT', String(server.port)), 'Set-Cookie': setCookie });
          } else void visit.accept();
        },
        (report, server) => {
          assert.equal(report.verdict, 'healthy');
          assert.equal(cookiesOf(server)[1], sent);
        },
        FOLLOWED,
        (server) => `ws://${from}:${server.port}/ws`,
      ));
  }

  it('never give a cookie of the profile to another origin', () =>
    probing(
      (visit, server) => {
        if (visit.path !== '/ws') void visit.accept();
        else visit.refuse(302, { Location: `//b.site.test:${server.port}/`, 'Set-Cookie': 'a=one1; Domain=site.test' });
      },
      (report, server) => {
        assert.deepEqual(cookiesOf(server), ['sid=canary-2', 'a=one1']);
        assert.deepEqual(report.redirects?.[0]?.dropped, ['Cookie']);
      },
      { ...FOLLOWED, cookies: { sid: 'canary-2' }, secrets: ['canary-2'] },
      (server) => `ws://a.site.test:${server.port}/ws`,
    ));

  it('are the server’s own to send on in an address', () =>
    probing(
      (visit, server) => {
        if (visit.path !== '/ws') void visit.accept();
        else {
          const headers = { Location: `//b.other.test:${server.port}/?ticket=canary-3`, 'Set-Cookie': 't=canary-3' };
          visit.refuse(302, headers);
        }
      },
      (report, server) => {
        assert.equal(report.verdict, 'healthy');
        assert.equal(server.asked[1]?.path, '/?ticket=canary-3');
        assert.doesNotMatch(JSON.stringify(report), /canary/);
      },
      FOLLOWED,
      (server) => `ws://a.site.test:${server.port}/ws`,
    ));

  it('that cannot come back are the reason of a loop', () =>
    probing(
      door('sid=canary-1; Domain=elsewhere.test'),
      (report) => {
        assert.equal(report.verdict, 'down');
        assert.match(report.findings[0]?.title ?? '', /waits for a cookie that cannot come back/);
        assert.match(report.findings[0]?.evidence.join('\n') ?? '', /cookie sid not kept: its domain elsewhere\.test/);
        assert.doesNotMatch(JSON.stringify(report), /canary/);
      },
      FOLLOWED,
      (server) => `ws://a.site.test:${server.port}/ws`,
    ));

  it('that change with every answer end at the limit of hops', () => {
    let count = 0;
    return probing(
      (visit) => visit.refuse(302, { Location: '/ws', 'Set-Cookie': `n=${count++}` }),
      (report, server) => {
        assert.equal(report.verdict, 'down');
        assert.equal(server.asked.length, 11);
        assert.match(report.redirects?.at(-1)?.refused ?? '', /10 redirects in a row are the limit/);
      },
    );
  });

  it('are offered as the way in where redirects are not followed', () =>
    probing(
      door('sid=canary-1'),
      (report) => {
        assert.match(report.findings[0]?.title ?? '', /sets a cookie and sends the client back to the same address/);
        assert.ok(report.findings[0]?.fixes.some(({ snippet }) => /"followRedirects": true/.test(snippet)));
      },
      {},
    ));

  it('never make a request that cannot be sent, and no secret of what is short, whatever a server sets', async () => {
    const line = fc.oneof(
      fc.string({ maxLength: 80 }),
      fc
        .array(fc.constantFrom('a', '=', ';', ',', '"', '\t', '\u00ff', 'Path=/', 'Domain=', '__proto__', ' '), {
          maxLength: 9,
        })
        .map((parts) => parts.join('')),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 5 }), async (lines) => {
        const cookies = new RunCookies();
        const told = await cookies.take(
          'ws://a.site.test/x',
          lines.map((text) => ['Set-Cookie', text]),
        );
        assert.equal(told.length, lines.length);
        const plan = cookies.dress(planFor('ws://a.site.test/x', { cookies: { own: 'mine' } }));
        const sent = Object.entries(plan.cookies).map(([name, value]) => `${name}=${value}`);
        for (const pair of sent) assert.match(pair, /^[\x20-\x3a\x3c-\x7e\x80-\xff]*$/);
        assert.deepEqual(cookies.dress(planFor('ws://other.test/x')).cookies, {});
        assert.ok([...cookies.secrets].every((secret) => secret.length >= 4));
      }),
      { numRuns: 200 },
    );
  });
});
