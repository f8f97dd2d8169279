import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { judge } from '../../../src/core/watch/alerts.js';
import { ALERT_RULES, TAP_ALERT_RULES, watchedEnds } from '../../../src/core/watch/alertRules.js';
import { Aggregate } from '../../../src/core/watch/aggregate.js';
import { pauseBetween } from '../../../src/core/watch/lateness.js';
import { Recent } from '../../../src/core/watch/recent.js';
import { offsetOf, Slots, Turns } from '../../../src/core/watch/slots.js';
import { stabilityOf } from '../../../src/core/watch/stability.js';
import { planFor } from '../../support/plan.js';
import { sample, samples, SUBJECT } from './samples.js';

const plan = planFor('ws://h/');

describe('slots', () => {
  const everyMs = fc.integer({ min: 1, max: 100_000 });
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

  it('never bring two looks together, never ask for one that is over, and make up for none', () => {
    fc.assert(
      fc.property(
        everyMs,
        random,
        fc.array(fc.integer({ min: 0, max: 300_000 }), { maxLength: 50 }),
        (every, by, took) => {
          const slots = new Slots(1_000, every, () => by);
          let dueMs = slots.firstMs;
          for (const ms of took) {
            const overMs = dueMs + ms;
            const next = slots.after(overMs);
            assert.ok(next >= overMs);
            assert.ok(next <= overMs + every * (1.1 + 1 / 30) + 1e-6, `${next} after ${overMs} with ${every}`);
            dueMs = next;
          }
        },
      ),
    );
  });

  it('do not drift: after n quick looks, n intervals have gone by', () => {
    fc.assert(
      fc.property(everyMs, fc.array(random, { minLength: 1, maxLength: 50 }), (every, chances) => {
        let turn = 0;
        const slots = new Slots(0, every, () => chances[turn++] ?? 0.5);
        let dueMs = 0;
        // Looks that take no time, begun a little late.
        for (const _ of chances) dueMs = slots.after(dueMs + every * 0.11);
        assert.ok(dueMs <= chances.length * every * 1.1 + every && dueMs >= chances.length * every * 0.9 - every);
      }),
    );
  });

  it('gather on beats that short intervals share with long ones', () => {
    fc.assert(
      fc.property(everyMs, random, fc.integer({ min: 0, max: 300_000 }), (every, by, nowMs) => {
        const next = new Slots(12.5, every, () => by).after(nowMs);
        const beatMs = 1_000 / Math.ceil(30_000 / every);
        assert.ok(Math.abs(next / beatMs - Math.round(next / beatMs)) < 1e-6, `${next} is on no beat of ${beatMs}`);
      }),
    );
  });

  it('spread two hundred targets over their interval, and keep a few close together', () => {
    const offsets = Array.from({ length: 200 }, (_, index) => offsetOf(index, 200, 30_000));
    assert.deepEqual(
      [...new Set(offsets)],
      Array.from({ length: 30 }, (_, second) => second * 1_000),
    );
    assert.equal(offsets.filter((each) => each === 0).length, 7);
    assert.equal(offsetOf(2, 3, 30_000), 2_000);
  });
});

describe('turns', () => {
  it('are taken one after another, whether the one before succeeds or fails', async () => {
    const turns = new Turns();
    const told: string[] = [];
    const look = async (name: string, fails: boolean): Promise<string> => {
      told.push(`${name} begins`);
      await new Promise((done) => setImmediate(done));
      told.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    };
    const all = ['a', 'b', 'c'].map((name) => turns.take(60_000, () => look(name, name === 'b')));
    assert.deepEqual(
      (await Promise.allSettled(all)).map((each) => (each.status === 'fulfilled' ? each.value : String(each.reason))),
      ['a', 'Error: b', 'c'],
    );
    assert.deepEqual(told, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('wait for none that takes long', async () => {
    const turns = new Turns();
    let answer = (): void => undefined;
    const mute = turns.take(30, () => new Promise<void>((done) => (answer = done)));
    assert.equal(await turns.take(30, async () => 'looked'), 'looked');
    answer();
    await mute;
  });
});

describe('lateness', () => {
  const at = (nowMs: number, wallMs: number) => ({ nowMs, wallMs });

  it('is a stopped process on the monotonic clock, sleep on the wall clock, and neither where a clock is set back', () => {
    assert.equal(pauseBetween(at(0, 0), at(500, 500), 500, 2_000), 0);
    assert.equal(pauseBetween(at(0, 0), at(2_400, 2_400), 500, 2_000), 0, 'a busy machine');
    assert.equal(pauseBetween(at(0, 0), at(10_500, 10_500), 500, 2_000), 10_000);
    assert.equal(pauseBetween(at(0, 0), at(500, 3_600_500), 500, 2_000), 3_600_000);
    assert.equal(pauseBetween(at(0, 0), at(500, -3_600_000), 500, 2_000), 0);
    assert.equal(pauseBetween(at(0, 0), at(10_500, -3_600_000), 500, 2_000), 10_000);
  });
});

describe('an aggregate', () => {
  it('of parts is that of the whole: compacting loses no count', () => {
    fc.assert(
      fc.property(fc.array(fc.array(samples, { maxLength: 20 }), { maxLength: 6 }), (parts) => {
        const whole = new Aggregate(SUBJECT);
        const merged = new Aggregate(SUBJECT);
        for (const part of parts) {
          const own = new Aggregate(SUBJECT);
          for (const each of part) {
            own.add(each);
            whole.add(each);
          }
          merged.merge(own.rollup('x'));
        }
        const rounded = (aggregate: Aggregate) =>
          JSON.parse(JSON.stringify(aggregate.rollup('x')), (key, value: unknown) =>
            key === 'sum' ? Math.round(value as number) : value,
          ) as object;
        const { findings: a, ...one } = rounded(whole) as { findings: object };
        const { findings: b, ...other } = rounded(merged) as { findings: object };
        assert.deepEqual(other, one);
        assert.deepEqual(b, a);
      }),
    );
  });
});

describe('alerts', () => {
  const rules = ALERT_RULES.flatMap((rule) => {
    const limits = rule.limits(
      planFor('ws://h/', { expect: { budgets: { upgrade: { degradedMs: 10, downMs: null } } } }),
    );
    return limits ? [{ id: rule.id, limits }] : [];
  });
  for (const rule of TAP_ALERT_RULES) rules.push({ id: `tap ${rule.id}`, limits: rule.limits(null)! });

  it('never flap on a constant, whatever was before', () => {
    const value = fc.oneof(fc.double({ min: -20, max: 20, noNaN: true }), fc.double({ min: 0, max: 0.1, noNaN: true }));
    fc.assert(
      fc.property(fc.constantFrom(...rules), fc.array(value), value, ({ limits }, before, constant) => {
        const start = before.reduce((isFiring, each) => judge(isFiring, each, limits), false);
        const first = judge(start, constant, limits);
        assert.equal(judge(first, constant, limits), first);
      }),
    );
  });

  it('fire above one limit and clear at another that lies below it, and stay where nothing is known', () => {
    for (const { id, limits } of rules) {
      assert.ok(limits.clears < limits.fires, id);
      assert.equal(judge(false, limits.fires, limits), false, id);
      assert.equal(judge(true, limits.fires, limits), true, id);
      assert.equal(judge(true, limits.clears, limits), false, id);
      for (const isFiring of [true, false]) assert.equal(judge(isFiring, null, limits), isFiring);
    }
  });

  const measured = (id: string, looks: readonly ReturnType<typeof sample>[], coveredMs = 60_000) => {
    const seen = {
      looks,
      lately: { coveredMs, samples: looks },
      minute: { coveredMs: 60_000, samples: looks.slice(-3) },
      quarter: { coveredMs: 60_000 + coveredMs, samples: looks },
    };
    return ALERT_RULES.find((rule) => rule.id === id)?.measure({ plan, ...seen, ends: watchedEnds(seen) });
  };
  const times = (count: number, changes: Parameters<typeof sample>[0] = {}) =>
    Array.from({ length: count }, () => sample(changes));

  it('measure what the guides name', () => {
    const dropped = { closeCode: 1006, clean: false };
    assert.equal(measured('abnormal-closes', [...times(19)]), null, 'too few');
    assert.equal(measured('abnormal-closes', [...times(18), ...times(2, { closeCode: 1012 })]), 0.1);
    assert.equal(measured('dropped-closes', [...times(38), ...times(2, dropped)]), 0.05);
    assert.equal(measured('dropped-closes', [...times(38), ...times(2, { closeCode: 1011 })]), 0);
    assert.equal(measured('failures', [...times(2, { verdict: 'down' })]), 2);
    assert.equal(
      measured('failures', [...times(2, { verdict: 'down' }), ...times(1)]),
      null,
      'one good one is not yet good',
    );
    assert.equal(measured('failures', [...times(2, { verdict: 'down' }), ...times(2)]), 0);
    assert.equal(measured('reconnects', times(3, { kind: 'hold', reconnects: 1 })), 3);
    assert.equal(measured('reconnects', times(3, { kind: 'hold', reconnects: 1 }), 180_000), 1);
    assert.equal(measured('reconnects', times(3)), null, 'nothing is held');
    const away = { kind: 'hold', connected: false, verdict: 'down', reconnects: 2 } as const;
    assert.equal(measured('reconnects', times(5, away)), 0, 'it never stood');
    assert.equal(measured('reconnects', times(5, { ...away, drops: 2 })), 10, 'it opens and is dropped at once');
    const drops = (...atS: readonly number[]) =>
      atS.flatMap((s) => times(1, { kind: 'hold', drops: 1, at: new Date(s * 1000).toISOString() }));
    assert.equal(measured('reconnects-faster', drops(0, 64, 96, 112, 120, 124, 126, 127, 127.5)), 16);
    assert.equal(measured('reconnects-faster', drops(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)), 0);
    assert.equal(measured('reconnects-faster', drops(0, 64, 96)), null, 'too few');
    const returns = (...counts: readonly number[]) =>
      counts.flatMap((reconnects) => times(1, { kind: 'hold', reconnects }));
    assert.equal(measured('reconnect-storm', returns(1, 1, 10, 10, 10), 120_000), 30, 'one a minute is usual');
    assert.equal(measured('reconnect-storm', returns(20, 20, 10, 10, 10), 120_000), 1.5);
    assert.equal(measured('reconnect-storm', returns(10, 10, 10), 30_000), null, 'nothing is usual yet');
    assert.equal(measured('reconnect-storm', times(3)), null, 'nothing is held');
    assert.equal(measured('lost-messages', times(1, { kind: 'hold' })), null, 'nothing is numbered');
    assert.equal(measured('heartbeat', times(1, { kind: 'hold', heartbeats: { sent: 10, answered: 9 } })), 1 - 0.9);
    assert.equal(measured('p95.upgrade', [...times(18), ...times(2, { phases: { upgrade: 500 } })]), 500);
    assert.equal(measured('p95.message', times(20)), 3);
    assert.equal(measured('certificate', times(1, { certificateDaysLeft: 3 })), 11);
    assert.equal(measured('certificate', times(1)), null);
  });
});

describe('stability', () => {
  const trips = (ms: (index: number) => number, upgrade: (index: number) => number) =>
    Array.from({ length: 40 }, (_, index) =>
      sample({ roundTripMs: ms(index), phases: { tcp: 1, upgrade: upgrade(index) } }),
    );
  const jitters = (index: number) => (index % 5 === 0 ? 200 : 10);
  const flat = () => 5;

  it('tells round trips that jitter over a flat handshake from a network that jitters', () => {
    assert.equal(stabilityOf(trips(jitters, flat))?.unstable, true);
    assert.equal(stabilityOf(trips(jitters, jitters))?.unstable, false);
    assert.equal(stabilityOf(trips(flat, flat))?.unstable, false);
    assert.equal(stabilityOf(trips(jitters, flat).slice(0, 10)), null, 'too few');
  });
});

describe('recent samples', () => {
  it('stay in bounded room, however quickly they come, and some of them however slowly', () => {
    const quick = new Recent();
    for (let index = 0; index < 5_000; index++) quick.add(sample(), index);
    assert.equal(quick.samples.length, 1_000);
    const slow = new Recent();
    for (let index = 0; index < 100; index++) slow.add(sample(), index * 3_600_000);
    assert.equal(slow.samples.length, 40);
  });
});
