import * as vscode from 'vscode';
import type { Timeline, TimelineRange } from '../../core/base/series.js';
import type { Report } from '../../core/base/model.js';
import { Channel } from '../../protocol/channel.js';
import { Coalescer } from '../../protocol/coalescer.js';
import {
  watchPageChecks,
  type WatchPageEvents,
  type WatchPageRequests,
  type WatchPageState,
} from '../../protocol/watchPage.js';
import { DisposableStore } from '../disposableStore.js';
import { renderPage } from '../inspector/html.js';
import type { WatchList } from './watchList.js';
import type { Watched } from './watched.js';

/** A page that is looked at needs no more. */
const TELL_EVERY_MS = 1_000;

export interface WatchPanelParts {
  readonly extensionUri: vscode.Uri;
  readonly list: Pick<WatchList, 'all' | 'onDidChange'>;
  /** Of what is no longer watched: rejects. */
  readonly timeline: (watched: Watched, range: TimelineRange) => Promise<Timeline>;
  readonly reports: (watched: Watched) => Promise<readonly Report[]>;
  readonly showReport: (watched: Watched, report: Report) => void;
  readonly openDocument: (watched: Watched) => Promise<void>;
  readonly compareHealthy: (watched: Watched) => PromiseLike<unknown>;
  readonly stop: (watched: Watched) => Promise<unknown>;
}

/** The page of one watched target. It is fed only while it is visible. */
export class WatchPanel {
  readonly panel: vscode.WebviewPanel;
  readonly #watched: Watched;
  readonly #parts: WatchPanelParts;
  readonly #store = new DisposableStore();
  /** The reports that were there last: they outlive the watch. */
  #reports: readonly Report[] = [];

  constructor(watched: Watched, parts: WatchPanelParts, onClosed: () => void) {
    this.#watched = watched;
    this.#parts = parts;
    const { extensionUri, list } = parts;
    this.panel = vscode.window.createWebviewPanel(
      'wsprobe.watch',
      vscode.l10n.t('Watch: {0}', watched.name),
      vscode.ViewColumn.Active,
      { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(extensionUri, 'dist', 'webview')] },
    );
    const { panel } = this;
    const channel = new Channel<object, WatchPageRequests, WatchPageEvents, object>(
      {
        postMessage: (message) => void panel.webview.postMessage(message),
        onMessage: (listener) => this.#store.add(panel.webview.onDidReceiveMessage(listener)),
      },
      {
        ready: () => this.#state(),
        timeline: (range) => parts.timeline(watched, watchPageChecks.timeline(range)),
        openReport: async (params) => this.#openReport(watchPageChecks.openReport(params).startedAt),
        openDocument: async () => done(await parts.openDocument(watched)),
        compareHealthy: async () => done(await parts.compareHealthy(watched)),
        stop: async () => done(await parts.stop(watched)),
        copyText: async (params) => done(await vscode.env.clipboard.writeText(watchPageChecks.copyText(params).text)),
      },
    );
    const tell = this.#store.add(
      new Coalescer<void>(TELL_EVERY_MS, () => {
        if (panel.visible) void this.#state().then((state) => channel.emit('state', state));
      }),
    );
    this.#store.add(list.onDidChange(() => tell.push()));
    panel.onDidDispose(() => {
      channel.end(new Error('The page was closed.'));
      this.#store.dispose();
      onClosed();
    });
    panel.iconPath = {
      light: vscode.Uri.joinPath(extensionUri, 'media', 'file-light.svg'),
      dark: vscode.Uri.joinPath(extensionUri, 'media', 'file-dark.svg'),
    };
    panel.webview.html = renderPage(panel.webview, extensionUri, {
      bundle: 'watch',
      title: vscode.l10n.t('Watch: {0}', watched.name),
    });
  }

  async #state(): Promise<WatchPageState> {
    const { list } = this.#parts;
    const { name, summary, url } = this.#watched;
    const ended = !list.all.includes(this.#watched);
    if (!ended) this.#reports = await this.#parts.reports(this.#watched).catch(() => this.#reports);
    const reports = this.#reports.map(({ startedAt, verdict }) => ({ startedAt, verdict }));
    return { name, url, summary, reports, ended };
  }

  #openReport(startedAt: string): null {
    const report = this.#reports.find((each) => each.startedAt === startedAt);
    if (!report) throw new Error(vscode.l10n.t('This report is no longer there.'));
    this.#parts.showReport(this.#watched, report);
    return null;
  }
}

function done(_result: unknown): null {
  return null;
}
