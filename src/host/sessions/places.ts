import * as vscode from 'vscode';
import { ProbeError } from '../../core/base/errors.js';

/** A file name of what people and servers call a session: letters, digits, dots and dashes. */
export function safeFileName(name: string, fallback: string): string {
  const safe = name.replace(/^wss?:\/\//i, '').replace(/[^\p{L}\p{N}.-]+/gu, '-');
  return safe.replace(/^[-.]+|[-.]+$/g, '').slice(0, 60) || fallback;
}

/** `orders-20261120-134502.wsrec`. */
export function timedFileName(name: string, extension: string, now = new Date()): string {
  const digits = now.toISOString().replace(/\D/g, '');
  return `${safeFileName(name, 'session')}-${digits.slice(0, 8)}-${digits.slice(8, 14)}.${extension}`;
}

/** Where files of ours go unless told: the first folder of the workspace, else the extension's own. Made when it is not there. */
export async function defaultFolder(storage: vscode.Uri): Promise<vscode.Uri> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (folder?.scheme === 'file') return folder;
  await vscode.workspace.fs.createDirectory(storage);
  return storage;
}

/** The path of a file the engine reads or writes: it knows files of its own machine only. */
export function localPath(uri: vscode.Uri): string {
  if (uri.scheme === 'file') return uri.fsPath;
  throw new ProbeError('file.not-local', vscode.l10n.t('Only files of the machine that connects can be used here.'));
}
