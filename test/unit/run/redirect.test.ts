import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { makeCertificates } from '../../../src/core/playground/certificates.js';
import type { Report } from '../../../src/core/base/model.js';
import { redirectTarget } from '../../../src/core/handshake/redirectTarget.js';
import { redirectPlan } from '../../../src/core/profile/redirectPlan.js';
import { RedirectTrail } from '../../../src/core/run/redirectTrail.js';
import type { Failure } from '../../../src/core/base/evidence.js';
import { runProbe as runUnchecked } from '../../../src/core/probe/runProbe.js';
import type { ProbePlan } from '../../../src/core/base/plan.js';
import { checkUrl } from '../../../src/core/base/url.js';
import { planFor } from '../../support/plan.js';
import { assertMatchesSchema } from '../../support/reportSchema.js';
import { UpgradeServer, type Visit } from '../../support/upgradeServer.js';

const runProbe: typeof runUnchecked = async (plan, options) => {
  const report = await runUnchecked(plan, options);
  assertMatchesSchema(report);
  return report;
};

describe('redirectTarget', () => {
  const rows: [location: string, asked: string, target: string | null][] = [
    ['/next?a=1', 'ws://a.test/x?b=2', 'ws://a.test/next?a=1'],
    ['next', 'wss://a.test/x/y', 'wss://a.test/x/next'],
    ['?c=3', 'ws://a.test/x?b=2', 'ws://a.test/x?c=3'],
    ['//b.test/x', 'wss://a.test/', 'wss://b.test/x'],
    ['http://b.test/x', 'ws://a.test/', 'ws://b.test/x'],
    ['https://b.test:8443/x#part', 'ws://a.test/', 'wss://b.test:8443/x'],
    ['HTTPS://B.test:443/x', 'ws://a.test/', 'wss://b.test/x'],
    ['ws://b.test/x', 'ws://a.test/', 'ws://b.test/x'],
    ['wss://b.test/x', 'ws://a.test/', 'wss://b.test/x'],
    ['https://user:pass@b.test/', 'ws://a.test/', 'wss://b.test/'],
    ['/gr\u00c3\u00bc\u00c3\u009fe', 'ws://a.test/', 'ws://a.test/gr%C3%BC%C3%9Fe'],
    ['http://[::1]:81/', 'ws://a.test/', 'ws://[::1]:81/'],
    ['', 'ws://a.test/', null],
    ['file:///etc/passwd', 'ws://a.test/', null],
    ['ftp://b.test/', 'ws://a.test/', null],
    ['javascript:alert(1)', 'ws://a.test/', null],
    ['data:text/html,x', 'ws://a.test/', null],
    ['http://', 'ws://a.test/', null],
    ['http://b.test:0/', 'ws://a.test/', null],
    ['http://b.test:99999/', 'ws://a.test/', null],
    [`/${'x'.repeat(9_000)}`, 'ws://a.test/', null],
  ];
  for (const [location, asked, target] of rows) {
    it(`${location.slice(0, 40) || '(nothing)'} leads ${target === null ? 'nowhere' : `to ${target}`}`, () => {
      const got = redirectTarget(location, asked);
      assert.equal(got?.toLowerCase(), target?.toLowerCase());
    });
  }

  it('gives an address that a probe takes, or none, whatever the header says', () => {
    const pieces = fc.constantFrom(
      'http://',
      'https:',
      '//',
      '/',
      'b.test',
      ':80',
      '@',
      '#',
      '?',
      '%',
      '\\',
      '\u00ff',
      '[',
      '::1',
      ']',
      '..',
    );
    const locations = fc.oneof(
      fc.array(pieces, { maxLength: 8 }).map((list) => list.join('')),
      fc.webUrl(),
      fc.string(),
    );
    fc.assert(
      fc.property(locations, (location) => {
        const target = redirectTarget(location, 'ws://a.test/x');
        if (target === null) return;
        assert.equal(checkUrl(target), null);
        const { hash, username, password } = new URL(target);
        assert.equal(`${hash}${username}${password}`, '');
        assert.equal(redirectTarget(target, 'ws://a.test/x'), target);
      }),
    );
  });
});

describe('redirectPlan', () => {
  const full = planFor('ws://a.test/x', {
    headers: [
      ['X-Api-Key', 'canary-key'],
      ['Origin', 'https://app.test'],
      ['X-Tenant', 'acme'],
      ['x-tenant', 'acme2'],
    ],
    origin: 'https://app.test',
    subprotocols: [
      'chat',
      'token.canary-secret',
      'base64url.bearer.authorization.k8s.io.abc',
      'eyJhbGciOiJub25lIn0.eyJzdWIiOjF9.',
    ],
    auth: { type: 'subprotocol', token: 'canary-token' },
    cookies: { session: 'canary-cookie' },
    tls: {
      ca: ['ca.pem'],
      cert: 'c.pem',
      key: 'k.pem',
      pfx: 'p.pfx',
      passphrase: 'canary-phrase',
      serverName: 'inner.test',
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
    },
    secrets: [
      'canary-secret',
      'canary-key',
      'canary-token',
      'canary-cookie',
      'canary-phrase',
      'base64url.bearer.authorization.k8s.io.abc',
      'eyJhbGciOiJub25lIn0.eyJzdWIiOjF9.',
    ],
  });
  const planOf = (plan: ProbePlan, target: string) => {
    const next = redirectPlan(plan, target);
    assert.ok('plan' in next, JSON.stringify(next));
    return next;
  };

  it('keeps everything within an origin', () => {
    const { plan, dropped } = planOf(full, 'ws://a.test:80/y');
    assert.deepEqual(dropped, []);
    assert.deepEqual({ ...plan, url: '', secrets: [] }, { ...full, url: '', secrets: [] });
    assert.deepEqual([...plan.secrets].sort(), [...full.secrets].sort());
  });

  for (const target of ['ws://b.test/x', 'ws://a.test:81/x', 'wss://a.test/x']) {
    it(`takes no credential along to ${target}`, () => {
      const { plan, dropped } = planOf(full, target);
      assert.deepEqual(dropped, [
        'auth',
        'X-Api-Key',
        'x-tenant',
        'Cookie',
        'subprotocol',
        'client certificate',
        'tls.serverName',
      ]);
      const { secrets, ...sent } = plan;
      assert.doesNotMatch(JSON.stringify(sent), /canary/);
      assert.deepEqual(plan.subprotocols, ['chat']);
      assert.deepEqual(plan.headers, [['Origin', 'https://app.test']]);
      assert.equal(plan.origin, 'https://app.test');
      assert.deepEqual(plan.tls, { ca: ['ca.pem'], rejectUnauthorized: false, minVersion: 'TLSv1.2' });
      assert.ok(
        full.secrets.every((secret) => secrets.includes(secret)),
        'what was secret stays so',
      );
    });
  }

  it('hides what the target itself holds', () => {
    const { plan } = planOf(full, 'ws://b.test/x?access_token=server-made');
    assert.ok(plan.secrets.includes('server-made'));
  });

  it('does not go from wss: to ws:', () => {
    assert.deepEqual(redirectPlan(planFor('wss://a.test/'), 'ws://a.test/'), {
      refused: 'it leads from wss: to ws:, where everybody on the way could read along',
    });
  });

  it('does not carry a secret to another origin because a server wrote it into the address', () => {
    assert.ok('refused' in redirectPlan(full, 'ws://b.test/x?key=canary-key'));
    assert.ok('refused' in redirectPlan(full, 'ws://b.test/canary%2dkey'));
    assert.ok('plan' in redirectPlan(full, 'ws://a.test/x?key=canary-key'));
  });

  it('sends a key in the query once', () => {
    const plan = planFor('ws://a.test/x', { auth: { type: 'apiKey', name: 'key', value: 'k', in: 'query' } });
    assert.equal(planOf(plan, 'ws://a.test/x/?key=k').plan.auth, null);
    assert.notEqual(planOf(plan, 'ws://a.test/x/').plan.auth, null);
  });

  it('keeps the proxy, but for names of this machine where it was chosen by itself', () => {
    const proxy = {
      kind: 'http',
      host: 'proxy.test',
      port: 3128,
      username: null,
      password: null,
      authorization: null,
      rejectUnauthorized: true,
      source: 'HTTP_PROXY',
    } as const;
    const auto = planFor('ws://a.test/', { proxyChoice: 'auto', proxy });
    assert.equal(planOf(auto, 'ws://b.test/').plan.proxy, proxy);
    assert.equal(planOf(auto, 'ws://localhost/').plan.proxy, null);
    assert.equal(planOf(auto, 'ws://[::1]/').plan.unusedProxy?.route, proxy);
    assert.equal(planOf(planFor('ws://a.test/', { proxyChoice: 'named', proxy }), 'ws://localhost/').plan.proxy, proxy);
  });
});

describe('runProbe and redirects', () => {
  const servers: UpgradeServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });
  const serve = async (onVisit?: (visit: Visit) => void, options?: Parameters<typeof UpgradeServer.start>[1]) => {
    const server = await UpgradeServer.start(onVisit, options);
    servers.push(server);
    return server;
  };
  const redirecting = (location: (path: string) => string, status = 302) =>
    serve((visit) => visit.refuse(status, { Location: location(visit.path) }, 'elsewhere'));
  const follow = (url: string, overrides: Parameters<typeof planFor>[1] = {}, options = {}) =>
    runProbe(planFor(url, { followRedirects: true, ...overrides }), options);
  const last = (report: Report) => report.redirects?.at(-1);

  for (const status of [301, 302, 303, 307, 308]) {
    it(`shows a ${status}, and does not follow it unasked`, async () => {
      const target = await serve();
      const server = await redirecting(() => target.http('/x#y'), status);
      const report = await runProbe(planFor(server.url('/a')));
      assert.equal(report.verdict, 'down');
      assert.equal(report.error?.message, `${status} Said`);
      assert.equal(report.redirects?.length, 1);
      const { startMs, durationMs, ...redirect } = report.redirects[0]!;
      assert.deepEqual(redirect, {
        url: server.url('/a'),
        status,
        location: target.http('/x#y'),
        target: target.url('/x'),
        followed: false,
        dropped: [],
      });
      assert.ok(startMs >= 0 && durationMs > 0 && startMs + durationMs <= report.durationMs);
      assert.equal(target.asked.length, 0);
    });
  }

  it('calls nothing else a redirect', async () => {
    for (const status of [200, 300, 304, 305, 404]) {
      const server = await redirecting(() => '/x', status);
      assert.equal((await follow(server.url())).redirects, undefined, String(status));
    }
  });

  it('follows within an origin with everything, on one clock', async () => {
    const server = await serve((visit) => {
      if (visit.path === '/a') visit.refuse(308, { Location: '/b/' });
      else if (visit.path === '/b/') visit.refuse(302, { Location: 'c' });
      else void visit.accept().then((client) => client.on('message', (data) => client.send(data, { binary: false })));
    });
    const report = await follow(server.url('/a'), {
      headers: [['X-Api-Key', 'k']],
      cookies: { a: '1' },
      auth: { type: 'bearer', token: 'canary-token' },
      secrets: ['canary-token'],
      message: { send: 'canary-token', expect: 'echo', samples: 1 },
    });
    assert.equal(report.verdict, 'healthy');
    assert.equal(report.url, server.url('/a'));
    assert.equal(report.request?.target, '/b/c');
    assert.deepEqual(
      report.redirects?.map(({ followed, dropped, location }) => [followed, dropped, location]),
      [
        [true, [], '/b/'],
        [true, [], 'c'],
      ],
    );
    for (const { headers } of server.asked) {
      assert.equal(headers['x-api-key'], 'k');
      assert.equal(headers.cookie, 'a=1');
      assert.equal(headers.authorization, 'Bearer canary-token');
    }
    const [first, second] = report.redirects ?? [];
    assert.ok(second!.startMs >= first!.startMs + first!.durationMs);
    const tcp = report.phases.find(({ name }) => name === 'tcp')!;
    assert.ok(tcp.startMs >= second!.startMs + second!.durationMs, 'the phases are those of the last hop');
    assert.ok(report.attempts[0]!.startMs >= tcp.startMs);
    assert.ok(report.frames.every(({ atMs }) => atMs > tcp.startMs && atMs <= report.durationMs));
  });

  it('tells another server nothing', async () => {
    const target = await serve();
    const server = await redirecting(() => `http://user:canary-userinfo@${target.authority}/x`);
    const report = await follow(server.url('/a'), {
      headers: [['X-Api-Key', 'canary-key']],
      cookies: { session: 'canary-cookie' },
      auth: { type: 'subprotocol', token: 'canary-token', prefix: 'token.' },
      subprotocols: ['chat'],
      origin: 'https://app.test',
      secrets: ['canary-key', 'canary-cookie', 'canary-token'],
    });
    assert.equal(report.verdict, 'healthy');
    const [asked] = target.asked;
    assert.doesNotMatch(JSON.stringify(asked), /canary/);
    assert.equal(asked?.headers['sec-websocket-protocol'], 'chat');
    assert.equal(asked?.headers.origin, 'https://app.test');
    assert.equal(asked?.headers.authorization, undefined);
    assert.deepEqual(last(report)?.dropped, ['auth', 'X-Api-Key', 'Cookie']);
    assert.doesNotMatch(JSON.stringify(report), /canary/);
  });

  it('does not send a message that holds a secret to another server', async () => {
    const target = await serve();
    const server = await redirecting(() => target.http());
    for (const send of [
      { json: { token: 'canary-token' } },
      { base64: Buffer.from('..canary-token..').toString('base64') },
    ]) {
      const report = await follow(server.url(), {
        message: { send, expect: 'any', samples: 1 },
        secrets: ['canary-token'],
      });
      assert.equal(report.verdict, 'down');
      assert.equal(
        report.error?.message,
        '302 Said. Not followed: it leads to another origin, and the message of the profile holds a secret.',
      );
      assert.equal(last(report)?.followed, false);
    }
    assert.equal(target.asked.length, 0);
  });

  it('does not send a message that cannot be read to another server', async () => {
    const target = await serve();
    const folder = mkdtempSync(join(tmpdir(), 'wsprobe-redirect-'));
    writeFileSync(join(folder, 'message.bin'), 'hello');
    // It was there when the probe began.
    const server = await redirecting(() => {
      rmSync(folder, { recursive: true, force: true });
      return target.http();
    });
    const report = await follow(server.url(), {
      message: { send: { file: join(folder, 'message.bin') }, expect: 'any', samples: 1 },
      secrets: ['canary-token'],
    });
    assert.match(report.error?.message ?? '', /the message of the profile cannot be read and may hold a secret\.$/);
    assert.equal(target.asked.length, 0);
  });

  it('shows no more of a Location than an address can have', async () => {
    const server = await redirecting(() => `/${'x'.repeat(9_000)}`);
    const { location, target } = last(await runProbe(planFor(server.url()))) ?? {};
    assert.deepEqual([location?.length, location?.at(-1), target], [8_193, '…', null]);
  });

  it('names a loop', async () => {
    const server = await redirecting((path) => (path === '/a' ? '/b#1' : '/a#2'));
    const report = await follow(server.url('/a'));
    assert.equal(server.asked.length, 2);
    assert.deepEqual(
      report.redirects?.map(({ followed }) => followed),
      [true, false],
    );
    assert.equal(
      report.error?.message,
      `302 Said. Not followed: the redirects go round in a loop, ${server.url('/a')} was asked before.`,
    );
    const refused = `the redirects go round in a loop, ${server.url('/a')} was asked before`;
    assert.deepEqual(
      report.redirects?.map((redirect) => redirect.refused),
      [undefined, refused],
    );
    assert.equal(report.findings[0]?.id, 'upgrade.redirect');
  });

  it('follows ten redirects and not one more', async () => {
    const server = await redirecting((path) => `/${Number(path.slice(1)) + 1}`);
    const report = await follow(server.url('/0'));
    assert.equal(server.asked.length, 11);
    assert.equal(report.redirects?.filter(({ followed }) => followed).length, 10);
    assert.match(report.error?.message ?? '', /10 redirects in a row are the limit\.$/);
  });

  it('gives up a chain that takes longer than three hops may, and says so', async () => {
    let now = 0;
    const plan = planFor('ws://127.0.0.1/0', { followRedirects: true, timeouts: { connectMs: 1000, upgradeMs: 2000 } });
    const trail = new RedirectTrail(plan, () => now);
    const failure: Failure = { phase: 'upgrade', kind: 'status', code: '302', message: '302 Found' };
    const leadingTo = (location: string) =>
      ({ handshake: { record: { response: { status: 302, headers: [['Location', location]] } } } }) as never;
    now = 9_000;
    const first = await trail.next(plan, failure, leadingTo('/1'));
    assert.equal(first.plan?.url, 'ws://127.0.0.1/1');
    now = 9_001;
    const second = await trail.next(first.plan, failure, leadingTo('/2'));
    assert.match(second.failure?.message ?? '', /Not followed: the redirects took more than 9\.00 s altogether\.$/);
  });

  for (const [location, why] of [
    ['file:///etc/passwd', 'its Location is no address a WebSocket can have'],
    ['http://', 'its Location is no address a WebSocket can have'],
    ['', 'the answer has no Location'],
  ] as const) {
    it(`goes nowhere with Location: ${location || '(empty)'}`, async () => {
      const server = await redirecting(() => location);
      const report = await follow(server.url());
      assert.equal(report.error?.message, `302 Said. Not followed: ${why}.`);
      assert.equal(last(report)?.target, null);
    });
  }

  it('does not choose between two Locations', async () => {
    const server = await serve((visit) =>
      visit.socket.end('HTTP/1.1 302 Said\r\nLocation: /a\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n'),
    );
    const report = await follow(server.url());
    assert.equal(last(report)?.location, '/a, /b');
    assert.equal(last(report)?.target, null);
  });

  it('does not follow where the profile wants to see the redirect', async () => {
    const server = await redirecting(() => '/x');
    const report = await follow(server.url(), { expect: { status: 302 } });
    assert.equal(report.verdict, 'healthy');
    assert.equal(server.asked.length, 1);
    assert.equal(last(report)?.followed, false);
  });

  it('goes from ws: to wss: and not back', async () => {
    const { good, caPem } = await makeCertificates();
    const tls = { cert: good.certPem, key: good.keyPem };
    const plain = await serve();
    const secure = await serve(
      (visit) => (visit.path === '/back' ? visit.refuse(302, { Location: plain.http() }) : void visit.accept()),
      { tls },
    );
    const up = await redirecting((path) => secure.http(path));
    const open = await follow(up.url('/x'), { tls: { ca: [caPem] } });
    assert.equal(open.verdict, 'healthy');
    assert.equal(open.tls?.authorized, true);
    assert.ok(open.phases.some(({ name }) => name === 'tls'));
    const back = await follow(up.url('/back'), { tls: { ca: [caPem] } });
    assert.match(back.error?.message ?? '', /Not followed: it leads from wss: to ws:/);
    assert.deepEqual(
      back.redirects?.map(({ followed }) => followed),
      [true, false],
    );
    assert.equal(plain.asked.length, 0);
  });

  it('guards each hop: no packet leaves for a metadata address, by number or by name', async () => {
    const dialled: string[] = [];
    const looked: string[] = [];
    const server = await redirecting((path) =>
      path === '/number' ? 'http://169.254.169.254/latest' : 'http://inner.test/latest',
    );
    const network = {
      lookup: (host: string) => {
        looked.push(host);
        return Promise.resolve([{ address: host === 'inner.test' ? '169.254.169.254' : '127.0.0.1', family: 4 }]);
      },
      connect: (address: string, _family: 4 | 6, port: number) => {
        dialled.push(address);
        const socket = new Socket();
        return address === '127.0.0.1' ? socket.connect(port, address) : socket;
      },
    };
    for (const path of ['/number', '/name']) {
      const report = await follow(server.url(path), {}, { network });
      assert.equal(report.findings[0]?.id, 'guard.metadata-address', path);
      assert.equal(last(report)?.followed, true);
      assert.equal(report.error?.phase, 'dns');
    }
    assert.deepEqual(new Set(dialled), new Set(['127.0.0.1']));
    assert.deepEqual(looked, ['inner.test']);
  });

  it('can be cancelled between hops, and leaves no socket', async () => {
    const abort = new AbortController();
    const server = await redirecting((path) => `${path}x`);
    let hops = 0;
    const report = await follow(
      server.url('/'),
      {},
      {
        signal: abort.signal,
        onProgress: ({ running }: { running: string | null }) => {
          if (running === 'upgrade' && ++hops === 3) abort.abort();
        },
      },
    );
    assert.equal(report.error?.code, 'cancelled');
    assert.equal(report.redirects?.length, 2);
    await server.idle();
  });

  it('keeps secrets of the whole way out of the report', async () => {
    const target = await serve((visit) => visit.refuse(403, {}, `no canary-token, no server-made`));
    const server = await serve((visit) =>
      visit.refuse(302, {
        Location: `//me:canary-pass@${target.authority}/x?access_token=server-made#id_token=canary-id`,
      }),
    );
    const report = await follow(server.url('/a?token=canary-token'), { secrets: ['canary-token'] });
    assert.equal(report.request?.target, '/x?access_token=[redacted]');
    assert.doesNotMatch(JSON.stringify(report), /canary|server-made/);
    const unfollowed = await runProbe(planFor(server.url('/a?token=canary-token'), { secrets: ['canary-token'] }));
    assert.doesNotMatch(JSON.stringify(unfollowed), /canary|server-made/);
  });
});
