import * as vscode from 'vscode';
import { PROFILE_LANGUAGE } from '../contributions.js';
import { DisposableStore } from '../disposableStore.js';
import type { LanguageAnswers, LanguageParts } from './answers.js';

const PROFILES: vscode.DocumentSelector = { language: PROFILE_LANGUAGE };

type Args<M extends keyof LanguageAnswers> = Parameters<LanguageAnswers[M]>;

/**
 * What is ours beside the JSON server: completion inside texts, hover, quick fixes, rename, references, links. Who answers
 * comes with the first question.
 */
export function registerLanguage(parts: LanguageParts): vscode.Disposable {
  const { languages } = vscode;
  const store = new DisposableStore();
  let answers: Promise<LanguageAnswers> | null = null;
  const ask = () => (answers ??= import('../late.js').then((late) => new late.LanguageAnswers(parts)));
  const completion = { provideCompletionItems: async (...of: Args<'completions'>) => (await ask()).completions(...of) };
  store.add(languages.registerCompletionItemProvider(PROFILES, completion, '"', '$', '{', ':'));
  const hover = { provideHover: async (...of: Args<'hover'>) => (await ask()).hover(...of) };
  store.add(languages.registerHoverProvider(PROFILES, hover));
  const actions = { provideCodeActions: async (...of: Args<'codeActions'>) => (await ask()).codeActions(...of) };
  const kinds = { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] };
  store.add(languages.registerCodeActionsProvider(PROFILES, actions, kinds));
  const renaming = {
    prepareRename: async (...of: Args<'renamable'>) => (await ask()).renamable(...of),
    provideRenameEdits: async (...of: Args<'rename'>) => (await ask()).rename(...of),
  };
  store.add(languages.registerRenameProvider(PROFILES, renaming));
  const references = { provideReferences: async (...of: Args<'references'>) => (await ask()).references(...of) };
  store.add(languages.registerReferenceProvider(PROFILES, references));
  const definition = { provideDefinition: async (...of: Args<'definition'>) => (await ask()).definition(...of) };
  store.add(languages.registerDefinitionProvider(PROFILES, definition));
  const links = { provideDocumentLinks: async (...of: Args<'links'>) => (await ask()).links(...of) };
  store.add(languages.registerDocumentLinkProvider(PROFILES, links));
  return store;
}
