import * as vscode from 'vscode';
import { formatDuration } from '../../core/text/durations.js';
import { Coalescer } from '../../protocol/coalescer.js';
import { ROWS } from '../contributions.js';
import { DisposableStore } from '../disposableStore.js';
import type { Environments } from '../environments.js';
import type { History } from '../history.js';
import { nameOf } from '../profileFiles.js';
import type { ProfileIndex } from '../profileIndex.js';
import { readProfile } from '../profileFiles.js';
import type { ProfileTexts } from '../profileTexts.js';
import type { WatchList } from '../watch/watchList.js';
import { watchIcon, watchLabel, watchParts, watchTooltip } from '../watch/watchRow.js';
import { type Folder, folderTree, itemsIn } from './folderTree.js';
import { formatTime, verdictIcon, verdictWord } from '../verdicts.js';

const REFRESH_INTERVAL_MS = 500;
/** With more, folders begin closed: what is closed is not read. */
const MAX_OPEN = 30;

/** A folder that holds profiles. */
export class ProfileFolder {
  readonly folder: Folder<vscode.Uri>;

  constructor(folder: Folder<vscode.Uri>) {
    this.folder = folder;
  }

  get uris(): readonly vscode.Uri[] {
    return itemsIn(this.folder);
  }
}

type Row = vscode.Uri | ProfileFolder;

/** The profiles of the workspace by folder, each with its last verdict, or how it stands while it is watched. */
export class ProfilesView implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  readonly #index: ProfileIndex;
  readonly #history: History;
  readonly #environments: Environments;
  readonly #watched: WatchList;
  readonly #texts: ProfileTexts;
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<void>());
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(
    index: ProfileIndex,
    history: History,
    environments: Environments,
    watched: WatchList,
    texts: ProfileTexts,
  ) {
    this.#texts = texts;
    this.#index = index;
    this.#history = history;
    this.#environments = environments;
    this.#watched = watched;
    this.#store.add(index.onDidWrite(() => this.#changed.fire()));
    for (const event of [index.onDidChange, history.onDidChange, environments.onDidChange]) {
      this.#store.add((event as vscode.Event<unknown>)(() => this.#changed.fire()));
    }
    const refresh = this.#store.add(new Coalescer<void>(REFRESH_INTERVAL_MS, () => this.#changed.fire()));
    this.#store.add(watched.onDidChange(() => refresh.push()));
  }

  async getChildren(parent?: Row): Promise<Row[]> {
    if (parent) return parent instanceof ProfileFolder ? rowsOf(parent.folder) : [];
    const uris = await this.#index.list();
    return rowsOf(folderTree(uris.map((uri) => [vscode.workspace.asRelativePath(uri), uri])));
  }

  async getTreeItem(row: Row): Promise<vscode.TreeItem> {
    if (row instanceof ProfileFolder) return this.#folderItem(row);
    const uri = row;
    const { name, host } = await this.#written(uri);
    const item = new vscode.TreeItem(name);
    const last = this.#history.lastOfFile(uri);
    const environment = this.#environments.get(uri);
    const watched = this.#watched.ofFile(uri);
    const known = last && `${verdictWord(last.verdict)} ${formatTime(last.startedAt)}`;
    const parts = [...(watched ? watchParts(watched) : [known]), environment, host];
    item.id = uri.toString();
    item.resourceUri = uri;
    item.description = parts.filter(Boolean).join(' · ');
    item.iconPath = watched ? watchIcon(watched) : last ? verdictIcon(last.verdict) : new vscode.ThemeIcon('plug');
    item.contextValue = watched ? ROWS.watchedProfile : ROWS.profile;
    item.command = { command: 'vscode.open', title: vscode.l10n.t('Open'), arguments: [uri] };
    const label = watched ? [watchLabel(watched), environment, host] : [name, ...parts];
    item.accessibilityInformation = { label: label.filter(Boolean).join(', ') };
    return item;
  }

  resolveTreeItem(item: vscode.TreeItem, uri: Row): vscode.TreeItem {
    if (uri instanceof ProfileFolder) return item;
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

  #folderItem(row: ProfileFolder): vscode.TreeItem {
    const { folder, uris } = row;
    const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(folder.name, uris.length > MAX_OPEN ? Collapsed : Expanded);
    const down = uris.filter((uri) => this.#history.lastOfFile(uri)?.verdict === 'down').length;
    item.id = `folder:${folder.path}`;
    item.iconPath = vscode.ThemeIcon.Folder;
    item.contextValue = ROWS.profileFolder;
    if (down > 0) item.description = vscode.l10n.t('{0} of {1} down', down, uris.length);
    return item;
  }

  /** What the file calls itself, and where it leads; its file's name where it says nothing. */
  async #written(uri: vscode.Uri): Promise<{ readonly name: string; readonly host: string | null }> {
    try {
      const { name, host } = await this.#texts.parse(await readProfile(uri), uri);
      return { name: name ?? nameOf(uri), host };
    } catch {
      return { name: nameOf(uri), host: null };
    }
  }
}

/** Folders first. */
function rowsOf({ folders, items }: Folder<vscode.Uri>): Row[] {
  return [...folders.map((folder) => new ProfileFolder(folder)), ...items];
}
