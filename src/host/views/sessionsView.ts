import * as vscode from 'vscode';
import { Coalescer } from '../../protocol/coalescer.js';
import { type CommandId, ROWS } from '../contributions.js';
import { DisposableStore } from '../disposableStore.js';
import type { Probes } from '../probes.js';
import type { ProbeTarget } from '../target/probeTarget.js';
import { ObservedRow, observedItem, observedRows } from '../sessions/observedRow.js';
import { SessionHandle } from '../sessions/sessionHandle.js';
import type { Sessions } from '../sessions/sessions.js';
import { sessionIcon, sessionRate, sessionWord } from '../sessions/sessionWords.js';
import type { WatchList } from '../watch/watchList.js';
import { watchItem, watchTooltip } from '../watch/watchRow.js';
import { Watched } from '../watch/watched.js';
import { formatTime } from '../verdicts.js';

const REFRESH_INTERVAL_MS = 500;

type Row = SessionHandle | ProbeTarget | Watched | ObservedRow;

/** The probes that run right now, what is watched, and the sessions, live and ended; below a log of other programs, its connections. */
export class SessionsView implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  readonly #probes: Probes;
  readonly #sessions: Pick<Sessions, 'all' | 'open' | 'onDidChange' | 'subjectOf'>;
  readonly #watched: Pick<WatchList, 'all' | 'onDidChange'>;
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<void>());
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(
    probes: Probes,
    sessions: Pick<Sessions, 'all' | 'open' | 'onDidChange' | 'subjectOf'>,
    watched: Pick<WatchList, 'all' | 'onDidChange'>,
  ) {
    this.#probes = probes;
    this.#watched = watched;
    this.#sessions = sessions;
    const refresh = this.#store.add(new Coalescer<void>(REFRESH_INTERVAL_MS, () => this.#changed.fire()));
    this.#store.add(probes.onDidChange(() => refresh.push()));
    this.#store.add(sessions.onDidChange(() => refresh.push()));
    this.#store.add(watched.onDidChange(() => refresh.push()));
  }

  /** For the activity bar: how many sessions are open. */
  get badge(): vscode.ViewBadge | undefined {
    const value = this.#sessions.open.length;
    const tooltip = value === 1 ? vscode.l10n.t('1 open session') : vscode.l10n.t('{0} open sessions', value);
    return value === 0 ? undefined : { value, tooltip };
  }

  getChildren(parent?: Row): Row[] {
    if (parent) return parent instanceof SessionHandle ? observedRows(parent) : [];
    return [...this.#probes.running, ...this.#watched.all, ...this.#sessions.all];
  }

  getTreeItem(element: Row): vscode.TreeItem {
    if (element instanceof Watched) return watchItem(element);
    if (element instanceof ObservedRow) return observedItem(element);
    return element instanceof SessionHandle
      ? sessionItem(element, this.#sessions.subjectOf(element))
      : probeItem(element);
  }

  async resolveTreeItem(item: vscode.TreeItem, element: Row): Promise<vscode.TreeItem> {
    if (element instanceof Watched) item.tooltip = watchTooltip(element);
    else if (element instanceof ObservedRow) item.tooltip = (await import('../late.js')).observedTooltip(element);
    else if (element instanceof SessionHandle) item.tooltip = (await import('../late.js')).sessionTooltip(element);
    else item.tooltip = element.url;
    return item;
  }

  dispose(): void {
    this.#store.dispose();
  }
}

function probeItem(subject: ProbeTarget): vscode.TreeItem {
  const item = new vscode.TreeItem(subject.name);
  item.id = subject.id;
  item.description = subject.run.progress?.running ?? vscode.l10n.t('starting');
  item.iconPath = new vscode.ThemeIcon('loading~spin');
  item.contextValue = ROWS.running;
  item.command = { command: 'wsprobe.openInspector' satisfies CommandId, title: '', arguments: [subject] };
  item.accessibilityInformation = { label: vscode.l10n.t('{0}, probe is running', subject.name) };
  return item;
}

function sessionItem(session: SessionHandle, subject: ProbeTarget): vscode.TreeItem {
  const { name } = session.snapshot;
  const last = session.lastMessageAt;
  const tap = session.snapshot.observed?.tap;
  const held = tap && tap.held.count > 0 && vscode.l10n.t('{0} held', tap.held.count);
  const parts = [
    sessionWord(session),
    held,
    session.isLive && tap?.address,
    tap?.isOpen && vscode.l10n.t('OPEN TO THE NETWORK'),
    sessionRate(session),
    last && formatTime(last.toISOString()),
  ];
  const item = new vscode.TreeItem(name);
  item.id = session.id;
  item.description = parts.filter(Boolean).join(' · ');
  item.iconPath = sessionIcon(session);
  item.contextValue = session.isLive ? ROWS.liveSession : ROWS.endedSession;
  if (session.isObserved) {
    item.contextValue = !session.isLive ? ROWS.observedEnded : tap ? ROWS.tapping : ROWS.observing;
    item.collapsibleState = vscode.TreeItemCollapsibleState.Expanded;
  }
  item.command = {
    command: 'wsprobe.openInspector' satisfies CommandId,
    title: '',
    arguments: [session.isObserved ? session : subject],
  };
  item.accessibilityInformation = { label: [name, ...parts].filter(Boolean).join(', ') };
  return item;
}
