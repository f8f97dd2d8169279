import * as vscode from 'vscode';
import type { Verdict } from '../core/base/model.js';

const ICONS: Readonly<Record<Verdict, readonly [icon: string, color: string]>> = {
  healthy: ['pass', 'testing.iconPassed'],
  degraded: ['warning', 'list.warningForeground'],
  down: ['error', 'testing.iconFailed'],
};

export function verdictIcon(verdict: Verdict): vscode.ThemeIcon {
  const [icon, color] = ICONS[verdict];
  return new vscode.ThemeIcon(icon, new vscode.ThemeColor(color));
}

export function verdictCodicon(verdict: Verdict): string {
  return `$(${ICONS[verdict][0]})`;
}

export function verdictWord(verdict: Verdict): string {
  switch (verdict) {
    case 'healthy':
      return vscode.l10n.t('healthy');
    case 'degraded':
      return vscode.l10n.t('degraded');
    case 'down':
      return vscode.l10n.t('down');
  }
}

/** The time of day for today, the date and time before. */
export function formatTime(iso: string, now: Date = new Date()): string {
  const at = new Date(iso);
  const sameDay = at.toDateString() === now.toDateString();
  return sameDay
    ? at.toLocaleTimeString(vscode.env.language)
    : at.toLocaleString(vscode.env.language, { dateStyle: 'short', timeStyle: 'short' });
}
