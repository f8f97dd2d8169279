import * as vscode from 'vscode';
import type { SessionSnapshot } from '../../protocol/session.js';
import type { SessionHandle } from './sessionHandle.js';

const ICONS: Readonly<Record<SessionSnapshot['state'], readonly [icon: string, color: string | null]>> = {
  connecting: ['loading~spin', null],
  open: ['vm-active', 'testing.iconPassed'],
  closing: ['loading~spin', null],
  closed: ['debug-disconnect', 'disabledForeground'],
  reconnecting: ['sync~spin', 'list.warningForeground'],
};

/** Ended, and not as anybody wanted. */
function hasDropped(session: SessionHandle): boolean {
  return !session.isLive && !session.isObserved && !session.endedByPerson && !(session.snapshot.close?.clean ?? false);
}

export function sessionIcon(session: SessionHandle): vscode.ThemeIcon {
  if (hasDropped(session)) return new vscode.ThemeIcon('error', new vscode.ThemeColor('testing.iconFailed'));
  const [icon, color] = ICONS[session.snapshot.state];
  return color === null ? new vscode.ThemeIcon(icon) : new vscode.ThemeIcon(icon, new vscode.ThemeColor(color));
}

export function sessionWord(session: SessionHandle): string {
  const { state, close, observed } = session.snapshot;
  if (observed) return state === 'closed' ? vscode.l10n.t('ended') : vscode.l10n.t('{0} open', observed.open);
  switch (state) {
    case 'connecting':
      return vscode.l10n.t('connecting');
    case 'open':
      return vscode.l10n.t('open');
    case 'closing':
      return vscode.l10n.t('closing');
    case 'reconnecting':
      return vscode.l10n.t('reconnecting');
    case 'closed':
      return close ? vscode.l10n.t('closed {0}', close.code) : vscode.l10n.t('closed');
  }
}

/** `12/s` for what moves, both ways; empty at rest. */
export function sessionRate({ snapshot }: SessionHandle): string {
  const perSecond = snapshot.sent.messagesPerSecond + snapshot.received.messagesPerSecond;
  return perSecond > 0 ? vscode.l10n.t('{0}/s', Math.round(perSecond).toLocaleString(vscode.env.language)) : '';
}
