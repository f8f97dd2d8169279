import * as vscode from 'vscode';
import { formatDuration } from '../../core/text/durations.js';
import { type CommandId, ROWS } from '../contributions.js';
import { DisposableStore } from '../disposableStore.js';
import type { History, HistoryEntry } from '../history.js';
import { formatTime, verdictIcon, verdictWord } from '../verdicts.js';

/** The last reports, newest first. */
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
    item.description = `${formatTime(entry.startedAt)} · ${formatDuration(entry.durationMs)}`;
    item.iconPath = verdictIcon(entry.verdict);
    item.contextValue = ROWS.report;
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
