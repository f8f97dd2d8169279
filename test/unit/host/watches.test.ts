import { deepStrictEqual, equal, ok, rejects } from 'node:assert/strict';
import type { EngineClient } from '../../../src/engine/client.js';
import { Notices, type Notice, NOTICE_MS } from '../../../src/host/watch/notices.js';
import { availabilityText, sparkText, worstVerdict } from '../../../src/host/watch/watchFigures.js';
import { Watched, type WatchJobEvent, type WatchSummary } from '../../../src/host/watch/watched.js';
import { MAX_WATCHED, Watches, type WatchTarget } from '../../../src/host/watch/watches.js';
import { watchText } from '../../../src/host/watch/watchText.js';
import type { PreparedPlan } from '../../../src/protocol/prepared.js';
import { ENGLISH } from './english.js';

const SUBJECT = { target: 'ws://h/', profile: null };
const AT = '2026-01-01T00:00:00.000Z';

function summaryOf(change: Partial<WatchSummary> = {}): WatchSummary {
  return {
    ...SUBJECT,
    name: 'n',
    hold: false,
    everyMs: 30_000,
    verdict: 'healthy',
    since: AT,
    looks: 3,
    availability: 0.99999,
    connected: 3,
    reached: true,
    phases: { upgrade: { count: 3, p50Ms: 1, p95Ms: 2, p99Ms: 3 } },
    roundTrip: null,
    stability: null,
    closes: [],
    findings: {},
    heartbeats: { sent: 0, answered: 0 },
    reconnects: 0,
    drops: 0,
    returns: { count: 0, atFirstTry: 0 },
    sequence: null,
    heldMs: 0,
    pausedMs: 0,
    changes: [],
    failures: [],
    alerts: [],
    recent: [],
    ...change,
  };
}

const watchedAs = (verdict: WatchSummary['verdict']) => {
  const watched = new Watched({ id: String(verdict), key: 'k', name: 'n', url: 'ws://h/', file: null });
  watched.summary = summaryOf({ verdict });
  return watched;
};

/** An engine whose watches a test ends and tells of. */
class FakeEngine {
  readonly jobs: {
    readonly params: unknown;
    readonly tell: (event: WatchJobEvent) => void;
    readonly end: () => void;
    readonly fail: (error: Error) => void;
  }[] = [];
  summary = summaryOf();

  readonly start = ((_kind: 'watch', params: unknown, { onEvent }: { onEvent: (event: WatchJobEvent) => void }) => {
    let end = (): void => undefined;
    let fail: (error: Error) => void = () => undefined;
    const done = new Promise<WatchSummary>((resolve, reject) => {
      end = () => resolve(this.summary);
      fail = reject;
    });
    this.jobs.push({ params, tell: onEvent, end, fail });
    const act = async (name: string) => {
      if (name === 'stop') end();
      return this.summary;
    };
    return { done, act };
  }) as unknown as EngineClient['start'];
}

function made() {
  const engine = new FakeEngine();
  const shown: Watched[] = [];
  const faults: unknown[] = [];
  const ended: WatchSummary[] = [];
  const events: WatchJobEvent[] = [];
  let touched = (): void => undefined;
  const touch = new Promise<void>((resolve) => (touched = resolve));
  const watches = new Watches({
    l10n: ENGLISH,
    engine,
    list: {
      add: (watched) => shown.push(watched),
      delete: (watched) => shown.splice(shown.indexOf(watched), 1),
      touch: () => touched(),
    },
    vantage: { host: 'here', remote: null },
    history: () => '/history',
    onEvent: (_, event) => events.push(event),
    onEnd: (_, summary) => void ended.push(summary),
    onFault: (_, error) => faults.push(error),
  });
  return { engine, shown, faults, ended, events, watches, touch };
}

const PLAN: PreparedPlan = {
  planId: 'plan',
  followRedirects: false,
  name: 'orders',
  url: 'ws://h/',
  secrets: [],
  env: [],
  hosts: ['h'],
  messages: [],
};
const target = (key: string, file: string | null = null): WatchTarget => ({ key, file, prepare: async () => PLAN });
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the watches of a window', () => {
  it('give a target that is watched already the watch that it has, however soon it is asked for', async () => {
    const { engine, watches } = made();
    const [first, second] = await Promise.all([watches.start(target('a')), watches.start(target('a'))]);
    equal(first, second);
    equal(await watches.start(target('a')), first);
    equal(engine.jobs.length, 1);
    await watches.start(target('b'));
    equal(watches.all.length, 2);
  });

  it('keep a history, and name the profile where it is a file', async () => {
    const { engine, watches } = made();
    await watches.start(target('a', 'file:///a.wsprobe'), 200);
    await watches.start(target('b'));
    const [file, address] = engine.jobs.map(({ params }) => params as Record<string, unknown>);
    deepStrictEqual([file?.['profile'], file?.['history'], file?.['afterMs']], ['orders', '/history', 200]);
    deepStrictEqual([address?.['profile'], address?.['afterMs']], [null, 0]);
  });

  it('show how a target stands after a look, and pass on what is no look', async () => {
    const { engine, events, touch, watches } = made();
    const watched = await watches.start(target('a'));
    engine.jobs[0]?.tell({ kind: 'sample', sample: {} as never });
    await touch;
    equal(watched.summary, engine.summary);
    engine.jobs[0]?.tell({ kind: 'history', message: 'full' });
    deepStrictEqual(events, [{ kind: 'history', message: 'full' }]);
  });

  it('end when told to, with what was seen, and are then no longer shown', async () => {
    const { engine, faults, shown, watches } = made();
    const { id } = await watches.start(target('a'));
    equal(await watches.stop(id), engine.summary);
    deepStrictEqual([shown, faults, watches.all], [[], [], []]);
    await rejects(watches.stop(id), { code: 'watch.unknown' });
  });

  it('that are being stopped are not given to who begins anew', async () => {
    const { watches } = made();
    const first = await watches.start(target('a'));
    const stopping = watches.stop(first.id);
    const second = await watches.start(target('a'));
    await stopping;
    deepStrictEqual([second === first, watches.all], [false, [second]]);
  });

  it('that end by themselves are told of, and not begun again', async () => {
    const { engine, faults, shown, watches } = made();
    await watches.start(target('a'));
    const error = new Error('The engine stopped.');
    engine.jobs[0]?.fail(error);
    await settled();
    deepStrictEqual([shown, faults, engine.jobs.length], [[], [error], 1]);
  });

  it('are not begun where the profile is not in order, and are bounded', async () => {
    const { engine, shown, watches } = made();
    const refused = { ...target('a'), prepare: () => Promise.reject(new Error('no')) };
    await rejects(watches.start(refused), /no/);
    deepStrictEqual([engine.jobs, shown], [[], []]);
    for (let index = 0; index < MAX_WATCHED; index++) await watches.start(target(`t${index}`));
    await rejects(watches.start(target('one more')), { code: 'watch.too-many' });
  });
});

describe('what a person is told of a watch', () => {
  const turn = (from: 'healthy' | 'down' | null, to: 'healthy' | 'down'): WatchJobEvent => {
    return { kind: 'verdict', ...SUBJECT, at: AT, title: to === 'down' ? 'Refused\n' : '', from, to };
  };
  const alert = (state: 'firing' | 'cleared', rule = 'failures'): WatchJobEvent => {
    const fix = { title: 'Start it', language: 'shell', snippet: 'start' };
    const headline = { id: 'tcp.refused', title: 'Nobody listens', fix };
    const about = { rule, state, at: AT, value: 2, limit: 1, title: '2 failures in a row', headline, fix };
    return { kind: 'alert', alert: { ...SUBJECT, ...about } };
  };
  const told = () => {
    const shown: Notice<Watched>[] = [];
    let nowMs = 0;
    const notices = new Notices<Watched>(
      (notice) => shown.push(notice),
      () => nowMs,
    );
    return { shown, notices, pass: (ms: number) => (nowMs += ms) };
  };
  const watched = watchedAs('healthy');

  it('is a change of verdict, at once, with the reason in a line', () => {
    const { notices, shown } = told();
    notices.note(watched, turn(null, 'down'));
    deepStrictEqual(shown, [{ subject: watched, to: 'down', why: 'Refused', fix: null }]);
    notices.dispose();
  });

  it('is no more than one of a target that turns again and again', () => {
    const { notices, shown } = told();
    for (let index = 0; index < 20; index++) {
      notices.note(watched, turn('healthy', 'down'));
      notices.note(watched, turn('down', 'healthy'));
    }
    equal(shown.length, 1);
    notices.dispose();
  });

  it('is an alert that fires, with its headline and the first fix, not one that is over', () => {
    const { notices, pass, shown } = told();
    notices.note(watched, alert('firing'));
    notices.note(watched, alert('cleared'));
    notices.note(watched, alert('firing'));
    const why = '2 failures in a row: Nobody listens';
    deepStrictEqual(shown, [{ subject: watched, to: null, why, fix: 'start' }]);
    notices.note(watched, alert('firing', 'p95'));
    pass(NOTICE_MS);
    notices.note(watched, alert('firing'));
    equal(shown.length, 3);
    notices.dispose();
  });
});

describe('a watched target', () => {
  it('shows its availability rounded down', () => {
    deepStrictEqual([1, 0.99999, 0, null].map(availabilityText), ['100.00 %', '99.99 %', '0.00 %', '–']);
  });

  it('shows the latest looks, as many as there is room for', () => {
    const look = (verdict: 'healthy' | 'down' | null, ms: number | null) => ({ at: AT, verdict, ms });
    const recent = [look('healthy', 9), look('healthy', 1), look('healthy', 8), look('down', null), look(null, null)];
    equal(sparkText({ recent }, 4), '▂█× ');
  });

  it('is as bad as the worst of all', () => {
    equal(worstVerdict([watchedAs('healthy'), watchedAs('down'), watchedAs('degraded')]), 'down');
    equal(worstVerdict([watchedAs(null), watchedAs('healthy')]), 'healthy');
    equal(worstVerdict([watchedAs(null)]), null);
  });

  it('is a document of its alerts with their fixes, times, ends and failures', () => {
    const fix = { title: 'Start it', language: 'shell', snippet: 'start' };
    const fires = { rule: 'failures', state: 'firing' as const, at: AT, value: 2, limit: 1, headline: null, fix };
    const watched = watchedAs('down');
    watched.summary = summaryOf({
      verdict: 'down',
      alerts: [{ ...SUBJECT, ...fires, title: '2 failures in a row' }],
      closes: [{ code: 1006, clean: false, count: 2 }],
      failures: [{ at: AT, until: AT, count: 2, title: '[x](https://evil.test)', finding: null }],
    });
    const text = watchText(watched, ENGLISH);
    const parts = ['# down: n', '## Alerts', '```shell\nstart\n```', '## Times', '## Close codes', '## Last failures'];
    ok(
      parts.every((part) => text.includes(part)),
      text,
    );
    ok(!text.includes('https://'), text);
  });
});
