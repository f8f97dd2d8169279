import * as vscode from 'vscode';
import { ProbeError } from '../../core/base/errors.js';

/** Makes a document hold another text by one edit of what differs, which its editor can undo. */
export async function replaceText(document: vscode.TextDocument, text: string, save: boolean): Promise<void> {
  const before = document.getText();
  if (before === text) return;
  const edit = new vscode.WorkspaceEdit();
  const { start, end, inserted } = differing(before, text);
  edit.replace(document.uri, new vscode.Range(document.positionAt(start), document.positionAt(end)), inserted);
  const done = await vscode.workspace.applyEdit(edit);
  if (!done || document.getText() !== text) {
    throw new ProbeError('fix.not-written', vscode.l10n.t('The profile could not be changed.'));
  }
  if (save && !(await document.save())) {
    throw new ProbeError('fix.not-written', vscode.l10n.t('The profile was changed, and could not be saved.'));
  }
}

/** Never within a line end, which an editor takes as one character. */
function differing(before: string, after: string) {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let tail = 0;
  while (tail < shorter - start && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  if (before[start - 1] === '\r') start--;
  if (before[before.length - tail] === '\n') tail = Math.max(0, tail - 1);
  return { start, end: before.length - tail, inserted: after.slice(start, after.length - tail) };
}
