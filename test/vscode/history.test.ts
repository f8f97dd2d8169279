import { deepStrictEqual, match, ok, rejects, strictEqual } from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Report, Verdict } from '../../src/core/base/model.js';
import { compare } from '../../src/host/history/compare.js';
import { compareText } from '../../src/host/history/compareText.js';
import { VirtualDocuments } from '../../src/host/virtualDocuments.js';
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

  describe('beside the last healthy one', () => {
    const nobody = async () => ({ reports: () => Promise.resolve([]) });
    const withRecords = async () => {
      const history = make(20);
      const documents = new VirtualDocuments('wsprobe-test-compared');
      return { history, documents, parts: { history, documents, watch: nobody } };
    };
    const at = (minute: number) => `2026-11-20T12:${minute}:00.000Z`;
    const about = (verdict: Verdict, minute: number) => ({
      name: 'orders',
      url: 'ws://127.0.0.1:1/orders',
      verdict,
      startedAt: at(minute),
      durationMs: 1,
      headline: null,
      target: { url: 'ws://127.0.0.1:1/orders' },
    });
    const with180ms = (minute: number, upgradeMs: number, headers: readonly string[][], verdict: Verdict) =>
      ({
        ...report('orders', verdict),
        startedAt: at(minute),
        phases: [{ name: 'upgrade', status: 'ok', durationMs: upgradeMs }],
        response: { headers },
      }) as unknown as Report;

    it('tells what a report lost, and how much slower it is', async () => {
      const { documents, history, parts } = await withRecords();
      await history.add(target('orders'), with180ms(10, 20, [['X-Served-By', 'a']], 'healthy'));
      await history.add(target('other'), { ...with180ms(11, 1, [], 'healthy'), name: 'other' });
      const id = await history.add(target('orders'), with180ms(12, 200, [], 'degraded'));
      const compared = await compare(parts, id, { inspector: false });
      deepStrictEqual(
        compared?.changes.filter(({ kind }) => kind === 'response header'),
        [{ kind: 'response header', name: 'x-served-by', before: 'a', after: null }],
      );
      ok(compared);
      const text = compareText(compared, [], vscode.l10n);
      match(text, /\+180 ms in upgrade/);
      const byTarget = await compare(parts, 'ws://127.0.0.1:1/orders', { inspector: false });
      deepStrictEqual(byTarget, compared);
      documents.dispose();
    });

    it('compares experiments with those of their kind, and watches with watches', async () => {
      const { documents, history, parts } = await withRecords();
      const idle = { ...about('healthy', 10), kind: 'experiment', experiment: 'idle' } as const;
      await history.put('11111111-e1', idle, { numbers: { idleCutoffMs: 60_000 }, verdict: 'pass' });
      const ramp = { ...about('healthy', 11), kind: 'experiment', experiment: 'ramp' } as const;
      await history.put('11111111-e2', ramp, { numbers: { limit: 5 }, verdict: 'pass' });
      const later = { ...about('down', 12), kind: 'experiment', experiment: 'idle' } as const;
      await history.put('11111111-e3', later, { numbers: { idleCutoffMs: 3_000 }, verdict: 'fail' });
      const idles = await compare(parts, '11111111-e3', { inspector: false });
      deepStrictEqual(
        idles?.timings.map(({ afterMs, beforeMs, name }) => [name, beforeMs, afterMs]),
        [['idle cutoff', 60_000, 3_000]],
      );
      const watched = { phases: {}, roundTrip: null, closes: [], drops: 0, reconnects: 0, sequence: null };
      await history.put('22222222-w1', { ...about('healthy', 13), kind: 'watch' }, { ...watched, availability: 1 });
      await history.put('22222222-w2', { ...about('down', 14), kind: 'watch' }, { ...watched, availability: 0.5 });
      const watches = await compare(parts, '22222222-w2', { inspector: false });
      deepStrictEqual(
        watches?.changes.map(({ after, before, kind }) => [kind, before, after]),
        [['available', '100.00 %', '50.00 %']],
      );
      const view = new HistoryView(history);
      deepStrictEqual(
        view.getChildren().map((entry) => [view.getTreeItem(entry).contextValue, entry.kind]),
        [
          ['wsprobe.record', 'watch'],
          ['wsprobe.record', 'watch'],
          ['wsprobe.record', 'experiment'],
          ['wsprobe.record', 'experiment'],
          ['wsprobe.record', 'experiment'],
        ],
      );
      view.dispose();
      documents.dispose();
    });

    it('says so where there is none', async () => {
      const { documents, history, parts } = await withRecords();
      const id = await history.add(target('orders'), with180ms(12, 200, [], 'down'));
      await rejects(compare(parts, id, { inspector: false }), { code: 'compare.none' });
      await rejects(compare(parts, 'ws://127.0.0.1:1/never', { inspector: false }), { code: 'history.unknown' });
      documents.dispose();
    });
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
