import * as vscode from 'vscode';
import { PROFILE_LANGUAGE } from './contributions.js';

/** The profile in the active editor, saved or not. */
export function activeProfile(): vscode.Uri | undefined {
  const document = vscode.window.activeTextEditor?.document;
  return document?.languageId === PROFILE_LANGUAGE ? document.uri : undefined;
}

/** Whether a command's last argument is `{ inspector: false }`. */
export function wantsNoInspector(options: unknown): boolean {
  return typeof options === 'object' && options !== null && (options as { inspector?: unknown }).inspector === false;
}
