import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import * as vscode from 'vscode';
import { activated } from './support/extension.js';

const TEXT = `const socket = new WebSocket('ws://127.0.0.1:4480/echo');
socket.onclose = ({ code }) => { if (code === 1006) retry(); };
fetch(\`ws://host/\${id}\`);
`;

describe('WebSockets in ordinary code', () => {
  let document: vscode.TextDocument;
  const config = () => vscode.workspace.getConfiguration('wsprobe');

  before(async () => {
    await activated();
    document = await vscode.workspace.openTextDocument({ language: 'javascript', content: TEXT });
  });
  after(() => config().update('codeLens.urls', undefined, vscode.ConfigurationTarget.Global));

  const hoverAt = async (text: string) => {
    const at = document.positionAt(TEXT.indexOf(text) + 2);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      at,
    );
    return hovers
      .flatMap(({ contents }) => contents)
      .map((one) => (typeof one === 'object' ? one.value : one))
      .join('\n');
  };
  const lenses = async () =>
    (await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 20))
      .flatMap(({ command }) => command ?? [])
      .filter(({ command }) => command.startsWith('wsprobe.'));

  it('are probed, connected to and made a profile from a hover', async () => {
    const text = await hoverAt('ws://127');
    for (const name of ['Probe', 'Connect', 'Make a Profile'])
      match(text, new RegExp(`\\[${name}\\]\\(command:wsprobe\\.`));
    strictEqual(await hoverAt('ws://host'), '');
  });

  it('tell what a close code means', async () => {
    match(await hoverAt('1006'), /1006/);
  });

  it('are links', async () => {
    const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>(
      'vscode.executeLinkProvider',
      document.uri,
    );
    const ours = links.filter(({ target }) => target?.scheme === 'command');
    strictEqual(ours.length, 1);
    ok(ours[0]?.target?.query.includes('ws://127.0.0.1:4480/echo'));
  });

  it('have lenses where the setting says so', async () => {
    deepStrictEqual(await lenses(), []);
    await config().update('codeLens.urls', true, vscode.ConfigurationTarget.Global);
    deepStrictEqual(
      (await lenses()).map(({ title, arguments: given }) => [title, given]),
      ['Probe', 'Connect', 'Make a Profile'].map((title) => [title, ['ws://127.0.0.1:4480/echo']]),
    );
  });
});
