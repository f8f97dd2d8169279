import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { optionsOf } from '../../../src/cli/render/fixOptions.js';
import type { Evidence } from '../../../src/core/base/evidence.js';
import type { Fix } from '../../../src/core/base/model.js';
import type { ProbePlan } from '../../../src/core/base/plan.js';
import { diagnose } from '../../../src/core/diagnosis/diagnose.js';
import { identifyServers } from '../../../src/core/diagnosis/identifyServer.js';
import { parseProfile } from '../../../src/core/profile/parse.js';
import { answer, certificateRefused, certificate, evidenceOf, refusedWith } from '../../support/evidence.js';
import { allCases } from './cases.js';

const CASES = [
  ...allCases,
  [
    'a certificate that has the address as a DNS name',
    certificateRefused('ERR_TLS_CERT_ALTNAME_INVALID', [certificate({ altNames: ['DNS:10.0.0.1'] })]),
  ] as const,
  ['nothing wrong', evidenceOf()] as const,
];

/** Keys that no option says, each with why. */
const WITHOUT_OPTION: readonly RegExp[] = [
  /^subprotocols=\[\]$/, // none is what the terminal offers by itself
  /^compression=(true|\{)/, // it is on by itself; its parameters are for profiles
  /^limits/,
  /^session=/,
  /^expect=/,
  /^message=/, // matches are for profiles
  /^auth=.*"in":"query"/, // the address carries it
  /^auth=.*"oauth2"/,
];

const isForProfile = ({ title, language }: Fix) => language === 'json' && title.endsWith('(profile)');

/** The first target: redirects lead elsewhere from it. */
const askedUrl = ({ plan, report }: Evidence) => report.redirects?.[0]?.url ?? plan.url;

function assertUseful(fix: Fix, evidence: Evidence, where: string): void {
  const keys = JSON.parse(fix.snippet) as Record<string, unknown>;
  const { problems } = parseProfile(JSON.stringify({ url: evidence.plan.url, ...keys }));
  assert.deepEqual(problems, [], where);
  const { plan } = evidence;
  const now: Record<string, unknown> = { ...plan, url: askedUrl(evidence) };
  for (const key of ['url', 'origin', 'subprotocols', 'compression', 'http', 'followRedirects'])
    if (key in keys) assert.notDeepEqual(keys[key], now[key], `${where}: the same value again`);
  const tls = keys['tls'] as ProbePlan['tls'] | undefined;
  assert.doesNotMatch(tls?.serverName ?? 'name', /^[\d.]+$|:/, `${where}: an address is no server name`);
  if (tls) assert.notDeepEqual({ ...plan.tls, ...tls }, plan.tls, where);
  for (const file of plan.tls.ca ?? []) if (tls?.ca) assert.ok(tls.ca.includes(file), `${where}: ca was given`);
  const auth = keys['auth'] as { type: string } | undefined;
  if (auth?.type === 'oauth2')
    assert.notDeepEqual(auth, { ...plan.auth, clientSecret: '${secret:client-secret}' }, where);
  else if (auth) assert.notEqual(auth.type, plan.auth?.type, where);
  assert.ok(!(keys['subprotocols'] as unknown[] | undefined)?.includes(''), where);
  assertPair(fix, keys, where);
}

/** What the profile says in keys the terminal says in options, or the key is one that has none. */
function assertPair(fix: Fix, keys: Record<string, unknown>, where: string): void {
  const options = optionsOf(fix);
  if (options !== null) {
    assert.doesNotMatch(options, /''|undefined|--server-name [\d.]+( |$)/, where);
    return;
  }
  const without = Object.entries(keys).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  const told = without.filter((entry) => WITHOUT_OPTION.some((known) => known.test(entry)));
  assert.ok(told.length > 0, `${where}: no option says ${without.join()}`);
}

/** A URL with the other scheme is offered where a byte says that this is the scheme of the port, or a redirect leads there. */
function assertSchemeSeen(fix: Fix, evidence: Evidence, id: string, where: string): void {
  const { url } = JSON.parse(fix.snippet) as { url?: string };
  if (url === undefined || url.split(':')[0] === askedUrl(evidence).split(':')[0]) return;
  const seen = ['tls.plain-port', 'tls.required', 'upgrade.redirect', 'proxy.forbidden'].includes(id);
  const walked = (evidence.report.redirects ?? []).length > 0;
  assert.ok(seen || walked, `${where}: ${url} was never tried`);
  if (id !== 'tls.plain-port') return;
  const bytes = Buffer.from(evidence.stream.firstBytes).toString('latin1');
  assert.ok(bytes.startsWith('HTTP/') || evidence.stream.plainAnswer !== null, `${where}: nobody heard HTTP`);
}

function assertFixes(evidence: Evidence, name: string): Fix[] {
  const offered: Fix[] = [];
  for (const { id, fixes } of diagnose(evidence)) {
    for (const fix of fixes) {
      const where = `${name}: ${id}: ${fix.title}`;
      assert.doesNotMatch(fix.snippet, /"watch"|''(?! *[)\w;])|\b(name|host)\.on\.the\.certificate\b/, where);
      if (!isForProfile(fix)) continue;
      assertUseful(fix, evidence, where);
      assertSchemeSeen(fix, evidence, id, where);
      offered.push(fix);
    }
  }
  return offered;
}

/** The plan as the profile has it once the fix is in it, as far as fixes name keys of a plan. */
function applied(plan: ProbePlan, { snippet }: Fix): ProbePlan {
  const { auth, tls, headers, proxy: _proxy, ...keys } = JSON.parse(snippet) as Record<string, unknown>;
  const named = Object.keys(keys).filter((key) =>
    ['url', 'origin', 'subprotocols', 'compression', 'http', 'followRedirects'].includes(key),
  );
  return {
    ...plan,
    ...Object.fromEntries(named.map((key) => [key, keys[key]])),
    ...(auth ? { auth: auth as ProbePlan['auth'] } : {}),
    ...(tls ? { tls: { ...plan.tls, ...(tls as ProbePlan['tls']) } } : {}),
    ...(headers ? { headers: [...plan.headers, ...Object.entries(headers as Record<string, string>)] } : {}),
  };
}

describe('fixes', () => {
  it('of every case change the plan, are taken by a profile, and are said in options too', () => {
    for (const [name, evidence] of CASES) assertFixes(evidence, name);
  });

  it('are no code for Node where the answer names an application that is something else', () => {
    for (const [name, evidence] of CASES) {
      const { response } = evidence.report;
      if (!response) continue;
      const named = { ...response, headers: [...response.headers, ['Server', 'TornadoServer/6.4'] as const] };
      const report = { ...evidence.report, response: named };
      const isNode = identifyServers(named).some((software) => software.name.includes('(Node)'));
      for (const { fixes } of diagnose({ ...evidence, report }))
        for (const { title } of fixes) assert.ok(isNode || !/^Node\b/.test(title), `${name}: ${title}`);
    }
  });

  it('offer the subprotocol that the words name, and none that was offered', () => {
    const said = (words: string, subprotocols: readonly string[] = []) =>
      diagnose(refusedWith(answer(400, {}, words), { plan: { subprotocols } }))[0]?.fixes.find(isForProfile)?.snippet;
    assert.match(said('invalid subprotocol; expected one of chat, chat2') ?? '', /"chat"/);
    assert.match(said('Unsupported sub-protocol. Supported: [ocpp2.0.1]') ?? '', /"ocpp2\.0\.1"/);
    assert.equal(said('invalid subprotocol; expected one of chat', ['chat']), undefined);
    assert.equal(said('missing subprotocol'), undefined);
  });

  it('are not offered again once they are in the profile', () => {
    for (const [name, evidence] of CASES) {
      for (const fix of assertFixes(evidence, name)) {
        const plan = applied(evidence.plan, fix);
        assertFixes(
          { ...evidence, plan, report: { ...evidence.report, redirects: [] } },
          `${name}, and "${fix.title}" done`,
        );
      }
    }
  });

  it('hold that whatever the profile says already', () => {
    const plans = fc.record({
      origin: fc.constantFrom(null, 'http://example.test:8080', 'https://example.test', 'https://app.test'),
      subprotocols: fc.subarray(['chat', 'graphql-transport-ws', 'mqtt']),
      compression: fc.boolean(),
      http: fc.constantFrom('1.1' as const, '2' as const, 'auto' as const),
      followRedirects: fc.boolean(),
      tls: fc.constantFrom(
        {},
        { ca: ['./ca.pem'] },
        { ca: ['other.pem'], serverName: 'example.test' },
        { serverName: '10.0.0.1' },
        { cert: './client.pem', key: './client.key' },
        { rejectUnauthorized: false },
        { minVersion: 'TLSv1.2' as const },
      ),
      auth: fc.constantFrom<ProbePlan['auth']>(
        null,
        { type: 'bearer', token: '[redacted]' },
        { type: 'basic', username: 'u', password: '[redacted]' },
        { type: 'apiKey', name: 'k', value: '[redacted]', in: 'query' },
      ),
    });
    fc.assert(
      fc.property(plans, fc.constantFrom(...CASES), (parts, [name, evidence]) => {
        assertFixes({ ...evidence, plan: { ...evidence.plan, ...parts } }, name);
      }),
      { numRuns: 800 },
    );
  });
});

/** Titles that name software: "nginx: …", "Node (ws): …". */
const FOR_SOFTWARE =
  /^(Apache|AWS \w+|Azure [\w ]+|Caddy|Cloudflare|Django|Envoy|Express|Fastly|Go|HAProxy|H2O|IIS|ingress-nginx|Kestrel|Kong|lighttpd|nginx|Node|Socket\.IO|Spring|Squid|Traefik|Varnish|Vite)\b[^:]*: /;

describe('a snippet for software', () => {
  it('is offered only where an answer, or the finding, names that software', () => {
    for (const [name, evidence] of CASES) {
      const { response } = evidence.report;
      const seen = response === null ? [] : identifyServers(response).map((software) => software.name);
      for (const { title, explanation, evidence: lines, fixes } of diagnose(evidence)) {
        const named = JSON.stringify([title, explanation, lines, response, seen]).toLowerCase();
        for (const fix of fixes) {
          const software = FOR_SOFTWARE.exec(fix.title)?.[1]?.toLowerCase() ?? '';
          const known = software.replace('ingress-', '').replace('socket.io', 'session id unknown');
          assert.ok(named.includes(known), `${name}: ${fix.title}`);
        }
      }
    }
  });
});
