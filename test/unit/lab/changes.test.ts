import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { changesFor } from '../../../src/core/lab/changes.js';
import type { Finding, PhaseName, Report } from '../../../src/core/base/model.js';
import type { ProbePlan, ProxyRoute } from '../../../src/core/base/plan.js';
import { profileFix } from '../../../src/core/diagnosis/snippets/profile.js';
import { evidenceOf } from '../../support/evidence.js';
import { planFor } from '../../support/plan.js';

const route: ProxyRoute = {
  kind: 'http',
  host: 'proxy.test',
  port: 3128,
  username: null,
  password: null,
  authorization: null,
  rejectUnauthorized: true,
  source: 'HTTPS_PROXY',
};

/** A report that failed so; addresses of the name as DNS gave them. */
function failed(phase: PhaseName, code: string, addresses: readonly string[] = []): Report {
  const { report } = evidenceOf();
  const dns = { name: 'dns', status: 'ok', startMs: 0, durationMs: 1, detail: { addresses }, budget: null } as const;
  return { ...report, verdict: 'down', findings: [], phases: [dns], error: { phase, code, message: '' } };
}

const ids = (plan: ProbePlan, report: Report) => changesFor(plan, report, 'handshake').map(({ id }) => id);

describe('changesFor', () => {
  it('changes only what makes a difference', () => {
    const bare = planFor('ws://a.test/', { compression: false });
    const asked = ['lower-case', 'title-case', 'host:localhost'];
    const paths = ['/ws', '/websocket', '/socket.io/?EIO=4&transport=websocket', '/graphql', '/cable', '/socket'];
    const last = [...paths.map((path) => `path:${path}`), 'plain-get'];
    assert.deepEqual(ids(bare, failed('upgrade', '400')), ['own-origin', ...asked, 'http2', 'wss', ...last]);
    const same = planFor('wss://a.test:8443/', { origin: 'https://a.test:8443', http: '2', compression: false });
    assert.deepEqual(
      ids(same, failed('upgrade', '400')),
      ['no-origin', 'http1', 'ws', ...last.slice(0, -1)],
      'over HTTP/2 neither Host nor case is there to change',
    );
    const auto = planFor('ws://a.test/', { compression: false, http: 'auto' });
    assert.deepEqual(
      ids(auto, failed('upgrade', '400')),
      ['own-origin', ...asked, 'http2', 'wss', ...last],
      'without TLS `auto` is HTTP/1.1',
    );
  });

  it('blames nothing that the failing phase never saw', () => {
    const plan = planFor('wss://a.test/ws', {
      headers: [['X-A', '1']],
      origin: 'https://app.test',
      subprotocols: ['chat'],
      unusedProxy: { route, because: 'NO_PROXY lists a.test' },
    });
    const both = ['192.0.2.1', '2001:db8::1'];
    assert.deepEqual(ids(plan, failed('dns', 'ENOTFOUND')), ['proxy']);
    assert.deepEqual(ids(plan, failed('tcp', 'tcp.timeout', both)), ['proxy', 'ipv4', 'ipv6', 'ws']);
    assert.deepEqual(
      ids(plan, failed('tcp', 'ECONNREFUSED', both)),
      ['proxy', 'ws'],
      'each address was asked and refused',
    );
    assert.deepEqual(ids(plan, failed('tls', 'ERR_SSL_WRONG_VERSION_NUMBER')), ['ws:443', 'ws', 'http2', 'proxy']);
    const proxied = { ...plan, proxy: route, unusedProxy: null };
    assert.deepEqual(ids(proxied, failed('tcp', 'ECONNREFUSED')), ['direct']);
    assert.deepEqual(ids(proxied, failed('proxy', '403')), ['direct', 'ws']);
  });

  it('takes the family that was not used', () => {
    const attempt = { address: '2001:db8::1', family: 6, port: 80, startMs: 0, durationMs: 1, error: null } as const;
    const report = { ...failed('upgrade', '404', ['2001:db8::1', '192.0.2.1']), attempts: [attempt] };
    const found = changesFor(planFor('ws://a.test/'), report, 'handshake').filter(({ group }) => group === 'family');
    assert.deepEqual(
      found.map(({ id, family }) => [id, family]),
      [['ipv4', 4]],
    );
  });

  it("names a port that stands in the URL, and the scheme's own where none does", () => {
    const url = (asked: string, id: string) =>
      changesFor(planFor(asked), failed('upgrade', '400'), 'handshake').find((change) => change.id === id)?.plan.url;
    assert.equal(url('ws://a.test:8080/x?y=1', 'wss'), 'wss://a.test:8080/x?y=1');
    assert.equal(url('wss://a.test/x?y=1&&z', 'ws'), 'ws://a.test/x?y=1&z');
    assert.equal(url('wss://a.test/x?y=1?2', 'ws'), 'ws://a.test/x?y=1?2');
    assert.equal(url('ws://a.test/x/?y=/', 'no-slash'), 'ws://a.test/x?y=/');
  });

  const canary = fc.constantFrom('canary-one', 'canary-two');
  const headers = fc.array(fc.tuple(fc.constantFrom('X-Api-Key', 'Origin', 'Cookie', 'x-api-key', 'Host'), canary), {
    maxLength: 5,
  });
  const auth = fc.option(
    canary.chain((value) =>
      fc.constantFrom<ProbePlan['auth']>(
        { type: 'bearer', token: value },
        { type: 'basic', username: 'u', password: value },
        { type: 'apiKey', name: 'key', value, in: 'query' },
        { type: 'subprotocol', token: value },
      ),
    ),
  );
  const plans = fc
    .record({
      scheme: fc.constantFrom('ws', 'wss'),
      path: fc.constantFrom(
        '/',
        '/ws',
        '/ws/',
        '/canary-one/',
        '/%63anary-two',
        '/x?a=1&key=canary-one',
        '/x?token=t&b=2',
      ),
      headers: headers.map((list) => list.filter(([name]) => name !== 'Origin')),
      auth,
      cookies: fc.dictionary(fc.constantFrom('a', 'b'), canary),
      subprotocols: fc.subarray(['chat', 'token.canary-one']),
      http: fc.constantFrom<ProbePlan['http']>('1.1', '2', 'auto'),
      compression: fc.boolean(),
      rejectUnauthorized: fc.option(fc.boolean(), { nil: undefined }),
      unused: fc.boolean(),
      origin: fc.option(fc.constantFrom('https://app.test', 'http://a.test')),
    })
    .map(({ scheme, path, rejectUnauthorized, unused, ...rest }) =>
      planFor(`${scheme}://a.test${path}`, {
        ...rest,
        tls: { cert: 'canary-one', ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }) },
        unusedProxy: unused ? { route, because: 'NO_PROXY' } : null,
        message: { send: 'canary-two', expect: 'echo', samples: 1 },
        secrets: ['canary-one', 'canary-two'],
      }),
    );
  const failures = fc.constantFrom(
    failed('dns', 'ENOTFOUND'),
    failed('tcp', 'tcp.timeout', ['127.0.0.1', '::1']),
    failed('proxy', '403'),
    failed('tls', 'x'),
    ...['400', '301', '401', '403', '404', '431', 'upgrade.end', 'extension.invalid'].map((code) =>
      failed('upgrade', code),
    ),
    failed('message', 'frame.bad-deflate'),
  );

  it("keeps to the host, to the certificate's judgement, and credentials out of plain text, whatever the plan", () => {
    fc.assert(
      fc.property(plans, failures, (plan, report) => {
        const stage = report.error?.phase === 'message' ? 'hold' : 'handshake';
        const changes = changesFor(plan, report, stage);
        assert.equal(new Set(changes.map(({ id }) => id.toLowerCase())).size, changes.length, 'each once');
        for (const change of changes) {
          const { plan: changed } = change;
          assert.equal(new URL(changed.url).hostname, 'a.test');
          assert.equal(changed.tls.rejectUnauthorized, plan.tls.rejectUnauthorized);
          assert.deepEqual(changed.secrets, plan.secrets);
          assert.ok(change.family !== undefined || !isDeepStrictEqual(changed, plan), `${change.id} changes nothing`);
          const exposed = /^ws(:443)?$/.test(change.id) || (change.id === 'proxy' && plan.url.startsWith('ws:'));
          if (!exposed) continue;
          const { url, subprotocols, auth: credentials, cookies, tls } = changed;
          assert.doesNotMatch(JSON.stringify({ url: decodeURIComponent(url), subprotocols, cookies, tls }), /canary/);
          assert.doesNotMatch(url, /token=/);
          assert.equal(credentials, null);
          assert.deepEqual(changed.headers, []);
          assert.equal(stage, 'handshake', 'where the message would be sent too');
        }
      }),
    );
  });

  for (const [keys, first] of [
    [{ http: '2' }, 'http2'],
    [{ compression: false }, 'no-compression'],
    [{ headers: { Origin: 'https://a.test' } }, 'own-origin'],
  ] as const)
    it(`tries first what the diagnosis offers first: ${JSON.stringify(keys)}`, () => {
      const fixes = [profileFix('Change it', keys)];
      const finding = { id: 'x', layer: 'http', severity: 'error', title: '', explanation: '', evidence: [], fixes };
      const report = { ...failed('upgrade', '400'), findings: [finding as Finding] };
      assert.equal(ids(planFor('ws://a.test/'), report)[0], first);
    });

  it('asks for another name in TLS only where the plan calls the server so itself', () => {
    const sni = (parts: Parameters<typeof planFor>[1], url = 'wss://a.test/') =>
      ids(planFor(url, parts), failed('upgrade', '404')).filter((id) => id.startsWith('sni:'));
    assert.deepEqual(sni({}), []);
    assert.deepEqual(sni({ headers: [['Host', 'b.test:443']] }), ['sni:b.test']);
    assert.deepEqual(sni({ tls: { serverName: 'c.test' } }), ['sni:a.test']);
    assert.deepEqual(sni({ tls: { serverName: 'c.test' } }, 'wss://192.0.2.1/'), [], 'an address is no name');
    assert.deepEqual(sni({ headers: [['Host', 'b.test']] }, 'ws://a.test/'), []);
  });

  it('keeps the query at another path, and puts what that path asks for before it', () => {
    const report = failed('upgrade', '404');
    const url = (asked: string, id: string) =>
      changesFor(planFor(asked), report, 'handshake').find((change) => change.id === id)?.plan.url;
    assert.equal(url('ws://a.test/x?a=%20b', 'path:/ws'), 'ws://a.test/ws?a=%20b');
    assert.equal(
      url('ws://a.test/x?a=1&EIO=3', 'path:/socket.io/?EIO=4&transport=websocket'),
      'ws://a.test/socket.io/?EIO=4&transport=websocket&a=1',
    );
  });

  it('comes back with the cookies of a refusal, which are secrets from then on', () => {
    const set = [
      ['Set-Cookie', 'id=canary-cookie; Path=/; HttpOnly'],
      ['set-cookie', 'seen=1'],
      ['Set-Cookie', 'no cookie'],
    ] as const;
    const found = changesFor(
      planFor('ws://a.test/', { cookies: { own: 'x' } }),
      failed('upgrade', '302'),
      'handshake',
      set,
    );
    const [change] = found;
    assert.equal(change?.id, 'with-cookie');
    assert.deepEqual(change.plan.cookies, { own: 'x', id: 'canary-cookie', seen: '1' });
    assert.ok(change.plan.secrets.includes('canary-cookie'));
    assert.doesNotMatch(change.change, /canary/);
  });

  it('takes no credential out of the cover of an https: proxy', () => {
    const plan = planFor('ws://a.test/', {
      auth: { type: 'bearer', token: 'hunter22' },
      secrets: ['hunter22'],
      proxyChoice: 'named',
    });
    const directly = (kind: ProxyRoute['kind'], url = plan.url) =>
      changesFor({ ...plan, url, proxy: { ...route, kind } }, failed('proxy', '403'), 'handshake').find(
        ({ id }) => id === 'direct',
      );
    assert.equal(directly('https')?.plan.auth, null);
    assert.match(directly('https')?.change ?? '', /^Directly, without the proxy.*auth/);
    assert.equal(directly('https', 'wss://a.test/')?.plan.auth?.type, 'bearer');
    assert.equal(directly('http')?.plan.auth?.type, 'bearer');
  });
});
