import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import * as vscode from 'vscode';
import type { Report } from '../../src/core/base/model.js';
import type { EngineClient } from '../../src/engine/client.js';
import { History } from '../../src/host/history.js';
import { InspectorPanel, type InspectorActions } from '../../src/host/inspector/panel.js';
import { InspectorPanels, type PanelMemory, type RememberedPanel } from '../../src/host/inspector/panels.js';
import type { SessionActions } from '../../src/host/inspector/sessionHandlers.js';
import type { Preparer } from '../../src/host/prepare.js';
import { Probes, type TargetChange } from '../../src/host/probes.js';
import { ProbeTarget } from '../../src/host/target/probeTarget.js';
import type { InspectorState } from '../../src/protocol/inspector.js';
import {
  activated,
  closeEditors,
  folderUri,
  probe,
  startPlayground,
  type StartedPlayground,
  until,
} from './support/extension.js';
import { FakePanel } from './support/fakePanel.js';
import { MemoryMemento, memoryLog } from './support/memory.js';
import { fakeSessions } from './support/sessions.js';

describe('the inspector', () => {
  let playground: StartedPlayground;

  before(async () => {
    await activated();
    playground = await startPlayground();
  });

  after(() => vscode.commands.executeCommand('wsprobe.playground.stop'));
  afterEach(closeEditors);

  it('opens one panel for a target, however often it is probed', async () => {
    const url = `${playground.ws.replace(/\/$/, '')}/echo?panel`;
    await probe(url, {});
    await probe(url, {});
    strictEqual((await inspectorTabs(1)).length, 1);
    await probe(`${url}=2`, {});
    strictEqual((await inspectorTabs(2)).length, 2);
  });

  it('opens without a run', async () => {
    strictEqual(await vscode.commands.executeCommand('wsprobe.openInspector', 'ws://127.0.0.1:1/never'), true);
    const [tab] = await inspectorTabs(1);
    match(tab?.label ?? '', /127\.0\.0\.1/);
  });

  it('stays closed when the caller says so', async () => {
    await probe(`${playground.ws.replace(/\/$/, '')}/echo`);
    strictEqual((await inspectorTabs(0)).length, 0);
  });
});

describe('a panel of the inspector', () => {
  it('runs its bundle alone, under a policy without anything unsafe', () => {
    const { panel } = open();
    const { html } = panel.webview;
    const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1] ?? '';
    match(policy, /^default-src &#39;none&#39;|^default-src 'none'/);
    ok(!/unsafe|\*|https?:|data:/.test(policy.replaceAll(panel.webview.cspSource, '')), policy);
    match(policy, /style-src [^;]*'sha256-47DEQpj8HBSa\+\/TImW\+5JCeuQeRkm5NMpJWZG3hSuFU='/, 'an empty style element');
    const nonces = [...html.matchAll(/nonce="([^"]+)"/g)].map(([, nonce]) => nonce);
    strictEqual(nonces.length, 1);
    ok(policy.includes(`nonce-${nonces[0]}`));
    ok(html.includes('<main id="root"></main>'));
    ok(!/\sstyle=|<style|\son\w+=/.test(html));
    ok(open().panel.webview.html !== html, 'each page has a nonce of its own');
  });

  it('answers ready with its state', async () => {
    const { panel, subject } = open();
    const state = await panel.ask('ready', null);
    strictEqual((state as InspectorState).id, subject.id);
    strictEqual((state as InspectorState).status, 'idle');
  });

  it('does what it is asked, and nothing it is not', async () => {
    const { panel, acts } = open();
    const all = ['runAgain', 'findCause', 'followRedirect', 'cancel'];
    all.push('copyReport', 'openReport', 'saveAsProfile', 'openProfile');
    for (const act of all) await panel.ask(act, null);
    deepStrictEqual(acts, all);
    const answer = await panel.ask('executeCommand', { command: 'workbench.action.closeWindow' }).catch(String);
    match(String(answer), /unknown-method/);
    for (const garbage of [null, 1, 'x', [], {}, { kind: 'request' }, { kind: 'event', name: 'state', data: 1 }]) {
      panel.receive(garbage);
    }
    strictEqual(acts.length, all.length);
  });

  it('copies text, but only text and not without end', async () => {
    const { panel } = open();
    await panel.ask('copyText', { text: 'proxy_set_header Upgrade $http_upgrade;' });
    strictEqual(await vscode.env.clipboard.readText(), 'proxy_set_header Upgrade $http_upgrade;');
    for (const bad of [null, {}, { text: 1 }, { text: 'x'.repeat(5_000_000) }]) await panel.ask('copyText', bad);
    strictEqual(await vscode.env.clipboard.readText(), 'proxy_set_header Upgrade $http_upgrade;');
  });

  it('says each change to a visible webview, a flood of them in few messages, and none to a hidden one', async () => {
    const { panel, subject, change } = open();
    for (let step = 0; step < 200; step++) change('progress');
    strictEqual(panel.states().length, 1);
    const last = await panel.nextState();
    strictEqual(last.revision, subject.revision);
    strictEqual(panel.states().length, 2);
    panel.visible = false;
    for (let step = 0; step < 10; step++) change('state');
    panel.visible = true;
    change('state');
    await panel.nextState();
    ok(panel.states().length <= 4);
  });

  it('has one state on its way at most', async () => {
    const { panel, subject, change } = open();
    panel.hold();
    change('state');
    change('state');
    const gone = panel.states().length;
    strictEqual(gone, 1);
    panel.release();
    const state = await panel.nextState();
    strictEqual(state.revision, subject.revision);
  });

  it('lets go of everything when it is closed', () => {
    const { panel, inspector, listeners } = open();
    strictEqual(listeners.size, 1);
    inspector.release();
    strictEqual(listeners.size, 0);
    strictEqual(panel.listenerCount, 0);
  });
});

describe('a restored panel', () => {
  const { log } = memoryLog();

  it('shows the report it had, says it is restored, and connects to nothing', async () => {
    const { first, second, history, subject } = setUp();
    const reportId = await history.add(subject, REPORT);
    first.panels.open(subject, { preserveFocus: true });
    await first.panels.remember({ target: subject, report: REPORT, isTask: false }, reportId);
    const page = new FakePanel();
    await second.panels.deserializeWebviewPanel(page as unknown as vscode.WebviewPanel, { id: subject.id });
    const state = (await page.ask('ready', null)) as InspectorState;
    strictEqual(state.restored, true);
    strictEqual(state.status, 'done');
    strictEqual(state.id, subject.id);
    deepStrictEqual(state.report, REPORT);
    strictEqual(second.runs(), 0);
  });

  it('shows the recording of its session, and its report alone when that is gone', async () => {
    const { first, second, subject } = setUp();
    first.panels.open(subject, { preserveFocus: true });
    const session = await first.sessions.connect(subject, { ask: false });
    const recording = { path: '/tmp/a.wsrec', frames: 1, bytes: 1, error: null };
    first.engine.announce(session.id, { state: 'open', recording });
    await first.panels.rememberSession(session);
    second.engine.answers.set('recordingOpen', ({ sessionId }) => ({
      ...session.snapshot,
      sessionId,
      state: 'closed',
      log: { ...session.snapshot.log, frames: 42 },
    }));
    const page = new FakePanel();
    await second.panels.deserializeWebviewPanel(page as unknown as vscode.WebviewPanel, { id: subject.id });
    const state = (await page.ask('ready', null)) as InspectorState;
    strictEqual(second.engine.last('recordingOpen')?.['path'], '/tmp/a.wsrec');
    strictEqual(state.session?.log.frames, 42);
    strictEqual(state.restored, true);
    ok(!second.engine.methods().includes('sessionOpen'));
    const { third } = setUp(first.memory);
    third.engine.answers.set('recordingOpen', () => {
      throw new Error('gone');
    });
    const bare = new FakePanel();
    await third.panels.deserializeWebviewPanel(bare as unknown as vscode.WebviewPanel, { id: subject.id });
    strictEqual(((await bare.ask('ready', null)) as InspectorState).session, null);
  });

  it('shows the kept end of a log that nobody recorded, and lets go of it with the panel', async () => {
    const { first, second, subject, dropped } = setUp();
    first.panels.open(subject, { preserveFocus: true });
    const session = await first.sessions.connect(subject, { ask: false });
    session.keptAt = '/tmp/kept.wsrec';
    await first.panels.rememberSession(session);
    second.engine.answers.set('recordingOpen', ({ sessionId }) => ({
      ...session.snapshot,
      sessionId,
      state: 'closed',
    }));
    const page = new FakePanel();
    await second.panels.deserializeWebviewPanel(page as unknown as vscode.WebviewPanel, { id: subject.id });
    strictEqual(second.engine.last('recordingOpen')?.['path'], '/tmp/kept.wsrec');
    const restored = second.probes.get({ kind: 'url', url: 'ws://h/' }, subject.id);
    strictEqual(restored.session.handle?.isRecording, true);
    ok(!second.engine.methods().includes('sessionOpen'));
    await second.sessions.connect(restored, { ask: false });
    strictEqual(second.engine.methods().filter((method) => method === 'sessionOpen').length, 1);
    ok(restored.session.handle);
    await second.panels.rememberSession(restored.session.handle);
    deepStrictEqual(dropped, ['/tmp/kept.wsrec']);
  });

  it('leaves a session that is live in another window to that window', async () => {
    const { first, second, subject } = setUp();
    const path = vscode.Uri.joinPath(folderUri(), 'elsewhere.wsrec').fsPath;
    first.panels.open(subject, { preserveFocus: true });
    const session = await first.sessions.connect(subject, { ask: false });
    session.keptAt = path;
    await first.panels.rememberSession(session);
    const other = { pid: process.ppid, host: hostname(), startedAt: new Date().toISOString(), token: 't' };
    await writeFile(`${path}.lock`, JSON.stringify(other));
    second.engine.answers.set('recordingOpen', ({ sessionId }) => ({
      ...session.snapshot,
      sessionId,
      state: 'closed',
    }));
    const page = new FakePanel();
    await second.panels.deserializeWebviewPanel(page as unknown as vscode.WebviewPanel, { id: subject.id });
    strictEqual(((await page.ask('ready', null)) as InspectorState).session, null);
    // Its window has gone: now it is one that was lost.
    const shown = until([second.sessions.onDidChange], () => second.engine.last('recordingOpen'));
    await rm(`${path}.lock`);
    await shown;
  });

  it('of which nothing is known is empty, not broken', async () => {
    for (const state of [undefined, null, 'x', { id: 7 }, { id: 'unknown' }]) {
      const { second } = setUp();
      const page = new FakePanel();
      await second.panels.deserializeWebviewPanel(page as unknown as vscode.WebviewPanel, state);
      strictEqual(((await page.ask('ready', null)) as InspectorState).status, 'idle');
      strictEqual(second.runs(), 0);
    }
  });

  function setUp(memory: PanelMemory['panels'] = new MemoryRecords()) {
    const folder = vscode.Uri.joinPath(folderUri(), 'restored');
    const history = new History({ state: new MemoryMemento(), folder, limit: () => 5 }, log);
    const dropped: string[] = [];
    const kept: PanelMemory['kept'] = { drop: async (path) => void dropped.push(path), sweep: async () => {} };
    const make = () => {
      let runs = 0;
      const nothing = { prepare: () => runs++, request: () => runs++ };
      const probes = new Probes(nothing as unknown as EngineClient, nothing as unknown as Preparer, log);
      const { sessions, engine } = fakeSessions(probes);
      const extensionUri = vscode.Uri.file('/extension');
      const acts = { actions: {} as InspectorActions, sessionActions: {} as SessionActions };
      const panels = new InspectorPanels(
        { probes, sessions, extensionUri, ...acts },
        { panels: memory, kept },
        history,
      );
      return { memory, probes, panels, engine, sessions, runs: () => runs };
    };
    const first = make();
    const subject = first.probes.get({ kind: 'url', url: 'ws://127.0.0.1:1/restored' });
    return { first, second: make(), third: make(), history, subject, dropped };
  }
});

class MemoryRecords {
  readonly #records = new Map<string, RememberedPanel>();
  all = () => Promise.resolve([...this.#records.values()]);
  read = (id: string) => Promise.resolve(this.#records.get(id) ?? null);
  write = async (id: string, record: RememberedPanel) => void this.#records.set(id, record);
  delete = async (id: string) => void this.#records.delete(id);
}

const REPORT = {
  name: 'restored',
  url: 'ws://127.0.0.1:1/restored',
  verdict: 'healthy',
  startedAt: '2026-11-20T12:00:00.000Z',
  durationMs: 1,
  findings: [],
  close: null,
} as unknown as Report;

function open() {
  const subject = new ProbeTarget({ kind: 'url', url: 'ws://127.0.0.1:1/echo' });
  const acts: string[] = [];
  const note = (name: string) => async () => {
    acts.push(name);
  };
  const actions: InspectorActions = {
    runAgain: () => acts.push('runAgain'),
    findCause: () => acts.push('findCause'),
    followRedirect: note('followRedirect'),
    applyFix: note('applyFix'),
    tryFix: note('tryFix'),
    keepFix: note('keepFix'),
    undoFix: note('undoFix'),
    showFix: note('showFix'),
    compareHealthy: note('compareHealthy'),
    copyReport: note('copyReport'),
    openReport: note('openReport'),
    saveAsProfile: note('saveAsProfile'),
    openProfile: note('openProfile'),
  };
  type Listener = (event: { target: ProbeTarget; change: TargetChange }) => void;
  const listeners = new Set<Listener>();
  const probes = {
    cancel: () => acts.push('cancel'),
    onDidChange: (listener: Listener) => {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
  } as unknown as Probes;
  const panel = new FakePanel();
  const inspector = new InspectorPanel(panel as unknown as vscode.WebviewPanel, subject, {
    probes,
    sessions: fakeSessions(probes).sessions,
    actions,
    sessionActions: {} as SessionActions,
    extensionUri: vscode.Uri.file('/extension'),
  });
  const change = (kind: TargetChange) => {
    subject.revision++;
    for (const listener of listeners) listener({ target: subject, change: kind });
  };
  return { panel, inspector, subject, acts, listeners, change };
}

async function inspectorTabs(count: number): Promise<readonly vscode.Tab[]> {
  const find = () =>
    vscode.window.tabGroups.all
      .flatMap((group) => group.tabs)
      .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.includes('wsprobe.inspector'));
  return until([vscode.window.tabGroups.onDidChangeTabs], () => (find().length === count ? find() : undefined));
}
