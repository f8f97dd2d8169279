import assert from 'node:assert/strict';
import type { Report } from '../../src/core/model.js';
import { answerOf, answerTab, connectedAfterMs, hostOf, verdictOf } from '../../webview/answer.js';
import { handshakeChecks, headerNote, problemHeaders, rawResponse } from '../../webview/handshakeChecks.js';
import { phaseDetails } from '../../webview/phaseDetails.js';
import { INITIAL_VIEW, parseViewState, toggleOpen } from '../../webview/viewState.js';
import { reportWaterfall } from '../../webview/waterfall.js';
import {
  CLOSED_4401_REPORT,
  EXPIRED_REPORT,
  FIXTURES,
  HEALTHY_REPORT,
  HOSTILE_REPORT,
  NOT_WEBSOCKET_REPORT,
  PING_REPORT,
  SLOW_REPORT,
} from './fixtures.js';

describe('the answer', () => {
  it('is what is true now, before what the last report said', () => {
    const verdicts = Object.fromEntries(Object.entries(FIXTURES).map(([name, state]) => [name, verdictOf(state)]));
    assert.deepEqual(verdicts, {
      healthy: 'healthy',
      ping: 'healthy',
      slow: 'degraded',
      expired: 'down',
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
      rawResponse(NOT_WEBSOCKET_REPORT),
      /^HTTP\/1\.1 200 OK\nServer: nginx\/1\.22\.1\n[^]*\n\n<!doctype html>/,
    );
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
