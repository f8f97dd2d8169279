import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Report, Verdict } from '../../src/core/base/model.js';
import { History } from '../../src/host/history.js';
import { ProbeTarget } from '../../src/host/target/probeTarget.js';
import { RecentUrls } from '../../src/host/recentUrls.js';
import { loadTarget, storeTarget } from '../../src/host/target/storedTarget.js';
import { HistoryView } from '../../src/host/views/historyView.js';
import { folderUri, until } from './support/extension.js';
import { MemoryMemento, memoryLog } from './support/memory.js';

describe('history', () => {
  const { log } = memoryLog();
  let folder: vscode.Uri;
  let count = 0;

  beforeEach(() => {
    folder = vscode.Uri.joinPath(folderUri(), `history-${++count}`);
  });

  it('keeps the newest reports, whole, and drops the oldest with its file', async () => {
    const history = make(3);
    for (const name of ['a', 'b', 'c', 'd']) await history.add(target(name), report(name, 'healthy'));
    deepStrictEqual(
      history.entries().map(({ name }) => name),
      ['d', 'c', 'b'],
    );
    const [newest] = history.entries();
    ok(newest);
    deepStrictEqual(await history.read(newest.id), report('d', 'healthy'));
    strictEqual((await filesIn(folder)).length, 3);
  });

  it('loses no entry when probes end together', async () => {
    const history = make(50);
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => history.add(target(`p${index}`), report(`p${index}`, 'down'))),
    );
    strictEqual(new Set(history.entries().map(({ name }) => name)).size, 20);
  });

  it('is one for several windows: each adds, all show', async () => {
    const [one, other] = [make(3), make(3)];
    await one.load();
    await other.load();
    const noticed = until([other.onDidChange], () => other.entries().find(({ name }) => name === 'a'));
    await one.add(target('a'), report('a', 'healthy'));
    await noticed;
    await Promise.all([one.add(target('b'), report('b', 'down')), other.add(target('c'), report('c', 'down'))]);
    const names = (history: History) => history.entries().map(({ name }) => name);
    await until([one.onDidChange, other.onDidChange], () => {
      return names(one).length === 3 && names(other).length === 3 ? true : undefined;
    });
    deepStrictEqual(names(one).toSorted(), ['a', 'b', 'c']);
    deepStrictEqual(names(other), names(one));
    const told = until([one.onDidChange], () => (names(one).length === 2 ? true : undefined));
    await other.delete(one.entries().find(({ name }) => name === 'a')?.id ?? '');
    await told;
    const later = make(3);
    await later.load();
    deepStrictEqual(names(later), names(other));
    for (const history of [one, other, later]) history.dispose();
  });

  it('takes over what an earlier version kept in one list', async () => {
    const first = make(5);
    await first.add(target('a'), report('a', 'healthy'));
    await first.add(target('b'), report('b', 'healthy'));
    const entries = first.entries();
    await vscode.workspace.fs.delete(vscode.Uri.joinPath(folder, 'history', 'index'), { recursive: true });
    const state = new MemoryMemento();
    await state.update('wsprobe.history', entries);
    const history = new History({ state, folder, limit: () => 5 }, log);
    await history.load();
    deepStrictEqual(
      history.entries().map(({ name }) => name),
      ['b', 'a'],
    );
    deepStrictEqual(state.keys(), []);
  });

  it('keeps nothing at a limit of 0', async () => {
    const history = make(0);
    strictEqual(await history.add(target('a'), report('a', 'healthy')), null);
    deepStrictEqual(history.entries(), []);
  });

  it('deletes one, clears all, and tells each time', async () => {
    const history = make(10);
    let changes = 0;
    history.onDidChange(() => changes++);
    const id = await history.add(target('a'), report('a', 'healthy'));
    await history.add(target('b'), report('b', 'down'));
    ok(id);
    await history.delete(id);
    strictEqual(await history.read(id), null);
    await history.clear();
    deepStrictEqual(history.entries(), []);
    deepStrictEqual(await filesIn(folder), []);
    strictEqual(changes, 4);
  });

  it('answers with nothing when a file is gone or broken', async () => {
    const history = make(10);
    const id = await history.add(target('a'), report('a', 'healthy'));
    ok(id);
    const file = vscode.Uri.joinPath(folder, 'history', `${id}.json`);
    await vscode.workspace.fs.writeFile(file, new TextEncoder().encode('{ half'));
    strictEqual(await history.read(id), null);
    await vscode.workspace.fs.delete(file);
    strictEqual(await history.read(id), null);
    await history.clear();
  });

  it('shows verdict, time and, once asked, the reason', async () => {
    const history = make(10);
    await history.add(target('orders'), report('orders', 'down'));
    const view = new HistoryView(history);
    const [entry] = view.getChildren();
    ok(entry);
    const item = view.getTreeItem(entry);
    strictEqual(item.label, 'orders');
    strictEqual(item.contextValue, 'wsprobe.report');
    strictEqual((item.iconPath as vscode.ThemeIcon).id, 'error');
    match(String(item.description), /12(\.\d)? ms/);
    strictEqual(item.tooltip, undefined);
    const { tooltip } = view.resolveTreeItem(item, entry);
    ok(typeof tooltip === 'string' && tooltip.includes('It is broken'));
    view.dispose();
  });

  it('never writes a URL with credentials down: it is shown redacted and asked for again', async () => {
    const secret = new ProbeTarget({ kind: 'url', url: 'ws://ann:hunter22@127.0.0.1:1/?token=abcdef123456' });
    ok(!secret.url.includes('hunter22'), secret.url);
    strictEqual(storeTarget(secret), null);
    const recent = new RecentUrls(new MemoryMemento());
    await recent.add(secret);
    deepStrictEqual(recent.list(), []);
    const plain = new ProbeTarget({ kind: 'url', url: 'ws://127.0.0.1:1/echo' });
    await recent.add(plain);
    await recent.add(plain);
    deepStrictEqual(recent.list(), ['ws://127.0.0.1:1/echo']);
    deepStrictEqual(loadTarget(storeTarget(plain)), plain.target);
  });

  function make(limit: number): History {
    return new History({ state: new MemoryMemento(), folder, limit: () => limit }, log);
  }
});

function target(name: string): ProbeTarget {
  return new ProbeTarget({ kind: 'url', url: `ws://127.0.0.1:1/${name}` });
}

function report(name: string, verdict: Verdict): Report {
  const findings = verdict === 'down' ? [{ title: 'It is broken.' }] : [];
  const startedAt = '2026-11-20T12:00:00.000Z';
  return { name, url: `ws://127.0.0.1:1/${name}`, verdict, startedAt, durationMs: 12, findings } as unknown as Report;
}

async function filesIn(folder: vscode.Uri): Promise<readonly string[]> {
  const entries = await vscode.workspace.fs.readDirectory(vscode.Uri.joinPath(folder, 'history'));
  return entries.filter(([, type]) => type === vscode.FileType.File).map(([name]) => name);
}
