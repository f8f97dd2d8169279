import * as vscode from 'vscode';
import { DisposableStore } from './disposableStore.js';

const PATTERN = '**/*.wsprobe';
const MAX_PROFILES = 1000;

/** The `.wsprobe` files of the workspace. Nothing is read or watched before the first question. */
export class ProfileIndex implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<void>());
  readonly onDidChange = this.#changed.event;
  #found: Promise<readonly vscode.Uri[]> | null = null;
  #watched = false;

  list(): Promise<readonly vscode.Uri[]> {
    this.#watch();
    this.#found ??= find();
    return this.#found;
  }

  refresh(): void {
    this.#found = null;
    this.#changed.fire();
  }

  dispose(): void {
    this.#store.dispose();
  }

  #watch(): void {
    if (this.#watched) return;
    this.#watched = true;
    const watcher = this.#store.add(vscode.workspace.createFileSystemWatcher(PATTERN, false, true, false));
    this.#store.add(watcher.onDidCreate(() => this.refresh()));
    this.#store.add(watcher.onDidDelete(() => this.refresh()));
    this.#store.add(vscode.workspace.onDidChangeWorkspaceFolders(() => this.refresh()));
  }
}

async function find(): Promise<readonly vscode.Uri[]> {
  const uris = await vscode.workspace.findFiles(PATTERN, '**/node_modules/**', MAX_PROFILES);
  return uris.sort((a, b) => (a.path < b.path ? -1 : 1));
}
