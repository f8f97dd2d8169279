import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  activated,
  closeEditors,
  folderUri,
  rejection,
  startPlayground,
  until,
  writeProfile,
} from './support/extension.js';
import { Questions } from './support/questions.js';

interface Connected {
  readonly sessionId: string;
}

interface Converted {
  readonly text?: string;
  readonly uri?: vscode.Uri;
  readonly notes: readonly string[];
}

interface Exported {
  readonly path: string;
  readonly frames: number;
}

describe('a session', () => {
  let ws: string;

  before(async () => {
    await activated();
    ws = (await startPlayground()).ws.replace(/\/$/, '');
  });

  after(() => vscode.commands.executeCommand('wsprobe.playground.stop'));
  afterEach(async () => {
    await closeEditors();
  });

  it('is opened by a command that gives its id, sends, exports what was said, and closes', async () => {
    const { sessionId } = await connect(`${ws}/echo?talk`);
    deepStrictEqual(await run('send', sessionId, 'hello there'), { bytes: 11 });
    deepStrictEqual(await run('send', sessionId, { json: { a: 1 } }), { bytes: 7 });
    deepStrictEqual(await run('send', sessionId, { hex: '00 ff' }), { bytes: 2 });
    await run('ping', sessionId);
    const { sent, received } = await said(sessionId, 3);
    await run('close', sessionId, 4001, 'enough');
    deepStrictEqual(sent.texts, ['hello there', '{"a":1}']);
    deepStrictEqual(received.texts, ['hello there', '{"a":1}']);
    deepStrictEqual(sent.binary, ['AP8=']);
    await forget(sessionId);
  });

  it('serves other extensions through the API and opens nothing', async () => {
    const api = await activated();
    const { sessionId } = await api.connect(`${ws}/echo?api`);
    await inspectors(0);
    deepStrictEqual(await run('send', sessionId, 'x'), { bytes: 1 });
    await forget(sessionId);
  });

  it('is one for a target, and outlives its panel', async () => {
    const url = `${ws}/echo?panel`;
    const { sessionId } = await connect(url, {});
    await inspectors(1);
    await closeEditors();
    await inspectors(0);
    deepStrictEqual(await run('send', sessionId, 'still here'), { bytes: 10 });
    strictEqual((await connect(url, {})).sessionId, sessionId);
    await inspectors(1);
    strictEqual(await vscode.commands.executeCommand('wsprobe.openInspector', url), true);
    await inspectors(1);
    await forget(sessionId);
  });

  it('comes of a URL, a Uri, a profile and an object', async () => {
    const url = `${ws}/echo?kinds`;
    const file = await writeProfile('session.wsprobe', { url: `${url}&file`, name: 'Session profile' });
    const targets = [url, vscode.Uri.parse(`${url}&uri`), file, { url: `${url}&object`, name: 'o' }];
    const opened = await Promise.all(targets.map((target) => connect(target)));
    strictEqual(new Set(opened.map(({ sessionId }) => sessionId)).size, 4);
    await Promise.all(opened.map(({ sessionId }) => forget(sessionId)));
  });

  it('that could not be opened has an id and says why it cannot send', async () => {
    const { sessionId } = await connect(`${ws}/status/503?session`);
    match((await rejection(run('send', sessionId, 'x'))).message, /closed/);
    await forget(sessionId);
  });

  it('connects anew with its log going on', async () => {
    const { sessionId } = await connect(`${ws}/echo?again`);
    await run('send', sessionId, 'one');
    await run('reconnect', sessionId);
    await run('send', sessionId, 'two');
    deepStrictEqual((await said(sessionId, 2)).sent.texts, ['one', 'two']);
    await forget(sessionId);
  });

  it('exports to where it is told, in three formats, and to a recording by itself', async () => {
    const { sessionId } = await connect(`${ws}/echo?export`);
    await run('send', sessionId, 'kept');
    for (const extension of ['wsrec', 'jsonl', 'har']) {
      const path = vscode.Uri.joinPath(folderUri(), `out.${extension}`).fsPath;
      const { frames } = await run<Exported>('export', sessionId, path);
      ok(frames >= 1, extension);
      ok((await read(path)).includes('kept'), extension);
    }
    const { path } = await run<Exported>('export', sessionId);
    match(path, /-\d{8}-\d{6}\.wsrec$/);
    match((await rejection(run('export', sessionId, 'relative.wsrec'))).message, /place/);
    match((await rejection(run('export', sessionId, '/tmp/x.exe'))).message, /place/);
    await forget(sessionId);
  });

  it('is opened from its recording in a read-only editor', async () => {
    const { sessionId } = await connect(`${ws}/echo?recorded`);
    await run('send', sessionId, 'for later');
    const { path } = await run<Exported>('export', sessionId, vscode.Uri.joinPath(folderUri(), 'later.wsrec').fsPath);
    await forget(sessionId);
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path));
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    ok(input instanceof vscode.TabInputCustom);
    strictEqual(input.viewType, 'wsprobe.recording');
  });

  it('imports a HAR as a recording, opened', async () => {
    const { sessionId } = await connect(`${ws}/echo?har`);
    await run('send', sessionId, 'archived');
    const { path } = await run<Exported>('export', sessionId, vscode.Uri.joinPath(folderUri(), 'page.har').fsPath);
    await forget(sessionId);
    const recording = await vscode.commands.executeCommand<vscode.Uri>(
      'wsprobe.recording.import',
      vscode.Uri.file(path),
    );
    ok((await read(recording.fsPath)).includes('archived'));
    ok(vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputCustom);
  });

  it('becomes a profile whose steps say the same, its secrets by name', async () => {
    await vscode.commands.executeCommand('wsprobe.setSecret', 'said', 'hunter33-hunter33');
    const questions = new Questions(({ answers }) => answers[0]);
    const { sessionId } = await connect({ url: `${ws}/echo?said`, headers: { 'X-Key': '${secret:said}' } });
    questions.restore();
    await run('send', sessionId, '{"key":"hunter33-hunter33"}');
    const { path } = await run<Exported>('export', sessionId, vscode.Uri.joinPath(folderUri(), 'said.wsrec').fsPath);
    await forget(sessionId);
    const convert = (...args: readonly unknown[]) =>
      vscode.commands.executeCommand<Converted>('wsprobe.convert', ...args);
    const { notes, text = '' } = await convert(path, { to: 'wsprobe', messages: 'dir:out' });
    const { steps, message, url } = JSON.parse(text.replace(/^\/\/.*$/gm, '')) as Readonly<Record<string, unknown>>;
    ok(String(url).endsWith('/echo?said'));
    strictEqual(steps, undefined);
    deepStrictEqual((message as { send: unknown }).send, { text: '{"key":"${secret:key}"}' });
    ok(!text.includes('hunter33') && notes.length === 0, text);

    const profile = vscode.Uri.joinPath(folderUri(), 'said.wsprobe');
    const { uri } = await convert(path, { output: profile });
    strictEqual(uri?.toString(), profile.toString());
    match((await convert(profile.fsPath, { to: 'k6' })).text ?? '', /k6\/websockets/);
    const har = vscode.Uri.joinPath(folderUri(), 'said.har');
    await convert(path, { output: har });
    ok((await read(har.fsPath)).includes('_webSocketMessages'));

    const line = `curl -H 'Authorization: Bearer hunter44-hunter44' -s wss://h.test/x`;
    const made = await convert(line, { to: 'wsprobe' });
    match(made.text ?? '', /"token": "\$\{secret:token\}"/);
    ok(!made.text?.includes('hunter44'));
    deepStrictEqual(made.notes, ['not carried over: -s']);
    for (const [args, words] of [
      [[line, { to: 'telnet' }], /Known formats/],
      [['wget x', { to: 'wsprobe' }], /no curl, websocat or wscat/],
      [[line, { to: 'wsprobe', request: 2 }], /no request 2/],
      [[5, { to: 'wsprobe' }], /whole path/],
    ] as const)
      match((await rejection(convert(...args))).message, words);
  });

  it('is copied as a command of another tool, without its secrets', async () => {
    await vscode.commands.executeCommand('wsprobe.setSecret', 'copied', 'hunter22-hunter22');
    const target = { url: `${ws}/echo?copy`, auth: { type: 'bearer', token: '${secret:copied}' } };
    for (const tool of ['curl', 'curl-powershell', 'wscat-cmd', 'websocat', 'wscat', 'node']) {
      const text = await vscode.commands.executeCommand<string>('wsprobe.copyAs', target, tool);
      ok(text.includes('/echo?copy'), text);
      ok(!text.includes('hunter22'), text);
    }
    const questions = new Questions(({ answers }) => answers[0]);
    const { sessionId } = await connect(target);
    questions.restore();
    match(await vscode.commands.executeCommand<string>('wsprobe.copyAs', sessionId, 'curl'), /curl/);
    match((await rejection(vscode.commands.executeCommand('wsprobe.copyAs', target, 'telnet'))).message, /curl/);
    await forget(sessionId);
  });

  it('refuses what is none, in one sentence', async () => {
    const { sessionId } = await connect(`${ws}/echo?refuse`);
    for (const [act, args, words] of [
      ['send', ['no-such-id', 'x'], /no session/],
      ['send', [sessionId, undefined], /payload/],
      ['send', [sessionId, { exec: 'ls' }], /payload/],
      ['send', [sessionId, '${tenant}'], /tenant/],
      ['close', [sessionId, 70_000], /65535/],
      ['close', [sessionId, 1000, 'x'.repeat(200)], /123/],
      ['ping', [{ nothing: true }], /session/i],
    ] as const) {
      const { message } = await rejection(run(act, ...args));
      match(message, words);
      ok(!/\n\s+at /.test(message), message);
    }
    await forget(sessionId);
  });

  function connect(target: unknown, options: unknown = { inspector: false }): Thenable<Connected> {
    return vscode.commands.executeCommand<Connected>('wsprobe.connect', target, options);
  }
});

function run<T>(act: string, ...args: readonly unknown[]): Thenable<T> {
  return vscode.commands.executeCommand<T>(`wsprobe.session.${act}`, ...args);
}

function forget(sessionId: string): Thenable<unknown> {
  return run('forget', sessionId);
}

async function read(path: string): Promise<string> {
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(vscode.Uri.file(path)));
}

/** What was said, both ways, once `replies` messages have come back. */
async function said(sessionId: string, replies: number): ReturnType<typeof exported> {
  for (;;) {
    const log = await exported(sessionId);
    if (log.received.texts.length + log.received.binary.length >= replies) return log;
  }
}

/** The data frames of an exported log. */
async function exported(sessionId: string) {
  const name = `exported-${sessionId}.jsonl`;
  const { path } = await run<Exported>('export', sessionId, vscode.Uri.joinPath(folderUri(), name).fsPath);
  const lines = (await read(path)).trim().split('\n');
  const frames = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const of = (direction: string) => {
    const own = frames.filter((frame) => frame['direction'] === direction);
    return {
      texts: own.filter(({ opcode }) => opcode === 1).map(({ text }) => text),
      binary: own.filter(({ opcode }) => opcode === 2).map(({ base64 }) => base64),
    };
  };
  return { sent: of('sent'), received: of('received') };
}

/** Resolves when that many inspectors are open. */
function inspectors(count: number): Promise<readonly vscode.Tab[]> {
  const find = () =>
    vscode.window.tabGroups.all
      .flatMap((group) => group.tabs)
      .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.includes('wsprobe.inspector'));
  return until([vscode.window.tabGroups.onDidChangeTabs], () => (find().length === count ? find() : undefined));
}
