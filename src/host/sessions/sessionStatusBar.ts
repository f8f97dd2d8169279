import * as vscode from 'vscode';
import { Coalescer } from '../../protocol/coalescer.js';
import { VIEWS } from '../contributions.js';
import { DisposableStore } from '../disposableStore.js';
import type { Sessions } from './sessions.js';
import { setContext } from '../settings.js';

const REFRESH_INTERVAL_MS = 250;

/** Shows that sessions are open; nothing is there when none is. */
export class SessionStatusBar implements vscode.Disposable {
  readonly #sessions: Sessions;
  readonly #store = new DisposableStore();
  #item: vscode.StatusBarItem | null = null;
  #known = { open: false, any: false };

  constructor(sessions: Sessions) {
    this.#sessions = sessions;
    const refresh = this.#store.add(new Coalescer<void>(REFRESH_INTERVAL_MS, () => this.#show()));
    this.#store.add(sessions.onDidChange(() => refresh.push()));
  }

  dispose(): void {
    this.#store.dispose();
  }

  #show(): void {
    const { open, all } = this.#sessions;
    this.#setContext(open.length > 0, all.length > 0);
    const [first] = open;
    if (!first) {
      this.#item?.hide();
      return;
    }
    this.#item ??= this.#create();
    const name = open.length === 1 ? first.snapshot.name : vscode.l10n.t('{0} sessions', open.length);
    this.#item.text = `$(plug) ${name.replaceAll('$(', '$ (')}`;
    this.#item.tooltip = open.map(({ snapshot }) => `${snapshot.name}: ${snapshot.url}`).join('\n');
    this.#item.show();
  }

  /** For the palette: commands about sessions are there when one is. */
  #setContext(open: boolean, any: boolean): void {
    if (this.#known.open !== open) void setContext('sessionOpen', open);
    if (this.#known.any !== any) void setContext('hasSession', any);
    this.#known = { open, any };
  }

  #create(): vscode.StatusBarItem {
    const item = vscode.window.createStatusBarItem(VIEWS.sessions, vscode.StatusBarAlignment.Left, 49);
    item.name = vscode.l10n.t('WebSocket sessions');
    item.command = `${VIEWS.sessions}.focus`;
    return this.#store.add(item);
  }
}
