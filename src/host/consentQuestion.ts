import * as vscode from 'vscode';
import { ProbeError } from '../core/base/errors.js';
import type { Shown } from './consents.js';

/** Asks whether all of this may go to a host; rejects where it may not. */
export async function askConsent(shown: Shown, host: string): Promise<void> {
  const allow = vscode.l10n.t('Allow');
  const detail =
    shown.env.length === 0
      ? vscode.l10n.t('It would go to this host for the first time. Your answer is kept for this secret and host.')
      : vscode.l10n.t('It would go to this host for the first time. Your answer is kept.');
  const answer = await vscode.window.showWarningMessage(questionOf(shown, host), { modal: true, detail }, allow);
  if (answer === allow) return;
  throw new ProbeError('secret.refused', refusalOf(shown, host), {
    hint: vscode.l10n.t('Run it again to be asked once more.'),
  });
}

function questionOf({ secrets, env }: Shown, host: string): string {
  const [first = ''] = secrets;
  if (env.length === 0 && secrets.length === 1) return vscode.l10n.t('Send the secret "{0}" to {1}?', first, host);
  if (env.length === 0) return vscode.l10n.t('Send the secrets {0} to {1}?', secrets.join(', '), host);
  if (secrets.length === 0 && env.length === 1) {
    return vscode.l10n.t('Send the environment variable "{0}" to {1}?', env[0] ?? '', host);
  }
  return vscode.l10n.t('Send {0} to {1}?', referencesTo({ secrets, env }), host);
}

function refusalOf({ secrets, env }: Shown, host: string): string {
  const [first = ''] = secrets;
  if (env.length > 0) {
    return vscode.l10n.t('{0} may not go to {1}: nothing was sent.', referencesTo({ secrets, env }), host);
  }
  return secrets.length === 1
    ? vscode.l10n.t('The secret "{0}" may not go to {1}: nothing was sent.', first, host)
    : vscode.l10n.t('The secrets {0} may not go to {1}: nothing was sent.', secrets.join(', '), host);
}

/** As a profile writes them. */
function referencesTo({ secrets, env }: Shown): string {
  return [...secrets.map((name) => `\${secret:${name}}`), ...env.map((name) => `\${env:${name}}`)].join(', ');
}
