import assert from 'node:assert/strict';
import { mock } from 'node:test';
import type { Report } from '../../../src/core/base/model.js';
import type { OAuth2 } from '../../../src/core/base/plan.js';
import { renderReport } from '../../../src/cli/render/report.js';
import { createStyle } from '../../../src/cli/render/style.js';
import { runProbe } from '../../../src/core/probe/runProbe.js';
import { planSecrets } from '../../../src/core/profile/planSecrets.js';
import { planFor } from '../../support/plan.js';
import { assertMatchesSchema } from '../../support/reportSchema.js';
import { httpAnswer, tokenAnswer, TokenServer } from '../../support/tokenServer.js';
import { UpgradeServer, type Visit } from '../../support/upgradeServer.js';

const SECRET = 's3cret/+ canary';

function shown(report: Report): string {
  return renderReport(report, createStyle({ width: 120, unicode: true, colour: false }), {}).join('\n');
}

describe('auth: oauth2', () => {
  const stops: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0).toReversed()) await stop();
  });
  const upgrades = async (onVisit: (visit: Visit) => void = (visit) => void visit.accept()) => {
    const server = await UpgradeServer.start(onVisit);
    stops.push(() => server.stop());
    return server;
  };
  const tokens = async (answer: Parameters<typeof TokenServer.start>[0]) => {
    const server = await TokenServer.start(answer);
    stops.push(() => server.stop());
    return server;
  };
  const planWith = (url: string, tokenUrl: string, more: Partial<OAuth2> = {}, rest = {}) => {
    const plan = planFor(url, {
      auth: { type: 'oauth2', tokenUrl, clientId: 'cli:ent', clientSecret: SECRET, ...more },
      ...rest,
    });
    return { ...plan, secrets: planSecrets(plan, [], false) };
  };
  const sentTo = (server: UpgradeServer) => server.asked.map(({ headers }) => headers.authorization);

  it('fetches a token by Basic before the upgrade, sends it, keeps it, and shows it nowhere', async () => {
    const server = await upgrades();
    const endpoint = await tokens(() => tokenAnswer('canary-token-1', { expires_in: '3600' }));
    const plan = planWith(server.url(), endpoint.url, { scope: 'orders.read orders.write' });
    const first = await runProbe(plan);
    const second = await runProbe(plan);
    assert.deepEqual(sentTo(server), ['Bearer canary-token-1', 'Bearer canary-token-1']);
    const [request] = endpoint.asked;
    assert.equal(endpoint.asked.length, 1);
    assert.match(request?.head ?? '', /^POST \/token HTTP\/1\.1\r\n/);
    // RFC 6749 2.3.1: each part form-encoded, then Basic.
    const basic = Buffer.from('cli%3Aent:s3cret%2F%2B+canary').toString('base64');
    assert.ok(request && request.head.includes(`Authorization: Basic ${basic}`));
    assert.equal(request.body, 'grant_type=client_credentials&scope=orders.read+orders.write');
    assert.equal(first.verdict, 'healthy');
    assert.deepEqual(
      [first, second].map(({ credentials }) => [credentials?.status, credentials?.cached]),
      [
        [200, false],
        [null, true],
      ],
    );
    const lives = Date.parse(first.credentials?.expiresAt ?? '') - Date.parse(first.startedAt);
    assert.ok(Math.abs(lives - 3_600_000) < 20_000);
    assert.equal(second.credentials?.expiresAt, first.credentials?.expiresAt);
    for (const report of [first, second]) {
      assertMatchesSchema(report);
      assert.doesNotMatch(JSON.stringify(report), /canary/);
    }
    assert.match(shown(first), /credentials +http:\/\/127\.0\.0\.1:\d+\/token answered 200/);
    assert.match(shown(second), /credentials +token from before/);
  });

  it('names the client in the body where the endpoint does not take Basic, and remembers that', async () => {
    const server = await upgrades();
    const endpoint = await tokens(({ body }) =>
      body.includes('client_secret=s3cret%2F%2B+canary')
        ? tokenAnswer('in-body', { expires_in: 0.001 })
        : httpAnswer('401 Unauthorized', '{"error":"invalid_client"}'),
    );
    const plan = planWith(server.url(), endpoint.url);
    await runProbe(plan);
    const again = await runProbe(plan);
    assert.equal(again.verdict, 'healthy');
    assert.deepEqual(
      endpoint.asked.map(({ head }) => /^Authorization/m.test(head)),
      [true, false, false],
    );
  });

  it('fetches a new token once where the server refuses the one from before', async () => {
    const endpoint = await tokens((_request, count) => tokenAnswer(`canary-${count}`));
    let good = 'Bearer canary-1';
    const server = await upgrades((visit) => {
      if (visit.headers.authorization === good) void visit.accept();
      else visit.refuse(401);
    });
    const plan = planWith(server.url(), endpoint.url);
    await runProbe(plan);
    good = 'Bearer canary-2';
    const renewed = await runProbe(plan);
    assert.equal(renewed.verdict, 'healthy');
    assert.equal(renewed.credentials?.cached, false);
    assert.deepEqual(
      renewed.looks?.map(({ reason, response }) => [reason, response]),
      [['stale-token', 'HTTP/1.1 401 Said']],
    );
    assertMatchesSchema(renewed);
    good = 'none';
    const refused = await runProbe(plan);
    assert.equal(refused.findings[0]?.id, 'upgrade.unauthorized');
    assert.deepEqual(
      sentTo(server),
      [1, 1, 2, 2, 3].map((count) => `Bearer canary-${count}`),
    );
    assert.doesNotMatch(JSON.stringify([renewed, refused]), /canary/);
  });

  it('lets a token go shortly before it expires, by no wall clock', async () => {
    const endpoint = await tokens((_request, count) => tokenAnswer(`life-${count}`, { expires_in: 100 }));
    const server = await upgrades();
    const plan = planWith(server.url(), endpoint.url);
    const now = performance.now.bind(performance);
    let aheadMs = 0;
    const clock = mock.method(performance, 'now', () => now() + aheadMs);
    const date = mock.method(Date, 'now', () => 0);
    try {
      await runProbe(plan);
      aheadMs = 60_000;
      await runProbe(plan);
      aheadMs = 95_000;
      await runProbe(plan);
    } finally {
      clock.mock.restore();
      date.mock.restore();
    }
    assert.deepEqual(sentTo(server), ['Bearer life-1', 'Bearer life-1', 'Bearer life-2']);
  });

  it('asks once for connections that begin together', async () => {
    const endpoint = await tokens(() => tokenAnswer('shared'));
    const server = await upgrades();
    const plan = planWith(server.url(), endpoint.url);
    const reports = await Promise.all([1, 2, 3].map(() => runProbe(plan)));
    assert.ok(reports.every(({ verdict }) => verdict === 'healthy'));
    assert.equal(endpoint.asked.length, 1);
  });

  it('shows the token of one client nowhere in what another client of the conversation tells', async () => {
    const endpoint = await tokens((_request, count) => tokenAnswer(`canary-${count}`));
    const server: UpgradeServer = await upgrades((visit) => {
      // Everybody hears of everybody's credentials.
      void visit.accept().then((peer) => peer.on('message', () => peer.send(sentTo(server).join(' '))));
    });
    const [a, b] = ['one', 'other'].map((clientId) => planWith(server.url(), endpoint.url, { clientId }));
    assert.ok(a && b);
    const asks = ['a', 'b', 'a', 'b'].flatMap((client, index) => [
      { client, send: 'whose?', line: index },
      { client, expect: { contains: 'Bearer' }, line: index },
    ]);
    const steps = [
      ...asks,
      { client: 'b', send: 'whose?', line: 9 },
      { client: 'b', expect: { equals: 'no' }, withinMs: 100, line: 9 },
    ];
    const clients = [
      { name: 'a', plan: a },
      { name: 'b', plan: b },
    ];
    const report = await runProbe({ ...a, steps, clients });
    assert.deepEqual(sentTo(server), ['Bearer canary-1', 'Bearer canary-2']);
    assert.equal(report.error?.code, 'step.failed');
    assert.doesNotMatch(JSON.stringify(report), /canary-\d/);
  });

  it('takes no token that it fetched itself for one from before', async () => {
    const endpoint = await tokens((_request, count) => tokenAnswer(`canary-${count}`));
    const server = await upgrades((visit) =>
      visit.path === '/' ? visit.refuse(302, { Location: '/in' }) : visit.refuse(401),
    );
    const report = await runProbe(planWith(server.url(), endpoint.url, {}, { followRedirects: true }));
    assert.equal(report.findings[0]?.id, 'upgrade.unauthorized');
    assert.deepEqual([report.credentials?.cached, report.credentials?.status, report.looks], [false, 200, undefined]);
    assert.deepEqual(sentTo(server), ['Bearer canary-1', 'Bearer canary-1']);
  });

  it('hears a cancellation while the endpoint hangs', async () => {
    const abort = new AbortController();
    const endpoint = await tokens(() => {
      abort.abort();
      return null;
    });
    const report = await runProbe(planWith('ws://127.0.0.1:1/', endpoint.url), { signal: abort.signal });
    assert.equal(report.error?.message, 'Cancelled.');
  });

  const jwt = (claims: object) =>
    ['{"alg":"none"}', JSON.stringify(claims), 'sig'].map((part) => Buffer.from(part).toString('base64url')).join('.');

  const REFUSED: [name: string, id: string, answer: string | null, words: RegExp][] = [
    ['hangs', 'credentials.timeout', null, /No whole answer within 60 ms/],
    ['stops in its head', 'credentials.unreachable', '', /reset|ended/i],
    [
      'redirects',
      'credentials.redirected',
      httpAnswer('302 Found', '', 'x', 'Location: https://id.test/t?k=canary\r\n'),
      /to "?https:\/\/id\.test\/t"?\./,
    ],
    [
      'answers HTML',
      'credentials.invalid-answer',
      httpAnswer('200 OK', '<!doctype html><h1>Sign in</h1>', 'text/html'),
      /HTML page/,
    ],
    ['answers broken JSON', 'credentials.invalid-answer', httpAnswer('200 OK', '{"access_token":'), /no JSON object/],
    [
      'answers no token',
      'credentials.invalid-answer',
      httpAnswer('200 OK', '{"id_token":"canary"}'),
      /no access_token/,
    ],
    [
      'answers a token with a line break',
      'credentials.invalid-answer',
      tokenAnswer('a\r\nX-Injected: canary'),
      /no header can carry/,
    ],
    ['answers another type', 'credentials.invalid-answer', tokenAnswer('canary', { token_type: 'DPoP' }), /DPoP/],
    ['answers too much', 'credentials.invalid-answer', tokenAnswer('canary', { more: 'x'.repeat(70_000) }), /64 KiB/],
    ['is no HTTP', 'credentials.invalid-answer', 'SSH-2.0-OpenSSH_9.6\r\n', /SSH/],
    ['lies about expiry', 'credentials.expired', tokenAnswer('canary', { expires_in: -5 }), /lives -5 s/],
    [
      'gives a JWT that was over',
      'credentials.expired',
      tokenAnswer(jwt({ iat: 2_000, exp: 1_000, note: 'canary' })),
      /lives -1000 s/,
    ],
    [
      'does not know the client',
      'credentials.refused',
      httpAnswer(
        '400 Bad Request',
        JSON.stringify({ error: 'invalid_client', error_description: `Bad secret ${SECRET}` }),
      ),
      /invalid_client/,
    ],
    ['refuses without words', 'credentials.refused', httpAnswer('403 Forbidden', 'no'), /403/],
  ];
  for (const [status, title] of [
    ['404 Not Found', /^There is no token endpoint at "?http.*: 404\.$/],
    ['429 Too Many Requests', /is asked too often: 429\.$/],
    ['503 Service Unavailable', /^The token endpoint "?http.* failed: 503\.$/],
    ['403 Forbidden', /^The token endpoint refused the client: 403\.$/],
  ] as const)
    it(`a ${status} of the endpoint is told as what it is`, async () => {
      const server = await upgrades();
      const endpoint = await tokens(() => httpAnswer(status, 'no'));
      const [headline] = (await runProbe(planWith(server.url(), endpoint.url))).findings;
      assert.match(headline?.title ?? '', title);
    });

  for (const [name, id, answer, words] of REFUSED) {
    it(`an endpoint that ${name}: ${id}, and the server is not asked`, async () => {
      const server = await upgrades();
      const endpoint = await tokens(() => answer);
      const timeouts = answer === null ? { upgradeMs: 60 } : {};
      const report = await runProbe(planWith(server.url(), endpoint.url, {}, { timeouts }));
      const [headline] = report.findings;
      assert.equal(headline?.id, id, JSON.stringify(report.error));
      assert.match(headline.evidence.join('\n'), words);
      assert.ok(headline.fixes.length > 0);
      assert.equal(report.verdict, 'down');
      assert.equal(server.asked.length, 0);
      assertMatchesSchema(report);
      assert.doesNotMatch(JSON.stringify(report), /canary/);
    });
  }

  it('sends nothing in clear text to another machine', async () => {
    const report = await runProbe(planWith('ws://127.0.0.1:1/', 'http://login.example.com/token'));
    assert.equal(report.findings[0]?.id, 'credentials.insecure');
    assert.match(report.findings[0].fixes[0]?.snippet ?? '', /"https:\/\/login\.example\.com\/token"/);
  });

  it('asks no address that the guard refuses', async () => {
    const report = await runProbe(planWith('ws://127.0.0.1:1/', 'https://169.254.169.254/token'));
    assert.equal(report.findings[0]?.id, 'credentials.unreachable');
    assert.match(report.error?.message ?? '', /never asked/);
  });
});
