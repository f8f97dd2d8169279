import * as vscode from 'vscode';
import { type CommandId, ROWS } from '../contributions.js';
import { verdictIcon, verdictWord } from '../verdicts.js';
import type { Watched } from './watched.js';
import { availabilityText, sparkText } from './watchFigures.js';

/** As many as a narrow side bar has room for: what is cut off would be the latest. */
const COLUMNS = 10;

/** Verdict, availability and the latest looks. */
export function watchParts({ summary }: Watched): readonly string[] {
  if (!summary?.verdict) return [vscode.l10n.t('watching')];
  return [verdictWord(summary.verdict), availabilityText(summary.availability), sparkText(summary, COLUMNS)];
}

export function watchIcon({ summary }: Watched): vscode.ThemeIcon {
  return summary?.verdict ? verdictIcon(summary.verdict) : new vscode.ThemeIcon('eye');
}

/** What a screen reader says: the bars mean nothing to it. */
export function watchLabel(watched: Watched): string {
  return [watched.name, vscode.l10n.t('watched'), ...watchParts(watched).slice(0, 2)].join(', ');
}

export function watchItem(watched: Watched): vscode.TreeItem {
  const item = new vscode.TreeItem(watched.name);
  item.id = watched.id;
  item.description = watchParts(watched).join(' · ');
  item.iconPath = watchIcon(watched);
  item.contextValue = ROWS.watched;
  item.command = { command: 'wsprobe.watch.open' satisfies CommandId, title: '', arguments: [watched] };
  item.accessibilityInformation = { label: watchLabel(watched) };
  return item;
}

export function watchTooltip({ name, summary, url }: Watched): string {
  const failure = summary?.verdict === 'down' ? summary.failures.at(-1)?.title : undefined;
  return [name, url, failure, ...(summary?.alerts ?? []).map(({ title }) => title)].filter(Boolean).join('\n');
}
