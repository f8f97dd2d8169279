import * as vscode from 'vscode';
import type { CommandId } from './contributions.js';
import { DisposableStore } from './disposableStore.js';
import type { Probes } from './probes.js';
import { setContext } from './settings.js';

/** Shows that a probe runs, with cancel at a click; nothing is there when nothing runs. */
export class StatusBar implements vscode.Disposable {
  readonly #probes: Probes;
  readonly #store = new DisposableStore();
  #item: vscode.StatusBarItem | null = null;
  #isRunning = false;

  constructor(probes: Probes) {
    this.#probes = probes;
    this.#store.add(
      probes.onDidChange(({ change }) => {
        if (change === 'state') this.#show();
      }),
    );
  }

  dispose(): void {
    this.#store.dispose();
  }

  #show(): void {
    const { running } = this.#probes;
    const [first] = running;
    this.#setContext(first !== undefined);
    if (!first) {
      this.#item?.hide();
      return;
    }
    this.#item ??= this.#create();
    const subject = running.length === 1 ? first.name : vscode.l10n.t('{0} targets', running.length);
    this.#item.text = `$(sync~spin) ${vscode.l10n.t('Probing {0}', subject.replaceAll('$(', '$ ('))}`;
    this.#item.tooltip = vscode.l10n.t('Cancel');
    this.#item.show();
  }

  #setContext(isRunning: boolean): void {
    if (this.#isRunning === isRunning) return;
    this.#isRunning = isRunning;
    void setContext('probeRunning', isRunning);
  }

  #create(): vscode.StatusBarItem {
    const item = vscode.window.createStatusBarItem('wsprobe.running', vscode.StatusBarAlignment.Left, 50);
    item.name = vscode.l10n.t('WebSocket probe');
    item.command = 'wsprobe.running.cancel' satisfies CommandId;
    return this.#store.add(item);
  }
}
