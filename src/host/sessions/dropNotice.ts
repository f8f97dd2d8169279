import * as vscode from 'vscode';
import type { Log } from '../log.js';
import type { SessionHandle } from './sessionHandle.js';

export interface DropActions {
  readonly warn: (text: string, ...actions: readonly string[]) => Thenable<string | undefined>;
  readonly isVisible: (session: SessionHandle) => boolean;
  readonly show: (session: SessionHandle) => void;
  readonly reconnect: (session: SessionHandle) => void;
}

/** Says that a session dropped to a person who cannot see it: its panel is hidden or was closed. */
export async function tellOfDrop(session: SessionHandle, actions: DropActions, log: Log): Promise<void> {
  // One that never had a panel belongs to code, which hears of it by itself.
  if (!session.wasShown || actions.isVisible(session)) return;
  const { name, close, findings } = session.snapshot;
  const why = findings[0]?.title ?? (close ? vscode.l10n.t('closed with {0}', close.code) : '');
  const text = vscode.l10n.t('The session {0} dropped. {1}', name, why).trim();
  const show = vscode.l10n.t('Show');
  const reconnect = vscode.l10n.t('Reconnect');
  // No text of a server may become a link of the notification.
  const safe = log.redact(text).replaceAll('](', '] (');
  const chosen = await actions.warn(safe, show, reconnect);
  if (chosen === show) actions.show(session);
  if (chosen === reconnect) actions.reconnect(session);
}
