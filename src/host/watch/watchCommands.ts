import { hostname } from 'node:os';
import * as vscode from 'vscode';
import { activeProfile } from '../arguments.js';
import { askTarget } from '../askTarget.js';
import type { CommandId } from '../contributions.js';
import { DisposableStore } from '../disposableStore.js';
import { showError } from '../errors.js';
import type { History } from '../history.js';
import type { Log } from '../log.js';
import type { EngineClient } from '../../engine/client.js';
import type { Report } from '../../core/base/model.js';
import type { InspectorPanels } from '../inspector/panels.js';
import type { Preparer } from '../prepare.js';
import type { Probes } from '../probes.js';
import type { ProfileIndex } from '../profileIndex.js';
import type { RecentUrls } from '../recentUrls.js';
import { ProbeTarget } from '../target/probeTarget.js';
import { storeTarget } from '../target/storedTarget.js';
import { parseTarget, type Target, targetKey } from '../target/targets.js';
import type { VirtualDocuments } from '../virtualDocuments.js';
import { Notices } from './notices.js';
import { tellNotice } from './tellNotice.js';
import type { WatchList } from './watchList.js';
import { WatchStatusBar } from './watchStatusBar.js';
import { Watched, type WatchSummary } from './watched.js';
import { Watches } from './watches.js';
import { WatchPanel } from './watchPanel.js';
import { watchText } from './watchText.js';

export interface WatchParts {
  readonly engine: Pick<EngineClient, 'start'>;
  readonly preparer: Pick<Preparer, 'prepare'>;
  readonly list: WatchList;
  readonly documents: VirtualDocuments;
  readonly history: Pick<History, 'put'>;
  readonly index: ProfileIndex;
  readonly recent: RecentUrls;
  readonly log: Log;
  /** Where the extension keeps what outlives the window. */
  readonly storage: vscode.Uri;
  readonly extensionUri: vscode.Uri;
  readonly probes: Pick<Probes, 'restore'>;
  readonly panels: Pick<InspectorPanels, 'open'>;
}

/** Of several that are begun at once, each looks a little later than the one before. */
const SPREAD_MS = 200;
/** Of the engine that ends with the window nobody needs to hear. */
const GONE = 'engine.disposed';

export interface StartedWatch {
  readonly watchId: string;
}

/** The commands that watch, and what tells of it: notifications and the status bar. */
export class WatchCommands implements vscode.Disposable {
  readonly #parts: WatchParts;
  readonly #store = new DisposableStore();
  readonly #notices = this.#store.add(
    new Notices<Watched>((notice) => {
      const { subject } = notice;
      void tellNotice(notice, { name: subject.name, log: this.#parts.log, open: () => this.open(subject) });
    }),
  );
  readonly #watches: Watches;
  readonly #panels = new Map<Watched, WatchPanel>();
  /** They may hold secrets, and stay in memory. */
  readonly #targets = new WeakMap<Watched, Target>();

  constructor(parts: WatchParts) {
    this.#parts = parts;
    const { engine, list, log, storage } = parts;
    this.#watches = new Watches({
      l10n: vscode.l10n,
      engine,
      list: {
        add: (watched) => list.add(watched),
        touch: () => list.touch(),
        delete: (watched) => {
          this.#notices.forget(watched);
          list.delete(watched);
        },
      },
      vantage: { host: hostname(), remote: vscode.env.remoteName ?? null },
      // In Restricted Mode nothing of the workspace is written down.
      history: () => (vscode.workspace.isTrusted ? vscode.Uri.joinPath(storage, 'watch').fsPath : null),
      onEvent: (watched, event) => {
        if (event.kind === 'history' || event.kind === 'fault') log.warn(`Watch ${watched.name}: ${event.message}`);
        if (event.kind === 'change') {
          const { from, to, what } = event.change;
          log.info(`Watch ${watched.name}: the ${what} is another: ${to}, before ${from}`);
        }
        if (event.kind === 'verdict' || event.kind === 'alert') {
          this.#notices.note(watched, event);
          // One that ends in that moment is kept as it ends.
          const summary = this.#watches.summary(watched.id);
          summary.then((stands) => this.#keep(watched, stands)).catch(() => undefined);
        }
      },
      onEnd: (watched, summary) => this.#keep(watched, summary),
      onFault: (_, error) => {
        if ((error as { readonly code?: unknown } | null)?.code !== GONE) showError(error, log);
      },
    });
    this.#store.add(new WatchStatusBar(list));
  }

  /** "Watch…": asks for a target, or takes the one given. */
  async start(argument: unknown): Promise<StartedWatch | undefined> {
    const target = argument === undefined ? await this.#ask() : parseTarget(argument);
    if (!target) return undefined;
    const { id } = await this.#start(target, argument === undefined);
    return { watchId: id };
  }

  /** From a menu, a lens or a tree. */
  async startProfiles(argument: unknown, selection: unknown): Promise<void> {
    const chosen = Array.isArray(selection) && selection.length > 1 ? selection : [argument ?? activeProfile()];
    await Promise.all(chosen.map((one, index) => this.#start(parseTarget(one), true, index * SPREAD_MS)));
  }

  /** "Stop Watching": what was seen of it; a person is asked which where there are several. */
  async stop(argument: unknown): Promise<WatchSummary | undefined> {
    const watched = argument === undefined ? await this.#choose() : this.#given(argument);
    return watched && this.#watches.stop(watched.id);
  }

  /** All that is known of it, with charts. */
  async open(argument: unknown): Promise<void> {
    const watched = argument === undefined ? await this.#choose() : this.#given(argument);
    if (!watched) return;
    const open = this.#panels.get(watched);
    if (open) return open.panel.reveal();
    const { extensionUri, list } = this.#parts;
    const panel = new WatchPanel(
      watched,
      {
        extensionUri,
        list,
        timeline: ({ id }, range) => this.#watches.timeline(id, range),
        reports: ({ id }) => this.#watches.reports(id),
        showReport: (_, report) => this.#showReport(watched, report),
        openDocument: () => this.#openDocument(watched),
        compareHealthy: (shown) => vscode.commands.executeCommand('wsprobe.compare' satisfies CommandId, shown),
        stop: ({ id }) => this.#watches.stop(id),
      },
      () => this.#panels.delete(watched),
    );
    this.#panels.set(watched, panel);
  }

  async #openDocument(watched: Watched): Promise<void> {
    const uri = this.#parts.documents.add(`${watched.name}.md`, watchText(watched, vscode.l10n));
    await vscode.commands.executeCommand('markdown.showPreview', uri);
  }

  /** Those that are still there, oldest first; the last healthy one is among them. */
  reports({ id }: Watched): Promise<readonly Report[]> {
    return this.#watches.reports(id);
  }

  /** In the history, an entry a watch: how it stood last. In Restricted Mode nothing of the workspace is written down. */
  async #keep(watched: Watched, summary: WatchSummary): Promise<void> {
    if (!summary.verdict || !vscode.workspace.isTrusted) return;
    const { file, id, name, startedMs, url } = watched;
    const target = this.#targets.get(watched);
    const stored = target ? storeTarget({ target, url, readOnly: false }) : null;
    const about = {
      name,
      url,
      verdict: summary.verdict,
      startedAt: new Date(startedMs).toISOString(),
      durationMs: Date.now() - startedMs,
      headline: summary.failures.at(-1)?.title ?? summary.alerts[0]?.title ?? null,
      target: stored ?? (file === null ? null : { file }),
    };
    const { history, log } = this.#parts;
    try {
      await history.put(id, { ...about, kind: 'watch' }, summary);
    } catch (error) {
      log.warn(`History: ${String(error)}`);
    }
  }

  #showReport(watched: Watched, report: Report): void {
    const { panels, probes } = this.#parts;
    const target = this.#targets.get(watched);
    const id = `watch-${watched.id}-${report.startedAt}`;
    const subject = new ProbeTarget(target ?? { kind: 'url', url: watched.url }, { id, isIncomplete: !target });
    probes.restore(subject, watched, report);
    panels.open(subject, { preserveFocus: false });
  }

  dispose(): void {
    for (const { panel } of this.#panels.values()) panel.dispose();
    this.#store.dispose();
  }

  async #start(target: Target, ask: boolean, afterMs = 0): Promise<Watched> {
    const key = targetKey(target);
    const file = target.kind === 'file' ? target.uri.toString() : null;
    const prepare = () => this.#parts.preparer.prepare(target, { ask });
    const watched = await this.#watches.start({ key, file, prepare }, afterMs);
    this.#targets.set(watched, target);
    return watched;
  }

  async #ask(): Promise<Target | undefined> {
    const { index, recent } = this.#parts;
    const sources = { recentUrls: () => recent.list(), profiles: () => index.list() };
    const target = await askTarget(sources, 'watch');
    if (target !== 'new-profile') return target;
    await vscode.commands.executeCommand('wsprobe.newProfile' satisfies CommandId);
    return undefined;
  }

  /** Undefined for what is not watched. */
  #given(argument: unknown): Watched | undefined {
    if (argument instanceof Watched) return argument;
    const { all } = this.#watches;
    const byId = all.find(({ id }) => id === argument);
    if (byId) return byId;
    const key = targetKey(parseTarget(argument));
    return all.find((watched) => watched.key === key);
  }

  async #choose(): Promise<Watched | undefined> {
    const { all } = this.#watches;
    if (all.length === 0) {
      void vscode.window.showInformationMessage(vscode.l10n.t('Nothing is watched.'));
      return undefined;
    }
    if (all.length === 1) return all[0];
    const items = all.map((watched) => ({ label: watched.name, description: watched.url, watched }));
    return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Which watched target?') }))?.watched;
  }
}
