import * as vscode from 'vscode';
import { INSPECTOR_VIEW_TYPE, PROFILE_LANGUAGE } from '../contributions.js';
import type { History } from '../history.js';
import type { FinishedProbe } from '../probes.js';
import type { ProbeTarget } from '../target/probeTarget.js';
import type { SessionHandle } from '../sessions/sessionHandle.js';
import { type StoredTarget, loadTarget, storeTarget } from '../target/storedTarget.js';
import { InspectorPanel, type PanelParts } from './panel.js';

const KEY = 'wsprobe.panels';
const MAX_REMEMBERED = 30;

/** What a panel needs in the next window to show what it showed in this one. */
interface RememberedPanel {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly target: StoredTarget | null;
  readonly reportId: string | null;
  /** Path of the last recording of its session. */
  readonly recording?: string | null;
}

/** The open inspectors, one for each target. */
export class InspectorPanels implements vscode.Disposable, vscode.WebviewPanelSerializer {
  readonly #parts: PanelParts;
  readonly #state: vscode.Memento;
  readonly #history: History;
  readonly #panels = new Map<string, InspectorPanel>();

  constructor(parts: PanelParts, state: vscode.Memento, history: History) {
    this.#parts = parts;
    this.#state = state;
    this.#history = history;
  }

  get count(): number {
    return this.#panels.size;
  }

  isVisible(subject: ProbeTarget): boolean {
    return this.#panels.get(subject.id)?.isVisible ?? false;
  }

  /** Opens the target's inspector, or shows the one that is open. */
  open(subject: ProbeTarget, options: { preserveFocus: boolean }): void {
    const open = this.#panels.get(subject.id);
    if (open) {
      open.reveal(options.preserveFocus);
      return;
    }
    const viewColumn =
      vscode.window.activeTextEditor?.document.languageId === PROFILE_LANGUAGE
        ? vscode.ViewColumn.Beside
        : vscode.ViewColumn.Active;
    const panel = vscode.window.createWebviewPanel(
      INSPECTOR_VIEW_TYPE,
      subject.name,
      { viewColumn, preserveFocus: options.preserveFocus },
      { retainContextWhenHidden: false },
    );
    this.#adopt(panel, subject);
    void this.#remember(subject, { recording: subject.session.handle?.snapshot.recording?.path ?? null });
  }

  /** Keeps which report a panel shows, for the next window. */
  async remember({ target }: FinishedProbe, reportId: string | null): Promise<void> {
    if (this.#panels.has(target.id)) await this.#remember(target, { reportId });
  }

  /** Keeps where a panel's session is recorded to, for the next window. */
  async rememberRecording(session: SessionHandle): Promise<void> {
    const recording = session.snapshot.recording?.path;
    if (recording === undefined) return;
    const subject = this.#parts.sessions.subjectOf(session);
    if (!this.#panels.has(subject.id)) return;
    const known = this.#remembered().find(({ id }) => id === subject.id);
    if (known?.recording !== recording) await this.#remember(subject, { recording });
  }

  /** A panel of an earlier window: it shows what it had shown and connects to nothing. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const id = typeof state === 'object' && state !== null ? (state as { id?: unknown }).id : undefined;
    const remembered = this.#remembered().find((one) => one.id === id);
    const report = remembered?.reportId ? await this.#history.read(remembered.reportId) : null;
    const target = loadTarget(remembered?.target ?? null);
    const subject = this.#parts.probes.get(target ?? { kind: 'url', url: remembered?.url ?? '' }, remembered?.id);
    if (!target) subject.isIncomplete = true;
    if (this.#panels.has(subject.id)) {
      panel.dispose();
      return;
    }
    if (remembered && subject.run.report === null) {
      this.#parts.probes.restore(subject, remembered, report);
    }
    subject.run.markRestored(true);
    if (remembered?.recording && subject.session.handle === null)
      await this.#openRecording(subject, remembered.recording);
    this.#adopt(panel, subject);
  }

  dispose(): void {
    for (const panel of this.#panels.values()) panel.release();
    this.#panels.clear();
  }

  #adopt(webviewPanel: vscode.WebviewPanel, subject: ProbeTarget): void {
    const panel = new InspectorPanel(webviewPanel, subject, this.#parts);
    this.#panels.set(subject.id, panel);
    subject.isShown = true;
    webviewPanel.onDidDispose(() => {
      panel.release();
      subject.isShown = false;
      this.#panels.delete(subject.id);
      if (subject.session.handle?.isRecording) void this.#parts.sessions.forget(subject.session.handle);
      void this.#save(this.#remembered().filter(({ id }) => id !== subject.id));
    });
  }

  async #openRecording(subject: ProbeTarget, path: string): Promise<void> {
    try {
      await this.#parts.sessions.openRecording(subject, path);
    } catch {
      // The file is gone or was never finished: the last report is shown instead.
    }
  }

  #remembered(): readonly RememberedPanel[] {
    return this.#state.get<RememberedPanel[]>(KEY, []);
  }

  async #remember(
    subject: ProbeTarget,
    shows: Partial<Pick<RememberedPanel, 'reportId' | 'recording'>>,
  ): Promise<void> {
    const all = this.#remembered();
    const before = all.find(({ id }) => id === subject.id);
    const { id, name, url } = subject;
    const kept = { reportId: before?.reportId ?? null, recording: before?.recording ?? null };
    const target = storeTarget(subject);
    await this.#save([{ id, name, url, target, ...kept, ...shows }, ...all.filter((other) => other !== before)]);
  }

  async #save(panels: readonly RememberedPanel[]): Promise<void> {
    await this.#state.update(KEY, panels.slice(0, MAX_REMEMBERED));
  }
}
