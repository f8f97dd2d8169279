import assert from 'node:assert/strict';
import type { Report } from '../../../src/core/base/model.js';
import { runProbe } from '../../../src/core/probe/runProbe.js';
import { planSecrets } from '../../../src/core/profile/planSecrets.js';
import { DigestChecker } from '../../support/digestChecker.js';
import { planFor } from '../../support/plan.js';
import { startProxy, type TestProxy } from '../../support/proxyServer.js';
import { assertMatchesSchema } from '../../support/reportSchema.js';
import { UpgradeServer } from '../../support/upgradeServer.js';

const ACCOUNT = { username: 'user', password: 'canary pass' } as const;

describe('auth: digest', () => {
  const stops: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0).toReversed()) await stop();
  });

  /** A server that wants Digest at every path but those that lead elsewhere. */
  const guarded = async (checker: DigestChecker, redirects: Readonly<Record<string, string>> = {}) => {
    const server = await UpgradeServer.start((visit) => {
      const to = redirects[visit.path];
      const challenge = checker.refusal(visit.headers.authorization, 'GET', visit.path);
      if (challenge !== null) visit.refuse(401, { 'WWW-Authenticate': challenge });
      else if (to !== undefined) visit.refuse(302, { Location: to });
      else void visit.accept();
    });
    stops.push(() => server.stop());
    return server;
  };
  const through = async (options: Parameters<typeof startProxy>[0]): Promise<TestProxy> => {
    const proxy = await startProxy(options);
    stops.push(() => proxy.stop());
    return proxy;
  };
  const probe = (url: string, auth: object = { type: 'digest', ...ACCOUNT }, rest = {}) => {
    const plan = planFor(url, { auth: auth as never, ...rest });
    return runProbe({ ...plan, secrets: planSecrets(plan, [], false) });
  };
  const sentTo = (server: UpgradeServer) =>
    server.asked.map(({ headers }) => headers.authorization?.replace(/ .*/s, '') ?? null);
  const isClean = (report: Report) => {
    assertMatchesSchema(report);
    assert.doesNotMatch(JSON.stringify(report), /canary|response=|[0-9a-f]{32}/);
  };

  for (const algorithm of ['MD5', 'SHA-256'] as const) {
    it(`answers the challenge of a server over a second connection, in ${algorithm}`, async () => {
      const server = await guarded(new DigestChecker({ ...ACCOUNT, algorithm }));
      const report = await probe(server.url('/a%20b?x=%22y'));
      assert.equal(report.verdict, 'healthy', JSON.stringify(report.error));
      assert.deepEqual(sentTo(server), [null, 'Digest']);
      assert.deepEqual(
        report.looks?.map(({ reason, response, request }) => [reason, response, request]),
        [['challenge', 'HTTP/1.1 401 Said', 'GET /a%20b?x=%22y HTTP/1.1']],
      );
      assert.equal(report.response?.status, 101);
      isClean(report);
    });
  }

  it('answers again where the nonce was too old, and not for ever', async () => {
    const server = await guarded(new DigestChecker({ ...ACCOUNT, algorithm: 'SHA-256', stale: 1 }));
    assert.equal((await probe(server.url())).verdict, 'healthy');
    assert.deepEqual(sentTo(server), [null, 'Digest', 'Digest']);
    const never = await guarded(new DigestChecker({ ...ACCOUNT, algorithm: 'SHA-256', stale: 100 }));
    assert.equal((await probe(never.url())).verdict, 'down');
    assert.equal(never.asked.length, 4);
  });

  it('sends a wrong password once, and says what was wrong', async () => {
    const server = await guarded(new DigestChecker({ ...ACCOUNT, algorithm: 'MD5' }));
    const report = await probe(server.url(), { type: 'digest', username: 'user', password: 'canary wrong' });
    assert.equal(server.asked.length, 2);
    assert.deepEqual(
      report.findings.map(({ id }) => id),
      ['upgrade.unauthorized'],
    );
    assert.match(report.findings[0]?.title ?? '', /did not accept the credentials/);
    isClean(report);
  });

  it('is not asked again where 401 is what the profile wants', async () => {
    const server = await guarded(new DigestChecker({ ...ACCOUNT, algorithm: 'MD5' }));
    await probe(server.url(), { type: 'digest', ...ACCOUNT }, { expect: { status: 401 } });
    assert.equal(server.asked.length, 1);
  });

  it('goes along with a redirect within the origin, and not to another one', async () => {
    const other = await guarded(new DigestChecker({ ...ACCOUNT, algorithm: 'MD5' }));
    const checker = new DigestChecker({ ...ACCOUNT, algorithm: 'MD5' });
    const server = await guarded(checker, { '/near': '/here', '/far': other.url() });
    const follow = { followRedirects: true };
    assert.equal((await probe(server.url('/near'), undefined, follow)).verdict, 'healthy');
    assert.equal((await probe(server.url('/far'), undefined, follow)).verdict, 'down');
    assert.deepEqual(sentTo(other), [null]);
  });

  it('names Digest where it is wanted and something else, or nothing, was sent', async () => {
    const server = await guarded(new DigestChecker({ ...ACCOUNT, algorithm: 'MD5' }));
    for (const auth of [null, { type: 'basic', ...ACCOUNT }]) {
      const { findings } = await probe(server.url(), auth as never);
      const [finding] = findings;
      assert.match(
        finding?.title ?? '',
        auth ? /wants Digest, and the credentials were sent in another way/ : /none were sent/,
      );
      assert.match(finding?.fixes[0]?.snippet ?? '', /"type": "digest"/);
    }
  });

  for (const kind of ['http', 'https'] as const) {
    for (const stale of [0, 1]) {
      it(`answers the challenge of an ${kind} proxy, ${stale} nonces stale`, async () => {
        const server = await UpgradeServer.start();
        stops.push(() => server.stop());
        const digest = new DigestChecker({ ...ACCOUNT, algorithm: 'SHA-256', stale });
        const proxy = await through({ kind, digest });
        const route = proxy.route({ ...ACCOUNT, rejectUnauthorized: false });
        const report = await probe(server.url(), null as never, { proxy: route, proxyChoice: 'named' });
        assert.equal(report.verdict, 'healthy', JSON.stringify(report.error));
        assert.equal(proxy.requests.length, 2 + stale);
        assert.match(proxy.requests.at(-1)?.credentials ?? '', /^Digest /);
        assert.equal(report.proxy?.status, 200);
        isClean(report);
      });
    }
  }

  it('tells a proxy the wrong password twice: as Basic, and as Digest', async () => {
    const proxy = await through({ kind: 'http', digest: new DigestChecker({ ...ACCOUNT, algorithm: 'MD5' }) });
    const route = proxy.route({ username: 'user', password: 'canary wrong' });
    const report = await probe('ws://127.0.0.1:9/', null as never, { proxy: route, proxyChoice: 'named' });
    assert.equal(proxy.requests.length, 2);
    assert.deepEqual(
      report.findings.map(({ id }) => id),
      ['proxy.auth-required'],
    );
    assert.match(report.findings[0]?.title ?? '', /did not accept the credentials/);
    isClean(report);
  });
});
