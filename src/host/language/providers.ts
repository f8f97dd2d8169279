import * as vscode from 'vscode';
import type { Place } from '../../core/profile/problems.js';
import type { Completion, Edit, QuickFix } from '../../core/language/index.js';
import { type CommandId, PROFILE_LANGUAGE } from '../contributions.js';
import { DisposableStore } from '../disposableStore.js';
import type { Environments } from '../environments.js';
import type { History } from '../history.js';
import { contextOfFile } from '../prepare.js';
import type { Secrets } from '../secrets.js';
import { PROBLEM_SOURCE } from './diagnostics.js';
import { LastRuns } from './lastRun.js';
import { loadLanguage } from './loadLanguage.js';

export interface LanguageParts {
  readonly secrets: Secrets;
  readonly environments: Environments;
  readonly history: History;
}

const PROFILES: vscode.DocumentSelector = { language: PROFILE_LANGUAGE };

/** What is ours beside the JSON server: completion inside texts, hover, quick fixes, rename, references, links. */
export function registerLanguage(parts: LanguageParts): vscode.Disposable {
  const { languages } = vscode;
  const store = new DisposableStore();
  const runs = new LastRuns(parts.history);
  store.add(languages.registerCompletionItemProvider(PROFILES, completion(parts, runs), '"', '$', '{', ':'));
  store.add(languages.registerHoverProvider(PROFILES, hover(parts, runs)));
  const kinds = { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] };
  store.add(languages.registerCodeActionsProvider(PROFILES, { provideCodeActions: codeActions }, kinds));
  store.add(languages.registerRenameProvider(PROFILES, { prepareRename, provideRenameEdits }));
  store.add(languages.registerReferenceProvider(PROFILES, { provideReferences }));
  store.add(languages.registerDefinitionProvider(PROFILES, { provideDefinition }));
  store.add(languages.registerDocumentLinkProvider(PROFILES, { provideDocumentLinks }));
  return store;
}

function completion({ secrets }: LanguageParts, runs: LastRuns): vscode.CompletionItemProvider {
  return {
    async provideCompletionItems(document, position) {
      const { complete } = await loadLanguage();
      const { paths } = await runs.of(document.uri);
      const known = { secrets: secrets.names(), env: Object.keys(process.env).sort(), paths };
      const items = complete(document.getText(), document.offsetAt(position), known);
      return items.map((item, index) => completionItem(document, item, index));
    },
  };
}

const KINDS: Readonly<Record<Completion['kind'], vscode.CompletionItemKind>> = {
  variable: vscode.CompletionItemKind.Variable,
  secret: vscode.CompletionItemKind.Keyword,
  env: vscode.CompletionItemKind.Constant,
  value: vscode.CompletionItemKind.Value,
  name: vscode.CompletionItemKind.Property,
};

function completionItem(
  document: vscode.TextDocument,
  { label, kind, detail, text, ...place }: Completion,
  index: number,
) {
  const item = new vscode.CompletionItem(label, KINDS[kind]);
  item.detail = detail;
  item.insertText = text;
  item.range = rangeOf(document, place);
  item.sortText = String(index).padStart(4, '0');
  return item;
}

function hover({ secrets, environments }: LanguageParts, runs: LastRuns): vscode.HoverProvider {
  return {
    async provideHover(document, position) {
      const language = await loadLanguage();
      const { lastMs } = await runs.of(document.uri);
      const { env, environment } = contextOfFile(document.uri, environments);
      const context = { env, environment, secretNames: secrets.names(), lastMs };
      const found = language.hover(document.getText(), document.offsetAt(position), context);
      if (!found) return null;
      return new vscode.Hover(new vscode.MarkdownString(found.lines.join('\n\n')), rangeOf(document, found));
    },
  };
}

async function codeActions(
  document: vscode.TextDocument,
  _: vscode.Range,
  { diagnostics }: vscode.CodeActionContext,
): Promise<vscode.CodeAction[]> {
  const ours = diagnostics.filter(({ source }) => source === PROBLEM_SOURCE);
  if (ours.length === 0) return [];
  const { quickFixes } = await loadLanguage();
  const text = document.getText();
  return ours.flatMap((diagnostic) => {
    const offset = document.offsetAt(diagnostic.range.start);
    const length = document.offsetAt(diagnostic.range.end) - offset;
    const code = typeof diagnostic.code === 'string' ? diagnostic.code : '';
    const problem = { code, message: diagnostic.message, offset, length };
    return quickFixes(text, problem).map((fix) => codeAction(document, diagnostic, fix));
  });
}

function codeAction(document: vscode.TextDocument, diagnostic: vscode.Diagnostic, fix: QuickFix): vscode.CodeAction {
  const action = new vscode.CodeAction(fix.title.replaceAll('`', ''), vscode.CodeActionKind.QuickFix);
  action.diagnostics = [diagnostic];
  action.isPreferred = fix.isPreferred;
  if (fix.edits.length > 0) action.edit = workspaceEdit(document, fix.edits);
  if (fix.deed) action.command = commandOf(fix.deed, document.uri);
  return action;
}

function commandOf(deed: NonNullable<QuickFix['deed']>, uri: vscode.Uri): vscode.Command {
  if (deed.kind === 'set-secret') {
    return { title: '', command: 'wsprobe.setSecret' satisfies CommandId, arguments: [deed.name] };
  }
  return { title: '', command: 'wsprobe.selectEnvironment' satisfies CommandId, arguments: [uri] };
}

async function prepareRename(document: vscode.TextDocument, position: vscode.Position) {
  const { renamable } = await loadLanguage();
  const found = renamable(document.getText(), document.offsetAt(position));
  if (!found) throw new Error(vscode.l10n.t('There is no name of a variable, capture or client here.'));
  if ('why' in found) throw new Error(found.why);
  return { range: rangeOf(document, found), placeholder: found.name };
}

async function provideRenameEdits(document: vscode.TextDocument, position: vscode.Position, name: string) {
  const { rename } = await loadLanguage();
  const edits = rename(document.getText(), document.offsetAt(position), name);
  if ('why' in edits) throw new Error(edits.why);
  return workspaceEdit(document, edits);
}

async function provideReferences(
  document: vscode.TextDocument,
  position: vscode.Position,
  { includeDeclaration }: vscode.ReferenceContext,
) {
  const { references } = await loadLanguage();
  const found = references(document.getText(), document.offsetAt(position));
  const places = found ? [...(includeDeclaration ? found.declarations : []), ...found.uses] : [];
  return places.map((place) => new vscode.Location(document.uri, rangeOf(document, place)));
}

async function provideDefinition(document: vscode.TextDocument, position: vscode.Position) {
  const { references } = await loadLanguage();
  const found = references(document.getText(), document.offsetAt(position));
  return (found?.declarations ?? []).map((place) => new vscode.Location(document.uri, rangeOf(document, place)));
}

async function provideDocumentLinks(document: vscode.TextDocument) {
  const { fileLinks } = await loadLanguage();
  const folder = vscode.Uri.joinPath(document.uri, '..');
  return fileLinks(document.getText()).map(({ path, ...place }) => {
    const isAbsolute = /^([\\/]|[A-Za-z]:[\\/])/.test(path);
    const target = isAbsolute
      ? document.uri.with({ path: vscode.Uri.file(path).path })
      : vscode.Uri.joinPath(folder, path);
    return new vscode.DocumentLink(rangeOf(document, place), target);
  });
}

function workspaceEdit(document: vscode.TextDocument, edits: readonly Edit[]): vscode.WorkspaceEdit {
  const whole = new vscode.WorkspaceEdit();
  for (const { text, ...place } of edits) whole.replace(document.uri, rangeOf(document, place), text);
  return whole;
}

function rangeOf(document: vscode.TextDocument, { offset, length }: Place): vscode.Range {
  return new vscode.Range(document.positionAt(offset), document.positionAt(offset + length));
}
