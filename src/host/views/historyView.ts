import * as vscode from 'vscode';
import { formatDuration } from '../../core/text/durations.js';
import { type CommandId, ROWS } from '../contributions.js';
import { DisposableStore } from '../disposableStore.js';
import type { History, HistoryEntry } from '../history.js';
import { formatTime, verdictIcon, verdictWord } from '../verdicts.js';

const WORDS = {
  session: () => vscode.l10n.t('session'),
  watch: () => vscode.l10n.t('watch'),
  experiment: () => vscode.l10n.t('experiment'),
};

/** The last probes, sessions, experiments and watches, newest first. */
export class HistoryView implements vscode.TreeDataProvider<HistoryEntry>, vscode.Disposable {
  readonly #history: History;
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<void>());
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(history: History) {
    this.#history = history;
    this.#store.add(history.onDidChange(() => this.#changed.fire()));
  }

  getChildren(parent?: HistoryEntry): HistoryEntry[] {
    return parent ? [] : [...this.#history.entries()];
  }

  getTreeItem(entry: HistoryEntry): vscode.TreeItem {
    const item = new vscode.TreeItem(entry.name);
    item.id = entry.id;
    const { kind = 'probe' } = entry;
    const isReport = kind === 'probe' || kind === 'session';
    const what = kind === 'probe' ? [] : [entry.experiment ?? WORDS[kind]()];
    item.description = [...what, formatTime(entry.startedAt), formatDuration(entry.durationMs)].join(' · ');
    item.iconPath = verdictIcon(entry.verdict);
    item.contextValue = isReport ? ROWS.report : ROWS.record;
    item.command = {
      command: 'wsprobe.history.open' satisfies CommandId,
      title: vscode.l10n.t('Open'),
      arguments: [entry],
    };
    item.accessibilityInformation = {
      label: [entry.name, verdictWord(entry.verdict), entry.headline, item.description].filter(Boolean).join(', '),
    };
    return item;
  }

  resolveTreeItem(item: vscode.TreeItem, entry: HistoryEntry): vscode.TreeItem {
    item.tooltip = [entry.url, verdictWord(entry.verdict), entry.headline, formatTime(entry.startedAt)]
      .filter(Boolean)
      .join('\n');
    return item;
  }

  dispose(): void {
    this.#store.dispose();
  }
}
