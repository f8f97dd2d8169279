import type * as vscode from 'vscode';
import type { ProbeTarget } from './target/probeTarget.js';
import { storeTarget } from './target/storedTarget.js';

const KEY = 'wsprobe.recentUrls';
const MAX_RECENT = 20;

/** URLs that a person typed, newest first; never one with credentials in it. */
export class RecentUrls {
  readonly #state: vscode.Memento;

  constructor(state: vscode.Memento) {
    this.#state = state;
  }

  list(): readonly string[] {
    return this.#state.get<string[]>(KEY, []);
  }

  async add(subject: ProbeTarget): Promise<void> {
    const stored = storeTarget(subject);
    if (!stored || !('url' in stored)) return;
    const others = this.list().filter((other) => other !== stored.url);
    await this.#state.update(KEY, [stored.url, ...others].slice(0, MAX_RECENT));
  }
}
