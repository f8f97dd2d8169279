import * as vscode from 'vscode';
import { VIEWS } from '../contributions.js';
import { DisposableStore } from '../disposableStore.js';
import { verdictCodicon, verdictWord } from '../verdicts.js';
import type { WatchList } from './watchList.js';
import { worstVerdict } from './watchFigures.js';

/** How many targets are watched, and the worst verdict of them; nothing is there when none is. */
export class WatchStatusBar implements vscode.Disposable {
  readonly #list: WatchList;
  readonly #store = new DisposableStore();
  #item: vscode.StatusBarItem | null = null;

  constructor(list: WatchList) {
    this.#list = list;
    this.#store.add(list.onDidChange(() => this.#show()));
  }

  dispose(): void {
    this.#store.dispose();
  }

  #show(): void {
    const { all } = this.#list;
    if (all.length === 0) {
      this.#item?.hide();
      return;
    }
    this.#item ??= this.#create();
    const worst = worstVerdict(all);
    const word = worst === null ? vscode.l10n.t('not looked at yet') : verdictWord(worst);
    this.#item.text = `${worst === null ? '$(eye)' : verdictCodicon(worst)} ${vscode.l10n.t('{0} watched', all.length)}`;
    this.#item.tooltip = vscode.l10n.t('The worst of what is watched: {0}', word);
    this.#item.accessibilityInformation = { label: vscode.l10n.t('{0} watched, the worst {1}', all.length, word) };
    this.#item.backgroundColor = worst === 'down' ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined;
    this.#item.show();
  }

  #create(): vscode.StatusBarItem {
    const item = vscode.window.createStatusBarItem('wsprobe.watched', vscode.StatusBarAlignment.Left, 48);
    item.name = vscode.l10n.t('Watched WebSockets');
    item.command = `${VIEWS.sessions}.focus`;
    return this.#store.add(item);
  }
}
