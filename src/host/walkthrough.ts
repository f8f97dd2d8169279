import * as vscode from 'vscode';
import { type CommandId, PROFILE_LANGUAGE } from './contributions.js';

/** What the walkthrough does for a person, each with the playground, which it starts. */
export async function showFailure(): Promise<void> {
  const url = `${(await playground()).replace(/^ws:/, 'wss:')}/echo`;
  if (!vscode.workspace.isTrusted) {
    await run('wsprobe.probe', url);
    return;
  }
  const uri = await openProfile('first', [
    '{',
    `  "name": ${JSON.stringify(vscode.l10n.t('My first profile'))},`,
    `  // ${vscode.l10n.t('The server speaks no TLS on this port, and the address says it does.')}`,
    `  "url": ${JSON.stringify(url)}`,
    '}',
    '',
  ]);
  await run('wsprobe.profile.probe', uri);
}

export async function talk(): Promise<void> {
  await run('wsprobe.connect', `${await playground()}/echo`);
}

/** A conversation that is a test: its steps are told one by one. */
export async function makeTest(): Promise<void> {
  const url = `${await playground()}/echo`;
  const uri = await openProfile('echo-test', [
    '{',
    `  "name": ${JSON.stringify(vscode.l10n.t('The echo answers'))},`,
    `  "url": ${JSON.stringify(url)},`,
    '  "steps": [',
    `    ${JSON.stringify({ name: vscode.l10n.t('say hello'), send: { json: { type: 'hello' } } })},`,
    `    ${JSON.stringify({ name: vscode.l10n.t('hear it again'), expect: { jsonPath: '$.type', equals: 'hello' }, withinMs: 1000 })}`,
    '  ]',
    '}',
    '',
  ]);
  await run('wsprobe.profile.probe', uri);
}

/** Where it listens. */
async function playground(): Promise<string> {
  const { ws } = await run<{ readonly ws: string }>('wsprobe.playground.start', {});
  return ws.replace(/\/$/, '');
}

/** An unsaved profile, shown; one of that name that is open already is used again. */
async function openProfile(name: string, lines: readonly string[]): Promise<vscode.Uri> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const file = `${name}.wsprobe`;
  const path = folder ? vscode.Uri.joinPath(folder, file).path : file;
  const document = await vscode.workspace.openTextDocument(vscode.Uri.from({ scheme: 'untitled', path }));
  const edit = new vscode.WorkspaceEdit();
  const whole = new vscode.Range(new vscode.Position(0, 0), document.positionAt(document.getText().length));
  edit.replace(document.uri, whole, lines.join('\n'));
  await vscode.workspace.applyEdit(edit);
  await vscode.languages.setTextDocumentLanguage(document, PROFILE_LANGUAGE);
  await vscode.window.showTextDocument(document, { preview: false });
  return document.uri;
}

function run<T>(command: CommandId, argument: unknown): Thenable<T> {
  return vscode.commands.executeCommand<T>(command, argument);
}
