import { posix } from 'node:path';
import * as vscode from 'vscode';
import { formatDuration } from '../../core/text/durations.js';
import { Coalescer } from '../../protocol/coalescer.js';
import { ROWS } from '../contributions.js';
import { DisposableStore } from '../disposableStore.js';
import type { Environments } from '../environments.js';
import type { History } from '../history.js';
import { nameOf } from '../profileFiles.js';
import type { ProfileIndex } from '../profileIndex.js';
import type { WatchList } from '../watch/watchList.js';
import { watchIcon, watchLabel, watchParts, watchTooltip } from '../watch/watchRow.js';
import { formatTime, verdictIcon, verdictWord } from '../verdicts.js';

const REFRESH_INTERVAL_MS = 500;

/** The profiles of the workspace, each with its last verdict, or how it stands while it is watched. */
export class ProfilesView implements vscode.TreeDataProvider<vscode.Uri>, vscode.Disposable {
  readonly #index: ProfileIndex;
  readonly #history: History;
  readonly #environments: Environments;
  readonly #watched: WatchList;
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<void>());
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(index: ProfileIndex, history: History, environments: Environments, watched: WatchList) {
    this.#index = index;
    this.#history = history;
    this.#environments = environments;
    this.#watched = watched;
    for (const event of [index.onDidChange, history.onDidChange, environments.onDidChange]) {
      this.#store.add((event as vscode.Event<unknown>)(() => this.#changed.fire()));
    }
    const refresh = this.#store.add(new Coalescer<void>(REFRESH_INTERVAL_MS, () => this.#changed.fire()));
    this.#store.add(watched.onDidChange(() => refresh.push()));
  }

  async getChildren(parent?: vscode.Uri): Promise<vscode.Uri[]> {
    return parent ? [] : [...(await this.#index.list())];
  }

  getTreeItem(uri: vscode.Uri): vscode.TreeItem {
    const item = new vscode.TreeItem(nameOf(uri));
    const last = this.#history.lastOfFile(uri);
    const folder = folderInWorkspace(uri);
    const environment = this.#environments.get(uri);
    const watched = this.#watched.ofFile(uri);
    const known = last && `${verdictWord(last.verdict)} ${formatTime(last.startedAt)}`;
    const parts = [...(watched ? watchParts(watched) : [known]), environment, folder];
    item.id = uri.toString();
    item.resourceUri = uri;
    item.description = parts.filter(Boolean).join(' · ');
    item.iconPath = watched ? watchIcon(watched) : last ? verdictIcon(last.verdict) : new vscode.ThemeIcon('plug');
    item.contextValue = watched ? ROWS.watchedProfile : ROWS.profile;
    item.command = { command: 'vscode.open', title: vscode.l10n.t('Open'), arguments: [uri] };
    const label = watched ? [watchLabel(watched), environment, folder] : [nameOf(uri), ...parts];
    item.accessibilityInformation = { label: label.filter(Boolean).join(', ') };
    return item;
  }

  resolveTreeItem(item: vscode.TreeItem, uri: vscode.Uri): vscode.TreeItem {
    const watched = this.#watched.ofFile(uri);
    if (watched) {
      item.tooltip = watchTooltip(watched);
      return item;
    }
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
