import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { ALL_FINDING_IDS, diagnose } from '../../../src/core/diagnosis/diagnose.js';
import type { Evidence, Failure } from '../../../src/core/base/evidence.js';
import { FAILURE_RULES, RULES } from '../../../src/core/diagnosis/rules.js';
import type { PhaseName, ProxyKind, Redirect } from '../../../src/core/base/model.js';
import { parseProfile } from '../../../src/core/profile/parse.js';
import { parseProxyUrl } from '../../../src/core/profile/proxyUrl.js';
import {
  answer,
  certificate,
  closedWith,
  evidenceOf,
  frameRecord,
  refusedWith,
  tlsWith,
  phase,
} from '../../support/evidence.js';
import { allCases } from './cases.js';
import type { planFor } from '../../support/plan.js';
import { assertWellFormed } from './wellFormed.js';
import { http2Info, route, throughProxy } from './routeCases.js';

/** Told by experiments, not by a rule: differentialFindings.test.ts and the tests of the lab have their cases. */
const LAB_IDS = [
  'differential.cured',
  'compression.incompatible',
  'differential.upgrade-only',
  'differential.not-cured',
  ...ALL_FINDING_IDS.filter((id) => id.startsWith('lab.')),
];

describe('diagnose', () => {
  for (const [name, evidence, ids, title, offers] of allCases) {
    it(`${name}: ${ids.join(', ') || 'nothing'}`, () => {
      const findings = diagnose(evidence);
      assert.deepEqual(
        findings.map(({ id }) => id),
        ids,
      );
      if (title) assert.match(findings[0]?.title ?? '', title);
      const offered = findings[0]?.fixes.map((fix) => fix.title) ?? [];
      if (offers) assert.equal(offered.length, offers.length, offered.join(' | '));
      for (const [index, offer] of offers?.entries() ?? []) assert.match(offered[index] ?? '', offer);
      for (const finding of findings) {
        assertWellFormed(finding);
        assert.ok(finding.evidence.length > 0, `${finding.id}: no evidence`);
      }
    });
  }

  it('offers no fix that holds a placeholder for what only the reader knows', () => {
    const dummies =
      /X-Required|"value"(?!:)|'value'|the-token|\byour[-_]|[A-Z]+_ADDRESS|\bexample\.com\b|"name"(?!:)|\bchangeme\b/;
    for (const [name, evidence] of allCases) {
      for (const { id, fixes } of diagnose(evidence)) {
        for (const { snippet } of fixes) assert.doesNotMatch(snippet, dummies, `${name}: ${id}`);
      }
    }
  });

  it('offers for the profile only what a profile takes, and what is not so already', () => {
    for (const [name, evidence] of allCases) {
      for (const { id, fixes } of diagnose(evidence)) {
        for (const { title, snippet } of fixes.filter((fix) => fix.title.endsWith('(profile)'))) {
          const keys = JSON.parse(snippet) as Record<string, unknown>;
          const { problems } = parseProfile(JSON.stringify({ url: evidence.plan.url, ...keys }));
          assert.deepEqual(problems, [], `${name}: ${id}: ${title}`);
          const asked = { ...evidence.plan, url: evidence.report.redirects?.[0]?.url ?? evidence.plan.url };
          for (const key of ['url', 'origin', 'subprotocols', 'compression', 'http', 'followRedirects'] as const)
            if (key in keys) assert.notDeepEqual(keys[key], asked[key], `${name}: ${id}: ${title}`);
        }
      }
    }
  });

  it('covers every id by a case', () => {
    const covered = new Set([...LAB_IDS, ...allCases.flatMap(([, , ids]) => ids)]);
    assert.deepEqual(
      ALL_FINDING_IDS.filter((id) => !covered.has(id)),
      [],
    );
  });

  it('has a rule for every id and no rule for another', () => {
    const given = new Set(RULES.flatMap(({ ids }) => ids));
    assert.deepEqual([...given, ...LAB_IDS].sort(), [...ALL_FINDING_IDS].sort());
  });

  it('gives only the ids a rule announces', () => {
    for (const [, evidence] of allCases) {
      for (const rule of RULES) {
        for (const { id } of [rule.diagnose(evidence) ?? []].flat()) assert.ok(rule.ids.includes(id), id);
      }
    }
  });

  it('tells errors before warnings', () => {
    const findings = diagnose(
      refusedWith(answer(404), { url: 'wss://example.test/', plan: { tls: { rejectUnauthorized: false } } }),
    );
    assert.deepEqual(
      findings.map(({ severity }) => severity),
      ['error', 'warning'],
    );
  });

  it('puts the fix for the software that answered first', () => {
    const first = (headers: Record<string, string>) => diagnose(refusedWith(answer(426, headers)))[0]?.fixes[0]?.title;
    assert.match(first({ Server: 'Apache/2.4.62' }) ?? '', /^Apache/);
    assert.match(first({ Server: 'envoy' }) ?? '', /^Envoy/);
    assert.match(first({ Server: 'cloudflare', 'CF-RAY': '1' }) ?? '', /^Cloudflare/);
  });

  it('lays a refusal that Envoy gives by itself at the door of the proxy', () => {
    const [finding] = diagnose(refusedWith(answer(403, { Server: 'envoy' })));
    assert.deepEqual(
      [finding?.layer, ...(finding?.fixes.map(({ title }) => title) ?? [])],
      [
        'proxy',
        'Ask in plain HTTP: "unavailable" means that no endpoint is ready',
        'Envoy: allow the upgrade, where plain HTTP passes',
        'Where something else writes the configuration of Envoy',
      ],
    );
  });

  it('lets the origin in that was refused, not the one of the server', () => {
    const [refused] = diagnose(
      refusedWith(answer(403, {}, 'origin not allowed'), { requestHeaders: [['Origin', 'https://app.test']] }),
    );
    const lists = refused?.fixes.filter(({ language }) => language !== 'json').map(({ snippet }) => snippet) ?? [];
    assert.deepEqual(lists, ['Add https://app.test to the origins that it allows.']);
    assert.match(refused?.fixes[0]?.snippet ?? '', /"origin": "http:\/\/example\.test:8080"/);
    const closed = diagnose(closedWith(1008, 'wrong origin', { url: 'ws://[::1]:8080/' }))[0]?.fixes ?? [];
    assert.match(closed.map(({ snippet }) => snippet).join('\n'), /"origin": "http:\/\/\[::1\]:8080"/);
  });

  it('does not send to the server for what may be the time of this machine', () => {
    const slow = phase('upgrade', 1840, { status: 'degraded', budget: { degradedMs: 1000, downMs: null } });
    const told = (stalledMs: number) => {
      const stalls = [{ startMs: slow.startMs + 100, endMs: slow.startMs + 100 + stalledMs }];
      const [found] = diagnose(evidenceOf({ report: { phases: [slow] }, stalls }));
      return [found?.title, found?.explanation, found?.evidence.join('\n'), found?.fixes.length] as const;
    };
    const [title, explanation, evidence, fixes] = told(1200);
    assert.match(title ?? '', /upgrade took 1\.84 s/);
    assert.match(explanation ?? '', /this machine was too busy, or the process was stopped/i);
    assert.doesNotMatch(explanation ?? '', /handler/);
    assert.match(evidence ?? '', /Nothing of wsprobe ran on this machine for 1\.20 s of it/);
    assert.equal(fixes, 0);
    const [, still, beside, offered] = told(500);
    assert.match(still ?? '', /handler/, 'over its budget without that too');
    assert.match(beside ?? '', /for 500 ms of it/);
    assert.equal(offered, 1);
  });

  it('names the software that answered in the fixes for timers too', () => {
    const last = (server: string) =>
      diagnose(refusedWith(answer(504, { Server: server })))[0]?.fixes.at(-1)?.title ?? '';
    assert.match(last('envoy'), /^Envoy/);
    assert.match(last('Apache/2.4.62'), /^Apache/);
    assert.match(last('Caddy'), /^Caddy/);
    assert.match(last('nginx'), /^nginx: pass the upgrade on/);
    assert.match(last('unknown'), /^On the proxy/);
  });

  it('offers the comparison of both ways where they could differ, and says why a proxy was not used', () => {
    const offered = (plan: Parameters<typeof planFor>[1], url = 'ws://example.org/') => {
      const [finding] = diagnose(
        evidenceOf({ url, plan: { proxyChoice: 'auto', ...plan }, failure: { phase: 'tcp', kind: 'timeout' } }),
      );
      return {
        evidence: finding?.evidence.join('\n') ?? '',
        fixes: finding?.fixes.map(({ snippet }) => snippet) ?? [],
      };
    };
    const compare = 'wsprobe lab handshake ws://example.org/';
    const unused = offered({ unusedProxy: { route: route(), because: 'NO_PROXY lists example.org' } });
    assert.match(
      unused.evidence,
      /http:\/\/proxy\.corp\.test:3128 \(from HTTPS_PROXY\), because NO_PROXY lists example\.org/,
    );
    assert.deepEqual(unused.fixes.slice(-2), [compare, '{\n  "proxy": "http://proxy.corp.test:3128"\n}']);
    assert.deepEqual(offered({ proxy: route() }).fixes.slice(-2), [compare, '{\n  "proxy": "none"\n}']);
    assert.ok(offered({}).fixes.includes(compare));
    for (const url of ['ws://127.0.0.1/', 'ws://server/', 'ws://server.local/', 'ws://server.example/', 'ws://[::1]/'])
      assert.doesNotMatch(offered({}, url).fixes.join(), /wsprobe lab/);
    assert.doesNotMatch(offered({ proxyChoice: 'none' }).fixes.join(), /wsprobe lab/);
  });

  it('gives the address that a redirect led to once credentials stayed behind', () => {
    const [, evidence] = allCases.find(([name]) => name === 'refused after credentials stayed behind') ?? [];
    const [finding] = evidence ? diagnose(evidence) : [];
    assert.match(finding?.evidence.join('\n') ?? '', /not carried on: Authorization/);
    assert.match(finding?.fixes.at(-1)?.snippet ?? '', /"url": "wss:\/\/other\.test\/chat"/);
    const cut =
      evidence && diagnose({ ...evidence, failure: { phase: 'upgrade', kind: 'end', code: null, message: '' } });
    assert.doesNotMatch(cut?.[0]?.fixes.map(({ snippet }) => snippet).join('\n') ?? '"url"', /"url"/);
  });

  it('fills in the path of the user, unless it could break out of the snippet', () => {
    const snippet = (url: string) =>
      diagnose(refusedWith(answer(426, { Server: 'nginx' }), { url }))[0]?.fixes[0]?.snippet ?? '';
    assert.match(snippet('ws://example.test/live/feed'), /location \/live\/feed \{/);
    assert.match(snippet('ws://example.test/a;return%20444'), /location \/ws \{/);
  });

  it('quotes a host that a shell would read something into', () => {
    const [finding] = diagnose(
      evidenceOf({ url: 'ws://a$(id)b/', failure: { phase: 'dns', kind: 'error', code: 'ENOTFOUND' } }),
    );
    const shell = finding?.fixes.filter(({ language }) => language === 'shell') ?? [];
    assert.ok(shell.length > 0);
    for (const { snippet } of shell) assert.doesNotMatch(snippet.replace(/'[^']*'/g, ''), /\$\(/);
  });

  it('offers the final address of a redirect, without what the server put into its query', () => {
    const [finding] = diagnose(refusedWith(answer(302, { Location: 'https://u:p@other.test/x?code=s3cret' })));
    const urls = finding?.fixes.map(({ snippet }) => snippet).join('\n') ?? '';
    assert.match(urls, /"wss:\/\/other\.test\/x"/);
    assert.doesNotMatch(urls, /s3cret|u:p/);
  });

  it('offers no address that was asked already, and none that wsprobe would refuse', () => {
    const fixes = (Location: string, redirects: readonly Redirect[] = []) =>
      (diagnose(refusedWith(answer(302, { Location }), { report: { redirects } }))[0]?.fixes ?? [])
        .map(({ snippet }) => snippet)
        .join('\n');
    assert.doesNotMatch(fixes('/chat?again=1'), /"url"/);
    assert.match(fixes('/chat?again=1'), /"followRedirects": true/);
    const circle = { url: 'ws://example.test:8080/chat', target: 'ws://example.test:8080/chat' };
    const hop = { ...circle, location: '/chat', status: 302, followed: false, dropped: [], startMs: 0, durationMs: 1 };
    assert.doesNotMatch(fixes('/chat', [hop]), /"url"|followRedirects/);
    for (const place of ['169.254.169.254', '[fe80::1]', 'metadata.google.internal'])
      assert.doesNotMatch(fixes(`http://${place}/latest`), /"url"|followRedirects|--location/);
  });

  it('offers no way from TLS to plain text', () => {
    const [finding] = diagnose(
      refusedWith(answer(302, { Location: 'http://example.test/chat' }), { url: 'wss://example.test/' }),
    );
    assert.deepEqual(
      finding?.fixes.filter(({ snippet }) => /ws:|followRedirects/.test(snippet)),
      [],
    );
    assert.match(finding?.fixes[0]?.snippet ?? '', /X-Forwarded-Proto/);
  });

  it('compares both ways through the proxy that was named', () => {
    const compare = (source: string) => {
      const proxied = throughProxy({ kind: 'timeout' }, { proxy: route('http', { source }) });
      const fixes = diagnose(proxied)[0]?.fixes ?? [];
      return fixes.find(({ title }) => title.startsWith('Compare'))?.snippet.replace(/^.* lab handshake \S+/, '');
    };
    assert.deepEqual(['profile', '--proxy', 'http_proxy', 'http.proxy'].map(compare), [
      ' --proxy http://proxy.corp.test:3128',
      ' --proxy http://proxy.corp.test:3128',
      '',
      '',
    ]);
  });

  it('compares both ways where the way is to blame, and not where the server answered or wsprobe refused', () => {
    const compared = (phase: PhaseName, kind: Failure['kind']) =>
      diagnose(
        throughProxy({ phase, kind }, { url: 'wss://example.test/', response: kind === 'status' ? answer(404) : null }),
      )[0]?.fixes.some(({ snippet }) => snippet.includes('wsprobe lab handshake')) === true;
    const told = Object.entries(kindsOf).map(([phase, kinds]) => [
      phase,
      kinds.filter((kind) => !compared(phase as PhaseName, kind)),
    ]);
    assert.deepEqual(Object.fromEntries(told), {
      dns: ['guard'],
      tcp: ['guard'],
      proxy: ['guard', 'input'],
      tls: ['input'],
      upgrade: ['error', 'headers-too-large', 'status', 'handshake', 'http2', 'input'],
      message: kindsOf.message,
      close: kindsOf.close,
    });
  });

  it('offers a fix once, however many would', () => {
    for (const [name, evidence] of allCases) {
      for (const { fixes } of diagnose(evidence)) {
        const titles = fixes.map(({ title }) => title);
        assert.deepEqual(titles, [...new Set(titles)], name);
      }
    }
  });

  it('leaves a proxy out where it was named', () => {
    const bypass = (source: string) =>
      diagnose(throughProxy({ kind: 'timeout' }, { proxy: route('http', { source }) }))[0]
        ?.fixes.map(({ snippet }) => snippet)
        .find((snippet) => /no_?proxy/i.test(snippet));
    assert.equal(bypass('http.proxy'), '{\n  "http.noProxy": [\n    "example.test"\n  ]\n}');
    assert.equal(bypass('all_proxy'), 'export NO_PROXY="$NO_PROXY,example.test"');
    assert.equal(bypass('profile'), undefined);
  });

  it('asks a proxy that hangs up in its other languages, but not one that cannot be reached', () => {
    const schemes = (failure: Partial<Failure>, kind: ProxyKind) =>
      diagnose(throughProxy(failure, { proxy: route(kind) }))[0]?.fixes.flatMap(
        ({ title }) => /^Speak (\w+) to it/.exec(title)?.[1] ?? [],
      );
    assert.deepEqual(schemes({ kind: 'end' }, 'http'), ['HTTPS', 'SOCKS5']);
    assert.deepEqual(schemes({ kind: 'end' }, 'socks4'), ['SOCKS5']);
    assert.deepEqual(schemes({ phase: 'tcp', kind: 'timeout' }, 'http'), []);
  });

  it('puts the server that answered first among those that can do HTTP/2, and tells both connections of a fallback', () => {
    const [downgraded] = diagnose(
      evidenceOf({
        url: 'wss://example.test/',
        plan: { http: 'auto' },
        response: answer(101, { Server: 'Kestrel' }),
        stream: { http2: http2Info({ enableConnectProtocol: false }) },
        report: { tls: { ...tlsWith([certificate()]), alpn: 'http/1.1' } },
      }),
    );
    assert.match(downgraded?.fixes[1]?.title ?? '', /^Kestrel/);
    assert.match(downgraded?.evidence.join('\n') ?? '', /chose h2, then http\/1\.1 on a second connection/);
  });

  it('takes no bare word for the name of a proxy', () => {
    const opened = (host: string, issuer: string) =>
      diagnose(
        evidenceOf({
          url: 'wss://example.test/',
          plan: { proxy: route('http', { host }) },
          report: { tls: tlsWith([certificate({ issuer })]) },
        }),
      ).length > 0;
    assert.ok(opened('gate.corp.test', 'CN=gate.corp.test CA'));
    assert.ok(!opened('example', 'CN=Example CA'));
    assert.ok(!opened('10.0.0.1', 'CN=10.0.0.1'));
  });

  it('offers a heartbeat against a Close after a silence of whole seconds', () => {
    for (const code of [1000, 1001, 1008, 4000]) {
      const close = frameRecord({ opcode: 8, atMs: 8_020 });
      const ping = frameRecord({ opcode: 9, direction: 'sent', atMs: 6 });
      const said = (idleMs: number) =>
        JSON.stringify(
          diagnose(
            closedWith(
              code,
              '',
              {
                report: { frames: [ping, { ...close, atMs: 6 + idleMs }] },
                stream: { closeReceived: { code, reason: '', atMs: 6 + idleMs } },
              },
              1 + idleMs,
            ),
          )[0],
        );
      assert.match(said(10_010), /Silent for 10\.01 s before it.*"heartbeat/s);
      assert.doesNotMatch(said(10_400), /heartbeat|Silent/);
      assert.match(said(2_000), /2\.00 s after it opened.*an idle timer.*"heartbeat/s);
      assert.doesNotMatch(said(1_000), /"heartbeat/);
    }
  });

  it('blames no timer of anybody whom nothing names', () => {
    const vendors = /Deepgram|Twitch|Cloudflare|Heroku|Azure|Google|API Gateway/;
    for (const seconds of [5, 10, 30, 55, 60, 100, 120, 230, 300, 600, 3600, 7200]) {
      const findings = diagnose(
        evidenceOf({
          response: answer(101),
          failure: { phase: 'message', kind: 'end' },
          stream: { endedBy: 'server-fin', openForMs: seconds * 1_000 + 10 },
        }),
      );
      for (const { title, explanation, fixes } of findings) {
        assert.doesNotMatch(`${title} ${explanation}`, vendors, String(seconds));
        assert.doesNotMatch(fixes.map((fix) => fix.title).join(), /nginx|HAProxy|Apache|Envoy|Ingress/i);
      }
      const beats = findings.some(({ fixes }) => fixes.some(({ snippet }) => snippet.includes('"heartbeat"')));
      assert.ok(beats, `${seconds} s of silence`);
    }
  });

  it('knows no silence where more frames passed than a report keeps', () => {
    const cut = (frames: number) =>
      diagnose(
        evidenceOf({
          response: answer(101),
          failure: { phase: 'message', kind: 'end' },
          stream: { endedBy: 'server-fin', openForMs: 60_010 },
          report: { frames: Array.from({ length: frames }, () => frameRecord({ atMs: 5 })) },
        }),
      ).map(({ id }) => id);
    assert.deepEqual(cut(199), ['close.idle-timeout', 'close.dropped']);
    assert.deepEqual(cut(200), ['close.dropped']);
  });

  it('gives no credentials to a proxy that its protocol cannot carry', () => {
    for (const kind of ['http', 'https', 'socks4', 'socks4a', 'socks5'] as const) {
      const code = kind.startsWith('socks') ? { kind: 'socks', code: 'auth-refused' } : { kind: 'status', code: '407' };
      const [finding] = diagnose(throughProxy(code as Failure, { proxy: route(kind) }));
      const proxy = /"proxy": "([^"]+)"/.exec(finding?.fixes[0]?.snippet ?? '')?.[1] ?? '';
      assert.match(proxy, /^\w+:\/\/name.*@proxy\.corp\.test:/);
      assert.ok('route' in parseProxyUrl(proxy, 'profile'), proxy);
      assert.equal(/Basic/.test(finding?.explanation ?? ''), kind.startsWith('http'), kind);
    }
  });

  it('keeps the path on the port that proxies allow', () => {
    const [finding] = diagnose(
      throughProxy({ kind: 'status', code: '403' }, { said: answer(403), url: 'ws://[::1]:8080/live?room=1' }),
    );
    assert.match(finding?.fixes[0]?.snippet ?? '', /"url": "wss:\/\/\[::1\]\/live\?room=1"/);
  });

  it('names the proxy and the port in what lets it through', () => {
    const squid = answer(403, { 'X-Squid-Error': 'ERR_ACCESS_DENIED 0' });
    const allow = (url: string, said = squid) =>
      diagnose(throughProxy({ kind: 'status', code: '403' }, { url, said }))[0]?.fixes[0]?.snippet ?? '';
    assert.doesNotMatch(allow('ws://example.test:8080/', answer(403)), /acl /);
    assert.match(
      allow('ws://example.test:8080/'),
      /acl websocket_host dstdomain example\.test\nacl SSL_ports port 8080\n/,
    );
    assert.match(allow('ws://127.0.0.9/'), /dst 127\.0\.0\.9\n/);
    assert.match(allow('ws://[::1]/'), /dst ::1\n/);
  });

  it('offers for the certificate of a proxy only what reaches the proxy', () => {
    const fixes = (code: string) => {
      const tls = tlsWith([certificate({ altNames: ['DNS:gate.test'] })], code);
      const evidence = throughProxy({ kind: 'certificate', code }, { proxy: route('https') });
      const report = { ...evidence.report, proxy: evidence.report.proxy && { ...evidence.report.proxy, tls } };
      return (
        diagnose({ ...evidence, report })[0]
          ?.fixes.map(({ snippet }) => snippet)
          .join('\n') ?? ''
      );
    };
    assert.match(fixes('DEPTH_ZERO_SELF_SIGNED_CERT'), /"ca"/);
    assert.doesNotMatch(fixes('DEPTH_ZERO_SELF_SIGNED_CERT'), /rejectUnauthorized/);
    assert.match(fixes('ERR_TLS_CERT_ALTNAME_INVALID'), /"proxy": "https:\/\/gate\.test:3128"/);
    assert.doesNotMatch(fixes('ERR_TLS_CERT_ALTNAME_INVALID'), /serverName/);
  });

  it('does not blame a proxy for what this machine has no room for', () => {
    const ids = diagnose(throughProxy({ phase: 'tcp', kind: 'error', code: 'EMFILE' })).map(({ id }) => id);
    assert.deepEqual(ids, ['local.exhausted']);
  });

  it('takes a login page for one, and no other path', () => {
    const login = (path: string) =>
      /login page/.test(diagnose(refusedWith(answer(302, { Location: path })))[0]?.explanation ?? '');
    for (const path of ['/login', '/users/sign_in', '/oauth2/authorize', '/auth/', '/sso?to=x', '//auth.test/'])
      assert.ok(login(path), path);
    for (const path of ['/lessons/live', '/authors/7', '/associations']) assert.ok(!login(path), path);
  });

  it('says that HTTP/2 was chosen and not spoken where ALPN chose it', () => {
    const [finding] = diagnose(
      evidenceOf({
        url: 'wss://example.test/',
        plan: { http: '2' },
        failure: { kind: 'http2', code: 'http2.not-supported', message: 'It began with something else.' },
        stream: { http2: http2Info({ enableConnectProtocol: null, streamId: null }) },
        report: { tls: { ...tlsWith([certificate()]), alpn: 'h2' } },
      }),
    );
    assert.doesNotMatch(finding?.explanation ?? '', /TLS agreed on another/);
    assert.match(finding?.explanation ?? '', /does not begin with the SETTINGS/);
  });

  it('gives a timer no limit that was not there, and a manifest a name', () => {
    const [, caddy] = diagnose(refusedWith(answer(504, { Server: 'Caddy' })))[0]?.fixes ?? [];
    assert.match(caddy?.title ?? '', /^Caddy/);
    assert.doesNotMatch(caddy?.snippet ?? '', /^\s*stream_timeout \d/m);
    const [lifetime] = diagnose(
      evidenceOf({
        response: answer(101, { Via: '1.1 google' }),
        failure: { phase: 'message', kind: 'end' },
        stream: { endedBy: 'server-fin', openForMs: 30_010 },
      }),
    );
    assert.equal(lifetime?.id, 'close.lifetime');
    assert.match(lifetime.fixes.at(-1)?.snippet ?? '', /metadata:\n {2}name: \w+\nspec:/);
  });

  it('asks for the version of TLS that the client was told not to take', () => {
    const [finding] = diagnose(
      evidenceOf({
        url: 'wss://example.test/',
        plan: { tls: { minVersion: 'TLSv1.3' } },
        failure: { phase: 'tls', kind: 'error', message: 'tlsv1 alert protocol version' },
      }),
    );
    assert.match(finding?.explanation ?? '', /only TLS 1\.3/);
    assert.match(finding?.fixes.at(-1)?.snippet ?? '', /TLSv1\.2/);
  });

  it('speaks of the file that cannot be used', () => {
    const fixOf = (code: string, message: string) =>
      diagnose(evidenceOf({ failure: { kind: 'input', code, message } }))[0]?.fixes[0]?.snippet ?? '';
    assert.match(fixOf('profile.unreadable-file', '`tls.cert`: cannot read /a/b.pem (ENOENT).'), /"cert"/);
    assert.match(fixOf('profile.invalid-certificate', '`tls.ca` (/a/b.md) holds no certificate.'), /-in ca\.pem/);
    assert.match(fixOf('profile.invalid-certificate', '`tls.passphrase` does not open `tls.pfx` (/a).'), /pkcs12/);
    assert.match(fixOf('profile.invalid-certificate', '`tls.pfx` (/a/b.md) is no PKCS #12.'), /pkcs12/);
  });

  it('says of an extension that was not offered only what was offered of extensions', () => {
    const [finding] = diagnose(
      evidenceOf({
        response: answer(101, { 'Sec-WebSocket-Extensions': 'x-playground' }),
        failure: { kind: 'handshake', code: 'extension.unrequested' },
        problems: [
          {
            id: 'extension.unrequested',
            severity: 'error',
            message: 'The server accepted the extension "x-playground", which was not offered.',
            expected: 'permessage-deflate',
            received: 'x-playground',
          },
        ],
        report: { compression: { offered: 'permessage-deflate', accepted: null, enabled: false } },
      }),
    );
    assert.doesNotMatch(finding?.evidence.join('\n') ?? '', /Offered: none/);
    assert.doesNotMatch(finding?.fixes.map(({ title }) => title).join() ?? '', /Offer compression/);
  });

  it('offers nothing to connect to when a redirect names no web address', () => {
    const [finding] = diagnose(refusedWith(answer(302, { Location: 'javascript:alert(1)' })));
    assert.doesNotMatch(finding?.fixes.map(({ snippet }) => snippet).join('\n') ?? '', /javascript/);
  });

  it('names the protocols that use a code differently instead of guessing', () => {
    const [finding] = diagnose(closedWith(4001));
    assert.match(finding?.title ?? '', /4001 \(Application Code\)/);
    assert.match(finding?.evidence.join('\n') ?? '', /Twitch EventSub: Client Sent Inbound Traffic/);
  });

  it('explains a code by the dialect of the connection', () => {
    const [finding] = diagnose(closedWith(4001, '', { url: 'ws://example.test/app/key?protocol=7' }));
    assert.match(finding?.title ?? '', /Application Does Not Exist/);
  });

  it('names the timers that a silence fits as what they are: a guess', () => {
    const [timer] = diagnose(
      evidenceOf({
        response: answer(101),
        failure: { phase: 'message', kind: 'end' },
        stream: { endedBy: 'server-fin', openForMs: 60_050 },
      }),
    );
    assert.match(timer?.evidence.join('\n') ?? '', /Nothing names them here.*: nginx proxy_read_timeout/);
    assert.match(timer?.explanation ?? '', /which one it was, nothing in the answer tells/);
  });

  it('calls a failed closing handshake a warning when only the end went wrong', () => {
    const [finding] = diagnose(evidenceOf({ response: answer(101), failure: { phase: 'close', kind: 'reset' } }));
    assert.deepEqual([finding?.id, finding?.severity], ['close.reset', 'warning']);
  });
});

const kindsOf: Readonly<Partial<Record<PhaseName, readonly Failure['kind'][]>>> = {
  dns: ['error', 'timeout', 'guard'],
  tcp: ['error', 'timeout', 'guard'],
  proxy: [
    'status',
    'socks',
    'not-http',
    'malformed',
    'headers-too-large',
    'end',
    'reset',
    'timeout',
    'error',
    'certificate',
    'guard',
    'input',
  ],
  tls: ['error', 'end', 'reset', 'timeout', 'certificate', 'input'],
  upgrade: [
    'error',
    'end',
    'reset',
    'timeout',
    'not-http',
    'malformed',
    'headers-too-large',
    'status',
    'handshake',
    'http2',
    'input',
  ],
  message: ['end', 'reset', 'closed', 'no-reply', 'mismatch', 'error', 'expectation', 'timeout'],
  close: ['timeout', 'end', 'reset'],
};

const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.constantFrom(
    '\u001b[31mred\u001b[0m',
    '\u202egnp.exe',
    '<script>alert(1)</script>',
    '\r\nSet-Cookie: a=b\r\n\r\n',
    '\ud800',
    '{'.repeat(300),
    'a'.repeat(70_000),
    '44{"message":"\u0000\u0085"}',
    '[3,{},"wamp.error.not_authorized\u202e"]',
    '{"error":"\u009b unauthorized"}\u001e',
  ),
);

const hostile: fc.Arbitrary<Evidence> = fc
  .record({
    secure: fc.boolean(),
    place: fc.constantFrom(
      ...Object.entries(kindsOf).flatMap(([phase, kinds]) => kinds.map((kind) => [phase, kind] as const)),
    ),
    code: fc.oneof(fc.constant(null), nasty, fc.constantFrom('ECONNREFUSED', 'EPROTO', 'CERT_HAS_EXPIRED')),
    message: nasty,
    status: fc.integer({ min: 100, max: 999 }),
    reason: nasty,
    headers: fc.array(
      fc.tuple(
        fc.oneof(nasty, fc.constantFrom('Server', 'Location', 'Retry-After', 'Upgrade', 'Allow', 'X-Powered-By')),
        nasty,
      ),
      { maxLength: 8 },
    ),
    body: nasty,
    firstBytes: fc.uint8Array({ maxLength: 512 }),
    messages: fc.array(nasty, { maxLength: 4 }),
    closeCode: fc.integer({ min: 0, max: 70_000 }),
    closeReason: nasty,
    selected: nasty,
    violation: fc.boolean(),
    proxy: fc.constantFrom('http', 'https', 'socks4', 'socks5', 'unused', null),
    http2: fc.boolean(),
    http: fc.constantFrom('1.1', '2', 'auto'),
    proxyHost: nasty,
    redirects: fc.array(fc.tuple(nasty, nasty, fc.boolean()), { maxLength: 12 }),
    chain: fc.array(fc.tuple(nasty, nasty), { maxLength: 20 }),
  })
  .map((seen): Evidence => {
    const [phase, kind] = seen.place;
    const httpVersion = seen.http2 ? '2' : '1.1';
    const response = { ...answer(seen.status, {}, seen.body), httpVersion, reason: seen.reason, headers: seen.headers };
    const known = route(seen.proxy === 'unused' || seen.proxy === null ? 'http' : seen.proxy, {
      host: seen.proxyHost,
      source: seen.selected,
    });
    const used = seen.proxy === 'unused' || seen.proxy === null ? null : known;
    const chain = seen.chain.map(([subject, issuer]) => certificate({ subject, issuer }));
    const tls = tlsWith(chain, seen.code);
    return evidenceOf({
      url: `${seen.secure ? 'wss' : 'ws'}://example.test/chat`,
      plan: {
        http: seen.http,
        proxyChoice: 'auto',
        proxy: used,
        unusedProxy: seen.proxy === 'unused' ? { route: known, because: seen.reason } : null,
        followRedirects: seen.violation,
      },
      failure: { phase: phase as PhaseName, kind, code: seen.code, message: seen.message },
      response,
      messages: seen.messages,
      problems: [
        {
          id: 'subprotocol.not-offered',
          severity: 'error',
          message: seen.message,
          expected: seen.body,
          received: seen.selected,
        },
      ],
      tokens: [{ where: seen.message, expiresAt: seen.reason, expired: true }],
      stream: {
        firstBytes: seen.firstBytes,
        bytesReceived: seen.firstBytes.length,
        closeReceived: { code: seen.closeCode, reason: seen.closeReason, atMs: 9 },
        violation: seen.violation
          ? { id: 'frame.masked', message: seen.message, wireOffset: 3, hex: seen.body.slice(0, 100) }
          : null,
        http2: seen.http2
          ? http2Info({ reset: seen.reason, goaway: { code: seen.body, lastStreamId: 1, debug: seen.message } })
          : null,
      },
      report: {
        tls,
        proxy: used && {
          url: seen.proxyHost,
          kind: used.kind,
          source: seen.selected,
          status: seen.status,
          reason: seen.reason,
          headers: seen.headers,
          request: null,
          body: response.body,
          tls,
        },
        redirects: seen.redirects.map(([url, location, followed]) => ({
          url,
          status: 302,
          location,
          target: followed ? location : null,
          followed,
          dropped: [url],
          startMs: 0,
          durationMs: 1,
        })),
        expectations: [{ name: seen.selected, passed: false, expected: seen.body, actual: seen.reason }],
        close: { code: seen.closeCode, reason: seen.closeReason, initiator: 'server', clean: true, evidence: '' },
      },
    });
  });

describe('diagnose with a hostile peer', () => {
  it('never throws, and lets no control or bidirectional character through', () => {
    fc.assert(
      fc.property(hostile, (evidence) => {
        for (const finding of diagnose(evidence)) assertWellFormed(finding);
      }),
      { numRuns: 150 },
    );
  });

  it('comes to its end with what goes on and on, whatever it is made of', () => {
    const endless = ['a', ' ', '\n', '?', '<', '.', ' at ', 'error: '].map((each) => each.repeat(300_000));
    for (const text of endless) {
      const evidence = evidenceOf({
        failure: { phase: 'upgrade', kind: 'status', code: '404', message: text },
        response: { ...answer(404, { Server: 'nginx', Location: text }, text), reason: text },
        messages: [text],
      });
      for (const finding of diagnose(evidence)) assert.ok(finding.title.length < 1_000);
    }
  });

  it('takes no name that every object has for one of its own', () => {
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      for (const [phase, kinds] of Object.entries(kindsOf)) {
        for (const kind of kinds) {
          const failure = { phase: phase as PhaseName, kind, code: name, message: `\`tls.${name}\`: ${name}` };
          for (const url of ['wss://example.test/', `ws://${name}.test/${name}`]) {
            const evidence = evidenceOf({
              url,
              plan: { proxy: route(), subprotocols: [] },
              failure,
              response: answer(404),
              messages: [`{"type":"${name}"}`],
              stream: { http2: http2Info({ reset: name }) },
              report: {
                tls: tlsWith([certificate()], name),
                expectations: [{ name, passed: false, expected: name, actual: name }],
              },
            });
            for (const finding of diagnose(evidence)) {
              assertWellFormed(finding);
              assert.doesNotMatch(JSON.stringify(finding), /native code|\[object /, `${phase} ${kind} ${name}`);
            }
          }
        }
      }
    }
  });

  it('asks nothing of a run without a failure that a failure rule would answer', () => {
    fc.assert(
      fc.property(hostile, (evidence) => {
        for (const rule of FAILURE_RULES) assert.equal(rule.diagnose({ ...evidence, failure: null }), null);
      }),
    );
  });

  it('never leaves a failed probe without an error to read', () => {
    for (const [phase, kinds] of Object.entries(kindsOf)) {
      for (const kind of kinds) {
        const evidence = evidenceOf({
          url: phase === 'tls' ? 'wss://example.test/' : 'ws://example.test/',
          failure: { phase: phase as PhaseName, kind },
          plan: phase === 'proxy' ? { proxy: route() } : {},
          response: kind === 'status' ? answer(404) : null,
          report:
            kind === 'closed'
              ? { close: { code: 4000, reason: '', initiator: 'server', clean: true, evidence: '' } }
              : {},
        });
        const [headline] = diagnose(evidence);
        assert.ok(headline && (headline.severity === 'error' || phase === 'close'), `${phase} ${kind}`);
      }
    }
  });
});
