import * as vscode from 'vscode';
import { formatDuration } from '../../core/text/durations.js';
import type { CommandId } from '../contributions.js';
import { DisposableStore } from '../disposableStore.js';
import type { Environments } from '../environments.js';
import type { History } from '../history.js';
import type { Probes } from '../probes.js';
import type { ProfileTexts } from '../profileTexts.js';
import { formatTime, verdictCodicon, verdictWord } from '../verdicts.js';

/** Above the first line of a profile: run it, what came of it last, and which environment it runs in. */
export class ProfileCodeLens implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #probes: Probes;
  readonly #history: History;
  readonly #environments: Environments;
  readonly #texts: ProfileTexts;
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<void>());
  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor(probes: Probes, history: History, environments: Environments, texts: ProfileTexts) {
    this.#probes = probes;
    this.#history = history;
    this.#environments = environments;
    this.#texts = texts;
    this.#store.add(history.onDidChange(() => this.#changed.fire()));
    this.#store.add(environments.onDidChange(() => this.#changed.fire()));
    this.#store.add(texts.onDidChange(() => this.#changed.fire()));
    this.#store.add(
      probes.onDidChange(({ change }) => {
        if (change === 'state') this.#changed.fire();
      }),
    );
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const { uri } = document;
    return [this.#probe(uri), connectLens(uri), this.#verdict(uri), await this.#environment(uri, document.getText())]
      .filter((command) => command !== null)
      .map((command) => new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), command));
  }

  dispose(): void {
    this.#store.dispose();
  }

  #probe(uri: vscode.Uri): vscode.Command {
    const isRunning = this.#probes.running.some(
      ({ target }) => target.kind === 'file' && target.uri.toString() === uri.toString(),
    );
    return isRunning
      ? {
          title: `$(sync~spin)\u00a0${vscode.l10n.t('Cancel')}`,
          command: 'wsprobe.running.cancel' satisfies CommandId,
          arguments: [uri],
        }
      : {
          title: `▶ ${vscode.l10n.t('Probe')}`,
          command: 'wsprobe.profile.probe' satisfies CommandId,
          arguments: [uri],
        };
  }

  #verdict(uri: vscode.Uri): vscode.Command | null {
    const last = this.#history.lastOfFile(uri);
    if (!last) return null;
    const title = [verdictWord(last.verdict), formatDuration(last.durationMs), formatTime(last.startedAt)].join(' · ');
    return {
      title: `${verdictCodicon(last.verdict)}\u00a0${title}`,
      tooltip: last.headline ?? vscode.l10n.t('Open the report'),
      command: 'wsprobe.history.open' satisfies CommandId,
      arguments: [last],
    };
  }

  async #environment(uri: vscode.Uri, text: string): Promise<vscode.Command | null> {
    const environments = await this.#texts.parse(text, uri).then(
      (summary) => summary.environments,
      () => [],
    );
    if (environments.length === 0) return null;
    const chosen = this.#environments.get(uri);
    return {
      title: `$(layers)\u00a0${chosen ?? vscode.l10n.t('no environment')}`,
      tooltip: vscode.l10n.t('Choose the environment of this profile'),
      command: 'wsprobe.selectEnvironment' satisfies CommandId,
      arguments: [uri],
    };
  }
}

/** Opens the session of the profile, or shows the one that is open. */
function connectLens(uri: vscode.Uri): vscode.Command {
  return {
    title: `$(plug)\u00a0${vscode.l10n.t('Connect')}`,
    command: 'wsprobe.profile.connect' satisfies CommandId,
    arguments: [uri],
  };
}
