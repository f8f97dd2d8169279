import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as vscode from 'vscode';
import { EngineClient } from '../../src/engine/client.js';
import { DisposableStore } from '../../src/host/disposableStore.js';
import { Environments } from '../../src/host/environments.js';
import { InspectorPanel, type InspectorActions } from '../../src/host/inspector/panel.js';
import type { SessionActions } from '../../src/host/inspector/sessionHandlers.js';
import { Preparer } from '../../src/host/prepare.js';
import { Probes } from '../../src/host/probes.js';
import { Secrets } from '../../src/host/secrets.js';
import { Payloads } from '../../src/host/sessions/payloads.js';
import { Sessions } from '../../src/host/sessions/sessions.js';
import { SessionsView } from '../../src/host/views/sessionsView.js';
import { VirtualDocuments } from '../../src/host/virtualDocuments.js';
import { WatchList } from '../../src/host/watch/watchList.js';
import type { InspectorState } from '../../src/protocol/inspector.js';
import type { LogRow, LogView } from '../../src/protocol/session.js';
import { activated, closeEditors, folderUri, startPlayground, until } from './support/extension.js';
import { FakePanel } from './support/fakePanel.js';
import { MemoryMemento, MemorySecrets, memoryLog } from './support/memory.js';

describe('a session of the real engine', () => {
  const store = new DisposableStore();
  const { log } = memoryLog();
  let engine: EngineClient;
  let ws: string;

  before(async () => {
    await activated();
    ws = (await startPlayground()).ws.replace(/\/$/, '');
    const extension = vscode.extensions.getExtension('wsprobe.wsprobe');
    ok(extension);
    const workerUrl = pathToFileURL(join(extension.extensionPath, 'dist/engine/worker.mjs'));
    engine = new EngineClient({ workerUrl, log: () => undefined });
  });

  after(async () => {
    store.dispose();
    await engine.dispose();
    await vscode.commands.executeCommand('wsprobe.playground.stop');
  });

  afterEach(closeEditors);

  it('stands in the tree with what it does', async () => {
    const { sessions, probes, subject } = setUp('/echo?tree');
    const view = store.add(new SessionsView(probes, sessions, new WatchList()));
    const session = await sessions.connect(subject, { ask: false });
    await sessions.send(session, { format: 'text', content: 'hello', binary: false }, true);
    await until([sessions.onDidChange], () => (session.snapshot.received.messages > 0 ? true : undefined));
    match(String(view.getTreeItem(session).description), /^open · /);
    ok(session.lastMessageAt);
    strictEqual(view.badge?.value, 1);
    await sessions.request(session, 'sessionClose', { code: 1000, reason: '' });
    await until([sessions.onDidChange], () => (session.isLive ? undefined : true));
    match(String(view.getTreeItem(session).description), /^closed 1000 · /);
    strictEqual(view.badge, undefined);
    await until([probes.onDidChange], () => subject.run.report?.close ?? undefined);
    strictEqual(subject.run.report?.close?.initiator, 'client');
  });

  it('feeds a page: state, rows, payloads, and what comes while it looks', async () => {
    const { page, sessions, subject } = setUp('/echo?page');
    const session = await sessions.connect(subject, { ask: false });
    const state = (await page.ask('ready', null)) as InspectorState;
    strictEqual(state.session?.state, 'open');
    const view = (await page.ask('viewOpen', { mode: 'messages', filter: '' })) as LogView;
    await page.ask('send', { message: { format: 'json', content: '{"b":1,"a":[2]}', binary: false } });
    await page.event('session', ({ received }: { received: { messages: number } }) => received.messages === 1);
    const rows = await rowsOf(page, view.viewId, 2);
    deepStrictEqual(
      rows.filter(({ kind }) => kind === 'text').map(({ direction, preview }) => [direction, preview]),
      [
        ['sent', '{"b":1,"a":[2]}'],
        ['received', '{"b":1,"a":[2]}'],
      ],
    );
    const documents = store.add(new VirtualDocuments('wsprobe-engine-test'));
    const payloads = new Payloads(sessions, documents);
    const reply = rows.find(({ kind, direction }) => kind === 'text' && direction === 'received');
    ok(reply);
    const json = await vscode.workspace.openTextDocument(await payloads.open(session, reply.id, 'messages'));
    strictEqual(json.getText(), '{\n  "b": 1,\n  "a": [\n    2\n  ]\n}\n');
    const text = await vscode.workspace.openTextDocument(await payloads.openLog(session, view.viewId));
    match(text.getText(), /received {2}text .* \{"b":1,"a":\[2\]\}/);
  });

  it('keeps a recording that opens as the same log', async () => {
    const { sessions, subject, probes } = setUp('/echo?recording');
    const session = await sessions.connect(subject, { ask: false });
    const path = vscode.Uri.joinPath(folderUri(), 'engine.wsrec').fsPath;
    await sessions.request(session, 'sessionRecord', { path });
    await sessions.send(session, { format: 'text', content: 'kept', binary: false }, false);
    await until([sessions.onDidChange], () => (session.snapshot.received.messages > 0 ? true : undefined));
    strictEqual(session.snapshot.recording?.path, path);
    await sessions.forget(session);
    const restored = probes.get({ kind: 'url', url: 'ws://h/restored' });
    const recording = await sessions.openRecording(restored, path);
    strictEqual(recording.snapshot.state, 'closed');
    ok(recording.snapshot.received.messages >= 1);
  });

  function setUp(path: string) {
    const context = { secrets: new MemorySecrets(), globalState: new MemoryMemento() };
    const environments = store.add(new Environments(new MemoryMemento()));
    const secrets = new Secrets(context);
    const preparer = new Preparer({ engine, secrets, environments, log });
    const probes = store.add(new Probes(engine, preparer, log));
    const sessions = store.add(new Sessions({ engine, preparer, probes, log }));
    const subject = probes.get({ kind: 'url', url: `${ws}${path}` });
    const page = new FakePanel();
    const panel = new InspectorPanel(page as unknown as vscode.WebviewPanel, subject, {
      probes,
      sessions,
      actions: {} as InspectorActions,
      sessionActions: {} as SessionActions,
      extensionUri: vscode.Uri.file('/extension'),
    });
    store.add({ dispose: () => panel.release() });
    return { sessions, probes, subject, page };
  }
});

/** The rows of a view once it has that many texts. */
async function rowsOf(page: FakePanel, viewId: number, texts: number): Promise<readonly LogRow[]> {
  for (;;) {
    const { rows } = (await page.ask('viewRows', { viewId, from: 0, count: 100, paths: [] })) as {
      rows: readonly LogRow[];
    };
    if (rows.filter(({ kind }) => kind === 'text').length >= texts) return rows;
  }
}
