import * as vscode from 'vscode';
import { DisposableStore } from './disposableStore.js';

const PATTERN = '**/*.wsprobe';
const MAX_PROFILES = 1000;
const DELAY_MS = 200;

/** The `.wsprobe` files of the workspace. Nothing is read or watched before the first question. */
export class ProfileIndex implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<void>());
  readonly #written = this.#store.add(new vscode.EventEmitter<vscode.Uri>());
  /** There are more, or fewer. */
  readonly onDidChange = this.#changed.event;
  /** One holds another text. */
  readonly onDidWrite = this.#written.event;
  #found: Promise<readonly vscode.Uri[]> | null = null;
  #watched = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  list(): Promise<readonly vscode.Uri[]> {
    this.watch();
    this.#found ??= find();
    return this.#found;
  }

  refresh(): void {
    this.#found = null;
    this.#changed.fire();
  }

  /** A branch that is checked out tells of each of its files. */
  #refreshSoon(): void {
    this.#found = null;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.refresh(), DELAY_MS);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#store.dispose();
  }

  /** From now on what changes is told. */
  watch(): void {
    if (this.#watched) return;
    this.#watched = true;
    const watcher = this.#store.add(vscode.workspace.createFileSystemWatcher(PATTERN));
    this.#store.add(watcher.onDidCreate(() => this.#refreshSoon()));
    this.#store.add(watcher.onDidChange((uri) => this.#written.fire(uri)));
    this.#store.add(watcher.onDidDelete(() => this.#refreshSoon()));
    this.#store.add(vscode.workspace.onDidChangeWorkspaceFolders(() => this.refresh()));
  }
}

async function find(): Promise<readonly vscode.Uri[]> {
  const uris = await vscode.workspace.findFiles(PATTERN, '**/node_modules/**', MAX_PROFILES);
  return uris.sort((a, b) => (a.path < b.path ? -1 : 1));
}
