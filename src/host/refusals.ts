import * as vscode from 'vscode';
import type { ProbeError } from '../core/base/errors.js';
import type { CommandId } from './contributions.js';
import { ActionableError } from './errors.js';

/** Throws in Restricted Mode. */
export function requireTrust(): void {
  if (vscode.workspace.isTrusted) return;
  throw new ActionableError(
    'guard.restricted-mode',
    vscode.l10n.t('Profiles do not run in Restricted Mode: one could send your secrets to any address.'),
    vscode.l10n.t('Trust this workspace to run its profiles, or probe a URL that you type yourself.'),
    [
      {
        title: vscode.l10n.t('Manage Workspace Trust'),
        run: () => vscode.commands.executeCommand('workbench.trust.manage'),
      },
    ],
  );
}

export function missingSecrets(names: readonly string[]): ProbeError {
  return new ActionableError(
    'secret.missing',
    names.length === 1
      ? vscode.l10n.t('The secret "{0}" has no value yet.', names[0] ?? '')
      : vscode.l10n.t('These secrets have no value yet: {0}.', names.join(', ')),
    vscode.l10n.t('Set it with "WebSocket: Set Secret…".'),
    [
      {
        title: vscode.l10n.t('Set Secret…'),
        run: () => vscode.commands.executeCommand('wsprobe.setSecret' satisfies CommandId, names[0]),
      },
    ],
  );
}
