import * as vscode from 'vscode';
import { ProbeError } from '../core/base/errors.js';
import { messageOf } from './errorText.js';
import type { Log } from './log.js';

export interface ErrorAction {
  readonly title: string;
  readonly run: () => unknown;
}

/** A ProbeError that brings its next step as buttons. */
export class ActionableError extends ProbeError {
  readonly actions: readonly ErrorAction[];

  constructor(code: string, message: string, hint: string, actions: readonly ErrorAction[]) {
    super(code, message, { hint });
    this.actions = actions;
  }
}

/** Shows what went wrong and the next step; never a stack. Does not wait for the person. */
export function showError(error: unknown, log: Log): void {
  const { code, message, hint } = messageOf(error);
  log.error(code === null && error instanceof Error ? (error.stack ?? message) : message);
  const actions = error instanceof ActionableError ? error.actions : [];
  const showLog: ErrorAction = { title: vscode.l10n.t('Show Log'), run: () => log.show() };
  const items = actions.length > 0 ? actions : [showLog];
  // A notification makes links of `[text](target)`, commands among them; no text of a file or a server may be one.
  const text = log.redact(hint ? `${message} ${hint}` : message).replaceAll('](', '] (');
  void vscode.window.showErrorMessage(text, ...items).then((chosen) => chosen?.run());
}
