import * as vscode from 'vscode';
import type { ObservedConnection } from '../../protocol/session.js';
import { type CommandId, ROWS } from '../contributions.js';
import type { SessionHandle } from './sessionHandle.js';

const ICONS: Readonly<Record<ObservedConnection['state'], string>> = {
  connecting: 'loading~spin',
  open: 'vm-active',
  closed: 'debug-disconnect',
  refused: 'error',
};

/** One connection of another program, as a row below the log that it is in. */
export class ObservedRow {
  readonly session: SessionHandle;
  readonly connection: ObservedConnection;

  constructor(session: SessionHandle, connection: ObservedConnection) {
    this.session = session;
    this.connection = connection;
  }

  /** What shows this connection's rows of the log alone. */
  get filter(): string {
    return `conn:${this.connection.connection}`;
  }
}

/** The rows below a log; none for a session of our own. */
export function observedRows(session: SessionHandle): ObservedRow[] {
  return (session.snapshot.observed?.listed ?? []).map((connection) => new ObservedRow(session, connection));
}

export function observedItem(row: ObservedRow): vscode.TreeItem {
  const { session, connection } = row;
  const { client, state } = connection;
  const name = client?.path ?? connection.name;
  const item = new vscode.TreeItem(name);
  const parts = [stateWord(connection), messagesWord(connection), client?.peer, client?.origin].filter(Boolean);
  item.id = `${session.id}/${connection.connection}`;
  item.description = parts.join(' · ');
  item.iconPath = new vscode.ThemeIcon(ICONS[state]);
  item.contextValue = !session.snapshot.observed?.tap
    ? ROWS.observed
    : state === 'open'
      ? ROWS.tapped
      : ROWS.tappedEnded;
  item.command = { command: 'wsprobe.openInspector' satisfies CommandId, title: '', arguments: [row] };
  item.accessibilityInformation = { label: [name, ...parts].join(', ') };
  return item;
}

function stateWord({ state, code }: ObservedConnection): string {
  switch (state) {
    case 'connecting':
      return vscode.l10n.t('connecting');
    case 'open':
      return vscode.l10n.t('open');
    case 'refused':
      return vscode.l10n.t('refused');
    case 'closed':
      return code === null ? vscode.l10n.t('closed') : vscode.l10n.t('closed {0}', code);
  }
}

function messagesWord({ messages }: ObservedConnection): string {
  return messages === 1
    ? vscode.l10n.t('1 message')
    : vscode.l10n.t('{0} messages', messages.toLocaleString(vscode.env.language));
}
