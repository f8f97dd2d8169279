import * as vscode from 'vscode';
import { callTool } from '../../core/tools/callTool.js';
import type { ToolName } from '../../core/tools/definitions.js';
import { readToolInput, type ToolInput } from '../../core/tools/toolInput.js';
import { askBefore } from './confirmations.js';
import { EditorWorld, type EditorWorldParts } from './editorWorld.js';

/** The tools of a language model in this window: asked about first, then done as for a person. */
export class EditorTools {
  readonly #world: EditorWorld;

  constructor(parts: EditorWorldParts) {
    this.#world = new EditorWorld(parts);
  }

  async invoke(
    name: ToolName,
    input: unknown,
    token: vscode.CancellationToken,
  ): Promise<vscode.LanguageModelToolResult> {
    const cancelling = new AbortController();
    const stop = token.onCancellationRequested(() => cancelling.abort(new vscode.CancellationError()));
    if (token.isCancellationRequested) cancelling.abort(new vscode.CancellationError());
    try {
      const { text } = await callTool(this.#world, name, input, { signal: cancelling.signal, onProgress: () => {} });
      return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
    } finally {
      stop.dispose();
    }
  }

  /** What a person is asked before; nothing for a call that neither connects nor sends, or that will be refused. */
  async prepare(name: ToolName, input: unknown): Promise<vscode.PreparedToolInvocation> {
    let read: ToolInput;
    try {
      read = { name, input: readToolInput(name, input) } as ToolInput;
    } catch {
      // The call itself says what is wrong.
      return {};
    }
    return askBefore(read, this.#world);
  }
}
