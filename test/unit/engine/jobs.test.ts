import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JOBS, type JobKinds } from '../../../src/core/jobs.js';
import { ObservedSource } from '../../../src/core/session/observedSource.js';
import { startPlayground as startServer } from '../../../src/core/playground/index.js';
import { Jobs } from '../../../src/engine/jobs.js';
import type { Report } from '../../../src/core/base/model.js';
import type { Timeline } from '../../../src/core/base/series.js';
import { planFor } from '../../support/plan.js';
import { TestPlans } from '../../support/plans.js';

const never = new AbortController().signal;

/** A job that counts up while it is asked to, and ends with the sum when it is told to or when its signal aborts. */
const counting = {
  events: 'each',
  start: async ({ from }: { readonly from: number }, emit: (event: unknown) => void, signal: AbortSignal) => {
    let sum = from;
    let end = (): void => undefined;
    const done = new Promise<number>((resolve) => (end = () => resolve(sum)));
    signal.addEventListener('abort', end);
    const add = async (by: number) => {
      sum += by;
      emit(sum);
      return sum;
    };
    const stop = async () => {
      end();
      emit('told in time');
      await done;
      setImmediate(() => emit('told too late'));
      return null;
    };
    return { acts: { add, stop }, done };
  },
} as const;

const broken = { events: 'latest', start: () => Promise.reject(new Error('no such module')) } as const;

describe('Jobs', () => {
  function setUp() {
    const told: unknown[] = [];
    const jobs = new Jobs({ counting, broken }, new TestPlans(), ({ jobId, event }) => told.push([jobId, event]));
    const start = (jobId: number, signal = never) =>
      jobs.start({ jobId, kind: 'counting', params: { from: 1 } }, signal);
    const act = (jobId: number, name: string, ...args: readonly unknown[]) => jobs.act({ jobId, name, args });
    return { jobs, told, start, act };
  }

  it('hands the log of a job to who keeps it, and ends a job whose log nobody can keep', async () => {
    const observing = {
      events: 'each',
      start: async ({ sessionId }: { readonly sessionId: string }) => {
        const source = new ObservedSource({ sessionId, name: 'browser', url: 'http://[::1]:1', spillDir: null });
        const done = new Promise<string>((resolve) =>
          source.disposed.addEventListener('abort', () => resolve('nobody listens')),
        );
        return { acts: { ready: async () => true }, done, source };
      },
    } as const;
    const kept: ObservedSource[] = [];
    const adopt = async (source: ObservedSource) => {
      if (source.sessionId === 'too many') throw new Error('no room');
      kept.push(source);
    };
    const jobs = new Jobs({ observing }, new TestPlans(), () => undefined, adopt);
    const begin = (jobId: number, sessionId: string) =>
      jobs.start({ jobId, kind: 'observing', params: { sessionId } }, never);
    const result = begin(1, 'o');
    strictEqual(await jobs.act({ jobId: 1, name: 'ready', args: [] }), true, 'once its log is kept');
    deepStrictEqual(
      kept.map(({ sessionId }) => sessionId),
      ['o'],
    );
    await rejects(begin(2, 'too many'), /no room/);
    await kept[0]?.dispose();
    strictEqual(await result, 'nobody listens');
  });

  it('lets a job be acted upon while it runs, and end by an act', async () => {
    const { told, start, act } = setUp();
    const result = start(7);
    strictEqual(await act(7, 'add', 2), 3, 'before it has begun, it waits for that');
    strictEqual(await act(7, 'add', 4), 7);
    strictEqual(await act(7, 'stop'), null);
    strictEqual(await result, 7);
    await new Promise(setImmediate);
    deepStrictEqual(told, [
      [7, 3],
      [7, 7],
      [7, 'told in time'],
    ]);
  });

  it('keeps jobs of one kind apart', async () => {
    const { start, act } = setUp();
    const results = [start(1), start(2)];
    await act(1, 'add', 10);
    await Promise.all([act(1, 'stop'), act(2, 'stop')]);
    deepStrictEqual(await Promise.all(results), [11, 1]);
  });

  it('ends a job by the signal of its request', async () => {
    const { start, act } = setUp();
    const controller = new AbortController();
    const result = start(1, controller.signal);
    await act(1, 'add', 1);
    controller.abort();
    strictEqual(await result, 2);
  });

  it('refuses what there is not, each by its own code', async () => {
    const { jobs, start, act } = setUp();
    for (const kind of ['nothing', 'toString', '__proto__']) {
      await rejects(jobs.start({ jobId: 1, kind, params: null }, never), { code: 'job.unknown-kind' });
    }
    await rejects(act(1, 'stop'), { code: 'job.not-running' });
    const result = start(1);
    await rejects(start(1), { code: 'job.exists' });
    for (const name of ['multiply', 'constructor']) await rejects(act(1, name), { code: 'job.unknown-act' });
    await act(1, 'stop');
    await result;
    await rejects(act(1, 'add', 1), { code: 'job.not-running' });
  });

  it('that cannot begin rejects with its reason, takes no act and leaves nothing behind', async () => {
    const { jobs, act, start } = setUp();
    const failing = jobs.start({ jobId: 1, kind: 'broken', params: null }, never);
    const [begun, acted] = await Promise.allSettled([failing, act(1, 'stop')]);
    deepStrictEqual(begun, { status: 'rejected', reason: new Error('no such module') });
    strictEqual(acted.status === 'rejected' && acted.reason.code, 'job.not-running');
    const again = start(1);
    await act(1, 'stop');
    strictEqual(await again, 1);
  });
});

describe('the kinds of jobs', () => {
  type Info = JobKinds['playground']['event'];

  function startPlayground(port: number, signal = never) {
    let listens = (_info: Info): void => undefined;
    const info = new Promise<Info>((resolve) => (listens = resolve));
    const jobs = new Jobs(JOBS, new TestPlans(), ({ event }) => listens(event as Info));
    const done = jobs.start({ jobId: 1, kind: 'playground', params: { port } }, signal);
    return { jobs, done, info };
  }

  const isListening = async ({ http }: Info) => {
    const { hostname, port } = new URL(http);
    const socket = connect(Number(port), hostname);
    return once(socket, 'connect').then(
      () => !socket.destroy().connecting,
      () => false,
    );
  };

  it('the playground listens until it is asked to stop, and gives way where its port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const { jobs, done, info } = startPlayground(port);
    try {
      const listening = await info;
      strictEqual(listening.portTaken, true);
      ok(await isListening(listening));
      strictEqual(await jobs.act({ jobId: 1, name: 'stop', args: [] }), null);
      strictEqual(await done, null);
      strictEqual(await isListening(listening), false);
    } finally {
      taken.close();
    }
  });

  it('the playground ends with its signal too, also before it listens', async () => {
    const controller = new AbortController();
    const { done, info } = startPlayground(0, controller.signal);
    const listening = await info;
    controller.abort();
    strictEqual(await done, null);
    strictEqual(await isListening(listening), false);
    const early = startPlayground(0, controller.signal);
    void early.info.then(() => ok(false, 'it told of what nobody waits for'));
    strictEqual(await early.done, null);
  });

  it('a probe tells its progress, and an experiment each variation, before the report', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n'));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const plans = new TestPlans();
    const params = { plan: plans.add(planFor(`ws://127.0.0.1:${port}/`)), vantage: { host: 'here', remote: null } };
    try {
      for (const [kind, key] of [
        ['probe', 'elapsedMs'],
        ['lab.handshake', 'outcome'],
      ] as const) {
        const told: object[] = [];
        const jobs = new Jobs(JOBS, plans, ({ event }) => told.push(event as object));
        const report = (await jobs.start({ jobId: 1, kind, params }, never)) as JobKinds['probe']['result'];
        strictEqual(report.response?.status, 403);
        ok(told.length > 0 && told.every((event) => key in event), kind);
      }
      const told: object[] = [];
      const jobs = new Jobs(JOBS, plans, ({ event }) => told.push(event as object));
      const start = (settings: object, experiment = 'closes') =>
        jobs.start({ jobId: 1, kind: 'lab.experiment', params: { ...params, experiment, settings } }, never);
      const record = (await start({ connections: 2 })) as JobKinds['lab.experiment']['result'];
      deepStrictEqual([record.verdict, record.connections], ['fail', { opened: 0, failed: 2 }]);
      ok(told.length > 0 && told.every((event) => 'boundMs' in event));
      await rejects(start({ pid: 1 }), /no use for --pid/);
      await rejects(start({}, 'toString'), /no experiment toString/);
    } finally {
      server.close();
    }
  });

  it('an experiment that is told to stop gives what it found by then', async () => {
    const server = await startServer({ port: 0 });
    const plans = new TestPlans();
    const vantage = { host: 'here', remote: null };
    const plan = plans.add(planFor(`${server.ws}/echo`));
    try {
      let isOpen = (): void => undefined;
      const open = new Promise<void>((resolve) => (isOpen = resolve));
      const jobs = new Jobs(JOBS, plans, ({ event }) => {
        if ((event as JobKinds['lab.experiment']['event']).open > 0) isOpen();
      });
      const settings = { connections: 1, forMs: 60_000 };
      const params = { plan, vantage, experiment: 'lifetime', settings };
      const done = jobs.start({ jobId: 1, kind: 'lab.experiment', params }, never);
      await open;
      const record = (await jobs.act({ jobId: 1, name: 'stop', args: [] })) as JobKinds['lab.experiment']['result'];
      deepStrictEqual([record.connections.opened, record.stopped], [1, 'It was interrupted.']);
      strictEqual(await done, record);
    } finally {
      await server.stop();
    }
  });

  it('a watch tells each sample, sums up while it runs, ends when it is stopped; two of them share a history', async () => {
    const server = await startServer({ port: 0 });
    const folder = mkdtempSync(join(tmpdir(), 'wsprobe-watch-'));
    const plans = new TestPlans();
    const watch = { everyMs: 5, alertAfter: 2, hold: false, sequence: null };
    const ended = new AbortController();
    const params = (path: string) => ({
      plan: plans.add(planFor(`${server.ws}${path}`)),
      profile: null,
      vantage: { host: 'here', remote: null },
      watch,
      history: folder,
    });
    try {
      const kinds: string[] = [];
      let isSeen = (): void => undefined;
      const seen = new Promise<void>((resolve) => (isSeen = resolve));
      const sampled = new Set<number>();
      const jobs = new Jobs(JOBS, plans, ({ jobId, event }) => {
        const { kind } = event as JobKinds['watch']['event'];
        kinds.push(kind);
        if (kind === 'sample') sampled.add(jobId);
        const isEnough = kinds.filter((each) => each === 'sample').length > 4;
        if (kinds.includes('alert') && sampled.size === 2 && isEnough) isSeen();
      });
      const running = ['/echo', '/status/503'].map((path, index) =>
        jobs.start({ jobId: index, kind: 'watch', params: params(path) }, ended.signal),
      ) as Promise<JobKinds['watch']['result']>[];
      await seen;
      const sum = (await jobs.act({ jobId: 0, name: 'summary', args: [] })) as JobKinds['watch']['result'];
      ok(sum.looks > 0 && sum.verdict === 'healthy');
      const toMs = Date.now() + 1000;
      const range = { fromMs: toMs - 60_000, toMs, points: 60 };
      const ask = (jobId: number, name: string, args: readonly unknown[]) => jobs.act({ jobId, name, args });
      const timeline = (await ask(1, 'timeline', [range])) as Timeline;
      ok(timeline.points.length > 0 && timeline.points.every(({ verdicts }) => verdicts.healthy === 0));
      const reports = (await ask(1, 'reports', [])) as readonly Report[];
      ok(reports.length > 1 && reports.length <= 8 && reports.every(({ verdict }) => verdict === 'down'));
      strictEqual(((await ask(0, 'reports', [])) as readonly Report[]).length, 1);
      for (const jobId of [0, 1]) await jobs.act({ jobId, name: 'stop', args: [] });
      const [well, ill] = await Promise.all(running);
      deepStrictEqual([well?.verdict, ill?.verdict, ill?.reached], ['healthy', 'down', false]);
      deepStrictEqual(
        ill?.alerts.map(({ rule }) => rule),
        ['failures'],
      );
      const files = readdirSync(folder);
      strictEqual(files.length, 1, files.join());
      const lines = readFileSync(join(folder, files[0] ?? ''), 'utf8')
        .trimEnd()
        .split('\n');
      strictEqual(lines.length, 1 + (well?.looks ?? 0) + (ill?.looks ?? 0));
    } finally {
      ended.abort();
      rmSync(folder, { recursive: true, force: true });
      await server.stop();
    }
  });
});
