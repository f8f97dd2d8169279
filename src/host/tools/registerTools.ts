import * as vscode from 'vscode';
import type { ToolName } from '../../core/tools/definitions.js';
import { TOOL_IDS } from '../contributions.js';
import type { DisposableStore } from '../disposableStore.js';
import type { EditorTools } from './editorTools.js';

/** Offers the tools to language models, where this editor has any; what they do is loaded with the first call. */
export function registerTools(store: DisposableStore, load: () => Promise<EditorTools>): void {
  const { lm }: { readonly lm?: Partial<typeof vscode.lm> } = vscode;
  if (typeof lm?.registerTool !== 'function') return;
  for (const name of TOOL_IDS) store.add(lm.registerTool(name, lazyTool(name, load)));
}

function lazyTool(name: ToolName, load: () => Promise<EditorTools>): vscode.LanguageModelTool<object> {
  return {
    invoke: async ({ input }, token) => (await load()).invoke(name, input, token),
    prepareInvocation: async ({ input }) => (await load()).prepare(name, input),
  };
}
