import * as vscode from 'vscode';
import { Channel } from '../../protocol/channel.js';
import { shape, text } from '../../protocol/checks.js';
import type { FixChoice, InspectorEvents, InspectorRequests } from '../../protocol/inspector.js';
import { DisposableStore } from '../disposableStore.js';
import type { Probes } from '../probes.js';
import type { ProbeTarget } from '../target/probeTarget.js';
import type { Sessions } from '../sessions/sessions.js';
import { Feed } from './feed.js';
import { renderPage } from './html.js';
import { PanelViews } from './panelViews.js';
import { type SessionActions, sessionHandlers } from './sessionHandlers.js';
import { firstInspectorState, toInspectorState } from './state.js';

/** At most twenty messages a second reach a page; a session's header needs no more than five. */
const EVENT_INTERVAL_MS = 50;
const SNAPSHOT_INTERVAL_MS = 200;
const MAX_COPY_CHARACTERS = 4 * 1024 * 1024;

const fixChoice = shape<FixChoice>({ finding: text(200), title: text(500) });

/** What a panel asks of the rest; each is one permitted act of the webview. */
export interface InspectorActions {
  readonly runAgain: (subject: ProbeTarget) => void;
  readonly findCause: (subject: ProbeTarget) => void;
  readonly followRedirect: (subject: ProbeTarget) => Promise<void>;
  readonly applyFix: (subject: ProbeTarget, choice: FixChoice) => Promise<unknown>;
  readonly tryFix: (subject: ProbeTarget, choice: FixChoice) => Promise<unknown>;
  readonly keepFix: (subject: ProbeTarget) => Promise<unknown>;
  readonly undoFix: (subject: ProbeTarget) => Promise<unknown>;
  readonly showFix: (subject: ProbeTarget) => Promise<unknown>;
  readonly compareHealthy: (subject: ProbeTarget) => Promise<unknown>;
  readonly copyReport: (subject: ProbeTarget) => Promise<void>;
  readonly openReport: (subject: ProbeTarget) => Promise<void>;
  readonly saveAsProfile: (subject: ProbeTarget) => Promise<unknown>;
  readonly openProfile: (subject: ProbeTarget) => Promise<void>;
}

export interface PanelParts {
  readonly probes: Probes;
  readonly sessions: Sessions;
  readonly actions: InspectorActions;
  readonly sessionActions: SessionActions;
  readonly extensionUri: vscode.Uri;
}

/** One webview panel of one target. It feeds the webview only while that is visible. */
export class InspectorPanel {
  readonly subject: ProbeTarget;
  readonly panel: vscode.WebviewPanel;
  readonly #store = new DisposableStore();
  readonly #channel: Channel<object, InspectorRequests, InspectorEvents, object>;
  readonly #feed = this.#store.add(new Feed(EVENT_INTERVAL_MS));
  readonly #views: PanelViews;
  #lastPost: Thenable<unknown> = Promise.resolve();

  constructor(panel: vscode.WebviewPanel, subject: ProbeTarget, parts: PanelParts) {
    const { probes, sessions, actions, sessionActions, extensionUri } = parts;
    this.panel = panel;
    this.subject = subject;
    panel.webview.options = {
      enableScripts: true,
      localResourceRoots: [vscode.Uri.joinPath(extensionUri, 'dist', 'webview')],
    };
    // The tab of a recording is its file's.
    if (!subject.readOnly) {
      panel.iconPath = {
        light: vscode.Uri.joinPath(extensionUri, 'media', 'file-light.svg'),
        dark: vscode.Uri.joinPath(extensionUri, 'media', 'file-dark.svg'),
      };
      this.#showTitle();
    }
    this.#views = new PanelViews(sessions, (viewId) => this.#feed.forget(`view ${viewId}`));
    const isRunnable = !subject.readOnly;
    this.#channel = new Channel<object, InspectorRequests, InspectorEvents, object>(this.#port(), {
      ready: () => this.#begin(),
      runAgain: () => done(isRunnable && actions.runAgain(subject)),
      findCause: () => done(isRunnable && actions.findCause(subject)),
      followRedirect: async () => done(isRunnable && (await actions.followRedirect(subject))),
      cancel: () => done(probes.cancel(subject)),
      applyFix: async (choice) => done(isRunnable && (await actions.applyFix(subject, fixChoice(choice)))),
      tryFix: async (choice) => done(isRunnable && (await actions.tryFix(subject, fixChoice(choice)))),
      keepFix: async () => done(isRunnable && (await actions.keepFix(subject))),
      undoFix: async () => done(isRunnable && (await actions.undoFix(subject))),
      showFix: async () => done(isRunnable && (await actions.showFix(subject))),
      compareHealthy: async () => done(await actions.compareHealthy(subject)),
      copyReport: async () => done(await actions.copyReport(subject)),
      openReport: async () => done(await actions.openReport(subject)),
      saveAsProfile: async () => done(isRunnable && (await actions.saveAsProfile(subject))),
      openProfile: async () => done(await actions.openProfile(subject)),
      copyText: async (params: unknown) => done(await copyText(params)),
      ...sessionHandlers({ subject, sessions, views: this.#views, actions: sessionActions }),
    });
    if (subject.session.handle) subject.session.handle.wasShown = true;
    this.#listen(probes, sessions);
    this.#store.add(panel.onDidChangeViewState(() => this.#showOrHide()));
    panel.webview.html = renderPage(panel.webview, extensionUri, {
      bundle: 'inspector',
      title: vscode.l10n.t('WebSocket Inspector'),
    });
  }

  get isVisible(): boolean {
    return this.panel.visible;
  }

  reveal(preserveFocus: boolean): void {
    this.panel.reveal(undefined, preserveFocus);
  }

  /** Lets go of the panel without closing it: VS Code restores it in the next window. */
  release(): void {
    this.#views.closeAll();
    this.#channel.end(new Error('The inspector was closed.'));
    this.#store.dispose();
  }

  #listen(probes: Probes, sessions: Sessions): void {
    const { subject } = this;
    this.#store.add(
      probes.onDidChange(({ target }) => {
        if (target !== subject) return;
        this.#showTitle();
        this.#push('state', 0, () => this.#emit('state', toInspectorState(subject)));
      }),
    );
    this.#store.add(
      sessions.onDidChange((session) => {
        if (subject.session.handle !== session) return;
        session.wasShown = true;
        if (session.isLost) this.#views.abandon();
        this.#push('session', SNAPSHOT_INTERVAL_MS, () => this.#emit('session', session.snapshot));
      }),
    );
    this.#store.add(
      sessions.onDidGrow(({ sessionId, ...view }) => {
        if (subject.session.handle?.id !== sessionId || !this.#views.has(view.viewId)) return;
        this.#push(`view ${view.viewId}`, 0, () => this.#emit('view', view));
      }),
    );
  }

  #showTitle(): void {
    const title = this.subject.name || this.subject.url;
    if (!this.subject.readOnly && this.panel.title !== title) this.panel.title = title;
  }

  /** The page is new: it knows of no view, and gets everything now. */
  #begin() {
    this.#views.closeAll();
    this.#feed.clear();
    return firstInspectorState(this.subject);
  }

  #showOrHide(): void {
    if (this.isVisible) return;
    // A hidden page is gone; the next one says `ready`.
    this.#views.closeAll();
    this.#feed.clear();
  }

  #push(key: string, everyMs: number, tell: () => Thenable<unknown>): void {
    if (this.isVisible) this.#feed.push(key, everyMs, tell);
  }

  #emit<E extends keyof InspectorEvents>(name: E, data: InspectorEvents[E]): Thenable<unknown> {
    if (!this.isVisible) return Promise.resolve();
    this.#channel.emit(name, data);
    return this.#lastPost;
  }

  #port() {
    const { webview } = this.panel;
    return {
      postMessage: (message: unknown) => {
        this.#lastPost = webview.postMessage(message);
      },
      onMessage: (listener: (message: unknown) => void) => {
        this.#store.add(webview.onDidReceiveMessage(listener));
      },
    };
  }
}

function done(_result: unknown): null {
  return null;
}

async function copyText(params: unknown): Promise<void> {
  const text = typeof params === 'object' && params !== null ? (params as { text?: unknown }).text : undefined;
  if (typeof text !== 'string' || text.length > MAX_COPY_CHARACTERS) return;
  await vscode.env.clipboard.writeText(text);
}
