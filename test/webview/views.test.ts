import assert from 'node:assert/strict';
import type { Report } from '../../src/core/base/model.js';
import { answerOf, answerTab, connectedAfterMs, hostOf, reportAnswer, verdictOf } from '../../webview/probe/answer.js';
import { wireRatio } from '../../webview/probe/handshake/compression.js';
import {
  handshakeChecks,
  headerNote,
  problemHeaders,
  requestHead,
  responseHead,
} from '../../webview/probe/handshake/handshakeChecks.js';
import { offersOf } from '../../webview/probe/offers.js';
import { phaseDetails, statusText } from '../../webview/probe/timings/phaseDetails.js';
import { INITIAL_VIEW, parseViewState, toggleOpen } from '../../webview/shared/viewState.js';
import { reportWaterfall } from '../../webview/probe/timings/waterfall.js';
import {
  CLOSED_4401_REPORT,
  EXPIRED_REPORT,
  FIXTURES,
  HEALTHY_REPORT,
  HOSTILE_REPORT,
  NOT_WEBSOCKET_REPORT,
  PING_REPORT,
  SLOW_REPORT,
  STEPS_REPORT,
} from './fixtures.js';
import {
  CURED_REPORT,
  HTTP2_REPORT,
  HTTP2_SHARED_REPORT,
  ORDERS,
  PROXIED_REPORT,
  PROXY_AUTH_REPORT,
  REDIRECT_FOLLOWED_REPORT,
  REDIRECT_REPORT,
  UNUSED_PROXY_REPORT,
} from './networkFixtures.js';

describe('the answer', () => {
  it('stands in the conversation where a step failed', () => assert.equal(answerTab(STEPS_REPORT), 'steps'));

  it('is what is true now, before what the last report said', () => {
    const verdicts = Object.fromEntries(Object.entries(FIXTURES).map(([name, state]) => [name, verdictOf(state)]));
    assert.deepEqual(verdicts, {
      healthy: 'healthy',
      ping: 'healthy',
      slow: 'degraded',
      expired: 'down',
      credentials: 'healthy',
      'credentials-refused': 'down',
      'not-websocket': 'down',
      'closed-4401': 'down',
      idle: 'idle',
      running: 'running',
      'running-again': 'running',
      failed: 'failed',
      cancelled: 'cancelled',
      restored: 'down',
      hostile: 'down',
    });
    assert.equal(verdictOf(null), 'waiting');
  });

  it('is the headline finding, else the expectation, else the error', () => {
    const state = (report: Report) => answerOf({ ...FIXTURES.healthy, report }).kind;
    assert.equal(state(EXPIRED_REPORT), 'finding');
    assert.equal(state({ ...CLOSED_4401_REPORT, findings: [] }), 'expectation');
    assert.equal(state({ ...EXPIRED_REPORT, findings: [] }), 'error');
    assert.equal(state({ ...SLOW_REPORT, findings: [], expectations: [] }), 'degraded');
    assert.equal(state(HEALTHY_REPORT), 'healthy');
  });

  it('points at the tab that shows the reason', () => {
    assert.deepEqual(
      [EXPIRED_REPORT, NOT_WEBSOCKET_REPORT, CLOSED_4401_REPORT, SLOW_REPORT, HEALTHY_REPORT].map(answerTab),
      ['handshake', 'handshake', 'close', 'timings', 'handshake'],
    );
    const [finding] = EXPIRED_REPORT.findings;
    assert.ok(finding);
    const tabOf = (id: string, more: Partial<Report> = {}) =>
      answerTab({ ...EXPIRED_REPORT, findings: [{ ...finding, id }], ...more });
    assert.equal(tabOf('dns.not-found', { attempts: [] }), 'findings');
    assert.equal(tabOf('tcp.refused'), 'timings');
    assert.equal(tabOf('frame.masked', { frames: HEALTHY_REPORT.frames }), 'frames');
    assert.equal(tabOf('anything.else'), 'findings');
  });

  it('counts the time to connect up to the end of the upgrade', () => {
    assert.equal(connectedAfterMs(HEALTHY_REPORT), 61.25);
    assert.equal(connectedAfterMs(EXPIRED_REPORT), null);
  });

  it('names the host, or the text when it is no URL', () => {
    assert.equal(hostOf('wss://api.example.com:8443/x'), 'api.example.com:8443');
    assert.equal(hostOf('not a url'), 'not a url');
  });
});

describe('handshake checks', () => {
  const outcomes = (report: Report) => handshakeChecks(report).map(({ name, outcome }) => [name, outcome]);

  it('passes what RFC 6455 asks for', () => {
    assert.deepEqual(outcomes(HEALTHY_REPORT), [
      ['Status', 'ok'],
      ['Upgrade', 'ok'],
      ['Connection', 'ok'],
      ['Sec-WebSocket-Accept', 'ok'],
      ['Subprotocol', 'ok'],
      ['Extensions', 'ok'],
    ]);
  });

  it('judges nothing but the status of plain HTTP', () => {
    assert.deepEqual(outcomes(NOT_WEBSOCKET_REPORT), [['Status', 'problem']]);
  });

  it('marks what a 101 gets wrong, and the headers to blame', () => {
    const checks = handshakeChecks(HOSTILE_REPORT);
    assert.deepEqual(
      checks.filter((check) => check.outcome === 'problem').map((check) => check.name),
      ['Upgrade', 'Connection', 'Sec-WebSocket-Accept', 'Subprotocol'],
    );
    assert.ok(problemHeaders(checks).has('sec-websocket-accept'));
    assert.ok(problemHeaders(checks).has('sec-websocket-protocol'));
  });

  it('calls declined compression a note, not a problem', () => {
    const extensions = handshakeChecks(PING_REPORT).find((check) => check.name === 'Extensions');
    assert.equal(extensions?.outcome, 'note');
  });

  it('has nothing to check where no request left', () => {
    assert.deepEqual(handshakeChecks(EXPIRED_REPORT), []);
  });

  it('explains the headers of the handshake in any case, and inherits nothing', () => {
    assert.match(headerNote('SEC-WEBSOCKET-ACCEPT') ?? '', /SHA-1/);
    assert.equal(headerNote('X-Anything'), null);
    assert.equal(headerNote('constructor'), null);
  });

  it('gives the response raw, body included', () => {
    assert.match(
      responseHead(NOT_WEBSOCKET_REPORT)?.raw ?? '',
      /^HTTP\/1\.1 200 OK\nServer: nginx\/1\.22\.1\n[^]*\n\n<!doctype html>/,
    );
  });
});

describe('the way a handshake went', () => {
  it('over HTTP/2 has its pseudo-headers first, no first line, and no check of what HTTP/2 has not', () => {
    const request = requestHead(HTTP2_REPORT);
    assert.equal(request.line, 'HTTP/2');
    assert.deepEqual(request.headers.slice(0, 2), [
      [':method', 'CONNECT'],
      [':protocol', 'websocket'],
    ]);
    assert.match(request.raw, /^:method: CONNECT\n/);
    assert.deepEqual(responseHead(HTTP2_REPORT)?.headers[0], [':status', '200']);
    assert.deepEqual(
      handshakeChecks(HTTP2_REPORT).map(({ name, outcome }) => `${name} ${outcome}`),
      ['Status ok', 'Subprotocol ok', 'Extensions ok'],
    );
  });

  it('shows a proxy that was left out with the reason, and none where none is known', () => {
    const rows = reportWaterfall(UNUSED_PROXY_REPORT).rows.filter(({ name }) => name === 'proxy');
    assert.deepEqual(rows.map(statusText), ['not used']);
    assert.deepEqual(phaseDetails(rows[0]!), [
      ['Not used, because', 'NO_PROXY lists .example.com'],
      ['Named by', 'HTTPS_PROXY'],
    ]);
    const known = { ...PING_REPORT, phases: [{ ...PING_REPORT.phases[2]!, name: 'proxy' as const }] };
    assert.deepEqual(reportWaterfall(known).rows, []);
    assert.equal(reportWaterfall(UNUSED_PROXY_REPORT).proxied, false);
    assert.equal(reportWaterfall(PROXIED_REPORT).proxied, true);
  });

  it('says of a shared connection that its phases were another socket’s', () => {
    const [dns] = reportWaterfall(HTTP2_SHARED_REPORT).rows;
    assert.equal(statusText(dns!), 'shared');
    assert.deepEqual(phaseDetails(dns!), [['Connection', 'Another socket had opened this connection.']]);
  });

  it('counts what whole compressed messages took on the wire', () => {
    const frames = [
      { ...PROXIED_REPORT.frames[1]!, fin: false, inflated: undefined },
      { ...PROXIED_REPORT.frames[1]!, opcode: 0, payloadBytes: 6 },
      { ...PROXIED_REPORT.frames[1]!, opcode: 9, payloadBytes: 4, inflated: undefined },
    ].map(({ inflated, ...frame }) => (inflated ? { ...frame, inflated } : frame));
    const bytes = PROXIED_REPORT.frames[1]!.payloadBytes;
    assert.deepEqual(wireRatio(frames, 'received'), { wire: bytes + 6, inflated: ORDERS.length });
    assert.equal(wireRatio(frames, 'sent'), null);
    assert.equal(wireRatio(HEALTHY_REPORT.frames, 'received'), null);
  });
});

describe('what is offered about a failure', () => {
  it('is the experiment, by the name that fits, and a redirect that may be followed', () => {
    assert.deepEqual(offersOf(null), []);
    assert.deepEqual(offersOf(HEALTHY_REPORT), []);
    assert.deepEqual(offersOf(NOT_WEBSOCKET_REPORT), ['find']);
    assert.deepEqual(offersOf(PROXY_AUTH_REPORT), ['compare']);
    assert.deepEqual(offersOf(REDIRECT_REPORT), ['follow', 'find']);
    assert.deepEqual(offersOf(REDIRECT_FOLLOWED_REPORT), ['find']);
  });

  it('is never a redirect into the open, nor an experiment on an address that is refused', () => {
    const [redirect] = REDIRECT_REPORT.redirects ?? [];
    for (const target of ['ws://login.example.net/', null]) {
      assert.deepEqual(offersOf({ ...REDIRECT_REPORT, redirects: [{ ...redirect!, target }] }), ['find']);
    }
    const guarded = { ...EXPIRED_REPORT.findings[0]!, id: 'guard.blocked-address' };
    assert.deepEqual(offersOf({ ...EXPIRED_REPORT, findings: [guarded] }), []);
  });
});

describe('the answer of an experiment', () => {
  it('leaves what is wrong the answer, and counts itself nowhere', () => {
    const answer = reportAnswer(CURED_REPORT);
    assert.equal(answer.kind === 'finding' && answer.finding.id, 'upgrade.origin-refused');
    assert.equal(answer.kind === 'finding' && answer.others, 0);
    assert.equal(answerTab(CURED_REPORT), 'handshake');
  });
});

describe('phase details', () => {
  it('tells times, lists and budgets, leaves out flags, and makes foreign text safe', () => {
    const [row] = reportWaterfall({
      durationMs: 10,
      phases: [
        {
          name: 'upgrade',
          status: 'ok',
          startMs: 1,
          durationMs: 9,
          budget: { degradedMs: 1000, downMs: 5000 },
          detail: { firstByteMs: 5, open: true, addresses: ['::1', '\u202e'], serverName: 'x', empty: [] },
        },
      ],
    }).rows;
    assert.ok(row);
    assert.deepEqual(phaseDetails(row), [
      ['On the clock', 'from 1.00 ms to 10.0 ms'],
      ['Budget', 'degraded above 1 s, down above 5 s'],
      ['First byte of the answer', '5.00 ms'],
      ['Addresses', '::1, \\u202e'],
      ['Server name', 'x'],
    ]);
  });
});

describe('view state', () => {
  it('falls back to its defaults for whatever it cannot read', () => {
    for (const raw of [null, undefined, 7, 'x', [], { tab: 'nope', open: 3, frame: 1.5, payload: {}, fixes: [1] }]) {
      assert.deepEqual(parseViewState(raw), INITIAL_VIEW);
    }
  });

  it('comes back as it was', () => {
    const view = {
      ...toggleOpen(INITIAL_VIEW, 'phase-tcp'),
      tab: 'frames',
      frame: 3,
      payload: 'hex',
      fixes: { a: 1 },
    } as const;
    assert.deepEqual(parseViewState(structuredClone(view)), view);
    assert.deepEqual(toggleOpen(view, 'phase-tcp').open, []);
  });
});
