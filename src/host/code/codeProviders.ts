import * as vscode from 'vscode';
import { CODE_LANGUAGES } from '../contributions.js';
import { DisposableStore } from '../disposableStore.js';
import { setting } from '../settings.js';

const MAX_CHARACTERS = 1024 * 1024;
const ADDRESS = /\bwss?:\/\//i;

const late = () => import('../late.js');

/** What ordinary code says of WebSockets can be used where it stands. Who answers comes with the first that does. */
export function registerCode(): vscode.Disposable {
  const { languages } = vscode;
  const store = new DisposableStore();
  const code = CODE_LANGUAGES.map((language) => ({ language }));
  const hover = {
    provideHover: async (document: vscode.TextDocument, position: vscode.Position) => {
      const { text } = document.lineAt(position.line);
      if (!ADDRESS.test(text) && !/\d{4}/.test(text)) return null;
      return (await late()).hoverInCode(text, position);
    },
  };
  store.add(languages.registerHoverProvider(code, hover));
  const links = {
    provideDocumentLinks: async (document: vscode.TextDocument) =>
      hasAddress(document) ? (await late()).linksInCode(document) : [],
  };
  store.add(languages.registerDocumentLinkProvider(code, links));
  const changed = store.add(new vscode.EventEmitter<void>());
  const lenses = {
    onDidChangeCodeLenses: changed.event,
    provideCodeLenses: async (document: vscode.TextDocument) =>
      setting('codeLens.urls') && hasAddress(document) ? (await late()).lensesInCode(document) : [],
  };
  store.add(languages.registerCodeLensProvider(code, lenses));
  store.add(
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('wsprobe.codeLens.urls')) changed.fire();
    }),
  );
  store.add(
    vscode.window.registerTerminalLinkProvider({
      provideTerminalLinks: async ({ line }) => (ADDRESS.test(line) ? (await late()).linksInTerminal(line) : []),
      handleTerminalLink: async (link) => (await late()).openTerminalLink(link),
    }),
  );
  return store;
}

function hasAddress(document: vscode.TextDocument): boolean {
  const text = document.getText();
  return text.length <= MAX_CHARACTERS && ADDRESS.test(text);
}
