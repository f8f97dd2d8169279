import * as vscode from 'vscode';
import { Channel } from '../../protocol/channel.js';
import { Coalescer } from '../../protocol/coalescer.js';
import type { InspectorEvents, InspectorRequests } from '../../protocol/inspector.js';
import { DisposableStore } from '../disposableStore.js';
import type { ProbeTarget, Probes } from '../probes.js';
import { renderInspectorHtml } from './html.js';
import { toInspectorState } from './state.js';

const STATE_INTERVAL_MS = 50;
const MAX_COPY_CHARACTERS = 4 * 1024 * 1024;

/** What a panel asks of the rest; each is one permitted act of the webview. */
export interface InspectorActions {
  readonly runAgain: (subject: ProbeTarget) => void;
  readonly copyReport: (subject: ProbeTarget) => Promise<void>;
  readonly openReport: (subject: ProbeTarget) => Promise<void>;
  readonly saveAsProfile: (subject: ProbeTarget) => Promise<unknown>;
  readonly openProfile: (subject: ProbeTarget) => Promise<void>;
}

/** One webview panel of one target. It feeds the webview only while that is visible. */
export class InspectorPanel {
  readonly subject: ProbeTarget;
  readonly panel: vscode.WebviewPanel;
  readonly #store = new DisposableStore();
  readonly #channel: Channel<object, InspectorRequests, InspectorEvents, object>;
  readonly #coalescer: Coalescer<void>;
  /** At most one state is on its way; what changes meanwhile is told once it arrived. */
  #inFlight = false;
  #stale = false;
  #lastPost: Thenable<unknown> = Promise.resolve();

  constructor(
    panel: vscode.WebviewPanel,
    subject: ProbeTarget,
    probes: Probes,
    actions: InspectorActions,
    extensionUri: vscode.Uri,
  ) {
    this.panel = panel;
    this.subject = subject;
    panel.webview.options = {
      enableScripts: true,
      localResourceRoots: [vscode.Uri.joinPath(extensionUri, 'dist', 'webview')],
    };
    panel.iconPath = {
      light: vscode.Uri.joinPath(extensionUri, 'media', 'file-light.svg'),
      dark: vscode.Uri.joinPath(extensionUri, 'media', 'file-dark.svg'),
    };
    this.#channel = new Channel<object, InspectorRequests, InspectorEvents, object>(this.#port(), {
      ready: () => toInspectorState(subject),
      runAgain: () => done(actions.runAgain(subject)),
      cancel: () => done(probes.cancel(subject)),
      copyReport: async () => done(await actions.copyReport(subject)),
      openReport: async () => done(await actions.openReport(subject)),
      saveAsProfile: async () => done(await actions.saveAsProfile(subject)),
      openProfile: async () => done(await actions.openProfile(subject)),
      copyText: async (params: unknown) => done(await copyText(params)),
    });
    this.#coalescer = this.#store.add(new Coalescer<void>(STATE_INTERVAL_MS, () => this.#tell()));
    this.#store.add(
      probes.onDidChange(({ target }) => {
        if (target !== subject) return;
        this.#showTitle();
        if (this.panel.visible) this.#coalescer.push();
      }),
    );
    this.#showTitle();
    panel.webview.html = renderInspectorHtml(panel.webview, extensionUri);
  }

  reveal(preserveFocus: boolean): void {
    this.panel.reveal(undefined, preserveFocus);
  }

  /** Lets go of the panel without closing it: VS Code restores it in the next window. */
  release(): void {
    this.#channel.end(new Error('The inspector was closed.'));
    this.#store.dispose();
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

  #showTitle(): void {
    const title = this.subject.name || this.subject.url;
    if (this.panel.title !== title) this.panel.title = title;
  }

  #tell(): void {
    if (this.#inFlight) {
      this.#stale = true;
      return;
    }
    this.#inFlight = true;
    this.#channel.emit('state', toInspectorState(this.subject));
    const arrived = () => {
      this.#inFlight = false;
      if (!this.#stale) return;
      this.#stale = false;
      if (this.panel.visible) this.#coalescer.push();
    };
    void this.#lastPost.then(arrived, arrived);
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
