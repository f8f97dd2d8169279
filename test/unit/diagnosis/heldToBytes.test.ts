import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Evidence } from '../../../src/core/base/evidence.js';
import type { Finding, ResponseInfo } from '../../../src/core/base/model.js';
import { diagnose } from '../../../src/core/diagnosis/diagnose.js';
import { identifyServers } from '../../../src/core/diagnosis/identifyServer.js';
import { allCases } from './cases.js';

/** Products as titles and explanations call them. */
const SOFTWARE =
  /\b(nginx|apache|caddy|haproxy|envoy|traefik|varnish|squid|tinyproxy|lighttpd|kong|iis|kestrel|cloudflare|cloudfront|fastly|akamai|heroku|fly\.io|render|vercel|netlify|railway|ngrok|azure|aws|google|express|uvicorn|daphne|hypercorn|starlette|fastapi|django|tornado|aiohttp|spring|tomcat|jetty|undertow|phoenix|cowboy|rails|action cable|puma|socket\.io|engine\.io|sockjs|signalr|mosquitto|chromium|vite|webpack|zscaler|openresty|gunicorn|istio)\b/gi;
const HEADER =
  /\b(sec-websocket-[a-z]+|upgrade header|origin header|host header|connection header|authorization header|cookie header|set-cookie|content-length|location header|www-authenticate|retry-after)\b/gi;
/** Three or four digits by themselves that are no time, size, port or address: a status or a code. */
const CODE =
  /(?<![\d.,:/"-])\b([1-5]\d{2}|[1-4]\d{3})\b(?![\d.:%"-]| ?(ms|s|min|h|days?|bytes?|KB|MiB|characters|pings?|frames?|fragments?)\b|,\d)/g;
/** A sentence that tells what may be, what others do, or what to do. */
const HEDGED =
  /\b(may|might|can|could|would|should|must|most often|often|usually|mostly|some|many|sometimes|commonest|either|or|if|where|when|such as|for one|for example|say|like|as in|look like|most likely|do this|does so|until|unless|every|any|without|needs?|so that|others?|servers|proxies|clients|browsers)\b|\(|^(Give|Send|Use|Ask|Put|Let|Make|Look|Add|Serve|Connect)\b/i;

/** Everything that was seen, as text, and nothing that a rule made of it. */
function seen({ plan, report, stream, failure, problems, messages, tokens, session, host, port }: Evidence): string {
  const { firstBytes, ...rest } = stream;
  const bytes = Buffer.from(firstBytes).toString('latin1');
  const hex = stream.violation ? Buffer.from(stream.violation.hex.replaceAll(' ', ''), 'hex').toString('latin1') : '';
  return JSON.stringify([plan, report, rest, failure, problems, messages, tokens, session, host, port]) + bytes + hex;
}

/** Lines with which a finding says by what it knew somebody. */
const signs = ({ evidence }: Finding) =>
  evidence.filter((line) => /^(Recognised by|Looks like|Issuer|Inside TLS|Body|Chain)/.test(line)).join('\n');

/** Who answered, by headers that need not spell the name. */
function recognised({ report: { response } }: Evidence): string {
  return (response ? identifyServers(response) : []).map(({ name }) => name.toLowerCase()).join('\n');
}

function assertHeld(evidence: Evidence, name: string): void {
  const corpus = seen(evidence).toLowerCase();
  for (const finding of diagnose(evidence)) {
    const { id, title, explanation } = finding;
    const shown = `${corpus}\n${signs(finding).toLowerCase()}\n${recognised(evidence)}`;
    const where = (what: string, text: string) => `${name}: ${id} names ${what}: ${text}`;
    for (const [word] of title.matchAll(SOFTWARE)) {
      const known = shown.includes(word.toLowerCase()) || /Recognised by/.test(signs(finding));
      assert.ok(known, where(`the software ${word}`, title));
    }
    for (const [header] of title.matchAll(HEADER)) {
      const bare = header.replace(/ header$/i, '').toLowerCase();
      const absent = /\b(no|without|none|wants|missing|did not|not see|never)\b/i.test(title);
      assert.ok(
        shown.includes(bare) || absent || isPartOfHandshake(bare, evidence),
        where(`the header ${header}`, title),
      );
    }
    for (const [code] of title.matchAll(CODE)) assert.ok(shown.includes(code), where(`the code ${code}`, title));
    for (const sentence of explanation.split(/(?<=[.;:!?]) /)) {
      if (HEDGED.test(sentence)) continue;
      for (const [word] of sentence.matchAll(SOFTWARE))
        assert.ok(
          shown.includes(word.toLowerCase()) || /Recognised by/.test(signs(finding)),
          where(`the software ${word}`, sentence),
        );
      for (const [code] of sentence.matchAll(CODE)) {
        const isRfc = new RegExp(`RFC ${code}`).test(sentence);
        assert.ok(isRfc || shown.includes(code), where(`the code ${code}`, sentence));
      }
    }
    assertActs(finding, evidence, where);
  }
}

/** Every opening handshake has them; evidence made by hand leaves them out. */
function isPartOfHandshake(header: string, { report }: Evidence): boolean {
  return report.request !== null && /^(upgrade|connection|host|sec-websocket-(key|version|accept))$/.test(header);
}

/** Acts that bytes show: an end, a reset, a wait in vain, a Close, an answer. */
function assertActs({ title, id }: Finding, evidence: Evidence, where: (what: string, text: string) => string): void {
  const { failure, stream, report } = evidence;
  const kind = failure?.kind;
  const reset =
    kind === 'reset' ||
    stream.endedBy === 'server-reset' ||
    /ECONNRESET|EPIPE|ECONNABORTED|CANCEL|REFUSED_STREAM|_ERROR/.test(failure?.code ?? '') ||
    id.startsWith('http2.');
  if (/\b(was|is) reset\b|\breset the (connection|stream)\b/.test(title)) assert.ok(reset, where('a reset', title));
  if (/\bremoved the Upgrade header\b/.test(title)) {
    assert.ok(
      report.request !== null && report.response !== null && report.response.status !== 101,
      where('a removal', title),
    );
  }
  if (/\bplain HTTP\b/.test(title) && id.startsWith('tls.')) {
    const text = Buffer.from(stream.firstBytes).toString('latin1');
    assert.ok(
      text.startsWith('HTTP/') || stream.plainAnswer !== null || report.response !== null,
      where('HTTP', title),
    );
  }
  if (/\b(answered|the answer is) \d{3}\b/.test(title)) {
    const answered = report.response ?? (report.proxy?.status === null ? null : report.proxy);
    assert.ok(
      answered || report.redirects || stream.plainAnswer || stream.getAnswer || stream.firstBytes.length > 0,
      where('an answer', title),
    );
  }
  if (/\bin time\b|\bwithin [\d.]+ (ms|s)\b/.test(title)) {
    const waited =
      kind === 'timeout' ||
      failure?.code === 'ETIMEDOUT' ||
      failure?.code === 'credentials.timeout' ||
      [408, 504].includes(report.response?.status ?? report.proxy?.status ?? 0) ||
      kind === 'no-reply' ||
      stream.closeTimedOut ||
      evidence.session ||
      stream.ping ||
      stream.endedBy;
    assert.ok(waited, where('a wait in vain', title));
  }
}

describe('what is said', () => {
  it('is held to the evidence in every case', () => {
    for (const [name, evidence] of allCases) assertHeld(evidence, name);
  });

  const answered = allCases.filter(([, { report }]) => report.response !== null);
  const mutation = fc.constantFrom<(response: ResponseInfo) => ResponseInfo>(
    (response) => ({ ...response, headers: [] }),
    (response) => ({ ...response, headers: response.headers.slice(1) }),
    (response) => ({ ...response, headers: response.headers.filter(([name]) => !/^(server|via)$/i.test(name)) }),
    (response) => ({ ...response, body: { text: '', bytes: 0, truncated: false } }),
    (response) => ({ ...response, body: { ...response.body, text: response.body.text.slice(0, 9) } }),
    (response) => ({ ...response, body: { ...response.body, text: response.body.text.toUpperCase() } }),
    (response) => ({ ...response, reason: 'Whatever' }),
    (response) => ({ ...response, headers: [...response.headers, ['Server', 'envoy'], ['Via', '1.1 varnish']] }),
  );
  const statuses = fc.constantFrom(
    200,
    204,
    302,
    400,
    401,
    403,
    404,
    405,
    418,
    421,
    426,
    429,
    451,
    500,
    502,
    503,
    504,
    520,
    599,
  );

  it('is held to the evidence whatever an answer is made into', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...answered),
        fc.array(mutation, { maxLength: 4 }),
        fc.option(statuses),
        ([name, evidence], changes, status) => {
          const made = changes.reduce((response, change) => change(response), evidence.report.response!);
          const response = status === null || made.status === 101 ? made : { ...made, status, reason: '' };
          const failure =
            evidence.failure?.kind === 'status'
              ? { ...evidence.failure, code: String(response.status) }
              : evidence.failure;
          assertHeld({ ...evidence, failure, report: { ...evidence.report, response } }, name);
        },
      ),
      { numRuns: 1_500 },
    );
  });

  it('is held to the bytes that came, however few', () => {
    const withBytes = allCases.filter(([, { stream }]) => stream.firstBytes.length > 0);
    fc.assert(
      fc.property(fc.constantFrom(...withBytes), fc.nat(64), ([name, evidence], length) => {
        const stream = { ...evidence.stream, firstBytes: evidence.stream.firstBytes.subarray(0, length) };
        assertHeld({ ...evidence, stream }, name);
      }),
    );
  });

  it('tells an answer of one by the words of no other', () => {
    const swaps = fc.tuple(fc.constantFrom(...answered), fc.constantFrom(...answered));
    fc.assert(
      fc.property(swaps, ([[name, evidence], [, other]]) => {
        const mine = evidence.report.response!;
        const theirs = other.report.response!;
        if (mine.status === 101 || theirs.status === 101) return;
        const response = { ...mine, body: theirs.body };
        assertHeld({ ...evidence, report: { ...evidence.report, response } }, name);
      }),
      { numRuns: 1_000 },
    );
  });
});
