import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Phase } from '../../../src/core/base/model.js';
import { checkExpectations, type Observed } from '../../../src/core/run/expectations.js';
import { percentile, summarize } from '../../../src/core/base/percentiles.js';
import { findTokens } from '../../../src/core/run/tokens.js';
import { applyBudgets, judge } from '../../../src/core/run/verdict.js';
import { planFor } from '../../support/plan.js';

describe('percentiles', () => {
  it('gives the nearest rank', () => {
    const samples = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    assert.deepEqual(
      [0, 10, 50, 95, 99, 100].map((percent) => percentile(samples, percent)),
      [1, 1, 5, 10, 10, 10],
    );
  });

  it('always gives one of the samples, in order of the percent', () => {
    const positive = fc.double({ min: 0, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.array(positive, { minLength: 1 }), (samples) => {
        const trips = summarize('echo', samples);
        assert.ok(trips);
        const ordered = [trips.minMs, trips.p50Ms, trips.p95Ms, trips.p99Ms, trips.maxMs];
        assert.deepEqual(
          [...ordered].sort((a, b) => a - b),
          ordered,
        );
        assert.ok(ordered.every((ms) => samples.includes(ms)));
      }),
    );
  });

  it('is null without samples', () => assert.equal(summarize('ping', []), null));
});

describe('expectations', () => {
  const observed: Observed = {
    connected: true,
    response: {
      httpVersion: '1.1',
      status: 101,
      reason: 'Switching Protocols',
      headers: [
        ['X-Served-By', 'edge-7'],
        ['x-served-by', 'edge-8'],
      ],
      body: { text: '', bytes: 0, truncated: false },
    },
    subprotocol: { offered: ['a'], selected: 'a' },
    tls: null,
    close: { code: 1000, reason: '', initiator: 'client', clean: true, evidence: '' },
    heldMs: 30,
    readyMs: 12,
  };
  const check = (expect: Parameters<typeof planFor>[1], seen: Partial<Observed> = {}) =>
    checkExpectations(planFor('ws://x/', expect).expect, { ...observed, ...seen });
  const passes = (expect: Parameters<typeof planFor>[1], seen: Partial<Observed> = {}) =>
    check(expect, seen).every(({ passed }) => passed);

  const table: [name: string, expect: NonNullable<Parameters<typeof planFor>[1]>['expect'], passed: boolean][] = [
    ['the status', { status: 101 }, true],
    ['another status', { status: 200 }, false],
    ['the subprotocol, case by case', { subprotocol: 'A' }, false],
    ['no subprotocol', { subprotocol: null }, false],
    ['the HTTP version', { httpVersion: '1.1' }, true],
    ['a header by expression', { headers: { 'x-served-by': { matches: '^edge' } } }, true],
    ['a header by part', { headers: { 'X-SERVED-BY': { contains: 'edge-8' } } }, true],
    ['a header that is not there', { headers: { 'x-none': { matches: '' } } }, false],
    ['a close code of several', { closeCode: [1001, 1000] }, true],
    ['a close code that did not come', { closeCode: [1001] }, false],
    ['a longer hold', { holdMs: 40 }, false],
  ];
  for (const [name, expect, passed] of table) {
    it(`${passed ? 'meets' : 'misses'} ${name}`, () =>
      assert.equal(passes({ expect: { holdMs: 20, ...expect } }), passed));
  }

  it('says what was expected and what came', () => {
    const [row] = check({ expect: { holdMs: 0, subprotocol: 'b' } });
    assert.deepEqual(row, { name: 'subprotocol is b', passed: false, expected: 'b', actual: 'a' });
  });
});

describe('verdict', () => {
  const phase = (name: Phase['name'], durationMs: number): Phase => ({
    name,
    status: 'ok',
    startMs: 0,
    durationMs,
    detail: {},
    budget: null,
  });
  const verdictOf = (upgradeMs: number, messageMs: number) => {
    const expect = planFor('ws://x/', {
      expect: {
        budgets: { upgrade: { degradedMs: 10, downMs: 20 }, message: { degradedMs: 5, downMs: 50, percentile: 100 } },
      },
    }).expect;
    const roundTrips = summarize('ping', [1, messageMs]);
    const phases = applyBudgets([phase('upgrade', upgradeMs)], expect, roundTrips);
    return judge({ phases, roundTrips, expectations: [], failure: null, expect, readyMs: 1, ping: null, steps: [] });
  };

  it('follows the budgets', () => {
    assert.equal(verdictOf(10, 5).verdict, 'healthy');
    assert.equal(verdictOf(10.001, 5).verdict, 'degraded');
    assert.equal(verdictOf(10, 5.001).verdict, 'degraded');
    assert.deepEqual(verdictOf(21, 5).error, {
      code: 'budget.exceeded',
      message: 'The upgrade phase took longer than its budget allows.',
      phase: 'upgrade',
    });
    assert.equal(verdictOf(1, 51).error?.phase, 'message');
  });
});

describe('findTokens', () => {
  const jwt = (exp: unknown) =>
    ['{"alg":"none"}', JSON.stringify({ exp }), 'x'].map((part) => Buffer.from(part).toString('base64url')).join('.');
  const now = new Date('2026-11-20T12:00:00Z');

  it('reads when a JWT expires, wherever it is sent, and never its text', () => {
    const token = jwt(now.getTime() / 1000 - 180);
    const plans = [
      planFor('ws://x/', { auth: { type: 'bearer', token } }),
      planFor(`ws://x/?access_token=${token}`),
      planFor('ws://x/', { headers: [['X-Token', `Bearer ${token}`]] }),
      planFor('ws://x/', { cookies: { session: token } }),
    ];
    for (const plan of plans) {
      const [found] = findTokens(plan, now);
      assert.equal(found?.expired, true);
      assert.equal(found.expiresAt, '2026-11-20T11:57:00.000Z');
      assert.ok(!JSON.stringify(found).includes(token));
    }
  });

  it('says for whom it is where that gives nothing away', () => {
    const told = (iss: unknown, aud: unknown) => {
      const claims = JSON.stringify({ exp: 2_000_000_000, nbf: 1_000_000_000, iss, aud });
      const token = ['{"alg":"none"}', claims, 'x'].map((part) => Buffer.from(part).toString('base64url')).join('.');
      const [{ issuer, audience, notBefore } = {}] = findTokens(planFor(`ws://x/?t=${token}`), now);
      assert.equal(notBefore, '2001-09-09T01:46:40.000Z');
      return [issuer, audience];
    };
    assert.deepEqual(told('https://id.test/realms/a', ['api', 'b']), ['https://id.test/realms/a', 'api']);
    assert.deepEqual(told('https://me:pass@id.test/', 'https://id.test/?key=1'), [undefined, undefined]);
    assert.deepEqual(told('a'.repeat(200), { a: 1 }), [undefined, undefined]);
  });

  it('leaves out what only looks like one', () => {
    for (const token of ['eyJhbGciOi.x.y', jwt('soon'), jwt(1e20), 'eyJ!!!!.eyJ.x']) {
      assert.deepEqual(findTokens(planFor('ws://x/', { auth: { type: 'bearer', token } }), now), []);
    }
  });
});
