import * as vscode from 'vscode';
import { Coalescer } from '../../protocol/coalescer.js';
import { DisposableStore } from '../disposableStore.js';
import type { ProbeTarget, Probes } from '../probes.js';

const REFRESH_INTERVAL_MS = 250;

/** What runs right now, with the phase it is in. */
export class SessionsView implements vscode.TreeDataProvider<ProbeTarget>, vscode.Disposable {
  readonly #probes: Probes;
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<void>());
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(probes: Probes) {
    this.#probes = probes;
    const refresh = this.#store.add(new Coalescer<void>(REFRESH_INTERVAL_MS, () => this.#changed.fire()));
    this.#store.add(probes.onDidChange(() => refresh.push()));
  }

  getChildren(parent?: ProbeTarget): ProbeTarget[] {
    return parent ? [] : [...this.#probes.running];
  }

  getTreeItem(subject: ProbeTarget): vscode.TreeItem {
    const item = new vscode.TreeItem(subject.name);
    item.id = subject.id;
    item.description = subject.progress?.running ?? vscode.l10n.t('starting');
    item.iconPath = new vscode.ThemeIcon('loading~spin');
    item.contextValue = 'wsprobe.running';
    item.command = { command: 'wsprobe.openInspector', title: '', arguments: [subject] };
    item.accessibilityInformation = { label: vscode.l10n.t('{0}, probe is running', subject.name) };
    return item;
  }

  resolveTreeItem(item: vscode.TreeItem, subject: ProbeTarget): vscode.TreeItem {
    item.tooltip = subject.url;
    return item;
  }

  dispose(): void {
    this.#store.dispose();
  }
}
