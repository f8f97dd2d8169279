import assert from 'node:assert/strict';
import type { ProbePlan } from '../../../src/core/base/plan.js';
import { type Playground, startPlayground } from '../../../src/core/playground/index.js';
import { systemNetwork } from '../../../src/core/transport/network.js';
import { Series } from '../../../src/core/watch/series.js';
import { Watch, type WatchEvent, type WatchOptions } from '../../../src/core/watch/watch.js';
import { UpgradeServer } from '../../support/upgradeServer.js';
import { planFor } from '../../support/plan.js';
import { sample, SUBJECT } from './samples.js';

describe('a watch', () => {
  let playground: Playground;
  before(async () => {
    playground = await startPlayground({ port: 0 });
  });
  after(() => playground.stop());

  const target = (
    path: string,
    watch: Partial<ProbePlan['watch']> = {},
    overrides: Parameters<typeof planFor>[1] = {},
  ) => ({
    plan: planFor(path.includes('://') ? path : `${playground.ws}${path}`, {
      ...overrides,
      watch: { everyMs: 5, alertAfter: 2, hold: false, sequence: null, ...watch },
    }),
    profile: null,
  });

  function setUp(targets: WatchOptions['targets'], options: Partial<WatchOptions> = {}) {
    const events: WatchEvent[] = [];
    const ending = new AbortController();
    const watch = new Watch({
      targets,
      signal: ending.signal,
      pauseAfterMs: 60_000,
      ...options,
      onEvent: (event) => {
        events.push(event);
        return options.onEvent?.(event);
      },
    });
    const of = <K extends WatchEvent['kind']>(kind: K) =>
      events.filter((event): event is Extract<WatchEvent, { kind: K }> => event.kind === kind);
    return { watch, events, of, ending };
  }

  it('probes each target as often as it was told, and says how it went', async () => {
    const { watch, of } = setUp([target('/echo'), target('/status/401')], { count: 3 });
    const { targets } = await watch.run();
    assert.deepEqual(
      targets.map(({ looks, verdict, availability, connected }) => [looks, verdict, availability, connected]),
      [
        [3, 'healthy', 1, 3],
        [3, 'down', 0, 0],
      ],
    );
    assert.equal(of('sample').length, 6);
    assert.equal(targets[0]?.phases.upgrade?.count, 3);
    assert.deepEqual(targets[0]?.closes, [{ code: 1000, clean: true, count: 3 }]);
  });

  it('tells of a verdict when it turns, and of an alert with its headline and first fix', async () => {
    const { watch, of } = setUp([target('/close/1011', {}, { expect: { ping: false, holdMs: 5_000 } })], { count: 25 });
    const { targets } = await watch.run();
    assert.deepEqual(
      of('verdict').map(({ from, to, title }) => [from, to, title]),
      [[null, 'down', 'The server failed and closed the connection (1011).']],
    );
    const alerts = of('alert').map(({ alert }) => alert);
    assert.deepEqual(
      alerts.map(({ rule, state, headline }) => [rule, state, headline?.id]),
      [
        ['failures', 'firing', 'close.internal-error'],
        ['abnormal-closes', 'firing', 'close.internal-error'],
      ],
    );
    assert.notEqual(alerts[0]?.fix.snippet, '');
    assert.deepEqual(
      targets[0]?.alerts.map(({ rule }) => rule),
      ['failures', 'abnormal-closes'],
    );
  });

  it('says of a slow phase nothing that was found of another', async () => {
    const budgets = {
      upgrade: { degradedMs: 1, downMs: null },
      message: { degradedMs: 1, downMs: null, percentile: 50 },
    };
    const slow = { expect: { budgets, holdMs: 1 }, message: { send: 'hi', expect: 'echo', samples: 1 } } as const;
    const { watch, of } = setUp([target('/weather?at=50&ms=20', {}, slow)], { count: 25 });
    await watch.run();
    const alerts = of('alert').map(({ alert }) => alert);
    assert.deepEqual(
      alerts.map(({ headline, rule }) => [rule, headline]),
      [
        ['p95.upgrade', null],
        ['p95.message', null],
      ],
    );
  });

  it('never overlaps with itself, however slow the server, and each target has its own pace', async () => {
    const { watch, of, ending } = setUp([target('/slow-upgrade?ms=150'), target('/echo')], {
      onEvent: () => {
        if (of('sample').filter(({ sample }) => sample.target.includes('slow')).length === 2) ending.abort();
      },
    });
    await watch.run();
    const slow = of('sample').filter(({ sample }) => sample.target.includes('slow'));
    const [first, second] = slow.map(({ sample }) => sample);
    const between = Date.parse(second?.at ?? '') - Date.parse(first?.at ?? '');
    assert.ok(between >= (first?.phases.upgrade ?? 0) - 2, 'the second began when the first was over');
    assert.ok(of('sample').length > slow.length + 2);
  });

  it('ends at once when it is told to, in the middle of a look, and leaves no sample of that', async () => {
    const { watch, of, ending } = setUp([target('/never')]);
    const done = watch.run();
    setImmediate(() => ending.abort());
    const { targets } = await done;
    assert.deepEqual([targets[0]?.looks, of('sample').length], [0, 0]);
  });

  it('does not mind a wall clock that goes back and forth', async () => {
    let hour = 0;
    const times = { now: () => performance.now(), wall: () => Date.now() - (hour++ % 3) * 3_600_000 };
    const { watch, of } = setUp([target('/echo')], { count: 4, times, pauseAfterMs: 86_400_000 });
    const { targets } = await watch.run();
    assert.deepEqual([targets[0]?.looks, targets[0]?.availability], [4, 1]);
    assert.equal(of('sample').length, 4);
  });

  it('names a pause of our own, and blames nobody for what was under way', async () => {
    let slept = 0;
    const times = { now: () => performance.now() + slept, wall: () => Date.now() + slept };
    const { watch, of } = setUp([target('/slow-upgrade?ms=60')], {
      count: 2,
      times,
      pauseAfterMs: 5_000,
      onEvent: ({ kind }) => {
        if (kind === 'sample' && slept === 0) setTimeout(() => (slept = 3_600_000), 40);
      },
    });
    const { targets } = await watch.run();
    const kinds = of('sample').map(({ sample }) => sample.kind);
    assert.deepEqual(
      kinds.filter((kind) => kind === 'pause'),
      ['pause'],
    );
    assert.deepEqual([targets[0]?.looks, targets[0]?.availability], [2, 1]);
    assert.ok((targets[0]?.pausedMs ?? 0) >= 3_590_000);
    assert.deepEqual(of('alert'), []);
  });

  it('notices that somebody else answers', async () => {
    let turn = 0;
    const network = {
      lookup: (host: string) =>
        host === 'moved.test'
          ? Promise.resolve([{ address: turn++ < 2 ? '127.0.0.1' : '127.0.0.2', family: 4 }])
          : systemNetwork.lookup(host),
      connect: (_address: string, ...rest: [4 | 6, number]) => systemNetwork.connect('127.0.0.1', ...rest),
    };
    const url = `ws://moved.test:${new URL(playground.ws).port}/echo`;
    const { watch, of } = setUp([target(url)], { count: 3, network });
    const { targets } = await watch.run();
    assert.deepEqual(
      of('change').map(({ change }) => [change.what, change.from, change.to]),
      [['address', '127.0.0.1', '127.0.0.2']],
    );
    assert.equal(targets[0]?.changes.length, 1);
  });

  it('looks at two hundred at once', async () => {
    const patient = { connectMs: 15_000, upgradeMs: 15_000, messageMs: 15_000, closeMs: 15_000 };
    const brief = { expect: { holdMs: 1, ping: false }, timeouts: patient };
    const targets = Array.from({ length: 200 }, (_, index) =>
      target(index % 4 === 1 ? 'ws://127.0.0.1:1/' : '/echo', { everyMs: 1_000 }, brief),
    );
    const { watch, of } = setUp(targets, { count: 1 });
    const summary = await watch.run();
    assert.equal(of('sample').length, 200);
    assert.ok(summary.targets.every(({ looks, reached }, index) => looks === 1 && reached === (index % 4 !== 1)));
  });

  it('dates each change of who answers, and none while it is refused', () => {
    const series = new Series(planFor('ws://h/'), SUBJECT);
    const seen = { certificate: 'AA', subprotocol: 'a', serverFingerprint: 'server: one', address: '127.0.0.1' };
    series.add(sample(seen), 0);
    assert.deepEqual(
      series.add(sample({ ...seen, certificate: null }), 1).changes,
      [],
      'what was not seen has not changed',
    );
    const refused = sample({ ...seen, serverFingerprint: 'server: proxy', connected: false, verdict: 'down' });
    assert.deepEqual(series.add(refused, 2).changes, []);
    const { changes } = series.add(
      sample({ ...seen, certificate: 'BB', subprotocol: 'b', serverFingerprint: 'server: two' }),
      3,
    );
    assert.deepEqual(
      changes.map(({ what, from, to }) => [what, from, to]),
      [
        ['certificate', 'AA', 'BB'],
        ['subprotocol', 'a', 'b'],
        ['server', 'server: one', 'server: two'],
      ],
    );
    assert.equal(series.summary().changes.length, 3);
    for (const address of ['127.0.0.2', '127.0.0.1', '127.0.0.2']) series.add(sample({ ...seen, address }), 4);
    const told = series.summary().changes.filter(({ what }) => what === 'address');
    assert.equal(told.length, 1, 'addresses that take turns are told once');
  });

  it('says of lost messages that they are why it is degraded', () => {
    const series = new Series(planFor('ws://h/'), SUBJECT);
    const sequence = { numbered: 9, lost: 2, repeated: 0, unknown: 0 };
    const { why } = series.add(sample({ kind: 'hold', verdict: 'degraded', sequence }), 0);
    assert.equal(why, '2 numbered messages never came');
  });

  it('remembers what was kept before', async () => {
    const first = setUp([target('/echo')], { count: 2 });
    await first.watch.run();
    const { Aggregate } = await import('../../../src/core/watch/aggregate.js');
    const { watch } = setUp([target('/echo')], {
      count: 1,
      remembered: (subject) => {
        const before = new Aggregate(subject);
        for (const { sample } of first.of('sample')) before.add(sample);
        return [before.rollup('2026-11-20T12:00:00.000Z')];
      },
    });
    assert.equal((await watch.run()).targets[0]?.looks, 3);
  });

  describe('that holds its connection', () => {
    const hold = { hold: true, everyMs: 20 };

    it('tells of one that stays: how long, heartbeats, round trips, one opening', async () => {
      const { watch, of, ending } = setUp([target('/echo', hold)], {
        onEvent: (event) => {
          if (
            event.kind === 'sample' &&
            (event.sample.heldMs ?? 0) > 0 &&
            watch.summary().targets[0]?.heartbeats.answered === 3
          )
            ending.abort();
        },
      });
      const { targets } = await watch.run();
      const [series] = targets;
      assert.deepEqual([series?.verdict, series?.drops, series?.reconnects], ['healthy', 0, 0]);
      assert.deepEqual(series?.heartbeats, { sent: 3, answered: 3 });
      assert.equal(series?.phases.upgrade?.count, 1, 'connected once');
      assert.ok(of('sample').every(({ sample }) => sample.kind === 'hold' && sample.connected));
      assert.ok((series?.roundTrip?.count ?? 0) > 0);
    });

    it('counts what ended and what was begun anew, with the reason', async () => {
      const reconnect = { initialMs: 1, maxMs: 1, jitter: 0, maxAttempts: 100 };
      const session = { heartbeat: null, reconnect, dialect: 'auto', autoPong: true, shareConnection: false };
      const { watch, of, ending } = setUp([target('/fin?after=30', hold, { session })], {
        onEvent: () => {
          const [series] = watch.summary().targets;
          if ((series?.drops ?? 0) >= 2 && (series?.reconnects ?? 0) >= 2) ending.abort();
        },
      });
      const { targets } = await watch.run();
      const { atFirstTry, count } = targets[0]?.returns ?? { atFirstTry: 0, count: 0 };
      assert.ok(count > 0 && count === atFirstTry, 'each drop was followed by one try');
      const dropped = of('sample').filter(({ sample }) => (sample.drops ?? 0) > 0);
      assert.ok(dropped.every(({ sample }) => sample.closeCode === 1006 && sample.finding === 'close.dropped'));
      assert.ok(dropped.every(({ sample }) => sample.verdict !== 'healthy'));
      assert.equal(
        targets[0]?.alerts.some(({ rule }) => rule === 'reconnects'),
        true,
      );
    });

    it('tells the code of a drop although coming back failed before the next look', async () => {
      let served = 0;
      const server = await UpgradeServer.start((visit) => {
        if (served++ > 0) visit.refuse(503);
        else void visit.accept().then((client) => client.once('ping', () => client.terminate()));
      });
      const reconnect = { initialMs: 1, maxMs: 1, jitter: 0, maxAttempts: 3 };
      const session = { heartbeat: null, reconnect, dialect: 'auto', autoPong: true, shareConnection: false };
      const { watch, ending } = setUp([target(server.url(), { hold: true, everyMs: 300 }, { session })], {
        // A look that ends between the drop and the first try sees the drop alone.
        onEvent: () => {
          if (served > 1 && (watch.summary().targets[0]?.drops ?? 0) > 0) ending.abort();
        },
      });
      const [series] = (await watch.run()).targets;
      await server.stop();
      assert.deepEqual(series?.returns, { count: 0, atFirstTry: 0 }, 'it is away still');
      assert.deepEqual(series?.closes, [{ code: 1006, clean: false, count: 1 }]);
    });

    it('sees a peer that answers no heartbeat', async () => {
      const heartbeat = { everyMs: 10, timeoutMs: 40, send: 'ping' } as const;
      const session = { heartbeat, reconnect: null, dialect: 'auto', autoPong: true, shareConnection: false };
      const { watch, ending } = setUp([target('/no-pong', hold, { session })], {
        onEvent: () => {
          if ((watch.summary().targets[0]?.drops ?? 0) > 0) ending.abort();
        },
      });
      const { targets } = await watch.run();
      assert.deepEqual(targets[0]?.heartbeats, { sent: 1, answered: 0 });
      assert.equal(targets[0]?.drops, 1);
    });

    it('says what the profile says once it is open, and is down where that fails', async () => {
      const login = (token: string, withinMs: number) => [
        { send: { json: { type: 'auth', token } }, line: 1 },
        { send: 'hello', line: 2 },
        { expect: { equals: 'hello' }, withinMs, line: 3 },
        { close: {}, line: 4 },
      ];
      const talk = async (path: string, token: string, withinMs = 10_000) => {
        const { watch, of } = setUp([target(path, hold, { steps: login(token, withinMs) })], { count: 3 });
        await watch.run();
        return of('sample').map(({ sample }) => sample);
      };
      const well = await talk('/auth/first-message', 'playground');
      assert.deepEqual(
        well.map(({ verdict }) => verdict),
        ['healthy', 'healthy', 'healthy'],
      );
      const [first] = await talk('/silence', 'playground', 100);
      assert.deepEqual([first?.verdict, first?.connected, first?.error?.code], ['down', true, 'step.failed']);
      const refused = await talk('/auth/first-message?ms=60', 'wrong');
      assert.ok(refused.some(({ closeCode }) => closeCode === 4401));
    });

    it('begins anew what nothing else would: a code that says no, a server that was not there', async () => {
      const { watch, ending } = setUp([target('/close/4401', hold)], {
        onEvent: () => {
          if ((watch.summary().targets[0]?.reconnects ?? 0) >= 2) ending.abort();
        },
      });
      const { targets } = await watch.run();
      assert.equal(targets[0]?.closes[0]?.code, 4401);
      const nobody = setUp([target('ws://127.0.0.1:1/', hold)], { count: 2 });
      const [series] = (await nobody.watch.run()).targets;
      assert.deepEqual([series?.verdict, series?.connected, series?.drops], ['down', 0, 0]);
    });
  });
});
