import * as vscode from 'vscode';
import { setContext } from '../settings.js';
import type { Watched } from './watched.js';

/** What is watched in this window. What shows it needs no more than this; what watches comes with the first use. */
export class WatchList implements vscode.Disposable {
  readonly #watched = new Map<string, Watched>();
  readonly #changed = new vscode.EventEmitter<void>();
  /** One came, went, or stands otherwise. */
  readonly onDidChange = this.#changed.event;

  get all(): readonly Watched[] {
    return [...this.#watched.values()];
  }

  ofFile(uri: vscode.Uri): Watched | undefined {
    const file = uri.toString();
    return this.all.find((watched) => watched.file === file);
  }

  add(watched: Watched): void {
    this.#watched.set(watched.id, watched);
    this.#tell();
  }

  delete(watched: Watched): void {
    if (this.#watched.delete(watched.id)) this.#tell();
  }

  touch(): void {
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #tell(): void {
    if (this.#watched.size < 2) void setContext('watching', this.#watched.size > 0);
    this.#changed.fire();
  }
}
