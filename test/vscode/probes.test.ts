import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import * as vscode from 'vscode';
import { ProbeError } from '../../src/core/base/errors.js';
import type { ProbeProgress, Report, Variation } from '../../src/core/base/model.js';
import type { EngineClient, JobOptions } from '../../src/engine/client.js';
import type { Preparer } from '../../src/host/prepare.js';
import { toInspectorState } from '../../src/host/inspector/state.js';
import { Probes } from '../../src/host/probes.js';
import { StatusBar } from '../../src/host/statusBar.js';
import { SessionsView } from '../../src/host/views/sessionsView.js';
import { WatchList } from '../../src/host/watch/watchList.js';
import type { JobParams } from '../../src/protocol/jobs.js';
import { activated, isHealthy, probe, rejection, until } from './support/extension.js';
import { memoryLog } from './support/memory.js';
import { fakeSessions, preparedPlan } from './support/sessions.js';

describe('a running probe', () => {
  const { log } = memoryLog();
  const opened: vscode.Disposable[] = [];
  afterEach(() => {
    for (const item of opened.splice(0)) item.dispose();
  });

  it('is running with its phases until its report is there', async () => {
    const { probes, subject, engine } = setUp();
    const view = new SessionsView(probes, fakeSessions(probes).sessions, new WatchList());
    opened.push(view);
    const run = probes.run(subject, { ask: false });
    await engine.started;
    strictEqual(subject.run.status, 'running');
    deepStrictEqual(view.getChildren(), [subject]);
    const progress = { running: 'tls', elapsedMs: 3, phases: [] } as ProbeProgress;
    engine.tell(progress);
    strictEqual(view.getTreeItem(subject).description, 'tls');
    strictEqual(view.getTreeItem(subject).contextValue, 'wsprobe.running');
    engine.answer(report());
    isHealthy(await run);
    strictEqual(subject.run.status, 'done');
    strictEqual(subject.run.progress, null);
    deepStrictEqual(view.getChildren(), []);
  });

  it('is joined, not doubled, by a second request for the same target', async () => {
    const { probes, subject, engine } = setUp();
    const runs = [probes.run(subject, { ask: false }), probes.run(subject, { ask: false })];
    await engine.started;
    engine.answer(report());
    const [first, second] = await Promise.all(runs);
    strictEqual(first, second);
    strictEqual(engine.requests, 1);
  });

  it('is named as the engine names it', async () => {
    const { probes, subject, engine } = setUp();
    const run = probes.run(subject, { ask: false });
    await engine.started;
    deepStrictEqual([subject.name, subject.url], ['n', 'ws://h/?x=[redacted]']);
    engine.answer(report());
    await run;
  });

  it('keeps its last report and tells the reason when the engine stops', async () => {
    const { probes, subject, engine } = setUp();
    const first = probes.run(subject, { ask: false });
    await engine.started;
    engine.answer(report());
    await first;
    const second = probes.run(subject, { ask: false });
    await engine.started;
    engine.fail(new ProbeError('engine.stopped', 'The probe engine stopped.', { hint: 'Run it again.' }));
    await rejection(second);
    strictEqual(subject.run.status, 'failed');
    deepStrictEqual(subject.run.error, {
      code: 'engine.stopped',
      message: 'The probe engine stopped.',
      hint: 'Run it again.',
    });
    ok(subject.run.report);
    deepStrictEqual(probes.running, []);
  });

  it('that was cancelled is no report of the target and no entry of the history', async () => {
    const { probes, subject, engine } = setUp();
    let finished = 0;
    opened.push(probes.onDidFinish(() => finished++));
    const run = probes.run(subject, { ask: false });
    await engine.started;
    const progress = { running: 'tcp', elapsedMs: 3, phases: [] } as ProbeProgress;
    engine.tell(progress);
    probes.cancel(subject);
    strictEqual(engine.signal?.aborted, true);
    engine.answer(report({ error: { code: 'cancelled', message: 'Cancelled', phase: 'tcp' } }));
    await run;
    strictEqual(subject.run.status, 'cancelled');
    deepStrictEqual(subject.run.progress, progress, 'where it stopped is still to be seen');
    strictEqual(subject.run.report, null);
    strictEqual(finished, 0);
    const again = probes.run(subject, { ask: false });
    await engine.started;
    strictEqual(subject.run.progress, null);
    engine.answer(report());
    await again;
  });

  it('can be cancelled before it has reached the engine', async () => {
    const { probes, subject, engine } = setUp();
    const run = probes.run(subject, { ask: false });
    probes.cancel(subject);
    match((await rejection(run)).message, /cancelled/);
    strictEqual(engine.requests, 0);
  });

  it('follows redirects only in the run that was asked to', async () => {
    const { probes, subject, engine } = setUp();
    for (const kind of ['follow', 'probe'] as const) {
      const run = probes.run(subject, { ask: false, kind });
      strictEqual((await engine.started).plan.followRedirects, kind === 'follow');
      strictEqual(subject.plan?.followRedirects, kind === 'follow', 'what is saved as a profile');
      engine.answer(report());
      await run;
    }
    deepStrictEqual(engine.kinds, ['probe', 'probe']);
  });

  it('of a differential shows each variation as it finishes, after the probe that ran before it', async () => {
    const { probes, subject, engine } = setUp();
    const first = probes.run(subject, { ask: false });
    await engine.started;
    const second = probes.run(subject, { ask: false, kind: 'differential' });
    strictEqual(subject.run.variations, null);
    engine.answer(report());
    await first;
    await engine.started;
    deepStrictEqual(subject.run.variations, []);
    strictEqual(probes.run(subject, { ask: false, kind: 'differential' }), second, 'a second one joins it');
    const variation = { id: 'http2', change: 'Over HTTP/2', passed: true, outcome: '200', durationMs: 2 };
    engine.tell(variation);
    deepStrictEqual(toInspectorState(subject).variations, [variation]);
    engine.answer(report());
    await second;
    strictEqual(subject.run.variations, null);
    engine.tell(variation);
    strictEqual(subject.run.variations, null, 'what comes late changes nothing');
    deepStrictEqual(engine.kinds, ['probe', 'lab.handshake']);
  });

  it('forgets targets nobody looks at, never one that runs or is shown', async () => {
    const { probes, subject, engine } = setUp();
    const run = probes.run(subject, { ask: false });
    await engine.started;
    const shown = probes.get({ kind: 'url', url: 'ws://shown/' });
    shown.isShown = true;
    const idle = probes.get({ kind: 'url', url: 'ws://idle/' });
    for (let index = 0; index < 200; index++) probes.get({ kind: 'url', url: `ws://h/${index}` });
    strictEqual(probes.get(subject.target), subject);
    strictEqual(probes.get(shown.target), shown);
    ok(probes.get(idle.target) !== idle);
    engine.answer(report());
    await run;
  });

  function setUp() {
    const engine = new FakeEngine();
    const plan = preparedPlan({ name: 'n', url: 'ws://h/?x=[redacted]' });
    const preparer = { prepare: () => Promise.resolve(plan) } as unknown as Preparer;
    const probes = new Probes(engine as unknown as EngineClient, preparer, log);
    opened.push(probes, new StatusBar(probes));
    return { probes, engine, subject: probes.get({ kind: 'url', url: 'ws://h/' }) };
  }
});

describe('cancelling', () => {
  let server: Server;
  let socket: Promise<Socket>;

  beforeEach(async () => {
    await activated();
    server = createServer();
    socket = once(server, 'connection').then(([one]) => one as Socket);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterEach(() => server.close());

  it('ends a probe of a server that never answers, and closes its socket', async () => {
    const { port } = server.address() as { port: number };
    const url = `ws://127.0.0.1:${port}/never`;
    const running = probe(url);
    const peer = await socket;
    peer.on('error', () => undefined);
    await once(peer, 'data');
    const gone = once(peer, 'close');
    await vscode.commands.executeCommand('wsprobe.running.cancel', url);
    const { error, verdict } = await running;
    strictEqual(error?.code, 'cancelled');
    strictEqual(verdict, 'down');
    peer.resume();
    await gone;
  });
});

type ProbeParams = JobParams<'probe'>;
type ProbeOptions = JobOptions<'probe'>;

/** An engine whose answers a test gives. */
class FakeEngine {
  readonly kinds: string[] = [];
  signal: AbortSignal | undefined;
  #onEvent: ((event: never) => void) | undefined;
  readonly #changed = new vscode.EventEmitter<void>();
  #params: ProbeParams | null = null;
  #settle: { readonly resolve: (report: Report) => void; readonly reject: (error: Error) => void } | null = null;

  get started(): Promise<ProbeParams> {
    return until([this.#changed.event], () => this.#params ?? undefined);
  }

  get requests(): number {
    return this.kinds.length;
  }

  start(kind: string, params: ProbeParams, { signal, onEvent }: ProbeOptions): { readonly done: Promise<Report> } {
    this.kinds.push(kind);
    this.signal = signal;
    this.#onEvent = onEvent;
    const done = new Promise<Report>((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#params = params;
      this.#changed.fire();
    });
    return { done };
  }

  tell(event: ProbeProgress | Variation): void {
    this.#onEvent?.(event as never);
  }

  answer(value: Report): void {
    this.#params = null;
    this.#settle?.resolve(value);
  }

  fail(error: Error): void {
    this.#params = null;
    this.#settle?.reject(error);
  }
}

function report(change: Partial<Report> = {}): Report {
  const base = { name: 'n', verdict: 'healthy', durationMs: 1, phases: [], findings: [], error: null };
  return { ...base, ...change } as unknown as Report;
}
