import * as vscode from 'vscode';
import type { TestNode } from '../../core/language/tests.js';
import { formatDuration } from '../../core/text/durations.js';
import type { EngineClient } from '../../engine/client.js';
import { MAX_CHECKED } from '../checkProfile.js';
import type { CommandId } from '../contributions.js';
import { DisposableStore } from '../disposableStore.js';
import type { Environments } from '../environments.js';
import type { History } from '../history.js';
import type { Probes } from '../probes.js';
import type { ProfileTexts } from '../profileTexts.js';
import type { Sessions } from '../sessions/sessions.js';
import type { WatchList } from '../watch/watchList.js';
import { formatTime, verdictCodicon, verdictWord } from '../verdicts.js';

export interface LensParts {
  readonly engine: Pick<EngineClient, 'request'>;
  readonly probes: Probes;
  readonly sessions: Sessions;
  readonly history: History;
  readonly environments: Environments;
  readonly texts: ProfileTexts;
  readonly watched: WatchList;
}

/** A file of thousands of steps is not read by its lenses. */
const MAX_STEP_LENSES = 100;

/** Above the first line of a profile: run it, what came of it last, and which environment it runs in; above a step, to run up to it while a session is open. */
export class ProfileCodeLens implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #engine: LensParts['engine'];
  readonly #probes: Probes;
  readonly #sessions: Sessions;
  readonly #history: History;
  readonly #environments: Environments;
  readonly #texts: ProfileTexts;
  readonly #watched: WatchList;
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<void>());
  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor({ engine, probes, sessions, history, environments, texts, watched }: LensParts) {
    this.#engine = engine;
    this.#probes = probes;
    this.#sessions = sessions;
    this.#history = history;
    this.#environments = environments;
    this.#texts = texts;
    this.#watched = watched;
    this.#store.add(history.onDidChange(() => this.#changed.fire()));
    this.#store.add(environments.onDidChange(() => this.#changed.fire()));
    this.#store.add(texts.onDidChange(() => this.#changed.fire()));
    this.#store.add(
      probes.onDidChange(({ change }) => {
        if (change === 'state') this.#changed.fire();
      }),
    );
    let files = '';
    this.#store.add(
      watched.onDidChange(() => {
        const now = watched.all.map(({ id }) => id).join();
        if (now !== files) this.#changed.fire();
        files = now;
      }),
    );
    let live = '';
    this.#store.add(
      sessions.onDidChange(() => {
        const now = sessions.open.map(({ id }) => id).join();
        if (now !== live) this.#changed.fire();
        live = now;
      }),
    );
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const { uri } = document;
    const text = document.getText();
    const steps = await this.#steps(text);
    const runSteps = steps.length > 0 ? stepsLens(uri) : null;
    const first = [
      this.#probe(uri),
      connectLens(uri),
      runSteps,
      this.#watch(uri),
      this.#verdict(uri),
      await this.#environment(uri, text),
    ].filter((command) => command !== null);
    const upTo = this.#isOpen(uri) ? steps.slice(0, MAX_STEP_LENSES) : [];
    return [
      ...first.map((command) => lensAt(0, command)),
      ...upTo.map(({ line }, index) => lensAt(line, stepLens(uri, index + 1))),
    ];
  }

  dispose(): void {
    this.#store.dispose();
  }

  /** Those that one session can run. */
  async #steps(text: string): Promise<readonly TestNode[]> {
    if (text.length > MAX_CHECKED) return [];
    const nodes = await this.#engine.request('languageTests', { text }).catch(() => []);
    return nodes.some(({ id }) => !id.startsWith('step ')) ? [] : nodes;
  }

  #isOpen(uri: vscode.Uri): boolean {
    return this.#sessions.open.some((session) => {
      const { target } = this.#sessions.subjectOf(session);
      return target.kind === 'file' && !target.over && target.uri.toString() === uri.toString();
    });
  }

  #probe(uri: vscode.Uri): vscode.Command {
    const isRunning = this.#probes.running.some(
      ({ target }) => target.kind === 'file' && !target.over && target.uri.toString() === uri.toString(),
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

  #watch(uri: vscode.Uri): vscode.Command {
    return this.#watched.ofFile(uri)
      ? {
          title: `■ ${vscode.l10n.t('Stop watching')}`,
          command: 'wsprobe.profile.unwatch' satisfies CommandId,
          arguments: [uri],
        }
      : {
          title: `▶ ${vscode.l10n.t('Watch')}`,
          tooltip: vscode.l10n.t('Look at it again and again, and tell when its verdict changes'),
          command: 'wsprobe.profile.watch' satisfies CommandId,
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

function lensAt(line: number, command: vscode.Command): vscode.CodeLens {
  return new vscode.CodeLens(new vscode.Range(line, 0, line, 0), command);
}

function stepsLens(uri: vscode.Uri): vscode.Command {
  return {
    title: `$(run-all)\u00a0${vscode.l10n.t('Run Steps')}`,
    tooltip: vscode.l10n.t('Connect, run the steps, and stay connected where they end'),
    command: 'wsprobe.profile.runSteps' satisfies CommandId,
    arguments: [uri],
  };
}

function stepLens(uri: vscode.Uri, to: number): vscode.Command {
  return {
    title: `$(debug-continue)\u00a0${vscode.l10n.t('Run to Here')}`,
    tooltip: vscode.l10n.t('Connect anew, run the steps up to this one, and stay connected'),
    command: 'wsprobe.profile.runSteps' satisfies CommandId,
    arguments: [uri, to],
  };
}

/** Opens the session of the profile, or shows the one that is open. */
function connectLens(uri: vscode.Uri): vscode.Command {
  return {
    title: `$(plug)\u00a0${vscode.l10n.t('Connect')}`,
    command: 'wsprobe.profile.connect' satisfies CommandId,
    arguments: [uri],
  };
}
