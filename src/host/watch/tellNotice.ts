import * as vscode from 'vscode';
import type { Log } from '../log.js';
import { verdictWord } from '../verdicts.js';
import type { Notice } from './notices.js';

interface Told {
  readonly name: string;
  readonly log: Log;
  readonly open: () => unknown;
}

/** A notification, with the fix to copy where there is one. */
export async function tellNotice(
  { fix, to, why }: Pick<Notice<unknown>, 'fix' | 'to' | 'why'>,
  { log, name, open }: Told,
): Promise<void> {
  const copy = vscode.l10n.t('Copy Fix');
  const show = vscode.l10n.t('Open');
  const what = to === null ? vscode.l10n.t('{0}: alert', name) : `${name}: ${verdictWord(to)}`;
  // No text of a file or a server may become a link.
  const text = log.redact([what, why].filter((part) => part !== '').join('. ')).replaceAll('](', '] (');
  log.info(`Watch ${text}`);
  const tell = to === 'healthy' ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
  const chosen = await tell(text, ...(fix === null ? [show] : [copy, show]));
  if (chosen === copy && fix !== null) await vscode.env.clipboard.writeText(fix);
  if (chosen === show) await open();
}
