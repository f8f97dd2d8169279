import * as vscode from 'vscode';
import type { Secrets } from './secrets.js';

interface SecretItem extends vscode.QuickPickItem {
  readonly secret: string | null;
}

/** The command "Set Secret…": with a name and a value it asks nothing; without, it lists, sets and deletes. Returns the name. */
export async function setSecret(secrets: Secrets, name: unknown, value: unknown): Promise<string | undefined> {
  if (typeof name === 'string' && typeof value === 'string') {
    await secrets.set(name, value);
    return name;
  }
  const chosen = typeof name === 'string' ? name : await chooseSecret(secrets);
  if (chosen === undefined) return undefined;
  return (await askSecret(secrets, chosen)) ? chosen : undefined;
}

/** The command "Forget Secret…": by name it asks nothing; without, it lists those that are kept, with their hosts. Returns the name. */
export async function forgetSecret(secrets: Secrets, name: unknown): Promise<string | undefined> {
  const chosen = typeof name === 'string' ? name : await chooseKept(secrets);
  if (chosen === undefined || !secrets.names().includes(chosen)) return undefined;
  await secrets.delete(chosen);
  return chosen;
}

async function chooseKept(secrets: Secrets): Promise<string | undefined> {
  const names = secrets.names();
  if (names.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('No secret is kept.'));
    return undefined;
  }
  const items = names.map((secret) => ({
    label: `$(key) ${secret}`,
    description: secrets.consents.hostsOf(secret).join(', '),
    secret,
  }));
  const title = vscode.l10n.t('Secrets of WebSocket profiles');
  const placeHolder = vscode.l10n.t('Choose one to forget');
  return (await vscode.window.showQuickPick(items, { title, placeHolder }))?.secret;
}

/** Asks for one value, masked, and stores it; false when the person turned away. `hosts`: where it is about to go. */
async function askSecret(secrets: Secrets, name: string, hosts: readonly string[] = []): Promise<boolean> {
  const value = await vscode.window.showInputBox({
    title:
      hosts.length === 0
        ? vscode.l10n.t('Value of the secret "{0}"', name)
        : vscode.l10n.t('Value of the secret "{0}" for {1}', name, hosts.join(', ')),
    prompt: vscode.l10n.t('Kept in the secret storage of VS Code. Profiles name it as {0}.', `\${secret:${name}}`),
    password: true,
    ignoreFocusOut: true,
  });
  if (value === undefined || value === '') return false;
  await secrets.set(name, value);
  return true;
}

/** Asks for those that have no value yet, one after the other; false as soon as the person turns away. */
export async function askMissingSecrets(
  secrets: Secrets,
  names: readonly string[],
  hosts: readonly string[],
): Promise<boolean> {
  for (const name of names) {
    if (!(await askSecret(secrets, name, hosts))) return false;
  }
  return true;
}

async function chooseSecret(secrets: Secrets): Promise<string | undefined> {
  if (secrets.names().length === 0) return askName();
  const remove: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('trash'),
    tooltip: vscode.l10n.t('Delete secret'),
  };
  const pick = vscode.window.createQuickPick<SecretItem>();
  const fill = () => {
    pick.items = [
      { label: `$(add) ${vscode.l10n.t('New secret…')}`, secret: null, alwaysShow: true },
      ...secrets.names().map((name) => ({ label: `$(key) ${name}`, secret: name, buttons: [remove] })),
    ];
  };
  fill();
  pick.title = vscode.l10n.t('Secrets of WebSocket profiles');
  pick.placeholder = vscode.l10n.t('Choose one to give it a new value');
  try {
    const chosen = await new Promise<SecretItem | undefined>((resolve) => {
      pick.onDidAccept(() => resolve(pick.selectedItems[0]));
      pick.onDidHide(() => resolve(undefined));
      pick.onDidTriggerItemButton(async ({ item }) => {
        if (item.secret === null) return;
        await secrets.delete(item.secret);
        fill();
      });
      pick.show();
    });
    if (!chosen) return undefined;
    return chosen.secret ?? (await askName());
  } finally {
    pick.dispose();
  }
}

function askName(): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: vscode.l10n.t('Name of the secret'),
    prompt: vscode.l10n.t('Profiles name it as {0}.', '${secret:name}'),
    validateInput: (text) =>
      /^[\w.-]+$/.test(text) ? undefined : vscode.l10n.t('Use letters, digits, dot, dash and underscore.'),
  });
}
