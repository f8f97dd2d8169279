import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import type * as vscode from 'vscode';
import { ProbeError } from '../../src/core/base/errors.js';
import type { Finding } from '../../src/core/base/model.js';
import type { EngineClient } from '../../src/engine/client.js';
import type { Preparer } from '../../src/host/prepare.js';
import { Probes } from '../../src/host/probes.js';
import { ProbeTarget } from '../../src/host/target/probeTarget.js';
import { tellOfDrop } from '../../src/host/sessions/dropNotice.js';
import { SessionHandle } from '../../src/host/sessions/sessionHandle.js';
import { SessionStatusBar } from '../../src/host/sessions/sessionStatusBar.js';
import { SessionsView } from '../../src/host/views/sessionsView.js';
import { WatchList } from '../../src/host/watch/watchList.js';
import type { SessionSnapshot, TapState } from '../../src/protocol/session.js';
import { rejection } from './support/extension.js';
import { memoryLog } from './support/memory.js';
import { FakeSessionEngine, fakeSessions, report } from './support/sessions.js';

const TAP: TapState = {
  address: 'ws://0.0.0.0:4000',
  isOpen: true,
  summary: {
    connections: 9,
    active: 1,
    refused: 1,
    stale: 1,
    perMinute: 4,
    isStorm: true,
    reconnects: 2,
    reconnectAfterMs: 500,
    hasty: null,
    disconnects: {
      normal: 7,
      going_away: 0,
      protocol_error: 0,
      ping_timeout: 0,
      server_error: 0,
      network_loss: 1,
      rate_limited: 0,
    },
    messages: { toClient: 1, toServer: 3 },
    bytes: { toClient: 10, toServer: 40 },
    session: { count: 8, p50Ms: 1000, p95Ms: 2000 },
  },
  lifetimes: [{ count: 6, medianMs: 60_012, timers: ['nginx'] }],
  alerts: [],
  faults: [{ number: 1, text: 'drops messages' }],
  seed: 1,
  breakpoints: [{}],
  held: { count: 2, listed: [] },
  answersFrom: '/tmp/orders.wsrec',
};

describe('the sessions of a window', () => {
  const { log } = memoryLog();
  const opened: vscode.Disposable[] = [];
  afterEach(() => {
    for (const item of opened.splice(0)) item.dispose();
  });

  it('are one for a target: a second connect joins the first, or shows the one that is open', async () => {
    const { sessions, subject, engine } = setUp();
    const [one, two] = await Promise.all([sessions.connect(subject, ASK), sessions.connect(subject, ASK)]);
    strictEqual(one, two);
    strictEqual(await sessions.connect(subject, ASK), one);
    deepStrictEqual(engine.methods().filter((method) => method === 'sessionOpen').length, 1);
    strictEqual(subject.session.handle, one);
    strictEqual(subject.run.report?.verdict, 'healthy');
  });

  it('tell once how the last connection ended', async () => {
    const { sessions, subject, engine } = setUp();
    const ended: string[] = [];
    opened.push(sessions.onDidEnd((end) => ended.push(`${end.subject === subject} ${end.report.verdict}`)));
    const session = await sessions.connect(subject, ASK);
    engine.announce(session.id, { state: 'reconnecting' });
    engine.announce(session.id, { state: 'open' });
    const told = new Promise<void>((resolve) => opened.push(sessions.onDidEnd(() => resolve())));
    engine.announce(session.id, { state: 'closed' });
    await told;
    deepStrictEqual(ended, ['true healthy']);
  });

  it('open with the machine they leave from and the limits of their log', async () => {
    const { sessions, subject, engine } = setUp();
    await sessions.connect(subject, ASK);
    const params = engine.last('sessionOpen') as { budget: unknown; vantage: { host: string }; recordTo: unknown };
    deepStrictEqual(params.budget, { memoryBytes: 64 * 1024 * 1024, diskBytes: 1024 * 1024 * 1024 });
    ok(params.vantage.host.length > 0);
    strictEqual(params.recordTo, null);
  });

  it('connect anew in the same log when nothing was edited, in a new one otherwise', async () => {
    const { sessions, subject, engine, setPlan } = setUp();
    const first = await sessions.connect(subject, ASK);
    engine.announce(first.id, { state: 'closed' });
    strictEqual(await sessions.connect(subject, ASK), first);
    ok(engine.methods().includes('sessionReconnect'));
    engine.announce(first.id, { state: 'closed' });
    setPlan({ planId: 'edited' });
    const second = await sessions.connect(subject, ASK);
    ok(second !== first);
    strictEqual(engine.last('sessionDispose')?.['sessionId'], first.id);
    deepStrictEqual(sessions.all, [second]);
  });

  it('send messages as they are written: the engine fills them in, and asks for what it does not have', async () => {
    const { sessions, subject, engine } = setUp({
      messages: [{ name: 'log in', send: { json: { token: '${secret:token}' } } }],
    });
    const session = await sessions.connect(subject, ASK);
    const { message } = subject.session.saved[0] ?? {};
    ok(message);
    await sessions.send(session, message, true);
    deepStrictEqual(engine.last('sessionSend')?.['message'], message);
    deepStrictEqual(subject.session.sent, [message]);
    strictEqual(await engine.ask({ name: 'other', hosts: ['h'] }), 'value of other');
  });

  it('tell of a drop, once, and of nothing that was asked for', async () => {
    const { sessions, subject, engine } = setUp();
    let drops = 0;
    opened.push(sessions.onDidDrop(() => drops++));
    const session = await sessions.connect(subject, ASK);
    await sessions.request(session, 'sessionClose', { code: 1000, reason: '' });
    engine.announce(session.id, { state: 'closed' });
    strictEqual(drops, 0);
    engine.answers.set('sessionReconnect', () => engine.announce(session.id, { state: 'open' }));
    await sessions.reconnect(session);
    engine.announce(session.id, { state: 'reconnecting' });
    strictEqual(drops, 0, 'it may come back');
    engine.announce(session.id, { state: 'closed' });
    engine.announce(session.id, { state: 'closed' });
    strictEqual(drops, 1);
  });

  it('that never opened are no drop, and their report says why', async () => {
    const { sessions, subject, engine } = setUp();
    let drops = 0;
    opened.push(sessions.onDidDrop(() => drops++));
    engine.answers.set('sessionOpen', ({ sessionId }) => {
      engine.announce(String(sessionId), { state: 'closed' });
      return report({ verdict: 'down' });
    });
    engine.answers.set('sessionReport', () => report({ verdict: 'down' }));
    const session = await sessions.connect(subject, ASK);
    strictEqual(session.isLive, false);
    strictEqual(subject.run.report?.verdict, 'down');
    strictEqual(drops, 0);
  });

  it('that cannot begin are a fault of the target, not a session', async () => {
    const { sessions, subject, engine } = setUp();
    engine.answers.set('sessionOpen', () => {
      throw new ProbeError('tls.file', 'The file ca.pem is not there.');
    });
    match((await rejection(sessions.connect(subject, ASK))).message, /ca\.pem/);
    strictEqual(subject.session.handle, null);
    strictEqual(subject.run.status, 'failed');
    match(subject.run.error?.message ?? '', /ca\.pem/);
    deepStrictEqual(sessions.all, []);
    engine.answers.set('sessionOpen', () => report());
    await sessions.connect(subject, ASK);
    strictEqual(subject.run.error, null);
  });

  it('end with the engine, and can be connected anew', async () => {
    const { sessions, subject, engine } = setUp();
    const session = await sessions.connect(subject, ASK);
    engine.crash(new ProbeError('engine.stopped', 'The engine stopped.'));
    strictEqual(session.snapshot.state, 'closed');
    match(subject.run.error?.message ?? '', /engine stopped/);
    match((await rejection(sessions.request(session, 'sessionPing', { payload: '' }))).message, /gone/);
    const next = await sessions.connect(subject, ASK);
    ok(next !== session && next.isLive);
    deepStrictEqual(sessions.all, [next]);
  });

  it('leave what was kept of them in their place, read once, and forgotten with its file', async () => {
    const dropped: string[] = [];
    const { sessions, subject, engine } = setUp({}, async (path) => void dropped.push(path));
    const session = await sessions.connect(subject, ASK);
    session.keptAt = '/tmp/kept.wsrec';
    engine.answers.set('recordingOpen', ({ sessionId }) => ({ ...session.snapshot, sessionId, state: 'closed' }));
    const replaced = new Promise<void>((resolve) => {
      opened.push(sessions.onDidChange((each) => each !== session && resolve()));
    });
    engine.crash(new ProbeError('engine.stopped', 'The engine stopped.'));
    await replaced;
    const kept = subject.session.handle;
    ok(kept && kept !== session && !kept.isLive && !kept.isLost);
    strictEqual(engine.last('recordingOpen')?.['path'], '/tmp/kept.wsrec');
    match(subject.run.error?.message ?? '', /engine stopped/);
    deepStrictEqual(sessions.all, [kept]);
    await new Promise(setImmediate);
    strictEqual(sessions.find(session.id), kept, 'whoever has the id of the session finds what is left of it');
    engine.crash(new ProbeError('engine.stopped', 'The engine stopped.'));
    ok(kept.isLost, 'an engine that dies of it is not asked for ever');
    strictEqual(engine.methods().filter((method) => method === 'recordingOpen').length, 1);
    const { sessions: others, subject: other, engine: fresh } = setUp({}, async (path) => void dropped.push(path));
    const second = await others.connect(other, ASK);
    second.keptAt = '/tmp/second.wsrec';
    fresh.answers.set('recordingOpen', ({ sessionId }) => ({ ...second.snapshot, sessionId, state: 'closed' }));
    const shown = new Promise<void>((resolve) => {
      opened.push(others.onDidChange((each) => each !== second && resolve()));
    });
    fresh.crash(new ProbeError('engine.stopped', 'The engine stopped.'));
    await shown;
    await new Promise(setImmediate);
    await others.connect(other, ASK);
    strictEqual(others.all.length, 1);
    deepStrictEqual(dropped, ['/tmp/second.wsrec']);
  });

  it('take no snapshot that comes late or is nobody’s', async () => {
    const { sessions, subject, engine } = setUp();
    const session = await sessions.connect(subject, ASK);
    const { revision } = session.snapshot;
    engine.announce(session.id, { state: 'closing', revision: revision - 1 });
    strictEqual(session.snapshot.state, 'open');
    engine.announce('nobody', { state: 'closed' });
    strictEqual(sessions.open.length, 1);
  });

  it('refresh the report when a connection opens or ends', async () => {
    const { sessions, subject, engine } = setUp();
    const session = await sessions.connect(subject, ASK);
    engine.answers.set('sessionReport', () => report({ verdict: 'degraded' }));
    const told = new Promise<void>((resolve) => opened.push(sessions.onDidChange(() => setImmediate(resolve))));
    engine.announce(session.id, { state: 'closed' });
    await told;
    strictEqual(subject.run.report?.verdict, 'degraded');
  });

  it('that ended are forgotten beyond the newest twenty, never one that is live or shown', async () => {
    const { sessions, probes, engine } = setUp();
    const connect = async (name: string) => sessions.connect(probes.get({ kind: 'url', url: `ws://h/${name}` }), ASK);
    const live = await connect('live');
    const shown = await connect('shown');
    sessions.subjectOf(shown).isShown = true;
    engine.announce(shown.id, { state: 'closed' });
    for (let index = 0; index < 30; index++) {
      const session = await connect(`${index}`);
      engine.announce(session.id, { state: 'closed' });
    }
    ok(sessions.all.includes(live) && sessions.all.includes(shown));
    ok(sessions.all.length <= 22, String(sessions.all.length));
  });

  it('are forgotten by their targets when a person forgets them', async () => {
    const { sessions, subject, engine } = setUp();
    const session = await sessions.connect(subject, ASK);
    await sessions.forget(session);
    await sessions.forget(session);
    strictEqual(subject.session.handle, null);
    strictEqual(engine.methods().filter((method) => method === 'sessionDispose').length, 1);
    match((await rejection(Promise.resolve().then(() => sessions.find(session.id)))).message, /no session/);
  });

  it('open a recording as a log that is never live and never listed', async () => {
    const { sessions, subject, engine } = setUp();
    engine.answers.set('recordingOpen', ({ sessionId }) => snapshotOf(String(sessionId), { state: 'closed' }));
    const recording = await sessions.openRecording(subject, '/tmp/a.wsrec');
    strictEqual(subject.session.handle, recording);
    strictEqual(recording.isLive, false);
    deepStrictEqual(sessions.all, []);
    const live = await sessions.connect(subject, ASK);
    ok(live !== recording);
    strictEqual(engine.last('sessionDispose')?.['sessionId'], recording.id);
  });

  it('stand in their view with state, rate and the time of the last message, and in its badge', async () => {
    const { sessions, subject, engine, probes } = setUp();
    const view = new SessionsView(probes, sessions, new WatchList());
    opened.push(view, new SessionStatusBar(sessions));
    const session = await sessions.connect(subject, ASK);
    const { sent } = session.snapshot;
    const received = { ...sent, messages: 5, messagesPerSecond: 12 };
    engine.announce(session.id, { state: 'open', received });
    deepStrictEqual(view.getChildren(), [session]);
    const item = view.getTreeItem(session);
    match(String(item.description), /^open · 12\/s · /);
    strictEqual(item.contextValue, 'wsprobe.session.live');
    strictEqual(item.tooltip, undefined);
    const { tooltip } = await view.resolveTreeItem(item, session);
    ok(typeof tooltip === 'string' && tooltip.includes('0 sent, 5 received'));
    strictEqual(view.badge?.value, 1);
    engine.announce(session.id, { state: 'closed' });
    strictEqual(view.getTreeItem(session).contextValue, 'wsprobe.session.ended');
    strictEqual((view.getTreeItem(session).iconPath as vscode.ThemeIcon).id, 'error');
    strictEqual(view.badge, undefined);
  });

  it('of a tap stand there with where it listens, whose its connections are, and what has passed', async () => {
    const { sessions, engine, probes } = setUp();
    const view = new SessionsView(probes, sessions, new WatchList());
    opened.push(view);
    const session = await sessions.observe({ name: 'Tap of Orders', url: 'ws://h/' });
    const client = { peer: '127.0.0.1:5000', path: '/orders', origin: 'https://shop.test', agent: 'shop/1' };
    const connection = {
      connection: 1,
      name: 'x',
      url: 'ws://h/orders',
      code: null,
      messages: 2,
      isPartial: false,
      client,
    };
    engine.announce(session.id, {
      name: 'Tap of Orders',
      state: 'open',
      observed: {
        open: 1,
        listed: [
          { ...connection, state: 'open' },
          { ...connection, connection: 2, state: 'refused', why: 'Nothing listens there.' },
        ],
        tap: TAP,
      },
    });
    const item = view.getTreeItem(session);
    strictEqual(item.description, '1 open · 2 held · ws://0.0.0.0:4000 · OPEN TO THE NETWORK');
    strictEqual(item.contextValue, 'wsprobe.observing.tap');
    const tooltipOf = async (row: ReturnType<typeof view.getChildren>[number]) => {
      const { tooltip } = await view.resolveTreeItem(view.getTreeItem(row), row);
      ok(typeof tooltip === 'string');
      return tooltip;
    };
    const lines = (await tooltipOf(session)).split('\n');
    for (const told of [
      'Listens at ws://0.0.0.0:4000',
      '1 open, 9 in all, 4 new in the last minute',
      '3 messages to the server, 40 B',
      'open for 1.00 s (median), 2.00 s (p95)',
      '6 lived 1 min 0 s each (nginx)',
      'ends: normal 7, network_loss 1',
      '1 refused',
      '2 came back, after 500 ms (median)',
      '1 stale: nothing passed for five minutes',
      'A storm: ten times as many connections as usual',
      'faults: drops messages',
      'Messages are held',
      'Answers from /tmp/orders.wsrec while the server is down',
    ])
      ok(lines.includes(told), `${told} is none of ${lines.join()}`);
    const [one, two] = view.getChildren(session);
    ok(one && two);
    const row = view.getTreeItem(one);
    deepStrictEqual([row.label, row.contextValue], ['/orders', 'wsprobe.observed.tap']);
    strictEqual(row.description, 'open · 2 messages · 127.0.0.1:5000 · https://shop.test');
    match(await tooltipOf(one), /shop\/1/);
    strictEqual(view.getTreeItem(two).contextValue, 'wsprobe.observed.tap.ended');
    match(await tooltipOf(two), /Nothing listens there/);
    engine.announce(session.id, { state: 'closed', observed: { open: 0, listed: [], tap: TAP } });
    strictEqual(view.getTreeItem(session).contextValue, 'wsprobe.observing.ended');
  });

  it('that drop are told of where nobody sees it, once they have been shown, without the links of a server', async () => {
    const { sessions, subject, engine } = setUp();
    const session = await sessions.connect(subject, ASK);
    const told: string[] = [];
    const acts: string[] = [];
    let isVisible = false;
    const notice = () => {
      const warn = async (text: string, ...actions: readonly string[]) => {
        told.push(text);
        return actions[1];
      };
      const show = () => acts.push('show');
      const reconnect = () => acts.push('reconnect');
      return tellOfDrop(session, { warn, isVisible: () => isVisible, show, reconnect }, log);
    };
    const finding = { title: 'The server said [click](command:evil).' } as unknown as Finding;
    engine.announce(session.id, { state: 'closed', findings: [finding] });
    await notice();
    deepStrictEqual(told, [], 'no panel ever showed it');
    session.wasShown = true;
    isVisible = true;
    await notice();
    deepStrictEqual(told, []);
    isVisible = false;
    await notice();
    match(told[0] ?? '', /dropped\. The server said/);
    ok(!told.join().includes(']('), told.join());
    deepStrictEqual(acts, ['reconnect']);
  });

  const ASK = { ask: false };

  function setUp(change: Parameters<typeof fakeSessions>[2] = {}, dropKept?: Parameters<typeof fakeSessions>[3]) {
    const nothing = {} as unknown;
    const probes = new Probes(nothing as EngineClient, nothing as Preparer, log);
    const made = fakeSessions(probes, new FakeSessionEngine(), change, dropKept);
    opened.push(probes, made.sessions);
    return { ...made, probes, subject: probes.get({ kind: 'url', url: 'ws://h/' }) };
  }
});

function snapshotOf(sessionId: string, change: Partial<SessionSnapshot>): SessionSnapshot {
  const { snapshot } = new SessionHandle(sessionId, new ProbeTarget({ kind: 'url', url: 'ws://h/' }), null);
  return { ...snapshot, ...change };
}
