import { posix } from 'node:path';
import * as vscode from 'vscode';
import { formatDuration } from '../../core/text/durations.js';
import { ROWS } from '../contributions.js';
import { DisposableStore } from '../disposableStore.js';
import type { Environments } from '../environments.js';
import type { History } from '../history.js';
import { nameOf } from '../profileFiles.js';
import type { ProfileIndex } from '../profileIndex.js';
import { formatTime, verdictIcon, verdictWord } from '../verdicts.js';

/** The profiles of the workspace, each with its last verdict. */
export class ProfilesView implements vscode.TreeDataProvider<vscode.Uri>, vscode.Disposable {
  readonly #index: ProfileIndex;
  readonly #history: History;
  readonly #environments: Environments;
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<void>());
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(index: ProfileIndex, history: History, environments: Environments) {
    this.#index = index;
    this.#history = history;
    this.#environments = environments;
    for (const event of [index.onDidChange, history.onDidChange, environments.onDidChange]) {
      this.#store.add((event as vscode.Event<unknown>)(() => this.#changed.fire()));
    }
  }

  async getChildren(parent?: vscode.Uri): Promise<vscode.Uri[]> {
    return parent ? [] : [...(await this.#index.list())];
  }

  getTreeItem(uri: vscode.Uri): vscode.TreeItem {
    const item = new vscode.TreeItem(nameOf(uri));
    const last = this.#history.lastOfFile(uri);
    const folder = folderInWorkspace(uri);
    const environment = this.#environments.get(uri);
    const parts = [last && `${verdictWord(last.verdict)} ${formatTime(last.startedAt)}`, environment, folder];
    item.id = uri.toString();
    item.resourceUri = uri;
    item.description = parts.filter(Boolean).join(' · ');
    item.iconPath = last ? verdictIcon(last.verdict) : new vscode.ThemeIcon('plug');
    item.contextValue = ROWS.profile;
    item.command = { command: 'vscode.open', title: vscode.l10n.t('Open'), arguments: [uri] };
    item.accessibilityInformation = { label: [nameOf(uri), ...parts].filter(Boolean).join(', ') };
    return item;
  }

  resolveTreeItem(item: vscode.TreeItem, uri: vscode.Uri): vscode.TreeItem {
    const last = this.#history.lastOfFile(uri);
    const lines = [vscode.workspace.asRelativePath(uri)];
    if (last) {
      lines.push(last.url, `${verdictWord(last.verdict)} · ${formatDuration(last.durationMs)}`);
      if (last.headline) lines.push(last.headline);
    }
    item.tooltip = lines.join('\n');
    return item;
  }

  dispose(): void {
    this.#store.dispose();
  }
}

/** Empty for a profile at the root of its folder. */
function folderInWorkspace(uri: vscode.Uri): string {
  const folder = posix.dirname(vscode.workspace.asRelativePath(uri));
  return folder === '.' ? '' : folder;
}
