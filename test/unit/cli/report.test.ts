import assert from 'node:assert/strict';
import { renderReport } from '../../../src/cli/render/report.js';
import { createStyle } from '../../../src/cli/render/style.js';
import { lengthOf } from '../../../src/cli/render/text.js';
import type { Report } from '../../../src/core/base/model.js';
import {
  degradedByBudget,
  FIXTURES,
  healthyEcho,
  http2ThroughProxy,
  notWebSocket,
  proxyAsksForPassword,
  refusedCertificate,
  unfollowedRedirect,
} from './fixtures.js';
import { assertGolden } from './golden.js';

const plain = createStyle({ width: 80, unicode: true, colour: false });

function render(report: Report, style = plain, verbose = false): string {
  return renderReport(report, style, { verbose }).join('\n');
}

describe('renderReport', () => {
  for (const [name, report] of Object.entries(FIXTURES)) {
    it(`shows ${name}`, () => assertGolden(`report-${name}`, render(report)));
  }

  it('shows heads, chain and frames with verbose', () => {
    assertGolden('report-verbose', render(healthyEcho, plain, true));
    assertGolden('report-verbose-refused', render(notWebSocket, plain, true));
    assertGolden('report-verbose-http2ThroughProxy', render(http2ThroughProxy, plain, true));
    assertGolden('report-verbose-proxyAsksForPassword', render(proxyAsksForPassword, plain, true));
  });

  it('shows itself in ASCII where the terminal has no Unicode', () => {
    const ascii = render(degradedByBudget, createStyle({ width: 80, unicode: false, colour: false }));
    assert.match(ascii, /^[\n\u0020-\u007e]*$/);
    assertGolden('report-ascii', ascii);
  });

  it('shows itself on a narrow terminal', () => {
    assertGolden('report-narrow', render(refusedCertificate, createStyle({ width: 48, unicode: true, colour: false })));
  });

  it('keeps within the width, snippets aside', () => {
    for (const width of [48, 64, 80, 120]) {
      const style = createStyle({ width, unicode: true, colour: false });
      for (const report of Object.values(FIXTURES)) {
        const snippets = report.findings.flatMap((finding) => finding.fixes.flatMap((fix) => fix.snippet.split('\n')));
        for (const line of renderReport(report, style))
          assert.ok(lengthOf(line) <= width || snippets.includes(line.trim()), `${width}: ${line}`);
      }
    }
  });

  it('says the same in colour', () => {
    for (const report of Object.values(FIXTURES)) {
      const coloured = render(report, createStyle({ width: 80, unicode: true, colour: true }));
      assert.notEqual(coloured, render(report));
      const bare = coloured.replace(/\u001b\[[\d;]+m/g, '').replace(/ +$/gm, '');
      assert.equal(bare, render(report));
    }
  });

  it('puts verdict, why and change before the waterfall', () => {
    const lines = renderReport(refusedCertificate, plain);
    const at = (label: string) => lines.findIndex((line) => line.startsWith(label));
    assert.equal(at('✘ down'), 0);
    assert.ok(at('why') < at('change') && at('change') < at('dns'));
    assert.match(lines[at('why')] ?? '', /expired 12 days ago/);
  });

  it('never says down without a reason', () => {
    const bare = render({ ...refusedCertificate, findings: [] });
    assert.match(bare, /why +certificate has expired \(CERT_HAS_EXPIRED\)/);
    const missed = { name: 'status is 101', passed: false, expected: '101', actual: '200' };
    assert.match(
      render({ ...refusedCertificate, findings: [], error: null, expectations: [missed] }),
      /why +Expected: status is 101\. Wanted 101, got 200\./,
    );
    assert.match(render({ ...refusedCertificate, findings: [], error: null }), /why +The tls phase failed\./);
  });

  it('names a proxy that is known and not used, when all is asked for', () => {
    assert.doesNotMatch(render(unfollowedRedirect), /^proxy/m);
    assert.match(
      render(unfollowedRedirect, plain, true),
      /^proxy +not used: NO_PROXY lists \.example\.com \(known from HTTP_PROXY\)$/m,
    );
  });

  it('shows the connections that the probe made by itself', () => {
    const looks: Report['looks'] = [
      {
        reason: 'no-ping',
        atMs: 9,
        address: '127.0.0.1:9229',
        request: 'GET /live HTTP/1.1',
        response: 'HTTP/1.1 101 Switching Protocols; held 250 ms without a ping',
        error: null,
      },
      { reason: 'plain', atMs: 9, address: '[::1]:1', request: 'GET / HTTP/1.1', response: null, error: 'No answer.' },
    ];
    const text = render({ ...healthyEcho, looks }).replace(/\s+/g, ' ');
    assert.match(
      text,
      /looked again held once more without our ping, 127\.0\.0\.1:9229 GET \/live HTTP\/1\.1: HTTP\/1\.1 101/,
    );
    assert.match(text, /asked in plain HTTP, with no credential, \[::1\]:1 GET \/ HTTP\/1\.1: No answer\./);
  });

  it('says why a redirect was not followed', () => {
    const { redirects = [] } = unfollowedRedirect;
    assert.match(render(unfollowedRedirect), /not followed \(--follow-redirects does\)/);
    const refused = '10 redirects in a row are the limit';
    const limited = render({ ...unfollowedRedirect, redirects: redirects.map((hop) => ({ ...hop, refused })) });
    assert.match(limited, /not followed: 10 redirects in a row\n +are the limit$/m);
    const nowhere = { ...unfollowedRedirect, redirects: redirects.map((hop) => ({ ...hop, target: null })) };
    assert.match(render(nowhere), /to https:\/\/example\.com\/orders · not followed: no WebSocket can go\n +there/);
  });

  it('lets no text of the server reach the terminal as an escape, a new line or a change of direction', () => {
    const hostile = '\u001b]0;owned\u0007\u001b[2J\u009b31m\u202eevil\r\nverdict: healthy';
    const report: Report = {
      ...notWebSocket,
      name: hostile,
      response: {
        httpVersion: '1.1',
        status: 403,
        reason: hostile,
        headers: [['Server', hostile]],
        body: { text: hostile, bytes: 20, truncated: false },
      },
      proxy: {
        url: hostile,
        kind: 'http',
        source: hostile,
        status: 502,
        reason: hostile,
        headers: [[hostile, hostile]],
        request: { httpVersion: '1.1', method: 'CONNECT', target: hostile, headers: [] },
        body: { text: hostile, bytes: 9, truncated: false },
        tls: null,
      },
      redirects: [
        {
          url: hostile,
          status: 301,
          location: hostile,
          target: null,
          followed: false,
          dropped: [hostile],
          startMs: 0,
          durationMs: 1,
        },
      ],
      http2: {
        streamId: 1,
        enableConnectProtocol: null,
        maxConcurrentStreams: null,
        initialWindowSize: null,
        shared: true,
        goaway: { code: hostile, lastStreamId: 1, debug: hostile },
        reset: hostile,
      },
      differential: {
        variations: [{ id: 'x', change: hostile, passed: false, outcome: hostile, durationMs: 1 }],
        cure: null,
        stopped: hostile,
      },
      close: { code: 1006, reason: hostile, initiator: 'server', clean: false, evidence: hostile },
      findings: [
        {
          id: 'upgrade.forbidden',
          layer: 'application',
          severity: 'error',
          title: hostile,
          explanation: hostile,
          evidence: [hostile],
          fixes: [{ title: hostile, language: 'text', snippet: hostile }],
        },
      ],
    };
    for (const verbose of [false, true]) {
      for (const line of renderReport(report, plain, { verbose })) {
        assert.doesNotMatch(line, /[\p{Cc}\p{Cf}]/u);
        assert.doesNotMatch(line, /^verdict: healthy/);
      }
    }
  });
});
