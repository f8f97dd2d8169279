import * as vscode from 'vscode';
import type { EngineClient } from '../engine/client.js';
import { MAX_CHECKED } from './checkProfile.js';
import type { ProfileSummary } from '../protocol/engine.js';
import { DisposableStore } from './disposableStore.js';
import { placeOf } from './profileFiles.js';

/** A tree of profiles asks about all that it shows. */
const MAX_KEPT = 200;
const SHARED = '**/wsprobe.env.json';

/** What the engine says of profile texts. Lens, diagnostics and runs ask about the same text: it is judged once. */
export class ProfileTexts implements vscode.Disposable {
  readonly #engine: EngineClient;
  readonly #known = new Map<string, Promise<ProfileSummary>>();
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<void>());
  /** Environments that profiles share have changed: what was said of any text is old. */
  readonly onDidChange = this.#changed.event;

  constructor(engine: EngineClient) {
    this.#engine = engine;
    const watcher = this.#store.add(vscode.workspace.createFileSystemWatcher(SHARED));
    for (const event of [watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete])
      this.#store.add(event(() => this.#forget()));
  }

  /** Of the text of this file, saved or not. */
  parse(whole: string, uri: vscode.Uri): Promise<ProfileSummary> {
    const text = whole.slice(0, MAX_CHECKED);
    const place = placeOf(uri);
    const key = `${place?.folder ?? ''}\n${text}`;
    const known = this.#known.get(key);
    if (known) return known;
    const summary = this.#engine.request('parseProfile', { text, place });
    this.#known.set(key, summary);
    summary.catch(() => this.#known.delete(key));
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MAX_KEPT) break;
      this.#known.delete(oldest);
    }
    return summary;
  }

  dispose(): void {
    this.#store.dispose();
  }

  #forget(): void {
    this.#known.clear();
    this.#changed.fire();
  }
}
