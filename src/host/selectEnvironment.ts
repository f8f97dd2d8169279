import * as vscode from 'vscode';
import { ProbeError } from '../core/base/errors.js';
import { activeProfile } from './arguments.js';
import type { Environments } from './environments.js';
import { nameOf, readProfile } from './profileFiles.js';
import type { ProfileIndex } from './profileIndex.js';
import type { ProfileTexts } from './profileTexts.js';

interface EnvironmentItem extends vscode.QuickPickItem {
  readonly environment: string | null;
}

/** The command "Select Environment…": with a profile and a name (or null) it asks nothing. Returns the chosen name. */
export async function selectEnvironment(
  environments: Environments,
  index: ProfileIndex,
  texts: ProfileTexts,
  profile: unknown,
  name: unknown,
): Promise<string | null | undefined> {
  const uri = profile instanceof vscode.Uri ? profile : await chooseProfile(index);
  if (!uri) return undefined;
  const { environments: known } = await texts.parse(await readProfile(uri), uri);
  const chosen = name === undefined ? await chooseEnvironment(uri, known, environments.get(uri)) : name;
  if (chosen === undefined) return undefined;
  if (chosen !== null && typeof chosen !== 'string') {
    throw new ProbeError(
      'environment.unknown',
      vscode.l10n.t('The name of an environment is a text, or null for none.'),
    );
  }
  if (chosen !== null && !known.includes(chosen)) {
    throw new ProbeError(
      'environment.unknown',
      vscode.l10n.t('The profile {0} has no environment "{1}".', nameOf(uri), chosen),
      { hint: vscode.l10n.t('It has: {0}.', known.join(', ') || vscode.l10n.t('none')) },
    );
  }
  await environments.set(uri, chosen);
  return chosen;
}

async function chooseProfile(index: ProfileIndex): Promise<vscode.Uri | undefined> {
  const active = activeProfile();
  if (active) return active;
  const items = (await index.list()).map((uri) => ({
    label: nameOf(uri),
    description: vscode.workspace.asRelativePath(uri),
    uri,
  }));
  const title = vscode.l10n.t('Environment of which profile?');
  return (await vscode.window.showQuickPick(items, { title }))?.uri;
}

async function chooseEnvironment(
  uri: vscode.Uri,
  known: readonly string[],
  current: string | null,
): Promise<string | null | undefined> {
  if (known.length === 0) {
    throw new ProbeError('environment.none', vscode.l10n.t('The profile {0} has no environments.', nameOf(uri)), {
      hint: vscode.l10n.t('Add "environments" to it.'),
    });
  }
  const item = (environment: string | null): EnvironmentItem => ({
    label: environment ?? vscode.l10n.t('No environment'),
    description: environment === current ? vscode.l10n.t('current') : '',
    environment,
  });
  const title = vscode.l10n.t('Environment of {0}', nameOf(uri));
  return (await vscode.window.showQuickPick([...known.map(item), item(null)], { title }))?.environment;
}
