import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import * as vscode from 'vscode';
import { ProbeError } from '../../src/core/base/errors.js';
import type { EngineClient } from '../../src/engine/client.js';
import { InspectorPanel, type InspectorActions } from '../../src/host/inspector/panel.js';
import type { SessionActions } from '../../src/host/inspector/sessionHandlers.js';
import type { Preparer } from '../../src/host/prepare.js';
import { Probes } from '../../src/host/probes.js';
import { Payloads } from '../../src/host/sessions/payloads.js';
import { PAYLOAD_SCHEME, VirtualDocuments } from '../../src/host/virtualDocuments.js';
import type { InspectorState } from '../../src/protocol/inspector.js';
import { closeEditors } from './support/extension.js';
import { FakePanel } from './support/fakePanel.js';
import { memoryLog } from './support/memory.js';
import { FakeSessionEngine, fakeSessions } from './support/sessions.js';

const MESSAGE = { format: 'text', content: 'hi', binary: false } as const;

describe('the panel of a session', () => {
  const { log } = memoryLog();
  const opened: vscode.Disposable[] = [];
  afterEach(() => {
    for (const item of opened.splice(0)) item.dispose();
  });

  it('carries each act to the engine, on the session of its own target', async () => {
    const { page, engine, session } = await setUp();
    for (const [act, params, method, expected] of [
      ['stopRepeat', null, 'sessionStopRepeat', {}],
      ['ping', { payload: 'p' }, 'sessionPing', { payload: 'p' }],
      ['pong', { payload: '' }, 'sessionPong', { payload: '' }],
      ['pause', { paused: true }, 'sessionPause', { paused: true }],
      ['refusePong', { refuse: true }, 'sessionRefusePong', { refuse: true }],
      ['halfClose', null, 'sessionHalfClose', {}],
      ['clear', null, 'sessionClear', {}],
      ['mark', { id: 1, marked: true }, 'sessionMark', { id: 1, marked: true }],
      ['operations', null, 'sessionOperations', {}],
      ['viewDecoded', { id: 1, mode: 'wire' }, 'viewDecoded', { id: 1, mode: 'wire' }],
      ['close', { code: 1000, reason: 'r' }, 'sessionClose', { code: 1000, reason: 'r' }],
      ['terminate', null, 'sessionTerminate', {}],
    ] as const) {
      await page.ask(act, { ...params, sessionId: 'another', path: '/etc/passwd' });
      deepStrictEqual(engine.last(method), { ...expected, sessionId: session.id }, act);
    }
  });

  it('sends, repeats and keeps what was sent for the next time', async () => {
    const { page, engine, subject } = await setUp();
    deepStrictEqual(await page.ask('send', { message: MESSAGE }), { bytes: 1 });
    await page.ask('repeat', { message: { ...MESSAGE, content: 'again' }, times: 2, everyMs: 5 });
    strictEqual(engine.last('sessionRepeat')?.['times'], 2);
    deepStrictEqual(
      subject.session.sent.map(({ content }) => content),
      ['again', 'hi'],
    );
    const state = (await page.ask('ready', null)) as InspectorState;
    strictEqual(state.sentMessages.length, 2);
  });

  it('reads a file for a message only when a person chose it', async () => {
    const { page, chosen } = await setUp();
    const message = { format: 'file', content: '/home/me/.ssh/id_rsa', binary: true };
    strictEqual(await refusal(page.ask('send', { message })), 'file.not-chosen');
    strictEqual(await refusal(page.ask('repeat', { message, times: 1, everyMs: 0 })), 'file.not-chosen');
    chosen.path = '/tmp/data.bin';
    deepStrictEqual(await page.ask('pickFile', null), { path: '/tmp/data.bin' });
    await page.ask('send', { message: { ...message, content: '/tmp/data.bin' } });
  });

  it('refuses what is malformed, and everything before there is a session', async () => {
    const { page, sessions, session } = await setUp();
    strictEqual(await refusal(page.ask('close', { code: -1, reason: '' })), 'inspector.bad-request');
    strictEqual(await refusal(page.ask('send', { message: 'hi' })), 'inspector.bad-request');
    await sessions.forget(session);
    strictEqual(await refusal(page.ask('ping', { payload: '' })), 'session.none');
    strictEqual(await refusal(page.ask('viewOpen', { mode: 'wire', filter: '' })), 'session.none');
  });

  it('uses the views it opened and no others, and closes them when its page is gone', async () => {
    const { page, engine } = await setUp();
    strictEqual(await refusal(page.ask('viewRows', { viewId: 7, from: 0, count: 1, paths: [] })), 'view.unknown');
    await page.ask('viewOpen', { mode: 'messages', filter: '' });
    await page.ask('viewRows', { viewId: 7, from: 0, count: 1, paths: [] });
    deepStrictEqual(engine.last('viewRows'), { viewId: 7, from: 0, count: 1, paths: [] });
    page.visible = false;
    deepStrictEqual(engine.last('viewClose'), { viewId: 7 });
    page.visible = true;
    strictEqual(
      await refusal(page.ask('viewFind', { viewId: 7, text: '', from: 0, backwards: false })),
      'view.unknown',
    );
    await page.ask('viewOpen', { mode: 'messages', filter: '' });
    await page.ask('ready', null);
    strictEqual(engine.methods().filter((method) => method === 'viewClose').length, 2);
  });

  it('tells a visible page how its session goes, twenty times a second at most, and a hidden one nothing', async () => {
    const { page, engine, session } = await setUp();
    await page.ask('ready', null);
    await page.ask('viewOpen', { mode: 'messages', filter: '' });
    const before = page.events().length;
    const startedMs = performance.now();
    for (let total = 1; total <= 500; total++) {
      engine.announce(session.id, { state: 'open', elapsedMs: total });
      engine.grow(session.id, 7, total);
    }
    await page.event('view', ({ total }) => total === 500);
    await page.event('session', ({ elapsedMs }) => elapsedMs === 500);
    const told = page.events().length - before;
    ok(told <= 2 + (performance.now() - startedMs) / 50, String(told));
    page.visible = false;
    const quiet = page.events().length;
    for (let total = 1; total <= 50; total++) engine.grow(session.id, 7, total);
    engine.announce(session.id, { state: 'closed' });
    await page.ask('ready', null);
    strictEqual(page.events().length, quiet);
  });

  it('hears of no view of another panel', async () => {
    const { page, engine, session } = await setUp();
    await page.ask('ready', null);
    engine.grow(session.id, 99, 5);
    engine.grow('another', 7, 5);
    engine.announce(session.id, { state: 'open' });
    await page.event('session');
    deepStrictEqual(
      page.events().filter(({ name }) => name === 'view'),
      [],
    );
  });

  it('asks nothing more of views that ended with the engine', async () => {
    const { page, inspector, engine } = await setUp();
    await page.ask('viewOpen', { mode: 'messages', filter: '' });
    engine.crash(new ProbeError('engine.stopped', 'The engine stopped.'));
    strictEqual(await refusal(page.ask('viewRows', { viewId: 7, from: 0, count: 1, paths: [] })), 'view.unknown');
    inspector.release();
    ok(!engine.methods().includes('viewClose'));
  });

  it('explains the close of its session', async () => {
    const { page, engine, session } = await setUp();
    const close = { code: 4401, reason: '', initiator: 'server', clean: true, evidence: '' } as const;
    engine.announce(session.id, { state: 'closed', close, subprotocol: 'graphql-transport-ws' });
    const state = (await page.ask('ready', null)) as InspectorState;
    match(state.closeExplanation?.name ?? '', /Unauthorized/i);
  });

  it('of a recording reads its log and acts on nothing', async () => {
    const { page, sessions, subject, engine } = await setUp();
    engine.answers.set('recordingOpen', ({ sessionId }) => ({
      ...subject.session.handle?.snapshot,
      sessionId,
      revision: 1e9,
    }));
    await sessions.openRecording(subject, '/tmp/a.wsrec');
    for (const act of ['clear', 'terminate', 'reconnect', 'pickFile']) {
      strictEqual(await refusal(page.ask(act, null)), 'session.recording', act);
    }
    strictEqual(await refusal(page.ask('send', { message: MESSAGE })), 'session.recording');
    await page.ask('viewOpen', { mode: 'messages', filter: '' });
  });

  it('lets go of everything when it is closed, and of no session', async () => {
    const { page, inspector, engine, session } = await setUp();
    await page.ask('viewOpen', { mode: 'messages', filter: '' });
    inspector.release();
    strictEqual(page.listenerCount, 0);
    deepStrictEqual(engine.last('viewClose'), { viewId: 7 });
    ok(session.isLive);
    ok(!engine.methods().includes('sessionDispose'));
  });

  async function setUp() {
    const nothing = {} as unknown;
    const probes = new Probes(nothing as EngineClient, nothing as Preparer, log);
    const engine = new FakeSessionEngine();
    engine.answers.set('viewOpen', () => ({ viewId: 7, total: 0, problems: [] }));
    const { sessions } = fakeSessions(probes, engine);
    const subject = probes.get({ kind: 'url', url: 'ws://h/' });
    const session = await sessions.connect(subject, { ask: false });
    const chosen: { path: string | null } = { path: null };
    const sessionActions = { pickFile: async () => chosen.path } as unknown as SessionActions;
    const page = new FakePanel();
    const inspector = new InspectorPanel(page as unknown as vscode.WebviewPanel, subject, {
      probes,
      sessions,
      actions: {} as InspectorActions,
      sessionActions,
      extensionUri: vscode.Uri.file('/extension'),
    });
    opened.push(probes, sessions, { dispose: () => inspector.release() });
    return { page, inspector, engine, sessions, session, subject, chosen };
  }
});

describe('payloads of a session as documents', () => {
  const { log } = memoryLog();
  const documents = new VirtualDocuments('wsprobe-test-payload');
  afterEach(closeEditors);
  after(() => documents.dispose());

  it('are coloured by what they are and read in pages', async () => {
    const { payloads, session, engine } = await setUp({ 1: '{"b":1,"a":2}', 2: 'plain' });
    const json = await payloads.open(session, 1, 'messages');
    match(json.path, /#?1\.json$/);
    const document = await vscode.workspace.openTextDocument(json);
    strictEqual(document.languageId, 'json');
    strictEqual(document.getText(), '{\n  "b": 1,\n  "a": 2\n}\n');
    strictEqual(await text(await payloads.open(session, 2, 'messages')), 'plain');
    ok(engine.asked.filter(({ method }) => method === 'viewPayload').length >= 5, 'three bytes a page');
  });

  it('are compared side by side', async () => {
    const { payloads, session } = await setUp({ 1: '{"a":1}', 2: '{"a":2}' });
    await payloads.compare(session, [1, 2], 'messages');
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    ok(input instanceof vscode.TabInputTextDiff);
    strictEqual(await text(input.original), '{\n  "a": 1\n}\n');
    strictEqual(await text(input.modified), '{\n  "a": 2\n}\n');
  });

  it('that were dropped say so, and which settings keep more', async () => {
    const { payloads, session, engine } = await setUp({});
    engine.answers.set('viewPayload', () => ({
      bytes: new Uint8Array(),
      totalBytes: 9,
      binary: false,
      available: false,
    }));
    const error = await payloads.open(session, 1, 'messages').catch((reason: unknown) => reason);
    strictEqual((error as { code?: unknown }).code, 'payload.gone');
    match(String((error as { hint?: unknown }).hint), /memoryMB/);
  });

  it('and their log as text, cut at a hundred thousand rows, which it says', async () => {
    const { payloads, session, engine } = await setUp({});
    engine.answers.set('viewRows', ({ from, count }) => ({
      total: 100_500,
      from,
      rows: Array.from({ length: Number(count) }, (_, index) => row(Number(from) + index)),
    }));
    const lines = (await text(await payloads.openLog(session, 7))).trimEnd().split('\n');
    match(lines[1] ?? '', /received {2}text .* message 0$/);
    match(lines[100_000] ?? '', /message 99999$/);
    match(lines.at(-1) ?? '', /100500 rows, the first 100000/);
  });

  it('end with the log when that ends early', async () => {
    const { payloads, session, engine } = await setUp({});
    engine.answers.set('viewRows', ({ from }) => ({ total: 10, from, rows: Number(from) === 0 ? [row(0)] : [] }));
    const lines = (await text(await payloads.openLog(session, 7))).split('\n');
    match(lines[1] ?? '', /message 0/);
  });

  it('have a scheme of their own', () => {
    strictEqual(PAYLOAD_SCHEME, 'wsprobe-payload');
  });

  async function setUp(contents: Readonly<Record<number, string>>) {
    const nothing = {} as unknown;
    const probes = new Probes(nothing as EngineClient, nothing as Preparer, log);
    const engine = new FakeSessionEngine();
    engine.answers.set('viewPayload', ({ id, offset }) => {
      const bytes = new TextEncoder().encode(contents[Number(id)]);
      const from = Number(offset);
      return { bytes: bytes.slice(from, from + 3), totalBytes: bytes.length, binary: false, available: true };
    });
    const { sessions } = fakeSessions(probes, engine);
    const session = await sessions.connect(probes.get({ kind: 'url', url: 'ws://h/' }), { ask: false });
    return { payloads: new Payloads(sessions, documents), session, engine };
  }
});

function row(id: number) {
  const bits = { fin: true, rsv1: false, rsv2: false, rsv3: false, masked: false, marked: false };
  const sizes = { wireBytes: 3, payloadBytes: 1, inflatedBytes: null, frames: 1, connection: 1 };
  const said = { preview: `message ${id}`, label: null, place: 'memory' };
  return { id, kind: 'text', atMs: id, direction: 'received', opcode: 1, ...bits, ...sizes, ...said };
}

async function text(uri: vscode.Uri): Promise<string> {
  return (await vscode.workspace.openTextDocument(uri)).getText();
}

async function refusal(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'nothing was refused',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}
