import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import * as vscode from 'vscode';
import type { CloseExplanation } from '../../src/core/close/explainClose.js';
import { typedItems } from '../../src/host/askTarget.js';
import { ProfileIndex } from '../../src/host/profileIndex.js';
import type { EngineClient } from '../../src/engine/client.js';
import { ProfileTexts } from '../../src/host/profileTexts.js';
import { ProfileFolder, ProfilesView } from '../../src/host/views/profilesView.js';
import { Environments } from '../../src/host/environments.js';
import { History } from '../../src/host/history.js';
import { DisposableStore } from '../../src/host/disposableStore.js';
import { parseTarget, targetKey } from '../../src/host/target/targets.js';
import { WatchList } from '../../src/host/watch/watchList.js';
import { activated, closeEditors, folderUri, rejection, until, writeProfile } from './support/extension.js';
import { MemoryMemento, memoryLog } from './support/memory.js';

describe('commands called with arguments', () => {
  before(activated);
  afterEach(closeEditors);

  it('explain a close code, by dialect when one is given', async () => {
    const plain = await explain(4401);
    strictEqual(plain.code, 4401);
    const graphql = await explain('4401', { dialect: 'graphql-transport-ws' });
    strictEqual(graphql.dialect, 'graphql-transport-ws');
    strictEqual((await explain(1006)).wire, false);
    for (const bad of [-1, 70_000, 1.5, 'many', null]) {
      match((await rejection(vscode.commands.executeCommand('wsprobe.explainCloseCode', bad))).message, /close code/);
    }
  });

  it('write a new profile into an unsaved editor beside the others', async () => {
    const uri = await vscode.commands.executeCommand<vscode.Uri>('wsprobe.newProfile', 'wss://example.test/orders');
    const document = await vscode.workspace.openTextDocument(uri);
    strictEqual(document.languageId, 'wsprobe');
    strictEqual(document.isUntitled, true);
    ok(document.getText().includes('wss://example.test/orders'));
    ok(uri.path.endsWith('/example.test-orders.wsprobe'), uri.path);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('refuse to write a profile of a URL that is none', async () => {
    match((await rejection(vscode.commands.executeCommand('wsprobe.newProfile', 'http://x/'))).message, /ws/);
  });

  function explain(...args: readonly unknown[]): Thenable<CloseExplanation> {
    return vscode.commands.executeCommand<CloseExplanation>('wsprobe.explainCloseCode', ...args);
  }
});

describe('the box for a URL', () => {
  const shown = (value: string) =>
    typedItems(value).map(({ choice }) => (choice as { url?: string } | null)?.url ?? null);

  it('offers what was typed once it is a URL', () => {
    deepStrictEqual(shown(' wss://h/p '), ['wss://h/p']);
    deepStrictEqual(shown(''), []);
    deepStrictEqual(shown('orders'), [], 'a word filters the profiles');
  });

  it('says what is wrong and offers what was meant', () => {
    deepStrictEqual(shown('https://h/p'), [null, 'wss://h/p']);
    deepStrictEqual(shown('http://h/p'), [null, 'ws://h/p']);
    deepStrictEqual(shown('localhost:8080/x'), [null, 'ws://localhost:8080/x']);
    deepStrictEqual(shown('example.test/x'), [null, 'wss://example.test/x']);
    deepStrictEqual(shown('ftp://h/'), [null]);
    deepStrictEqual(shown('ws://h:70000/'), [null]);
  });
});

describe('targets', () => {
  it('are told apart by what they are', () => {
    strictEqual(parseTarget('ws://h/').kind, 'url');
    strictEqual(parseTarget(' wss://h/ ').kind, 'url');
    strictEqual(parseTarget('/a/b.wsprobe').kind, 'file');
    strictEqual(parseTarget('file:///a/b.wsprobe').kind, 'file');
    strictEqual(parseTarget(vscode.Uri.file('/a/b.wsprobe')).kind, 'file');
    strictEqual(parseTarget(vscode.Uri.parse('ws://h/p?a=b')).kind, 'url');
    strictEqual(parseTarget({ url: 'ws://h/' }).kind, 'inline');
    strictEqual(parseTarget({ resourceUri: vscode.Uri.file('/a/b.wsprobe') }).kind, 'file');
  });

  it('keep the query of a Uri as it was', () => {
    const target = parseTarget(vscode.Uri.parse('ws://h:8080/p?a=b&c=d'));
    strictEqual(target.kind === 'url' && target.url, 'ws://h:8080/p?a=b&c=d');
  });

  it('that are the same have the same key', () => {
    strictEqual(targetKey(parseTarget({ url: 'ws://h/' })), targetKey(parseTarget({ url: 'ws://h/' })));
    ok(targetKey(parseTarget({ url: 'ws://h/' })) !== targetKey(parseTarget({ url: 'ws://h/', http: '1.1' })));
    ok(!targetKey(parseTarget({ url: 'ws://h/', auth: { token: 'hunter22' } })).includes('hunter22'));
  });
});

type Row = vscode.Uri | ProfileFolder;

/** An engine that knows two profiles. */
const reader = {
  request: async (_: string, { text }: { readonly text: string }) => ({
    name: `Read: ${text.includes('ws://h/') ? 'appears' : 'echo'}`,
    host: 'h.example:1',
  }),
} as unknown as EngineClient;

describe('the profiles view', () => {
  const { log } = memoryLog();
  const store = new DisposableStore();
  after(() => store.dispose());

  it('lists the profiles of the workspace and notices new and deleted ones', async () => {
    const index = store.add(new ProfileIndex());
    const environments = store.add(new Environments(new MemoryMemento()));
    const history = store.add(new History({ state: new MemoryMemento(), folder: folderUri(), limit: () => 1 }, log));
    const texts = store.add(new ProfileTexts(reader));
    const view = store.add(new ProfilesView(index, history, environments, new WatchList(), texts));
    const labels = async (parent?: Row) =>
      Promise.all((await view.getChildren(parent)).map(async (row) => (await view.getTreeItem(row)).label));
    ok((await labels()).includes('Read: echo'));
    const uri = await changed(view, () => writeProfile('appears.wsprobe', { url: 'ws://h/' }));
    ok((await labels()).includes('Read: appears'));
    const item = await view.getTreeItem(uri);
    strictEqual(item.contextValue, 'wsprobe.profile');
    strictEqual(item.description, 'h.example:1');
    strictEqual(item.tooltip, undefined);
    await changed(view, () => vscode.workspace.fs.delete(uri));
    ok(!(await labels()).includes('Read: appears'));
  });

  it('lays them out by folder, and names them by their files where they cannot be read', async () => {
    const index = store.add(new ProfileIndex());
    const environments = store.add(new Environments(new MemoryMemento()));
    const history = store.add(new History({ state: new MemoryMemento(), folder: folderUri(), limit: () => 1 }, log));
    const broken = { request: () => Promise.reject(new Error('no engine')) } as unknown as EngineClient;
    const texts = store.add(new ProfileTexts(broken));
    const view = store.add(new ProfilesView(index, history, environments, new WatchList(), texts));
    const rows = await view.getChildren();
    const folder = rows.find((row) => row instanceof ProfileFolder && row.folder.name === 'cookbook');
    ok(folder instanceof ProfileFolder && folder.uris.length > 5);
    const item = await view.getTreeItem(folder);
    strictEqual(item.contextValue, 'wsprobe.folder');
    const inside = await Promise.all((await view.getChildren(folder)).map((row) => view.getTreeItem(row)));
    ok(inside.some(({ label }) => label === 'chat'));
    ok(
      !rows.slice(rows.findIndex((row) => !(row instanceof ProfileFolder))).some((row) => row instanceof ProfileFolder),
    );
  });
});

describe('a disposable store', () => {
  it('disposes in reverse order, once, and at once what comes later', () => {
    const order: string[] = [];
    const item = (name: string) => ({ dispose: () => order.push(name) });
    const store = new DisposableStore();
    store.add(item('a'));
    store.add(item('b'));
    store.dispose();
    store.dispose();
    store.add(item('late'));
    strictEqual(order.join(), 'b,a,late');
  });
});

async function changed<T>(view: ProfilesView, act: () => PromiseLike<T>): Promise<T> {
  let isChanged = false;
  const noted = until([view.onDidChangeTreeData], () => (isChanged ? true : undefined));
  isChanged = true;
  const result = await act();
  await noted;
  return result;
}
