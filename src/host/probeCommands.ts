import * as vscode from 'vscode';
import type { Report } from '../core/base/model.js';
import { activeProfile, wantsNoInspector } from './arguments.js';
import type { CommandId } from './contributions.js';
import { ActionableError, showError } from './errors.js';
import type { History, HistoryEntry } from './history.js';
import type { InspectorPanels } from './inspector/panels.js';
import { showWhenReady } from './inspector/showWhenReady.js';
import type { Log } from './log.js';
import type { ProfileIndex } from './profileIndex.js';
import type { Probes, RunOptions } from './probes.js';
import { ObservedRow } from './sessions/observedRow.js';
import { SessionHandle } from './sessions/sessionHandle.js';
import type { Sessions } from './sessions/sessions.js';
import { ProbeTarget } from './target/probeTarget.js';
import type { RunKind } from './target/targetRun.js';
import type { RecentUrls } from './recentUrls.js';
import { loadTarget } from './target/storedTarget.js';
import { type Target, parseTarget } from './target/targets.js';

const late = () => import('./late.js');

export interface ProbeCommandParts {
  readonly probes: Probes;
  readonly sessions: Pick<Sessions, 'subjectOf' | 'request'>;
  readonly panels: InspectorPanels;
  readonly history: History;
  readonly index: ProfileIndex;
  readonly recent: RecentUrls;
  readonly log: Log;
}

/** The commands that run probes and show what came of them. */
export class ProbeCommands {
  readonly #parts: ProbeCommandParts;

  constructor(parts: ProbeCommandParts) {
    this.#parts = parts;
  }

  /** For code: runs and returns the report; nothing is opened, and nothing asked but whether a secret may go to a new host. */
  runSilently(argument: unknown): Promise<Report> {
    const { probes } = this.#parts;
    return probes.run(probes.get(parseTarget(argument)), { ask: false });
  }

  /** "Probe…": asks for a target, or takes the one given; shows the inspector unless the second argument is `{ inspector: false }`. */
  async probe(argument: unknown, options: unknown): Promise<Report | undefined> {
    return argument === undefined ? this.#askAndRun('probe') : this.#runGiven(argument, options, 'probe');
  }

  /** The handshake with one thing changed at a time, in the way of "Probe…". */
  async differential(argument: unknown, options: unknown): Promise<Report | undefined> {
    return argument === undefined ? this.#askAndRun('differential') : this.#runGiven(argument, options, 'differential');
  }

  /** From a menu, a lens or a tree: runs profiles for a person who watches. */
  async probeProfiles(argument: unknown, selection: unknown): Promise<void> {
    const chosen = Array.isArray(selection) && selection.length > 1 ? selection : [argument ?? activeProfile()];
    await Promise.all(chosen.map((one) => this.#show(parseTarget(one))));
  }

  /** Runs what a panel shows once more. Errors show in the panel; those that need a decision bring their buttons. */
  async runAgain(subject: ProbeTarget, kind: RunKind = 'probe', more: Partial<RunOptions> = {}): Promise<void> {
    try {
      if (subject.isIncomplete) await this.#askAgain(subject.url, kind);
      else await this.#parts.probes.run(subject, { ask: true, kind, ...more });
    } catch (error) {
      if (subject.isIncomplete || error instanceof ActionableError) showError(error, this.#parts.log);
    }
  }

  /** "Open Inspector…": the target's panel with its last report; runs nothing. */
  async openInspector(argument: unknown): Promise<boolean> {
    const { panels, probes, history, sessions } = this.#parts;
    if (argument instanceof ProbeTarget) {
      panels.open(argument, { preserveFocus: false });
      return true;
    }
    const observed = observedOf(argument);
    if (observed) {
      const subject = sessions.subjectOf(observed.session);
      subject.filterBy(observed.filter);
      if (observed.connection) {
        const { connection } = observed.connection;
        const report = await sessions.request(observed.session, 'tapReport', { connection }).catch(() => null);
        if (report) subject.run.show(report);
      }
      probes.touch(subject);
      panels.open(subject, { preserveFocus: false });
      return true;
    }
    const target = argument === undefined ? activeTarget() : parseTarget(argument);
    if (!target) {
      const entry = await this.#chooseEntry();
      if (entry) await this.openEntry(entry);
      return entry !== undefined;
    }
    const subject = probes.get(target);
    const last = subject.run.report || target.kind !== 'file' ? undefined : history.lastOfFile(target.uri);
    if (last) await this.#fill(subject, last);
    panels.open(subject, { preserveFocus: false });
    return true;
  }

  /** Opens a report of the history; a target that shows a newer one gets a panel of its own. */
  async openEntry(entry: HistoryEntry): Promise<void> {
    const { panels, probes } = this.#parts;
    const target = loadTarget(entry.target);
    const known = target ? probes.get(target) : null;
    const isFree = known && known.run.report === null && known.run.status !== 'running';
    const shows = known?.run.report?.startedAt === entry.startedAt;
    const subject = known && (isFree || shows) ? known : this.#pastReport(entry, target);
    if (!shows) await this.#fill(subject, entry);
    panels.open(subject, { preserveFocus: false });
  }

  async runEntry(entry: HistoryEntry): Promise<void> {
    const target = loadTarget(entry.target);
    if (target) {
      await this.#show(target);
      return;
    }
    await this.#askAgain(entry.url);
  }

  /** Cancels one probe, or asks which when several run. */
  async cancel(argument: unknown): Promise<void> {
    const { probes } = this.#parts;
    if (argument instanceof ProbeTarget) return probes.cancel(argument);
    if (argument !== undefined) return probes.cancel(probes.get(parseTarget(argument)));
    const { running } = probes;
    if (running.length <= 1) {
      for (const subject of running) probes.cancel(subject);
      return;
    }
    const items = running.map((subject) => ({ label: subject.name, description: subject.url, subject }));
    const title = vscode.l10n.t('Cancel which probes?');
    const chosen = await vscode.window.showQuickPick(items, { title, canPickMany: true });
    for (const { subject } of chosen ?? []) probes.cancel(subject);
  }

  #runGiven(argument: unknown, options: unknown, kind: RunKind): Promise<Report> {
    const { probes, panels } = this.#parts;
    const subject = probes.get(parseTarget(argument));
    const onReady = () => panels.open(subject, { preserveFocus: true });
    return probes.run(subject, { ask: false, kind, ...(wantsNoInspector(options) ? {} : { onReady }) });
  }

  async #askAndRun(kind: 'probe' | 'differential'): Promise<Report | undefined> {
    const { index, recent } = this.#parts;
    const sources = { recentUrls: () => recent.list(), profiles: () => index.list() };
    const target = await (await late()).askTarget(sources, kind);
    if (!target) return undefined;
    if (target === 'new-profile') {
      await vscode.commands.executeCommand('wsprobe.newProfile' satisfies CommandId);
      return undefined;
    }
    return this.#show(target, kind);
  }

  async #askAgain(url: string, kind?: RunKind): Promise<void> {
    const typed = await (await late()).askUrl(url, vscode.l10n.t('The credentials of this URL were not kept'));
    if (typed !== undefined) await this.#show({ kind: 'url', url: typed.trim() }, kind);
  }

  #show(target: Target, kind: RunKind = 'probe'): Promise<Report | undefined> {
    const { probes } = this.#parts;
    const subject = probes.get(target);
    return showWhenReady(subject, this.#parts, (onReady) => probes.run(subject, { ask: true, onReady, kind }));
  }

  #pastReport(entry: HistoryEntry, target: Target | null): ProbeTarget {
    const id = `history-${entry.id}`;
    return new ProbeTarget(target ?? { kind: 'url', url: entry.url }, { id, isIncomplete: target === null });
  }

  async #fill(subject: ProbeTarget, entry: HistoryEntry): Promise<void> {
    this.#parts.probes.restore(subject, entry, await this.#parts.history.read(entry.id));
  }

  async #chooseEntry(): Promise<HistoryEntry | undefined> {
    const items = this.#parts.history.entries().map((entry) => ({
      label: entry.name,
      description: entry.url,
      detail: entry.headline ?? '',
      entry,
    }));
    if (items.length === 0) {
      void vscode.window.showInformationMessage(vscode.l10n.t('There is no report yet: probe a URL first.'));
      return undefined;
    }
    return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Open which report?') }))?.entry;
  }
}

/** A log of other programs' connections: all of it, or the rows of one. */
function observedOf(argument: unknown): {
  readonly session: SessionHandle;
  readonly filter: string;
  readonly connection?: ObservedRow['connection'];
} | null {
  if (argument instanceof ObservedRow) return argument;
  return argument instanceof SessionHandle && argument.isObserved ? { session: argument, filter: '' } : null;
}

function activeTarget(): Target | null {
  const uri = activeProfile();
  return uri ? { kind: 'file', uri } : null;
}
