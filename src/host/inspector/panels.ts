import * as vscode from 'vscode';
import type { History } from '../history.js';
import type { FinishedProbe, ProbeTarget, Probes } from '../probes.js';
import { type StoredTarget, loadTarget, storeTarget } from '../storedTarget.js';
import { type InspectorActions, InspectorPanel } from './panel.js';

export const INSPECTOR_VIEW_TYPE = 'wsprobe.inspector';
const KEY = 'wsprobe.panels';
const MAX_REMEMBERED = 30;

/** What a panel needs in the next window to show what it showed in this one. */
interface RememberedPanel {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly target: StoredTarget | null;
  readonly reportId: string | null;
}

/** The open inspectors, one for each target. */
export class InspectorPanels implements vscode.Disposable, vscode.WebviewPanelSerializer {
  readonly #context: Pick<vscode.ExtensionContext, 'extensionUri' | 'workspaceState'>;
  readonly #probes: Probes;
  readonly #history: History;
  readonly #actions: InspectorActions;
  readonly #panels = new Map<string, InspectorPanel>();

  constructor(
    context: Pick<vscode.ExtensionContext, 'extensionUri' | 'workspaceState'>,
    probes: Probes,
    history: History,
    actions: InspectorActions,
  ) {
    this.#context = context;
    this.#probes = probes;
    this.#history = history;
    this.#actions = actions;
  }

  get count(): number {
    return this.#panels.size;
  }

  /** Opens the target's inspector, or shows the one that is open. */
  open(subject: ProbeTarget, options: { preserveFocus: boolean }): void {
    const open = this.#panels.get(subject.id);
    if (open) {
      open.reveal(options.preserveFocus);
      return;
    }
    const viewColumn =
      vscode.window.activeTextEditor?.document.languageId === 'wsprobe'
        ? vscode.ViewColumn.Beside
        : vscode.ViewColumn.Active;
    const panel = vscode.window.createWebviewPanel(
      INSPECTOR_VIEW_TYPE,
      subject.name,
      { viewColumn, preserveFocus: options.preserveFocus },
      { retainContextWhenHidden: false },
    );
    this.#adopt(panel, subject);
    void this.#remember(subject, null);
  }

  /** Keeps which report a panel shows, for the next window. */
  async remember({ target }: FinishedProbe, reportId: string | null): Promise<void> {
    if (this.#panels.has(target.id)) await this.#remember(target, reportId);
  }

  /** A panel of an earlier window: it shows what it had shown and connects to nothing. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const id = typeof state === 'object' && state !== null ? (state as { id?: unknown }).id : undefined;
    const remembered = this.#remembered().find((one) => one.id === id);
    const report = remembered?.reportId ? await this.#history.read(remembered.reportId) : null;
    const target = loadTarget(remembered?.target ?? null);
    const subject = this.#probes.get(target ?? { kind: 'url', url: remembered?.url ?? '' }, remembered?.id);
    if (!target) subject.isIncomplete = true;
    if (this.#panels.has(subject.id)) {
      panel.dispose();
      return;
    }
    if (remembered && subject.report === null) {
      subject.name = remembered.name;
      subject.url = remembered.url;
      subject.report = report;
      subject.status = report ? 'done' : 'idle';
    }
    subject.restored = true;
    this.#adopt(panel, subject);
  }

  dispose(): void {
    for (const panel of this.#panels.values()) panel.release();
    this.#panels.clear();
  }

  #adopt(webviewPanel: vscode.WebviewPanel, subject: ProbeTarget): void {
    const panel = new InspectorPanel(webviewPanel, subject, this.#probes, this.#actions, this.#context.extensionUri);
    this.#panels.set(subject.id, panel);
    subject.isShown = true;
    webviewPanel.onDidDispose(() => {
      panel.release();
      subject.isShown = false;
      this.#panels.delete(subject.id);
      void this.#save(this.#remembered().filter(({ id }) => id !== subject.id));
    });
  }

  #remembered(): readonly RememberedPanel[] {
    return this.#context.workspaceState.get<RememberedPanel[]>(KEY, []);
  }

  async #remember(subject: ProbeTarget, reportId: string | null): Promise<void> {
    const others = this.#remembered().filter(({ id }) => id !== subject.id);
    const { id, name, url } = subject;
    await this.#save([{ id, name, url, target: storeTarget(subject), reportId }, ...others]);
  }

  async #save(panels: readonly RememberedPanel[]): Promise<void> {
    await this.#context.workspaceState.update(KEY, panels.slice(0, MAX_REMEMBERED));
  }
}
