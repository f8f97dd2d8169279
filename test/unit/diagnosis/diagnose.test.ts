import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { ALL_FINDING_IDS, diagnose } from '../../../src/core/diagnosis/diagnose.js';
import type { Evidence, Failure } from '../../../src/core/diagnosis/evidence.js';
import { FAILURE_RULES, RULES } from '../../../src/core/diagnosis/rules.js';
import type { PhaseName, Redirect } from '../../../src/core/model.js';
import { answer, certificate, closedWith, evidenceOf, refusedWith, tlsWith } from '../../support/evidence.js';
import { allCases } from './cases.js';
import type { planFor } from '../../support/plan.js';
import { assertWellFormed } from './wellFormed.js';
import { http2Info, route, throughProxy } from './routeCases.js';

/** Told by a differential run, not by a rule: differentialFindings.test.ts has their cases. */
const DIFFERENTIAL_IDS = ['differential.cured', 'compression.incompatible', 'differential.not-cured'];

describe('diagnose', () => {
  for (const [name, evidence, ids, title] of allCases) {
    it(`${name}: ${ids.join(', ') || 'nothing'}`, () => {
      const findings = diagnose(evidence);
      assert.deepEqual(
        findings.map(({ id }) => id),
        ids,
      );
      if (title) assert.match(findings[0]?.title ?? '', title);
      for (const finding of findings) {
        assertWellFormed(finding);
        assert.ok(finding.evidence.length > 0, `${finding.id}: no evidence`);
      }
    });
  }

  it('covers every id by a case', () => {
    const covered = new Set([...DIFFERENTIAL_IDS, ...allCases.flatMap(([, , ids]) => ids)]);
    assert.deepEqual(
      ALL_FINDING_IDS.filter((id) => !covered.has(id)),
      [],
    );
  });

  it('has a rule for every id and no rule for another', () => {
    const given = new Set(RULES.flatMap(({ ids }) => ids));
    assert.deepEqual([...given, ...DIFFERENTIAL_IDS].sort(), [...ALL_FINDING_IDS].sort());
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
    assert.deepEqual([finding?.layer, finding?.fixes[0]?.title], ['proxy', 'Envoy: allow the upgrade']);
  });

  it('names the software that answered in the fixes for timers too', () => {
    const first = (server: string) => diagnose(refusedWith(answer(504, { Server: server })))[0]?.fixes[1]?.title ?? '';
    assert.match(first('envoy'), /^Envoy/);
    assert.match(first('Apache/2.4.62'), /^Apache/);
    assert.match(first('Caddy'), /^Caddy/);
    assert.match(first('awselb/2.0'), /^AWS ALB/);
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
    for (const url of ['ws://127.0.0.1/', 'ws://server/', 'ws://server.local/', 'ws://[::1]/'])
      assert.doesNotMatch(offered({}, url).fixes.join(), /wsprobe lab/);
    assert.doesNotMatch(offered({ proxyChoice: 'none' }).fixes.join(), /wsprobe lab/);
  });

  it('gives the address that a redirect led to once credentials stayed behind', () => {
    const [, evidence] = allCases.find(([name]) => name === 'refused after credentials stayed behind') ?? [];
    const [finding] = evidence ? diagnose(evidence) : [];
    assert.match(finding?.evidence.join('\n') ?? '', /not carried on: Authorization/);
    assert.match(finding?.fixes.at(-1)?.snippet ?? '', /"url": "wss:\/\/other\.test\/chat"/);
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

  it('names the timer that a lifetime fits', () => {
    const [timer, dropped] = diagnose(
      evidenceOf({
        response: answer(101),
        failure: { phase: 'message', kind: 'end' },
        stream: { endedBy: 'server-fin', openForMs: 60_050 },
      }),
    );
    assert.match(timer?.evidence.join('\n') ?? '', /nginx proxy_read_timeout.*\nNext expected.*: 100 s \(Cloudflare/s);
    assert.match(dropped?.evidence.join('\n') ?? '', /60 s, idle: nginx proxy_read_timeout/);
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
      { numRuns: 400 },
    );
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
