import * as vscode from 'vscode';

/** Says what is missing in something that was made; all of it where the person wants to read it. Nothing where nothing is. */
export async function tellNotes(told: string, notes: readonly string[]): Promise<void> {
  if (notes.length === 0) return;
  const details = vscode.l10n.t('Show All Notes');
  const chosen = await vscode.window.showWarningMessage(told, ...(notes.length > 1 ? [details] : []));
  if (chosen === undefined) return;
  const content = `${notes.join('\n')}\n`;
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content, language: 'plaintext' }));
}
