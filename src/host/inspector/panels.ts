import * as vscode from 'vscode';
import { writerOf } from '../../core/base/fileLock.js';
import { INSPECTOR_VIEW_TYPE, PROFILE_LANGUAGE } from '../contributions.js';
import type { History } from '../history.js';
import type { JsonFolder } from '../jsonFolder.js';
import type { KeptLogs } from '../sessions/keptLogs.js';
import type { FinishedProbe } from '../probes.js';
import type { ProbeTarget } from '../target/probeTarget.js';
import type { SessionHandle } from '../sessions/sessionHandle.js';
import { type StoredTarget, loadTarget, storeTarget } from '../target/storedTarget.js';
import { InspectorPanel, type PanelParts } from './panel.js';

const MAX_REMEMBERED = 30;
/** The window before this one may still be ending. */
const WAIT_FOR_WRITER_MS = 8_000;
const LOOK_EVERY_MS = 250;

/** What a panel needs in the next window to show what it showed in this one. */
export interface RememberedPanel {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly target: StoredTarget | null;
  readonly reportId: string | null;
  /** Path of the last recording of its session. */
  readonly recording?: string | null;
  /** Path of the end of its session's log. */
  readonly kept?: string | null;
  readonly savedMs?: number;
}

/** What outlives a window of its panels: a record and a kept log each. */
export interface PanelMemory {
  readonly panels: Pick<JsonFolder<RememberedPanel>, 'all' | 'read' | 'write' | 'delete'>;
  readonly kept: Pick<KeptLogs, 'drop' | 'sweep'>;
}

/** The open inspectors, one for each target. */
export class InspectorPanels implements vscode.Disposable, vscode.WebviewPanelSerializer {
  readonly #parts: PanelParts;
  readonly #memory: PanelMemory;
  readonly #history: History;
  readonly #panels = new Map<string, InspectorPanel>();
  /** Of this window's panels, as last written. */
  readonly #remembered = new Map<string, RememberedPanel>();

  constructor(parts: PanelParts, memory: PanelMemory, history: History) {
    this.#parts = parts;
    this.#memory = memory;
    this.#history = history;
  }

  /** Forgets the panels that were closed long ago, and deletes what was kept for nobody. */
  async sweep(): Promise<void> {
    const all = (await this.#memory.panels.all()).toSorted((a, b) => (b.savedMs ?? 0) - (a.savedMs ?? 0));
    const wanted = new Set(all.slice(0, MAX_REMEMBERED).flatMap(({ kept }) => kept ?? []));
    for (const { id } of all.slice(MAX_REMEMBERED)) if (!this.#panels.has(id)) await this.#memory.panels.delete(id);
    await this.#memory.kept.sweep(wanted);
  }

  get count(): number {
    return this.#panels.size;
  }

  /** What the panel in front shows. */
  get active(): ProbeTarget | null {
    return [...this.#panels.values()].find(({ panel }) => panel.active)?.subject ?? null;
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
    const { handle } = subject.session;
    void this.#remember(subject, {
      recording: handle?.snapshot.recording?.path ?? null,
      kept: handle?.keptAt ?? null,
    });
  }

  /** Keeps which report a panel shows, for the next window. */
  async remember({ target }: FinishedProbe, reportId: string | null): Promise<void> {
    if (this.#panels.has(target.id)) await this.#remember(target, { reportId });
  }

  /** Keeps where a panel's session is recorded and kept, for the next window. */
  async rememberSession(session: SessionHandle): Promise<void> {
    const subject = this.#parts.sessions.subjectOf(session);
    // A restored one is what is remembered already.
    if (session.isRecording || !this.#panels.has(subject.id) || subject.session.handle !== session) return;
    const known = this.#remembered.get(subject.id);
    const kept = session.keptAt;
    const recording = session.snapshot.recording?.path ?? (kept === known?.kept ? (known?.recording ?? null) : null);
    if (known?.recording === recording && known.kept === kept) return;
    await this.#remember(subject, { recording, kept });
    if (known?.kept && known.kept !== kept) await this.#memory.kept.drop(known.kept);
  }

  /** A panel of an earlier window: it shows what it had shown and connects to nothing. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const id = typeof state === 'object' && state !== null ? (state as { id?: unknown }).id : undefined;
    const remembered = typeof id === 'string' ? await this.#memory.panels.read(id) : null;
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
    if (remembered) this.#remembered.set(subject.id, remembered);
    const isBusy = remembered !== null && (await this.#restoreLog(subject, remembered));
    this.#adopt(panel, subject);
    if (isBusy) void this.#awaitLog(subject, remembered);
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
      void this.#forget(subject);
    });
  }

  async #forget(subject: ProbeTarget): Promise<void> {
    const { handle } = subject.session;
    const kept = this.#remembered.get(subject.id)?.kept ?? null;
    this.#remembered.delete(subject.id);
    await this.#memory.panels.delete(subject.id);
    if (handle?.isRecording) await this.#parts.sessions.forget(handle);
    // That of a session of this window goes with the session.
    if (kept !== null && kept !== handle?.keptAt) await this.#memory.kept.drop(kept);
  }

  /** Shows the log that a panel had. True where another process still writes it: it may be the window before this one. */
  async #restoreLog(subject: ProbeTarget, { kept, recording }: RememberedPanel): Promise<boolean> {
    for (const path of [kept, recording]) {
      if (!path || subject.session.handle !== null) continue;
      if ((await writerOf(path)) !== null) return true;
      try {
        await this.#parts.sessions.openRecording(subject, path);
      } catch {
        // The file is gone or was never begun: what is known beside it is shown instead.
      }
    }
    return false;
  }

  /** A session belongs to the window that it lives in: it is not shown as one that was lost. */
  async #awaitLog(subject: ProbeTarget, remembered: RememberedPanel): Promise<void> {
    const isOurs = () => this.#panels.has(subject.id) && subject.session.handle === null;
    for (let waitedMs = 0; waitedMs < WAIT_FOR_WRITER_MS; waitedMs += LOOK_EVERY_MS) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      if (!isOurs() || !(await this.#restoreLog(subject, remembered))) return;
    }
    this.#parts.probes.settleFault(subject, {
      code: 'session.elsewhere',
      message: vscode.l10n.t('The session of this panel is open in another window.'),
      hint: vscode.l10n.t('It goes on there. Connect to open one of your own here.'),
    });
  }

  async #remember(
    subject: ProbeTarget,
    shows: Partial<Pick<RememberedPanel, 'reportId' | 'recording' | 'kept'>>,
  ): Promise<void> {
    const { id, name, url } = subject;
    const before = this.#remembered.get(id);
    const known = {
      reportId: before?.reportId ?? null,
      recording: before?.recording ?? null,
      kept: before?.kept ?? null,
    };
    const next = { id, name, url, target: storeTarget(subject), ...known, ...shows, savedMs: Date.now() };
    this.#remembered.set(id, next);
    await this.#memory.panels.write(id, next);
  }
}
